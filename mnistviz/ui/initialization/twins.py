"""Units that start the same, as pictures: one expander of the page about initialization."""

from dataclasses import replace

import streamlit as st

from mnistviz.figures import pictures
from mnistviz.lessons.initialization import twins
from mnistviz.lessons.initialization.twins import Units
from mnistviz.spec.activations import listed
from mnistviz.spec.fields import Activation, Bias, Init, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.elements import digit_picker, show, unit_rows, widgets
from mnistviz.ui.session import cached, choices
from mnistviz.ui.session.memo import once_per_batch
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import number

STEPS = (0, 1, 2, 5)
PICTURES = "initialization_pictures"
"""Steps of training that the units can have behind them."""

CONSTANT = 0.01
"""The value of the weights that are all alike."""

SHOWN = 6
"""Units whose pictures stand in a row."""


def zeros(hand: InHand, lesson: Lesson) -> None:
    """Show units that start the same beside units that were drawn, after some training."""
    words = lesson.parts
    with show.opened(words["zeros_title"], "initialization_zeros_open") as opened:
        if not opened:
            return
        about = words["zeros" if hand.network.hidden else "zeros_none"]
        st.markdown(about.format(units=f"{hand.network.sizes[1]:,}"))
        st.markdown(words["zeros_look"])
        steps, gradients = _choose(lesson)
        form = "zeros_kinds" if hand.network.hidden else "zeros_kinds_flat"
        names = lesson.names(form)
        rows = []
        for name, network in zip(names, _kinds(hand.network), strict=True):
            units = _units(network, hand.digit, steps)
            kind = name.format(
                activation=listed(hand.network.activation),
                constant=number(CONSTANT),
                other=Activation.SIGMOID.value,
                drawn=_start(network),
            )
            rows.append(_row(kind, units, gradients, lesson))
        unit_rows.draw(key="initialization_units", rows=rows)
        if hand.network.hidden:
            st.markdown(words["zeros_after"].format(other=Activation.SIGMOID.value))


def _choose(lesson: Lesson) -> tuple[int, bool]:
    words = lesson.parts
    with st.container(horizontal=True, gap="large"):
        help_steps = words["zeros_steps_help"].format(rate=number(twins.RATE))
        steps = widgets.choose(
            "initialization_steps", words["zeros_steps"], STEPS, help_steps, STEPS[2]
        )
        values = choices.CHOICES[PICTURES].values
        selected = widgets.choose(PICTURES, words["zeros_show"], values, words["zeros_show_help"])
    return steps, selected == "gradients"


def _kinds(network: NetworkSpec) -> tuple[NetworkSpec, ...]:
    """Return the networks that are set side by side: zeros, all alike, and a drawn one."""
    bare = replace(network, style=Style.MODULE, bias=Bias.ZEROS)
    alike = replace(bare, init=Init.CONSTANT, constant=CONSTANT, activation=Activation.SIGMOID)
    drawn = replace(network, style=Style.MODULE)
    if network.init in (Init.ZEROS, Init.CONSTANT):
        drawn = replace(drawn, init=Init.DEFAULT, bias=Bias.DEFAULT)
    return replace(bare, init=Init.ZEROS), alike, drawn


def _start(network: NetworkSpec) -> str:
    std = f" {number(network.std)}" if network.init is Init.NORMAL else ""
    return f"{network.init.value}{std}"


@once_per_batch(maxsize=64)
def _units(network: NetworkSpec, digit: DigitSpec, steps: int) -> Units:
    return twins.train(
        network,
        cached.parameters(network),
        cached.inputs(digit),
        cached.batch_of(digit).labels,
        steps,
        show=SHOWN,
    )


def _row(kind: str, units: Units, gradients: bool, lesson: Lesson) -> dict[str, object]:
    words = lesson.parts
    form = "zeros_gradient_still" if units.still else "zeros_gradient"
    gradient = words["zeros_gradient_none" if not units.gradient_limit else form].format(
        distinct=f"**{units.gradient_distinct:,}**",
        largest=number(units.gradient_limit),
        still=f"{units.still:,}",
    )
    sentence = words["zeros_words"].format(
        kind=f"**{kind}**",
        distinct=f"{units.distinct:,}",
        units=f"{units.count:,}",
        gradient=gradient,
    )
    values = units.gradients if gradients else units.weights
    limit = units.gradient_limit if gradients else units.limit
    return {
        "words": digit_picker.bold(sentence).replace("`fc1.weight`", "<code>fc1.weight</code>"),
        "pictures": [pictures.data_uri(pictures.signed(each, limit)) for each in values],
        "names": [words["zeros_unit"].format(number=place) for place in range(len(values))],
        "alts": [
            words["zeros_alt"].format(number=place, kind=kind) for place in range(len(values))
        ],
    }
