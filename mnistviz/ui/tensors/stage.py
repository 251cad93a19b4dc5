"""The page of the network by hand: its pictures, its steps and its expanders."""

import base64
import math

import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.figures import theme
from mnistviz.lessons.tensors import by_hand, exercise, figures, script
from mnistviz.lessons.tensors.by_hand import HandStep, UnitSum
from mnistviz.lessons.tensors.slips import SLIPS, Attempt, Broken, break_shape
from mnistviz.results import kept
from mnistviz.spec.fields import CLASSES, INPUTS, Activation
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.elements import components, exercises, question, show, slips
from mnistviz.ui.session import cached, links, state
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, quantities, read, terms

PRESET = "by_hand"


_FRAME = '<div class="frame"><canvas width="28" height="28"></canvas><div class="mark"></div></div>'
_FIGURE = f"<figure><figcaption></figcaption>{_FRAME}</figure>"
_SLIDER = f'role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="{INPUTS - 1}"'

_pictures = components.make(
    "tensors/unit_sum",
    f'<div class="unit"><div class="pictures" {_SLIDER}>'
    f'{_FIGURE}<div class="sign">&times;</div>{_FIGURE}<div class="sign">=</div>{_FIGURE}</div>'
    '<div class="place"><div class="pixel"></div><div class="moves"></div></div>'
    '<div class="equation"></div></div>',
    css=("elements/buttons",),
    js=("elements/dom", "elements/words", "elements/numbers", "elements/bytes", "elements/pixels"),
)

_rows = components.make(
    "tensors/steps",
    '<div class="rows" role="table"></div>',
    js=("elements/dom",),
)


@kept(maxsize=256)
def compute_unit_sum(spec: NetworkSpec, digit: DigitSpec, unit: int) -> UnitSum:
    """Take one unit's sum apart; see `mnistviz.lessons.tensors.by_hand.unit_sum`."""
    inputs = cached.inputs(digit)
    return by_hand.unit_sum(spec, cached.parameters(spec), inputs, digit.image, unit)


@kept(maxsize=128)
def hand_steps(spec: NetworkSpec, digit: DigitSpec) -> tuple[HandStep, ...]:
    """Return the steps by hand; see `mnistviz.lessons.tensors.by_hand.hand_steps`."""
    inputs = cached.inputs(digit)
    return by_hand.hand_steps(spec, cached.parameters(spec), inputs, digit.image)


@kept(maxsize=64)
def make_slip(slip: str, spec: NetworkSpec, digit: DigitSpec) -> Broken:
    """Compute with a slip and without; see `mnistviz.lessons.tensors.slips.break_shape`."""
    images = cached.batch_of(digit).images
    return break_shape(slip, spec, cached.parameters(spec), images, digit.image)


def lesson_network(lesson: Lesson) -> None:
    """Offer the lesson's own network.

    It stands outside the stage: a run of the stage alone would leave the sidebar as it was.
    """
    settings, preset = state.settings(), PRESETS[PRESET]
    st.button(
        lesson.parts["preset"],
        key="tensors_preset",
        help=lesson.parts["preset_help"],
        on_click=state.apply,
        args=(preset,),
        disabled=all(settings[key] == value for key, value in preset.items())
        or state.is_refused(preset),
    )


def choose_unit(hand: InHand, lesson: Lesson) -> int:
    """Draw the field of the unit and return the selected one."""
    kind = "unit_hidden" if hand.network.hidden else "unit_output"
    last = hand.network.sizes[1] - 1
    unit = st.number_input(
        lesson.parts[kind].format(last=f"{last:,}"),
        min_value=0,
        max_value=last,
        value=0,
        step=1,
        width=320,
        help=lesson.parts[f"{kind}_help"],
        **links.bound("tensors_unit"),
        # With a single unit there is nothing to choose.
        disabled=last == 0,
    )
    return int(unit)


def pictures(hand: InHand, unit: int, lesson: Lesson, asks: bool) -> None:
    """Draw inputs, weights and products of the unit, and its sum.

    Args:
        hand: the network and the digit.
        unit: which unit of the first layer, from 0.
        lesson: the page's words.
        asks: whether the question about the products is still open: then they wait.
    """
    unit_sum, words = compute_unit_sum(hand.network, hand.digit, unit), lesson.parts
    form = "_asked" if asks else ""
    _pictures(
        key="tensors_pictures",
        data={
            "inputs": _base64(unit_sum.inputs),
            "weights": _base64(unit_sum.weights),
            "limit": unit_sum.limit,
            "positive": theme.POSITIVE,
            "negative": theme.NEGATIVE,
            "titles": [words["inputs"], words["weights"], words["products"]],
            "asks": asks,
            "pixel": words[f"pixel{form}"],
            "alt": words[f"alt{form}"].format(unit=unit),
            "moves": lesson.names("moves"),
            "equation": _equation(unit_sum, lesson),
        },
    )
    st.caption(words[f"pixel_help{form}"].format(limit=quantities.number(unit_sum.limit)))


def _base64(values: Floats) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode("ascii")


