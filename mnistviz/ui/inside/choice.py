"""The page "Inside the network": its fields for layer, unit and other class, and its sentence."""

import math
from dataclasses import dataclass

import streamlit as st

from mnistviz.lessons.inside import microscope, printed
from mnistviz.lessons.inside.microscope import Terms, Walk
from mnistviz.lessons.inside.printed import Printed
from mnistviz.network.parameters import Parameters
from mnistviz.results import kept
from mnistviz.spec.fields import CLASSES, Activation
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.elements import widgets
from mnistviz.ui.session import cached, links, state
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import number, percents

LAYER, UNIT, OTHER = "inside_layer", "inside_unit", "inside_other"
"""The keys of the three fields, in the link too."""

LARGEST = 100.0
"""A difference of logits from which on the ratio of the probabilities is only called huge."""

ZERO_FOR_OFF = (Activation.RELU,)
"""The activations that give exactly 0 below 0."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the page shows.

    Attributes:
        hand: the network and the digit that are set.
        layer: number of the chosen layer, from 1.
        unit: number of the chosen unit in it, from 0.
        other: the class whose logit is subtracted; None for a hidden unit, and for a logit alone.
        walk: the way of the digit.
        lesson: the words.
    """

    hand: InHand
    layer: int
    unit: int
    other: int | None
    walk: Walk
    lesson: Lesson

    @property
    def parameters(self) -> Parameters:
        """The parameters of the network."""
        return cached.parameters(self.hand.network)

    @property
    def is_output(self) -> bool:
        """Whether the chosen unit is one of the ten outputs."""
        return self.layer == len(self.walk.layers)

    @property
    def activation(self) -> Activation:
        """The function on the layer of the chosen unit; `none` for an output."""
        return (*self.hand.network.activations, Activation.NONE)[self.layer - 1]

    @property
    def terms(self) -> Terms:
        """The sum of the chosen unit, or the difference of the two logits, taken apart."""
        if self.other is None:
            return microscope.unit_terms(self.walk, self.parameters, self.layer, self.unit)
        return microscope.logit_difference(self.walk, self.parameters, self.unit, self.other)

    @property
    def passed_on(self) -> float:
        """What the chosen unit passes on: its activation, or the logit."""
        return float(self.walk.layers[self.layer - 1].outputs[self.unit])

    def named(self, what: str) -> str:
        """Return the name of the selected quantity, for use within a sentence.

        Args:
            what: `quantity` for what the unit passes on, `sum` for what it adds up.
        """
        kind = "hidden"
        if self.is_output:
            kind = "logit" if self.other is None else "difference"
        return self.lesson.parts[f"{what}_{kind}"].format(
            unit=f"{self.unit:,}", layer=self.layer, other=self.other
        )


@kept(maxsize=64)
def cached_walk(spec: NetworkSpec, digit: DigitSpec) -> Walk:
    """Follow a digit through a network that stands for all with the same numbers."""
    images = cached.batch_of(digit).images
    return microscope.walk(spec, cached.parameters(spec), images, digit.image)


def walk_of(hand: InHand) -> Walk:
    """Follow the digit through the network; see `lessons.inside.microscope.walk`."""
    return cached_walk(cached.same_numbers(hand.network), hand.digit)


def choose_view(hand: InHand, lesson: Lesson) -> View:
    """Draw the fields of layer, unit and other class, and return what the page shows then."""
    walk = walk_of(hand)
    with st.container(key="inside_look", horizontal=True, gap="medium"):
        layer = _choose_layer(walk, lesson)
        unit = _choose_unit(walk, layer, lesson)
        other = _choose_other(walk, layer, unit, lesson)
    return View(hand, layer, unit, other, walk, lesson)


def choose(layer: int, unit: int) -> None:
    """Take another unit; the fields follow.

    Args:
        layer: number of the layer, from 1.
        unit: number of the unit in it, from 0.
    """
    st.session_state[LAYER] = f"fc{layer}"
    st.session_state[UNIT] = unit


def take(request: object) -> None:
    """Take the unit that a component asks for, as `2-17` for unit 17 of layer 2.

    What comes from a browser may be anything; what the network does not have is passed over.
    """
    sizes = state.current().network.sizes
    if not isinstance(request, str):
        return
    layer, _, unit = request.partition("-")
    if layer.isdecimal() and unit.isdecimal() and len(request) < 10:
        number, place = int(layer), int(unit)
        if 1 <= number < len(sizes) and place < sizes[number]:
            choose(number, place)


