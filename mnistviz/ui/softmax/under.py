"""The expanders of the softmax page. Nothing is computed until one is opened."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.lessons.softmax import computed, doubled, exercise, figures, script
from mnistviz.network.answers import OVERFLOW_LOGIT, UNDERFLOW_LOGIT
from mnistviz.spec.fields import CLASSES, Bias, Init
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.elements import exercises, question, show
from mnistviz.ui.session import cached, links
from mnistviz.ui.session.measured import measured
from mnistviz.ui.session.state import InHand
from mnistviz.ui.softmax.stage import Row, logits_of
from mnistviz.words import Lesson
from mnistviz.words.quantities import epochs, from_to, number, percent, percents, span

Panel = tuple[str, str, Floats]
"""A small chart: its title, what its bars are (digit or image), and their heights."""

SMALL, RANDN = 0.01, 1.0
"""The standard deviations of the weights that are set side by side."""


def untrained(hand: InHand, lesson: Lesson) -> None:
    """Set networks side by side whose weights start small and large."""
    with show.opened(lesson.parts["untrained_title"], "softmax_untrained_open") as opened:
        if not opened:
            return
        st.markdown(lesson.parts["untrained"].format(randn=f"{RANDN:g}"))
        starts = _starts(hand, lesson)
        panels = [(name, "digit", cached.row(spec, hand.digit)) for name, spec in starts]
        _panels("untrained", panels, end=1.0, share=True)
        for name, spec in starts:
            st.markdown(_describe_start(name, spec, hand, lesson))


def _starts(hand: InHand, lesson: Lesson) -> list[tuple[str, NetworkSpec]]:
    form = "untrained_names" if hand.network.training is None else "untrained_names_trained"
    if hand.network.loaded:
        form = "untrained_names_loaded"
    stds = {"small": f"{SMALL:g}", "randn": f"{RANDN:g}"}
    names = [name.format(**stds) for name in lesson.names(form)]
    network = hand.initial.network
    normal = replace(network, init=Init.NORMAL, bias=Bias.NORMAL)
    specs = (network, replace(normal, std=SMALL), replace(normal, std=RANDN))
    return list(zip(names, specs, strict=True))


def _describe_start(name: str, spec: NetworkSpec, hand: InHand, lesson: Lesson) -> str:
    digit = hand.digit
    rows = cached.rows(spec, digit)
    return lesson.parts["untrained_row"].format(
        name=name,
        span=span(logits_of(spec, digit)[digit.image].numpy()),
        count=len(rows),
        sure=percent(float(rows.max(axis=1).mean())),
        right=cached.right_answers(spec, digit),
    )


def dims(hand: InHand, lesson: Lesson) -> None:
    """Run softmax along either axis of the batch."""
    with show.opened(lesson.parts["dims_title"], "softmax_dims_open") as opened:
        if not opened:
            return
        logits = logits_of(hand.network, hand.digit)
        along, down = computed.sums(logits, dim=1), computed.sums(logits, dim=0)
        st.markdown(lesson.parts["dims"].format(shape=tuple(logits.shape)))
        sums = (along.rows, along.columns, down.rows, down.columns)
        titles = lesson.names("dims_panels")
        panels = list(zip(titles, ("image", "digit") * 2, sums, strict=True))
        end = figures.sum_end(*sums)
        _panels("dims", panels[:2], end)
        _panels("dims_down", panels[2:], end)
        st.markdown(
            lesson.parts["dims_seen"].format(
                rows_1=_sums(along.rows),
                columns_1=_sums(along.columns),
                rows_0=_sums(down.rows),
                columns_0=_sums(down.columns),
            )
        )


def broadcasting(hand: InHand, lesson: Lesson) -> None:
    """Divide by sums of the wrong shape: an error, and worse, none."""
    count = hand.digit.batch_length
    title = lesson.parts["broadcast_title"].format(count=count)
    with show.opened(title, "softmax_broadcast_open") as opened:
        if not opened:
            return
        logits = logits_of(hand.network, hand.digit)
        st.markdown(lesson.parts["broadcast"].format(count=count))
        st.code("exps / exps.sum(dim=1)", language="python")
        st.error(f"`{computed.broadcast_error(logits)}`", icon=":material/error:")
        st.code("exps / exps.sum(dim=1).view(-1, 1)", language="python")
        sums = _sums(computed.sums(logits, dim=1).rows)
        st.markdown(lesson.parts["broadcast_fixed"].format(count=count, sums=sums))
        _square(hand, lesson)


def _square(hand: InHand, lesson: Lesson) -> None:
    wrong, right = computed.square(logits_of(hand.network, hand.digit))
    wrong_sums, right_sums = wrong.sum(axis=1), right.sum(axis=1)
    st.markdown(lesson.parts["square"])
    panels = [
        ("`exps / exps.sum(dim=1)`", "image", wrong_sums),
        ("`exps / exps.sum(dim=1).view(-1, 1)`", "image", right_sums),
    ]
    _panels("square", panels, figures.sum_end(wrong_sums, right_sums))
    error = float(np.abs(wrong - right).max())
    st.markdown(
        lesson.parts["square_seen" if error else "square_same"].format(
            wrong=_sums(wrong_sums), right=_sums(right_sums), error=number(error)
        )
    )


def too_large(lesson: Lesson) -> None:
    """Push the logits to where the formula fails in float32, beside the stable form."""
    words = lesson.parts
    with show.opened(words["big_title"], "softmax_large_open") as opened:
        if not opened:
            return
        limit = f"{OVERFLOW_LOGIT:.3g}"
        st.markdown(words["big"].format(limit=limit))
        top = st.slider(
            words["label_top"],
            min_value=80.0,
            max_value=100.0,
            value=90.0,
            step=0.1,
            help=words["help_top"].format(limit=limit),
            **links.bound("softmax_top"),
        )
        form = computed.too_large(top)
        st.markdown(_describe_large(top, form, lesson))
        _large_table(form, lesson)
        st.markdown(_describe_small(computed.too_small(), lesson))


def _large_table(form: computed.TooLarge, lesson: Lesson) -> None:
    columns = lesson.names("big_columns")
    numbers = (form.logits, form.exps, form.naive, form.shifted, form.stable)
    st.table(
        [
            dict(zip(columns, [str(digit), *(number(float(v)) for v in values)], strict=True))
            for digit, values in enumerate(zip(*numbers, strict=True))
        ]
    )


def _describe_large(top: float, form: computed.TooLarge, lesson: Lesson) -> str:
    words, largest = lesson.parts, number(top)
    broken = int(np.isnan(form.naive).sum())
    if broken:
        zeros = int((form.naive == 0).sum())
        return words["big_nan"].format(top=largest, broken=broken, zeros=zeros)
    if not form.naive.any():
        return words["big_lost"].format(top=largest)
    difference = float(np.abs(form.naive - form.stable).max())
    return words["big_fine"].format(top=largest, difference=number(difference))


def _describe_small(form: computed.TooLarge, lesson: Lesson) -> str:
    return lesson.parts["small"].format(
        limit=number(UNDERFLOW_LOGIT),
        logit=number(float(form.logits[0])),
        broken=int(np.isnan(form.naive).sum()),
        stable=percent(float(form.stable[0])),
    )


def loss(row: Row, lesson: Lesson) -> None:
    """Show the loss on logits and, by mistake, on probabilities."""
    words = lesson.parts
    with show.opened(words["loss_title"], "softmax_loss_open") as opened:
        if not opened:
            return
        losses = computed.losses(row.logits, row.truth)
        st.markdown(words["loss"])
        panels = [
            ("`softmax(logits)`", "digit", losses.once),
            ("`softmax(softmax(logits))`", "digit", losses.twice),
        ]
        _panels("twice", panels, end=1.0, share=True)
        for text in _describe_loss(losses, row.truth, lesson):
            st.markdown(text)
        _train_both(lesson)
        st.markdown(_describe_log(lesson))


def _train_both(lesson: Lesson) -> None:
    """Train one network with the loss on its logits and on its probabilities, when asked to."""
    words, key = lesson.parts, "softmax_both"
    asked, place = st.toggle(words["loss_train"], key="softmax_train_both"), st.empty()
    with place:
        awaited = words["loss_training" if asked else "loss_untrained"]
        question.tell(_describe_both(doubled.Doubled(0, 0), lesson), key, awaited)
    if asked:
        result = _trained_both()
        with place:
            question.tell(_describe_both(result, lesson), key)


def _describe_both(result: doubled.Doubled, lesson: Lesson) -> str:
    return lesson.parts["loss_trained"].format(
        architecture=doubled.NETWORK.architecture,
        epochs=epochs(doubled.TRAINING.epochs),
        count=f"{len(cached.examples(doubled.TRAINING.data).test_labels):,}",
        once=percent(result.once),
        twice=percent(result.twice),
    )


@measured(maxsize=1)
def _trained_both() -> doubled.Doubled:
    return doubled.train_both(cached.examples(doubled.TRAINING.data))


def _describe_loss(losses: computed.Losses, truth: int, lesson: Lesson) -> Iterator[str]:
    words, p = lesson.parts, float(losses.once[truth])
    yield words["loss_seen" if p else "loss_seen_zero"].format(
        truth=truth,
        right=number(losses.right),
        p=number(p),
        doubled=number(losses.doubled),
    )
    yield words["loss_limits"].format(
        best_p=percent(losses.best_probability),
        best=number(losses.best),
        worst=number(losses.worst),
        slope=number(losses.slope),
        doubled_slope=number(losses.doubled_slope),
    )


def _describe_log(lesson: Lesson) -> str:
    p_zero, naive, stable = computed.far_behind()
    return lesson.parts["loss_log"].format(
        gap=number(computed.LOGIT_GAP),
        p_zero=number(p_zero),
        naive=number(naive),
        stable=number(stable),
    )


def set_exercise(hand: InHand, lesson: Lesson) -> None:
    """Set the exercise; its solution is shown when it is asked for."""
    count = hand.digit.batch_length
    exercises.offer(lesson, lambda: exercise.softmax(count), batch=count, outputs=CLASSES)


def code(row: Row, lesson: Lesson) -> None:
    """Show the script that computes what the page shows."""
    knobs, hand = row.knobs, row.hand

    def write() -> str:
        return script.script(hand.network, hand.digit, knobs.own, knobs.temperature, knobs.constant)

    # Logits of one's own need no network.
    network = hand.network if knobs.own is None else None
    show.script(lesson, write, script.FILE_NAME, network)


def _panels(name: str, panels: Sequence[Panel], end: float, share: bool = False) -> None:
    """Show small charts on equal axes side by side, on a phone one below the other."""
    places = st.columns(len(panels))
    for number_of, (title, across, values) in enumerate(panels):
        with places[number_of]:
            described = _list_probabilities(values) if share else _sums(values)
            # The name of a chart ends at its first colon.
            called = title.replace("`", "").replace(": ", ", ")
            st.markdown(title)
            show.figure(
                figures.columns(values, end, across, share),
                key=f"softmax_{name}_{number_of}",
                alt=f"{called}: {described}",
            )


def _list_probabilities(row: Floats) -> str:
    return ", ".join(f"{digit}: {share}" for digit, share in enumerate(percents(row)))


def _sums(values: Floats) -> str:
    """Write sums as one number where they are equal to three digits, else from least to most."""
    least, most = number(float(values.min())), number(float(values.max()))
    return least if least == most else from_to(least, most)