def _equation(unit_sum: UnitSum, lesson: Lesson) -> list[dict[str, str]]:
    words, rounded = lesson.parts, unit_sum.rounded_terms

    def term(name: str, color: str = "") -> dict[str, str]:
        value = unit_sum.written(rounded[name])
        return {"label": words[f"term_{name}"], "value": value, "color": color}

    terms = [
        term("positive", theme.POSITIVE),
        {"sign": "+"},
        term("negative", theme.NEGATIVE),
        {"sign": "+"},
        term("bias"),
        {"sign": "="},
        term("total"),
    ]
    if unit_sum.activation:
        output = {"label": unit_sum.activation, "value": _format_output(unit_sum)}
        terms += [{"sign": "→"}, {**output, "color": theme.ACCENT}]
    return terms


def _format_output(unit_sum: UnitSum) -> str:
    """Write what the activation makes of the total: 1.6 · 10⁻¹² where decimals would say 0."""
    vanishes = unit_sum.output != 0 and round(unit_sum.output, unit_sum.decimals) == 0
    return quantities.number(unit_sum.output) if vanishes else unit_sum.written(unit_sum.output)


def sentence(hand: InHand, unit: int, lesson: Lesson) -> None:
    """Show the sentence about the unit's sum."""
    unit_sum = compute_unit_sum(hand.network, hand.digit, unit)
    with st.container(key="sentence"):
        st.markdown(
            lesson.parts["seen_active" if unit_sum.activation else "seen_linear"].format(
                unit=unit,
                sum=unit_sum.written(unit_sum.rounded_terms["sum"]),
                bias=unit_sum.written(unit_sum.rounded_terms["bias"]),
                total=unit_sum.written(unit_sum.rounded_terms["total"]),
                function=_name(unit_sum.activation),
                output=_format_output(unit_sum),
            )
        )


def _name(function: str) -> str:
    """Write a function's name so that it opens its term, if it is one of the glossary."""
    return f"[`{function}`](#term-{function})" if function in terms() else f"`{function}`"


def steps(hand: InHand, unit: int, lesson: Lesson, asks: bool) -> None:
    """Show every step: its formula, its shape and its numbers for this digit.

    Args:
        hand: the network and the digit.
        unit: the unit of the first layer whose value is named.
        lesson: the page's words.
        asks: whether the question on the shape of the first multiplication is still open. What
            answers it is not shown then.
    """
    records, network = hand_steps(hand.network, hand.digit), hand.network
    form = "steps" if network.has_activation else "steps_linear"
    if network.has_activation and Activation.NONE in network.activations:
        form = "steps_some"
    st.markdown(lesson.parts[form if network.hidden else "steps_single"])
    rows = []
    answer = records[1].shape
    for number, step in enumerate(records):
        hidden = asks and number > 0 and step.shape == answer
        of_first = 0 < number < len(records) - 1 and step.name.endswith("_1")
        rows.append(
            [
                [f"{step.name} = {step.formula}"],
                list(step.operands),
                ["?" if hidden else str(step.shape)],
                [_describe_values(step, unit if of_first else None, lesson)],
            ]
        )
    columns = lesson.names("step_columns")
    name = lesson.parts["steps_name"]
    _rows(key="tensors_steps", data={"name": name, "columns": columns, "rows": rows})
    if Activation.SIGMOID in network.functions:
        st.markdown(lesson.parts["formulas"].format(e=quantities.number(math.e)))


def _describe_values(step: HandStep, unit: int | None, lesson: Lesson) -> str:
    words = lesson.parts
    if step.name == "logits":
        return ", ".join(quantities.number(float(value)) for value in step.values)
    ends = [quantities.number(float(value)) for value in (step.values.min(), step.values.max())]
    same = ends[0] == ends[1]
    span = words["same_values"].format(value=ends[0]) if same else quantities.from_to(*ends)
    if unit is None:
        return span
    value = quantities.number(float(step.values[unit]))
    return words["unit_value"].format(span=span, unit=unit, value=value)


def ask(hand: InHand, unit: int, lesson: Lesson) -> bool:
    """Ask what the black pixels add to the unit's sum.

    Returns:
        Whether the answer is revealed.
    """
    unit_sum = compute_unit_sum(hand.network, hand.digit, unit)
    seen = {True: "swapped", False: "zero", None: "lost"}[unit_sum.empty_swapped]
    return question.ask(
        lesson,
        empty=unit_sum.empty,
        inputs=INPUTS,
        unit=unit,
        empty_sum=quantities.number(unit_sum.empty_sum),
        seen=lesson.parts[f"question_{seen}"],
    )


def ask_shape(hand: InHand, lesson: Lesson) -> bool:
    """Ask which shape comes out of the first multiplication; tell whether it is revealed."""
    batch, units = hand.digit.batch_length, hand.network.sizes[1]
    return question.ask(lesson, "shape", batch=batch, units=units, sums=f"{batch * units:,}")


