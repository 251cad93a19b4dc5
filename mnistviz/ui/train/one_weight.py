"""One weight of the magnified step: which one, its arithmetic, and its unit as pictures."""

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.figures import pictures
from mnistviz.lessons.train import one_step
from mnistviz.lessons.train.one_step import StepDetails, WeightDetails
from mnistviz.spec.fields import INPUTS, Optimizer
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.elements import components, question
from mnistviz.ui.session import links
from mnistviz.words import Lesson
from mnistviz.words.quantities import number

INPUT = "train_glass_input"
"""The key of the field of the input; a press on a picture sets it too."""

PICTURES = "train_glass_pixels"

_pixels = components.make(
    "train/one_weight",
    '<div class="pictures"></div>',
    js=(
        "elements/dom",
        "elements/words",
        "elements/pixels",
        "elements/answers",
        "elements/pixel_place",
    ),
)


def signed(value: float) -> str:
    """Write a number with three decimals and its sign, with a true minus."""
    text = f"{abs(value):.3f}"
    return f"\N{MINUS SIGN}{text}" if value < 0 else f"+{text}"


def draw(spec: NetworkSpec, moment: StepDetails, lesson: Lesson) -> None:
    """Let the person select one weight, and write its update out."""
    words = lesson.parts
    st.markdown(words["weight_title"].format(count=f"{_count_weights(spec):,}"))
    layer, unit, place = _select_weight(spec, lesson)
    details = one_step.weight_details(spec, moment, layer, unit, place)
    st.markdown(words["weight"].format(name=details.name))
    if details.lines:
        st.code("\n".join(details.lines), language=None, wrap_lines=True)
        st.markdown(words[_update_part(details)])
    else:
        update = details.update
        st.markdown(
            words["weight_large"].format(
                before=number(update.before),
                after=number(update.after),
                gradient=number(update.grad),
            )
        )
    if not details.gradient.any():
        part = "unit_still_all" if details.busiest is None else "unit_still"
        part = "unit_no_input" if details.bias_gradient else part
        st.markdown(words[part].format(unit=unit, other=details.busiest))
    if layer == 1:
        _draw_unit(spec, details, unit, place, lesson)
    else:
        # As high as the pictures: another layer moves nothing of what lies below.
        question.tell(words["pictures"], "train_glass_unit", words["pictures_none"])


def _count_weights(spec: NetworkSpec) -> int:
    return sum(inputs * outputs for inputs, outputs in spec.shapes)


def _update_part(details: WeightDetails) -> str:
    """Return the part of the lesson that explains the update of a weight."""
    update = details.update
    if update.before != update.after:
        return "weight_adds"
    return "weight_fine" if update.grad or update.state.mean else "weight_still"


def _select_weight(spec: NetworkSpec, lesson: Lesson) -> tuple[int, int, int]:
    """Draw the fields of a weight; return its layer, from 1, its unit and its input, from 0."""
    with st.container(key="train_glass_place", horizontal=True, gap="medium"):
        layer = _select_number("layer", 1, len(spec.shapes), lesson)
        inputs, outputs = spec.shapes[layer - 1]
        unit = _select_number("unit", 0, outputs - 1, lesson)
        # The first input that one thinks of is a corner, where the gradient is that of the bias:
        # the middle of the picture has more to show.
        middle = inputs // 2 + 14 if layer == 1 else 0
        place = _select_number("input", 0, inputs - 1, lesson, middle)
    return layer, unit, place


def _select_number(
    name: str, least: int, last: int, lesson: Lesson, value: int | None = None
) -> int:
    words, key = lesson.parts, f"train_glass_{name}"
    with links.drawn_late(key):
        selected = st.number_input(
            words[name].format(last=f"{last:,}"),
            min_value=least,
            max_value=last,
            value=least if value is None else value,
            step=1,
            width=200,
            **links.bound(key),
            help=words[f"{name}_help"],
            disabled=least == last,
        )
    return int(selected)


def _draw_unit(
    spec: NetworkSpec, details: WeightDetails, unit: int, place: int, lesson: Lesson
) -> None:
    words, training = lesson.parts, spec.training
    assert training is not None
    plain = training.optimizer is Optimizer.SGD
    st.markdown(words["pictures" if plain else "pictures_momentum"])
    limits = [_limit(details.weights), _limit(details.gradient)]
    names = [
        words[part].format(unit=unit, limit=number(limit))
        for part, limit in zip(("weights_picture", "gradient_picture"), limits, strict=True)
    ]
    values = zip((details.weights, details.gradient), limits, strict=True)
    _pixels(
        key=PICTURES,
        data={
            "pictures": [pictures.data_uri(pictures.signed(each, limit)) for each, limit in values],
            "names": names,
            "input": place,
            "place": words["picture_place"],
        },
        on_index_change=_take_input,
    )


def _limit(values: Floats) -> float:
    return float(np.abs(values).max())


def _take_input() -> None:
    # What comes from a browser may be anything.
    index = st.session_state[PICTURES].index
    if isinstance(index, int) and 0 <= index < INPUTS:
        st.session_state[INPUT] = index
