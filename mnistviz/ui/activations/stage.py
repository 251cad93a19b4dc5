"""The page about activations: its fields, its curves and its sentence."""

import base64
import math
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.lessons.activations import figures, folding, sampling
from mnistviz.lessons.activations.folding import Fold
from mnistviz.lessons.activations.sampling import Curve
from mnistviz.network import hidden, slopes
from mnistviz.network.hidden import HiddenLayer
from mnistviz.network.slopes import FLAT
from mnistviz.results import kept
from mnistviz.spec.activations import Activations, for_layers, settled
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.elements import components, digit_picker, widgets
from mnistviz.ui.session import cached, state
from mnistviz.ui.session.memo import once_per_batch
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import number, span

REACHES = (2, 8, 40, 400)
"""How far the axis of x may go to either side of 0."""

USUAL_REACH = 8

FLAT_PERCENT = number(100 * FLAT)
"""The share of the greatest slope under which a unit counts as flat, in percent."""

KINDS = MappingProxyType(
    {Activation.RELU: "relu", Activation.SIGMOID: "saturated", Activation.TANH: "saturated"}
)
"""Functions with a word of their own for units with hardly any slope: off, or saturated."""


def kind(activation: Activation) -> str:
    """Return how the parts of the lesson end that speak of units with hardly any slope."""
    return KINDS.get(activation, "flat")


START = 1.0
"""Where the marker stands at first."""