def lower_to(key: str, last: int) -> None:
    """Lower the number that a field holds to its limit.

    The widget breaks on what is above it, and another layer may be smaller.

    Args:
        key: of the field.
        last: the largest number that it allows.
    """
    value = st.session_state.get(key)
    if isinstance(value, int) and value > last:
        st.session_state[key] = last


def _choose_layer(walk: Walk, lesson: Lesson) -> int:
    names = [layer.name for layer in walk.layers]
    if st.session_state.get(LAYER, names[0]) not in names:
        # A layer that is gone: the outputs are what is left behind it.
        st.session_state[LAYER] = names[-1]
    selected = widgets.choose(
        LAYER,
        lesson.parts["layer"],
        names,
        lesson.parts["layer_help"],
        disabled=len(names) == 1,
    )
    return names.index(selected) + 1


def _choose_unit(walk: Walk, layer: int, lesson: Lesson) -> int:
    last = len(walk.layers[layer - 1].sums) - 1
    lower_to(UNIT, last)
    selected = st.number_input(
        lesson.parts["unit"].format(last=f"{last:,}"),
        min_value=0,
        max_value=last,
        value=0,
        step=1,
        width=150,
        **links.bound(UNIT),
        help=lesson.parts["unit_help"],
        disabled=last == 0,
    )
    return int(selected)


def _choose_other(walk: Walk, layer: int, unit: int, lesson: Lesson) -> int | None:
    words = lesson.parts
    is_output = layer == len(walk.layers)
    classes = [str(digit) for digit in range(CLASSES)]
    selected = st.selectbox(
        words["other"],
        ["strongest", *classes, "none"],
        width=220,
        **links.worded(OTHER),
        help=words["other_help"],
        disabled=not is_output,
    )
    if not is_output or selected == "none":
        return None
    if selected in classes and int(selected) != unit:
        return int(selected)
    return microscope.strongest_other(walk.logits, unit)


def draw_sentence(view: View) -> None:
    """Draw the sentence that says what the page shows."""
    # One container for each unit: its sentence is not the one before with other numbers in it, of
    # which words would wander from line to line.
    unit = f"inside_sentence_{view.layer}_{view.unit}_{view.other}"
    with st.container(key="sentence"), st.container(key=unit):
        st.markdown(describe(view))


def describe(view: View) -> str:
    """Write the sentence that says what the page shows."""
    words, walk = view.lesson.parts, view.walk
    if walk.broken:
        return _describe_broken(view)
    terms, activation = view.terms, view.activation
    shown = printed.summary(terms)
    numbers = {
        "unit": view.unit,
        "layer": view.layer,
        "other": view.other,
        "activation": activation.value,
        "ups": f"{int((terms.products > 0).sum()):,}",
        "downs": f"{int((terms.products < 0).sum()):,}",
        "up": shown.up,
        "down": shown.down,
        "bias": shown.bias,
        "total": shown.total,
    }
    if view.other is not None:
        # The computed difference decides: it is what the probabilities are made of.
        sign = (terms.computed > 0) - (terms.computed < 0)
        part = ("seen_equal", "seen_above", "seen_below")[sign]
        numbers["total"] = shown.size
        return words[part].format(**numbers, ratio=ratio(abs(terms.computed), view.lesson))
    if view.is_output:
        share = percents(walk.probabilities)[view.unit]
        return words["seen_logit"].format(**numbers, percent=share)
    off = view.passed_on == 0 and activation in ZERO_FOR_OFF
    part = "seen_off" if off else "seen_hidden"
    if activation is Activation.NONE:
        part = "seen_linear"
    return words[part].format(**numbers, output=passed_on(view, shown))


def _describe_broken(view: View) -> str:
    words, walk, network = view.lesson.parts, view.walk, view.hand.network
    units = sum(len(layer.sums) for layer in walk.layers)
    return words["seen_broken"].format(
        broken=f"{walk.broken:,}", units=f"{units:,}", reason=words[f"broken_{network.weights}"]
    )


def passed_on(view: View, shown: Printed) -> str:
    """Write what the chosen hidden unit passes on; what is the sum itself in the sum's digits."""
    if view.passed_on == view.terms.computed:
        return shown.total
    return number(view.passed_on)


def ratio(difference: float, lesson: Lesson) -> str:
    """Write by how many times one probability exceeds another: e to the power of a difference.

    Args:
        difference: of the two logits, 0 or more.
        lesson: the words, for what is beyond all numbers that one writes.
    """
    if difference > LARGEST:
        return lesson.parts["ratio_huge"].format(ratio=number(math.exp(LARGEST)))
    return number(math.exp(difference))
