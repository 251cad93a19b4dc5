"""One weight of the step under the glass: which one, its arithmetic, and its unit as pictures."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnistviz.figures import pictures
from mnistviz.lessons.train import one_step
from mnistviz.lessons.train.one_step import Moment, WeightLook
from mnistviz.spec.fields import INPUTS, Optimizer
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.elements import components
from mnistviz.ui.session import links
from mnistviz.words import Lesson
from mnistviz.words.quantities import number

INPUT = "train_glass_input"
"""The key of the field of the input; a press on a picture sets it too."""

PICTURES = "train_glass_pixels"

_pixels = components.make(
    "train/one_weight",
    '<div class="pictures"></div>',
    js=("elements/dom", "elements/pixels", "elements/answers", "elements/pixel_place"),
)


def signed(value: float) -> str:
    """Write a number with three decimals and its sign, with a true minus."""
    text = f"{abs(value):.3f}"
    return f"\N{MINUS SIGN}{text}" if value < 0 else f"+{text}"


def one_weight(spec: NetworkSpec, moment: Moment, lesson: Lesson) -> None:
    """Let one weight be chosen, and write its update out."""
    words = lesson.parts
    st.markdown(words["weight_title"].format(count=f"{_weights(spec):,}"))
    layer, unit, place = _choose(spec, lesson)
    look = one_step.weight_look(spec, moment, layer, unit, place)
    st.markdown(words["weight"].format(name=look.name))
    if look.lines:
        st.code("\n".join(look.lines), language=None, wrap_lines=True)
        st.markdown(words[_about(look)])
    else:
        update = look.update
        st.markdown(
            words["weight_large"].format(
                before=number(update.before),
                after=number(update.after),
                gradient=number(update.grad),
            )
        )
    if not look.gradient.any():
        part = "unit_still_all" if look.busiest is None else "unit_still"
        part = "unit_no_input" if look.bias_gradient else part
        st.markdown(words[part].format(unit=unit, other=look.busiest))
    if layer == 1:
        _draw(spec, look, unit, place, lesson)


def _weights(spec: NetworkSpec) -> int:
    return sum(inputs * outputs for inputs, outputs in spec.shapes)


def _about(look: WeightLook) -> str:
    update = look.update
    if update.before != update.after:
        return "weight_adds"
    return "weight_fine" if update.grad or update.state.mean else "weight_still"


def _choose(spec: NetworkSpec, lesson: Lesson) -> tuple[int, int, int]:
    with st.container(key="train_glass_place", horizontal=True, gap="medium"):
        layer = _field("layer", 1, len(spec.shapes), lesson)
        inputs, outputs = spec.shapes[layer - 1]
        unit = _field("unit", 0, outputs - 1, lesson)
        # The first input that one thinks of is a corner, where the gradient is that of the bias:
        # the middle of the picture has more to show.
        middle = inputs // 2 + 14 if layer == 1 else 0
        place = _field("input", 0, inputs - 1, lesson, middle)
    return layer, unit, place


def _field(name: str, least: int, last: int, lesson: Lesson, value: int | None = None) -> int:
    words, key = lesson.parts, f"train_glass_{name}"
    with links.drawn_late(key):
        chosen = st.number_input(
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
    return int(chosen)


def _draw(spec: NetworkSpec, look: WeightLook, unit: int, place: int, lesson: Lesson) -> None:
    words, training = lesson.parts, spec.training
    assert training is not None
    plain = training.optimizer is Optimizer.SGD
    st.markdown(words["pictures" if plain else "pictures_momentum"])
    limits = [_limit(look.weights), _limit(look.gradient)]
    names = [
        words[part].format(unit=unit, limit=number(limit))
        for part, limit in zip(("weights_picture", "gradient_picture"), limits, strict=True)
    ]
    values = zip((look.weights, look.gradient), limits, strict=True)
    _pixels(
        key=PICTURES,
        data={
            "pictures": [pictures.data_uri(pictures.signed(each, limit)) for each, limit in values],
            "names": names,
            "input": place,
        },
        on_index_change=_take_input,
    )


def _limit(values: npt.NDArray[np.float32]) -> float:
    return float(np.abs(values).max())


def _take_input() -> None:
    # What comes from a browser may be anything.
    index = st.session_state[PICTURES].index
    if isinstance(index, int) and 0 <= index < INPUTS:
        st.session_state[INPUT] = index