_curve = components.make(
    "activations/curve",
    (
        '<div class="curve-box"><h2 class="heading unseen"></h2><div class="line-above">'
        '<div class="reading"></div><div class="hint"></div></div>'
        '<svg role="slider" tabindex="0"><g class="still"></g><g class="marker"></g>'
        '<g class="names"></g></svg><div class="note"></div></div>'
    ),
    css=("elements/unseen", "elements/picture"),
    js=("elements/dom", "elements/words", "elements/numbers", "elements/bytes"),
)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the page shows.

    Attributes:
        hand: the network and the digit in hand.
        activation: the function of the selected layer; that of the sidebar, even while no hidden
            layer has it.
        number: which hidden layer, from 1.
        layers: every hidden layer for the whole batch.
        reach: how far the axis of x goes.
    """

    hand: InHand
    activation: Activation
    number: int
    layers: tuple[HiddenLayer, ...]
    reach: int

    @property
    def layer(self) -> HiddenLayer | None:
        """The selected layer, or None without one."""
        return self.layers[self.number - 1] if self.layers else None

    @property
    def batch_length(self) -> int:
        """How many digits the batch holds."""
        return self.hand.digit.batch_length

    @property
    def limit(self) -> str:
        """The slope under which a unit is flat, in words."""
        return number(FLAT * greatest(self.activation))


@once_per_batch(maxsize=16)
def _layers(
    spec: NetworkSpec, activation: Activations, digit: DigitSpec
) -> tuple[HiddenLayer, ...]:
    # Weights that were learned stay those that were learned with the network's own function.
    other = replace(spec, activation=activation)
    return hidden.hidden_layers(other, cached.parameters(spec), cached.inputs(digit))


def layers_of(hand: InHand, activation: Activations) -> tuple[HiddenLayer, ...]:
    """Return the hidden layers of the network in hand, with a function on each of them.

    Args:
        hand: the network and the digit.
        activation: one function for all, or one for each.
    """
    # What has the same numbers shares what is kept.
    spec = cached.same_numbers(hand.network)
    if spec.training is None:
        spec = replace(spec, activation=activation)
    return _layers(spec, activation, hand.digit)


def layers_with(view: View, activation: Activation) -> tuple[HiddenLayer, ...]:
    """Return the hidden layers with another function on the selected one.

    Where all layers have the same function, all get the other one.
    """
    each = list(view.hand.network.activations)
    if not view.hand.network.is_mixed:
        return layers_of(view.hand, activation)
    each[view.number - 1] = activation
    return layers_of(view.hand, tuple(each))


@kept(maxsize=len(Activation))
def greatest(activation: Activation) -> float:
    """Return its greatest slope; see `mnistviz.network.slopes.greatest_slope`."""
    return slopes.greatest_slope(activation)


@kept(maxsize=len(Activation) * (len(REACHES) + 1))
def curve(activation: Activation, reach: float) -> Curve:
    """Sample a function; see `mnistviz.network.slopes.curve`."""
    return sampling.curve(activation, reach)


@once_per_batch(maxsize=32)
def _fold(spec: NetworkSpec, digit: DigitSpec) -> Fold:
    return folding.fold(spec, cached.parameters(spec), cached.inputs(digit))


def fold_of(view: View) -> Fold:
    """Fold the network in hand; see `mnistviz.lessons.activations.folding.fold`."""
    return _fold(view.hand.network, view.hand.digit)


def offer_layer(lesson: Lesson) -> None:
    """Offer a hidden layer where there is none."""
    if state.settings()["layers"] == 0:
        st.button(
            lesson.parts["add_layer"],
            key="activations_add_layer",
            help=lesson.parts["add_layer_help"],
            on_click=state.apply,
            args=({"layers": 1},),
            disabled=state.is_refused({"layers": 1}),
            icon=":material/add:",
        )


def choose_function(lesson: Lesson) -> None:
    """Draw the functions to choose from."""
    widgets.settings_to_try(
        lesson.parts["function"],
        {each.value: {"activation": each.value} for each in Activation},
        key="activations_function",
    )


def choose_view(hand: InHand, lesson: Lesson) -> View:
    """Draw the fields of layer and axis, and return what the page shows then."""
    words, count = lesson.parts, len(hand.network.hidden)
    with st.container(key="activations_look", horizontal=True, gap="medium"):
        layer = widgets.choose(
            "activations_layer",
            words["layer"],
            range(1, max(count, 1) + 1),
            words["layer_help"],
            disabled=count < 2,
        )
        reach = widgets.choose(
            "activations_reach", words["reach"], REACHES, words["reach_help"], USUAL_REACH
        )
        layer_number = min(layer, max(count, 1))
        activations = settled(state.settings()["activation"], count)
        activation = for_layers(activations, max(count, 1))[layer_number - 1]
        st.markdown(words[f"formula_{activation.value}"])
    return View(hand, activation, layer_number, layers_of(hand, activations), reach)


def layer_name(view: View, lesson: Lesson) -> str:
    """Name the selected layer within a sentence: hidden layer 1 (fc1)."""
    return f"{lesson.parts['layer'].lower()} {view.number} (fc{view.number})"


def curves(view: View, lesson: Lesson) -> None:
    """Draw the function and its slope, with the units of the layer at their sums."""
    sampled = curve(view.activation, view.reach)
    words, name = lesson.parts, view.activation.value
    note = ""
    if view.layer is not None:
        note = words["note_units"].format(layer=layer_name(view, lesson), limit=view.limit)
    _curve(
        key="activations_curve",
        data={
            "x": encoded(sampled.x),
            "outputs": encoded(sampled.outputs),
            "slopes": encoded(sampled.slopes),
            "zones": [list(zone) for zone in sampled.zones],
            "output_range": figures.output_range(sampled),
            "output_ticks": figures.output_ticks(sampled),
            "slope_range": figures.SLOPE_RANGE,
            "slope_ticks": figures.SLOPE_TICKS,
            "start": START,
            **points(view.layer, view.hand.digit.image),
            "words": {
                "axis": words["axis"],
                "beyond": words["beyond"],
                "output": words["name_output"].format(name=name),
                "slope": words["name_slope"].format(name=name),
                "reading": digit_picker.bold(words["reading"]),
                "spoken": words["spoken"],
                "heading": words["curve_heading"],
                "hint": words["hint"],
                "note": note,
                "alt": words["alt"].format(
                    name=name, units=view.layer.units if view.layer is not None else 0
                ),
            },
        },
    )


def points(layer: HiddenLayer | None, image: int) -> dict[str, str]:
    """Write the units of a layer for the browser: sum, output, slope, and whether it is flat."""
    if layer is None:
        return dict.fromkeys(("sums", "sum_outputs", "sum_slopes", "flat"), "")
    flat = layer.flat[image].astype(np.uint8)
    return {
        "sums": encoded(layer.sums[image]),
        "sum_outputs": encoded(layer.outputs[image]),
        "sum_slopes": encoded(layer.slopes[image]),
        "flat": base64.b64encode(flat.tobytes()).decode("ascii"),
    }


def encoded(values: Floats) -> str:
    """Write float32 for the browser, little end first."""
    return base64.b64encode(values.astype("<f4").tobytes()).decode("ascii")


def sentence(view: View, lesson: Lesson) -> None:
    """Show the sentence about the units of the layer."""
    with st.container(key="sentence"):
        st.markdown(describe(view, lesson))


def describe(view: View, lesson: Lesson) -> str:
    """Describe how many units of the layer are flat."""
    words, layer, image = lesson.parts, view.layer, view.hand.digit.image
    if layer is None:
        return words["seen_single"].format(
            name=view.activation.value, greatest=number(greatest(view.activation))
        )
    broken = layer.broken_for(image)
    if broken:
        return words["seen_broken"].format(broken=f"{broken:,}", units=f"{layer.units:,}")
    if view.activation is Activation.NONE:
        return words["seen_none"].format(units=f"{layer.units:,}", span=span(layer.sums[image]))
    return words[f"seen_{kind(view.activation)}"].format(
        name=view.activation.value,
        flat=f"{layer.flat_for(image):,}",
        units=f"{layer.units:,}",
        always=f"{layer.dead:,}",
        layer=view.number,
        limit=view.limit,
        share=FLAT_PERCENT,
        batch=view.batch_length,
    )


def question_numbers(view: View, lesson: Lesson) -> dict[str, object]:
    """Return the numbers of the question's answer; the logits are compared if they are numbers."""
    folded = fold_of(view)
    part = "question_compared" if math.isfinite(folded.linear) else "question_broken"
    compared = lesson.parts[part].format(
        architecture=view.hand.network.architecture,
        batch=view.batch_length,
        linear=number(folded.linear),
        logits=number(folded.logits),
    )
    return {"compared": compared}
