"""The expanders of the page of the four styles; nothing is computed until one is opened."""

from collections.abc import Mapping

import streamlit as st
import torch

from mnistviz.lessons.modules import compare, exercise, script, table, tries
from mnistviz.lessons.modules.compare import Registered
from mnistviz.lessons.modules.tries import OMISSIONS
from mnistviz.spec.fields import INPUTS, Style
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.elements import exercises, show, slips
from mnistviz.ui.session import cached
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson


def _registered(spec: NetworkSpec) -> Mapping[Style, Registered]:
    layers = cached.parameters(spec)
    return {style: compare.registered(spec, layers, style) for style in Style}


def names(hand: InHand, lesson: Lesson) -> None:
    """List every tensor by its name in each style, and count the parameters."""
    words = lesson.parts
    with show.opened(words["names_title"], "modules_names_open") as opened:
        if not opened:
            return
        spec, layers = hand.network, cached.parameters(hand.network)
        known = _registered(spec)
        st.markdown(words["names"])
        st.table(_name_rows(spec, known, lesson))
        counts = {style.value: f"{registered.count:,}" for style, registered in known.items()}
        st.markdown(words["names_counted"].format(**counts))
        st.markdown(words["names_ordered"])
        exercises.show_run(tries.named_list(spec, layers, cached.inputs(hand.digit)))


def _name_rows(
    spec: NetworkSpec, known: Mapping[Style, Registered], lesson: Lesson
) -> list[dict[str, str]]:
    columns = lesson.names("names_columns")
    rows = []
    for at, tensor in enumerate(table.tensor_names(spec)):
        reached = table.access(spec, tensor)
        shape = reached[Style.MODULE].shape
        keys = [known[style].keys[at] for style in list(Style)[1:]]
        cells = [tensor, reached[Style.TENSORS].code, *keys]
        count = f"{torch.Size(shape).numel():,}"
        rows.append([*(f"`{cell}`" for cell in cells), count])
    total = f"{spec.parameter_count:,}"
    rows.append([lesson.parts["names_total"], *[""] * len(Style), total])
    return [dict(zip(columns, row, strict=True)) for row in rows]


def free(lesson: Lesson) -> None:
    """Write a class with other names, and with one operation on each line."""
    with show.opened(lesson.parts["free_title"], "modules_free_open") as opened:
        if not opened:
            return
        st.markdown(lesson.parts["free"])
        exercises.show_run(tries.free_names())


def which(lesson: Lesson) -> None:
    """Tell which of the four styles is for what."""
    with show.opened(lesson.parts["which_title"], "modules_which_open") as opened:
        if opened:
            st.markdown(lesson.parts["which"])


def sizes(hand: InHand, lesson: Lesson) -> None:
    """Write the network as a list whose sizes stand at its top."""
    words = lesson.parts
    with show.opened(words["sizes_title"], "modules_sizes_open") as opened:
        if not opened:
            return
        spec = hand.network
        st.markdown(words["sizes"])
        exercises.show_run(
            tries.sized_list(spec, cached.parameters(spec), cached.inputs(hand.digit))
        )
        count = len(spec.hidden)
        part = ("hidden_none", "hidden_one", "hidden_many")[min(count, 2)]
        st.markdown(words["sizes_seen"].format(hidden=words[part].format(count=count)))


def old(hand: InHand, lesson: Lesson) -> None:
    """Run one digit through the network as old notebooks do it, and as it is done today."""
    words = lesson.parts
    with show.opened(words["old_title"], "modules_old_open") as opened:
        if not opened:
            return
        spec, images = hand.network, cached.batch_of(hand.digit).images
        layers = cached.parameters(spec)
        st.markdown(words["old"].format(shape=tuple(images.shape)))
        exercises.show_run(tries.old_forward(spec, layers, images, resized=False))
        st.markdown(words["old_error"].format(pixels=INPUTS))
        exercises.show_run(tries.old_forward(spec, layers, images, resized=True))
        st.markdown(words["old_resized"])
        exercises.show_run(tries.resized_wrongly())
        st.markdown(words["old_today"])
        exercises.show_run(tries.today_forward(spec, layers, images))