def ask_parameters(hand: InHand, lesson: Lesson) -> None:
    """Ask how many parameters the network has, and say why nobody writes larger ones by hand."""
    network, words, batch = hand.network, lesson.parts, hand.digit.batch_length
    layers = [
        words["parameters_layer"].format(
            inputs=f"{inputs:,}", units=f"{units:,}", count=f"{(inputs + 1) * units:,}"
        )
        for inputs, units in network.shapes
    ]
    total, biases = network.parameter_count, sum(network.sizes[1:])
    together = f" {words['parameters_together'].format(total=f'{total:,}')}"
    question.ask(
        lesson,
        "parameters",
        architecture=network.architecture,
        batch=batch,
        parameters=f"{total:,}",
        weights=f"{total - biases:,}",
        biases=f"{biases:,}",
        repeated=f"{total * batch:,}",
        layers="; ".join(layers),
        together=together if len(layers) > 1 else "",
    )
    st.markdown(words["by_hand"].format(modules=read("modules").title))


def breaks(hand: InHand, lesson: Lesson) -> None:
    """Offer slips with a shape; none is made before one looks."""
    with show.opened(lesson.parts["breaks_title"], "tensors_breaks_open") as opened:
        if opened:
            _breaks(hand, lesson)


def _breaks(hand: InHand, lesson: Lesson) -> None:
    words = lesson.parts
    st.markdown(words["breaks"])
    slip, mended = slips.choose(lesson, "slip", SLIPS)
    result = make_slip(slip, hand.network, hand.digit)
    with st.container(key="tensors_fixes"):
        left, right = st.columns([5, 5], gap="medium")
        with left, st.container(key="tensors_fixes_code"):
            if mended:
                _fixed(result, lesson)
            else:
                for attempt in result.broken:
                    _attempt(attempt, mended, lesson)
        with right:
            met = result.mended_meeting if mended else result.meeting
            show.figure(figures.meeting(met), key="tensors_meeting", alt=figures.meeting_alt(met))
        st.markdown(_describe(slip, result, mended, lesson))


def _fixed(result: Broken, lesson: Lesson) -> None:
    """Show what is fixed, and below it what was broken: together about as high as that was."""
    # In a container of its own nothing of it is taken for a part of what stood there before.
    with st.container():
        _attempt(result.mended, True, lesson)
        st.caption(lesson.parts["before"])
        for attempt in result.broken:
            st.code(attempt.code, language="python", wrap_lines=True)


def _attempt(attempt: Attempt, mended: bool, lesson: Lesson) -> None:
    words = lesson.parts
    st.code(attempt.code, language="python", wrap_lines=True)
    if attempt.error:
        st.error(words["raised"], icon=":material/block:")
        st.code(attempt.error, language=None, wrap_lines=True)
    elif mended:
        st.success(words["works"].format(shape=attempt.shape), icon=":material/check:")
    elif attempt.distance is None:
        st.warning(words["silent"].format(shape=attempt.shape), icon=":material/volume_off:")
    elif attempt.distance == 0:
        st.warning(words["silent_same"], icon=":material/volume_off:")
    elif math.isnan(attempt.distance):
        st.warning(words["silent_nan"].format(shape=attempt.shape), icon=":material/volume_off:")
    else:
        distance = quantities.number(attempt.distance)
        st.warning(
            words["silent_wrong"].format(shape=attempt.shape, distance=distance),
            icon=":material/volume_off:",
        )


def _describe(slip: str, result: Broken, mended: bool, lesson: Lesson) -> str:
    numbers = {
        name: quantities.number(value) if isinstance(value, float) else value
        for name, value in result.numbers.items()
    }
    first = result.broken[0]
    silent = not first.error and f"silent_{slip}" in lesson.parts
    name = f"mended_{slip}" if mended else f"silent_{slip}" if silent else f"about_{slip}"
    return lesson.parts[name].format(**numbers)


def under(hand: InHand, unit: int, lesson: Lesson) -> None:
    """Draw the expanders of PyTorch, exercise and code; nothing is computed until one is opened."""
    with show.opened(lesson.parts["check_title"], "tensors_check_open") as opened:
        if opened:
            _check(hand, unit, lesson)
    _exercise(hand, lesson)
    show.script(
        lesson,
        lambda: script.script(hand.network, hand.digit, unit),
        script.file_name(hand.network),
        network=hand.network,
    )


def _exercise(hand: InHand, lesson: Lesson) -> None:
    images = cached.batch_of(hand.digit).images
    exercises.offer(
        lesson,
        lambda: exercise.network_by_hand(images),
        inputs=INPUTS,
        units=exercise.UNITS,
        outputs=CLASSES,
        batch=len(images),
    )


def _check(hand: InHand, unit: int, lesson: Lesson) -> None:
    unit_sum = compute_unit_sum(hand.network, hand.digit, unit)
    difference = unit_sum.difference
    lost = not math.isfinite(difference)
    st.markdown(
        lesson.parts["check_lost" if lost else "check"].format(
            code=f"(torch.mm(inputs, weights_1) + bias_1)[{hand.digit.image}, {unit}]",
            total=f"{unit_sum.total:.9g}",
            own=f"{unit_sum.sum + unit_sum.bias:.9g}",
            difference=f"{difference:.1e}" if difference else "0",
        )
    )
