"""The page about initialization: schemes to try, spreads, weights, the sentence."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from mnistviz.figures import theme
from mnistviz.lessons.initialization import figures, spreading, verdicts
from mnistviz.lessons.initialization.spreading import Passage, WeightBins
from mnistviz.lessons.initialization.verdicts import Course
from mnistviz.network.slopes import FLAT
from mnistviz.results import kept
from mnistviz.spec.activations import listed
from mnistviz.spec.fields import Activation, Bias, Init, Style, Value
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.elements import components, question, widgets
from mnistviz.ui.session import cached
from mnistviz.ui.session.memo import once_per_batch
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import number, percent

_SCHEMES: tuple[dict[str, Value], ...] = (
    {"init": Init.ZEROS.value, "bias": Bias.ZEROS.value},
    {"init": Init.NORMAL.value, "std": 0.01, "bias": Bias.ZEROS.value},
    {"init": Init.NORMAL.value, "std": 1.0, "bias": Bias.ZEROS.value},
    {"init": Init.XAVIER_UNIFORM.value, "bias": Bias.ZEROS.value},
    {"init": Init.KAIMING_UNIFORM.value, "bias": Bias.ZEROS.value},
    {"init": Init.DEFAULT.value, "bias": Bias.DEFAULT.value},
)

NARROW, WIDE, XAVIER, KAIMING = 1, 2, 3, 4
"""The places of the two stds, of Xavier and of Kaiming in that list."""

_FOUR: dict[str, Value] = {"layers": 4, "w1": 128, "w2": 128, "w3": 128, "w4": 128}

_DEPTHS: tuple[dict[str, Value], ...] = (
    {"layers": 2, "w1": 128, "w2": 64, "activation": Activation.RELU.value},
    {**_FOUR, "activation": Activation.RELU.value},
    {**_FOUR, "activation": Activation.TANH.value},
)


_bins = components.make(
    "initialization/weights",
    '<div class="weights"><p class="unseen"></p>'
    '<div class="layers" role="slider" tabindex="0"></div>'
    '<div class="ends"><span></span><span></span><span></span></div>'
    '<div class="reading" aria-hidden="true"></div></div>',
    css=("elements/unseen", "elements/ends"),
    js=("elements/dom", "elements/words", "elements/numbers"),
)

_spreads = components.make(
    "initialization/spreads",
    '<div class="spreads"><p class="unseen"></p><svg role="slider" tabindex="0"></svg>'
    '<div class="reading" aria-hidden="true"></div></div>',
    css=("elements/unseen", "elements/picture"),
    js=("elements/dom",),
)


def schemes(lesson: Lesson) -> dict[str, dict[str, Value]]:
    """Return the schemes of the page by name, as settings of the sidebar."""
    stds = {"narrow": f"{_SCHEMES[NARROW]['std']:g}", "wide": f"{_SCHEMES[WIDE]['std']:g}"}
    names = (name.format(**stds) for name in lesson.names("schemes"))
    return dict(zip(names, _SCHEMES, strict=True))


def with_scheme(network: NetworkSpec, scheme: dict[str, Value]) -> NetworkSpec:
    """Return a network whose weights and biases start by another scheme."""
    return replace(
        network,
        init=Init(str(scheme["init"])),
        std=float(scheme.get("std", network.std)),
        bias=Bias(str(scheme["bias"])),
    )


def to_try(lesson: Lesson) -> None:
    """Offer schemes, and networks in which they show; they set the sidebar."""
    start, depth = st.columns([6, 4], gap="medium")
    with start:
        widgets.settings_to_try(
            lesson.parts["schemes_label"],
            schemes(lesson),
            key="initialization_scheme",
            more=lesson.parts["schemes_help"],
        )
    with depth:
        depths = dict(zip(lesson.names("depths"), _DEPTHS, strict=True))
        widgets.settings_to_try(lesson.parts["depths_label"], depths, key="initialization_depth")


def passage(network: NetworkSpec, digit: DigitSpec) -> Passage:
    """Return the way of the batch in hand; see `lessons.initialization.spreading.passage`."""
    plain = replace(network, style=Style.MODULE)
    return _passage(plain, digit)


@once_per_batch(maxsize=256)
def _passage(network: NetworkSpec, digit: DigitSpec) -> Passage:
    labels = cached.batch_of(digit).labels
    return spreading.passage(network, cached.parameters(network), cached.inputs(digit), labels)


def bins(network: NetworkSpec) -> tuple[float, tuple[WeightBins, ...]]:
    """Return where the axis of the weights ends, and the weights of each layer, counted."""
    return _counted(replace(network, style=Style.MODULE, activation=Activation.NONE))


@kept(maxsize=64)
def _counted(network: NetworkSpec) -> tuple[float, tuple[WeightBins, ...]]:
    layers = cached.parameters(network)
    end = spreading.weight_end(layers)
    return end, spreading.weight_bins(layers, end)


def spreads(hand: InHand, lesson: Lesson) -> None:
    """Show how the spread goes through the layers, and that of the gradients back."""
    st.markdown(lesson.parts["spreads_title"], help=lesson.parts["spreads_help"])
    way = passage(hand.network, hand.digit)
    _spreads(key="initialization_spreads", data=_spreads_data(way, hand.network.sizes, lesson))


def _spreads_data(way: Passage, sizes: tuple[int, ...], lesson: Lesson) -> dict[str, Any]:
    words = lesson.parts
    names = [words["pixels"], *(layer.name for layer in way.layers)]
    there = [way.pixels, *(layer.leaving for layer in way.layers)]
    back = [layer.gradient for layer in way.layers]
    readings = [
        words["spreads_reading" if place else "spreads_reading_pixels"].format(
            name=name,
            there=number(there[place]),
            back=number(back[place - 1]),
        )
        for place, name in enumerate(names)
    ]
    return {
        **figures.spreads(
            len(names),
            figures.Line(words["spread"], theme.ACCENT, "circle", False, there),
            figures.Line(words["gradients"], figures.BACK, "diamond", True, back),
        ),
        "places": [
            {"name": name, "size": f"{size:,}", "reading": reading}
            for name, size, reading in zip(names, sizes, readings, strict=True)
        ],
        "name": words["spreads_name"],
        "alt": words["spreads_alt"].format(readings="; ".join(readings)),
    }


def weights(hand: InHand, lesson: Lesson) -> None:
    """Show the weights of each layer as histograms on one axis."""
    end, layers = bins(hand.network)
    words = lesson.parts
    descriptions = {
        layer.name: words["weights_more"].format(shape=layer.shape, spread=number(layer.spread))
        for layer in layers
    }
    st.markdown(words["weights_title"])
    _bins(
        key="initialization_weights",
        data={
            "end": end,
            "bins": spreading.BINS,
            "rows": [
                {
                    "name": layer.name,
                    "more": descriptions[layer.name],
                    "counts": layer.counts.tolist(),
                }
                for layer in layers
            ],
            "name": words["weights_name"],
            "reading": words["weights_reading"],
            "count": words["weights_count"],
            "alt": words["weights_alt"].format(
                least=number(-end),
                most=number(end),
                layers="; ".join(f"{name} {more}" for name, more in descriptions.items()),
            ),
            "positive": theme.POSITIVE,
            "negative": theme.NEGATIVE,
        },
    )


def sentence(hand: InHand, lesson: Lesson) -> None:
    """Show the sentence about spread and gradients; it does not answer the question below it."""
    asked = f"{lesson.name}_question" not in question.answered()
    with st.container(key="sentence"):
        st.markdown(describe(hand.network, passage(hand.network, hand.digit), lesson, asked))


def describe(network: NetworkSpec, way: Passage, lesson: Lesson, asked: bool = False) -> str:
    """Describe what becomes of the differences between digits, and of the gradients.

    Args:
        network: the network.
        way: its passage.
        lesson: the page's words.
        asked: whether the page's question, what weights of 0 do, is still open.
    """
    if not way.hidden:
        hidden = asked and verdicts.all_zero(network)
        says = lesson.parts["forward_none_asked" if hidden else "forward_none"]
        return says.format(pixels=number(way.pixels), logits=number(way.layers[-1].leaving))
    forward = _describe_forward(network, way, lesson)
    if asked and verdicts.all_zero(network):
        forward = lesson.parts["forward_zeros_asked"]
    return f"{forward} {_describe_backward(network, way, lesson)}"


def _describe_forward(network: NetworkSpec, way: Passage, lesson: Lesson) -> str:
    says, hidden, course = lesson.parts, way.hidden, verdicts.there(network, way)
    if course is Course.ZEROS:
        return says["forward_zeros"]
    if course is Course.NOTHING:
        return says["forward_same"].format(number=verdicts.same_from(way))
    first, last, steps = hidden[0].leaving, hidden[-1].leaving, len(hidden) - 1
    mixed = course is Course.SATURATED and network.is_mixed
    meaning = says["there_saturated_mixed" if mixed else f"there_{course}"].format(
        share=percent(verdicts.saturated_share(network, way)),
        activation=listed(network.activation),
    )
    if not steps:
        more = f" {meaning}" if course is Course.SATURATED else ""
        return says["forward_one"].format(
            pixels=number(way.pixels),
            first=number(first),
            logits=number(way.layers[-1].leaving),
            more=more,
        )
    return says["forward_deep"].format(
        last=len(hidden),
        first_spread=number(first),
        last_spread=number(last),
        factor=number(verdicts.factor(first, last, steps)),
        meaning=meaning,
    )


def _describe_backward(network: NetworkSpec, way: Passage, lesson: Lesson) -> str:
    says, course = lesson.parts, verdicts.back(network, way)
    flat = verdicts.flat_layer(way)
    meaning = says[f"back_{course}"].format(
        activation=network.activations[(flat or 1) - 1].value,
        number=flat,
        share=number(100 * FLAT),
    )
    if course in verdicts.CUT_OFF:
        return meaning
    first = number(way.hidden[0].gradient)
    if len(way.hidden) == 1:
        more = f" {meaning}" if course is Course.SATURATED else ""
        return says["back_one"].format(
            logits=number(way.layers[-1].gradient), first=first, more=more
        )
    last = number(way.hidden[-1].gradient)
    return says["back"].format(number=len(way.hidden), last=last, first=first, meaning=meaning)


def numbers(hand: InHand) -> dict[str, object]:
    """Return the numbers of the question's answer: weights of zero, with and without biases."""
    network = replace(hand.network, init=Init.ZEROS)
    rows = cached.rows(network, hand.digit)
    bare = replace(network, bias=Bias.ZEROS)
    even = cached.rows(bare, hand.digit)
    return {
        "least": percent(float(rows.min())),
        "most": percent(float(rows.max())),
        "count": len(rows),
        "difference": number(float(np.abs(rows - rows[0]).max())),
        "even": percent(float(even.max())),
    }


def reason(hand: InHand) -> str:
    """Return which part of the lesson gives the reason of the answer: without biases, another."""
    return "question_why_even" if hand.network.bias is Bias.ZEROS else "question_why"