def linear(hand: InHand, lesson: Lesson) -> None:
    """Take `nn.Linear` apart: x W.T + b."""
    words = lesson.parts
    with show.opened(words["linear_title"], "modules_linear_open") as opened:
        if not opened:
            return
        spec, layers = hand.network, cached.parameters(hand.network)
        inputs, outputs = spec.shapes[0]
        shape = table.access(spec, "fc1.weight")
        stored, turned = shape[Style.MODULE], shape[Style.TENSORS]
        st.markdown(words["linear"].format(shape=stored.shape, inputs=inputs, outputs=outputs))
        exercises.show_run(tries.linear(spec, layers, cached.inputs(hand.digit), hand.digit.image))
        st.markdown(words["linear_seen"].format(turned=turned.shape, at=stored.place[1]))


def printed(hand: InHand, lesson: Lesson) -> None:
    """Show the four prints side by side."""
    words = lesson.parts
    with show.opened(words["printed_title"], "modules_printed_open") as opened:
        if not opened:
            return
        st.markdown(words["printed"])
        known, titles = list(_registered(hand.network).values()), lesson.names("columns")
        for pair in (0, 2):
            for place, at in zip(st.columns(2), (pair, pair + 1), strict=True):
                with place:
                    st.markdown(f"**{titles[at]}**")
                    st.code(known[at].printed, language=None, wrap_lines=True)
        st.markdown(words["printed_tensors"])
        st.markdown(words["printed_part"])
        spec = hand.network
        exercises.show_run(tries.part_of_list(spec, cached.parameters(spec)))


def omissions(hand: InHand, lesson: Lesson) -> None:
    """Leave something out of the class, and put it back."""
    words = lesson.parts
    with show.opened(words["omissions_title"], "modules_omissions_open") as opened:
        if not opened:
            return
        name, mended = slips.choose(lesson, "omission", OMISSIONS)
        exercises.show_run(tries.omission(name, hand.network, cached.inputs(hand.digit), mended))
        st.markdown(words[f"{'mended' if mended else 'about'}_{name}"])
        if mended and name == "super":
            exercises.show_run(tries.books(hand.network))


def orders(hand: InHand, lesson: Lesson) -> None:
    """Change the order of the lines, in `__init__` and in `forward`."""
    words = lesson.parts
    with show.opened(words["orders_title"], "modules_orders_open") as opened:
        if not opened:
            return
        spec, layers, inputs = (
            hand.network,
            cached.parameters(hand.network),
            cached.inputs(hand.digit),
        )
        st.markdown(words["orders_init"])
        exercises.show_run(tries.init_order(spec, layers, inputs))
        st.markdown(words["orders_init_note"])
        st.markdown(words["orders_forward" if spec.hidden else "orders_forward_single"])
        swapped = tries.forward_order(spec, layers, inputs)
        exercises.show_run(swapped)
        if swapped.error:
            takes, gives = spec.shapes[1]
            part = words["orders_forward_starved" if takes == INPUTS else "orders_forward_error"]
            counted = words["number_one" if takes == 1 else "number_many"].format(
                count=f"{takes:,}"
            )
            st.markdown(part.format(inputs=counted, outputs=f"{gives:,}", pixels=INPUTS))
        else:
            same = tries.difference_of(swapped) == 0
            st.markdown(words["orders_forward_same" if same else "orders_forward_silent"])


def functions(lesson: Lesson) -> None:
    """Show the functions of torch that need no module."""
    words = lesson.parts
    with show.opened(words["functions_title"], "modules_functions_open") as opened:
        if not opened:
            return
        st.markdown(words["functions"])
        exercises.show_run(tries.function_forms())
        st.markdown(words["functions_old"].format(version=torch.__version__.partition("+")[0]))


def set_exercise(hand: InHand, lesson: Lesson) -> None:
    """Set the exercise; its solution is shown when it is asked for."""
    task = NetworkSpec(hidden=exercise.EXERCISE)
    exercises.offer(
        lesson,
        lambda: exercise.exercise(cached.inputs(hand.digit)),
        **dict(zip(("inputs", "first", "second", "outputs"), task.sizes, strict=True)),
        count=f"{task.parameter_count:,}",
        batch=hand.digit.batch_length,
    )


def code(hand: InHand, lesson: Lesson) -> None:
    """Show the script that computes what the page shows."""
    show.script(
        lesson,
        lambda: script.script(hand.network, hand.digit),
        script.file_name(hand.network),
    )
