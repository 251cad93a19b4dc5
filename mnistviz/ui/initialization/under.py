"""The expanders of the page about initialization. Nothing is computed until one is opened."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from mnistviz.figures import bars
from mnistviz.lessons.initialization import figures, in_place, script, spreading, verdicts
from mnistviz.lessons.initialization.in_place import Forms
from mnistviz.network import slopes
from mnistviz.network.answers import prediction
from mnistviz.results import kept
from mnistviz.spec.activations import Activations, listed
from mnistviz.spec.fields import CLASSES, Activation
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.elements import show
from mnistviz.ui.initialization.stage import (
    KAIMING,
    NARROW,
    WIDE,
    XAVIER,
    passage,
    schemes,
    with_scheme,
)
from mnistviz.ui.session import cached
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import SURE, number, percent


def why(hand: InHand, lesson: Lesson) -> None:
    """Set what a sum of many products should spread beside what is measured."""
    words = lesson.parts
    with show.opened(words["why_title"], "initialization_why_open") as opened:
        if not opened:
            return
        way = passage(hand.network, hand.digit)
        images = cached.batch_of(hand.digit).images
        st.markdown(words["why_sum"].format(count=len(images)))
        there = [
            (layer.inputs, layer.weight, layer.entering, layer.predicted, layer.sums)
            for layer in way.layers
        ]
        names = [layer.name for layer in way.layers]
        _table(lesson.names("why_columns"), names, there)
        if way.hidden:
            st.markdown(words["why_back"])
            back = [
                (
                    *(after.outputs, after.weight, here.slope, way.predicted_gradient(place)),
                    *(here.gradient, here.weight_gradient),
                )
                for place, (here, after) in enumerate(zip(way.hidden, way.layers[1:], strict=True))
            ]
            _table(lesson.names("why_back_columns"), names[:-1], back)
        st.markdown(words["why_schemes"])
        st.markdown(_describe_first(hand.network, lesson).format(here=number(way.layers[0].weight)))
        names = list(schemes(lesson))
        st.markdown(words["why_chance"].format(few=names[NARROW], many=names[KAIMING]))


def _describe_first(network: NetworkSpec, lesson: Lesson) -> str:
    n, m = network.shapes[0]
    return lesson.parts["why_first"].format(
        name="fc1",
        n=n,
        m=f"{m:,}",
        keep=number(1 / math.sqrt(n)),
        xavier=number(math.sqrt(2 / (n + m))),
        kaiming=number(math.sqrt(2 / n)),
        default=number(1 / math.sqrt(3 * n)),
        here="{here}",
    )


def _table(columns: list[str], names: list[str], rows: Sequence[tuple[float, ...]]) -> None:
    st.table(
        [
            dict(zip(columns, [name, *(_format_value(value) for value in row)], strict=True))
            for name, row in zip(names, rows, strict=True)
        ]
    )


def _format_value(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else number(value)


def saturated(hand: InHand, lesson: Lesson) -> None:
    """Show the share of units on the flat part of their activation under std 1 and Xavier."""
    words = lesson.parts
    with show.opened(words["saturated_title"], "initialization_saturated_open") as opened:
        if not opened:
            return
        if not hand.network.hidden:
            st.markdown(words["saturated_none"])
            return
        flat = slopes.FLAT
        st.markdown(
            words["saturated"].format(
                # Where s (1 - s) and 1 - t * t, at most 1/4 and 1, come down to that share.
                sigmoid=number(2 * math.acosh(1 / math.sqrt(flat))),
                tanh=number(math.atanh(math.sqrt(1 - flat))),
                flat=percent(flat),
                wide=list(schemes(lesson))[WIDE],
            )
        )
        kinds: list[Activations] = list(verdicts.SATURATING)
        if hand.network.activation not in (*kinds, Activation.NONE):
            kinds.append(hand.network.activation)
        for place, kind in zip(st.columns(len(kinds), gap="medium"), kinds, strict=True):
            with place:
                _saturated(replace(hand.network, activation=kind), hand, lesson)
        if Activation.RELU in hand.network.functions:
            st.markdown(words["saturated_relu"])


def _saturated(network: NetworkSpec, hand: InHand, lesson: Lesson) -> None:
    offered = list(schemes(lesson).items())
    compared = [offered[XAVIER], offered[WIDE]]
    ways = [passage(with_scheme(network, scheme), hand.digit) for _, scheme in compared]
    names = [layer.name for layer in ways[0].hidden]
    rows = [
        (name, [layer.flat for layer in way.hidden])
        for (name, _), way in zip(compared, ways, strict=True)
    ]
    kind = listed(network.activation)
    xavier, wide = (percent(way.flat_share) for way in ways)
    st.markdown(
        lesson.parts["saturated_seen"].format(
            name=kind, label=compared[1][0], wide=wide, xavier=xavier
        )
    )
    values = "; ".join(
        f"{name}: {', '.join(f'{at} {percent(v)}' for at, v in zip(names, row, strict=True))}"
        for name, row in rows
    )
    show.figure(
        figures.shares(names, rows),
        key=f"initialization_flat_{'mixed' if network.is_mixed else kind}",
        alt=lesson.parts["saturated_alt"].format(name=kind, values=values),
    )


def sure(hand: InHand, lesson: Lesson) -> None:
    """Show entropy and confidence under each scheme, and the ten bars of the digit in hand."""
    words = lesson.parts
    with show.opened(words["sure_title"], "initialization_sure_open") as opened:
        if not opened:
            return
        count = len(cached.rows(hand.network, hand.digit))
        most = number(math.log2(CLASSES))
        st.markdown(words["sure"].format(shape=(count, hand.network.sizes[0]), most=most))
        networks = _by_name(hand.network, lesson)
        names = list(networks)
        certain = [_certainty(network, hand) for network in networks.values()]
        in_hand = list(networks.values()).index(hand.network)
        left, middle, right = st.columns([3, 3, 4], gap="medium")
        with left:
            values = [bits for bits, _ in certain]
            texts = [number(bits) for bits in values]
            st.markdown(words["entropy_title"].format(most=most))
            _lengths("entropy", names, values, math.log2(CLASSES), in_hand, texts)
        with middle:
            values = [confidence for _, confidence in certain]
            st.markdown(words["confidence_title"])
            _lengths("confidence", names, values, 1.0, in_hand, [percent(v) for v in values])
        with right:
            st.markdown(words["bars_title"].format(image=hand.digit.image))
            _bars(hand)
        st.markdown(_describe_certainty(hand, certain[in_hand], lesson))


def _by_name(network: NetworkSpec, lesson: Lesson) -> Mapping[str, NetworkSpec]:
    """Return a network for each scheme, and the one in hand, which may be one of them."""
    networks = {}
    for name, scheme in schemes(lesson).items():
        candidate = with_scheme(network, scheme)
        # What has no effect differs between equal networks; the one in hand says how it stands.
        same = candidate.init is network.init and candidate.bias is network.bias
        same = same and (not candidate.uses_std or candidate.std == network.std)
        networks[name] = network if same else candidate
    if network not in networks.values():
        networks[lesson.parts["in_hand"]] = network
    return networks


def _certainty(network: NetworkSpec, hand: InHand) -> tuple[float, float]:
    rows = cached.rows(network, hand.digit)
    bits = spreading.entropy(rows).mean()
    return float(bits), float(rows.max(axis=1).mean(dtype=np.float64))


def _lengths(
    what: str, names: list[str], values: list[float], end: float, marked: int, texts: list[str]
) -> None:
    listed = ", ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    show.figure(
        figures.lengths(names, values, end, marked, texts),
        key=f"initialization_{what}",
        alt=f"{what.capitalize()}: {listed}.",
    )


def _bars(hand: InHand) -> None:
    truth = cached.label(hand.digit)
    row = cached.row(hand.network, hand.digit)
    show.figure(
        cached.softmax_bars(hand.network, hand.digit, truth, zoom=False),
        key="initialization_bars",
        alt=bars.softmax_bars_alt(row, truth),
    )


def _describe_certainty(hand: InHand, certainty: tuple[float, float], lesson: Lesson) -> str:
    rows = cached.rows(hand.network, hand.digit)
    words, more = lesson.parts, ""
    if certainty[1] >= SURE:
        more = f" {words['sure_no_sign']}"
    elif any(prediction(row) is None for row in rows):
        more = f" {words['sure_tied']}"
    return words["sure_seen"].format(
        guess=percent(1 / CLASSES),
        sure=more,
        entropy=number(certainty[0]),
        confidence=percent(certainty[1]),
        right=cached.right_answers(hand.network, hand.digit),
        count=len(rows),
    )


def forms(hand: InHand, lesson: Lesson) -> None:
    """Set the weights of `fc1` in place, in the old and the modern form."""
    words = lesson.parts
    with show.opened(words["forms_title"], "initialization_forms_open") as opened:
        if not opened:
            return
        inputs, units = hand.network.shapes[0]
        result = _forms(inputs, units, hand.network.seed)
        st.markdown(words["forms"])
        _code(f"{script.SHAPES}\n{script.OLD}")
        _output(f"torch.Size({list(result.weight_shape)})\ntorch.Size({list(result.bias_shape)})")
        st.markdown(words["forms_shapes"].format(units=units, inputs=inputs))
        st.markdown(words["forms_modern"])
        _code(script.MODERN)
        outcome = words["forms_equal_yes" if result.equal else "forms_equal_no"]
        count = f"{inputs * units:,}"
        spread = number(result.spread)
        st.markdown(words["forms_equal"].format(count=count, outcome=outcome, spread=spread))
        st.markdown(words["forms_refused"])
        _code(script.REFUSED)
        _output(result.refused)
        st.markdown(words["forms_variable"])
        st.markdown(words["forms_silent"].format(true=number(result.true)))
        _code(script.SILENT)
        _output(result.silent)
        st.markdown(words["forms_noticed"])
        _code(script.NOTICED)
        _output(result.noticed)


@kept(maxsize=32)
def _forms(inputs: int, outputs: int, seed: int) -> Forms:
    return in_place.run(inputs, outputs, seed)


def code(hand: InHand, lesson: Lesson) -> None:
    """Show the script that computes what the page shows."""
    show.script(lesson, lambda: script.script(hand.network, hand.digit), script.FILE_NAME)


def _code(lines: str) -> None:
    st.code(lines, language="python", width=show.LINE, wrap_lines=True)


def _output(text: str) -> None:
    st.code(text, language=None, width=show.LINE, wrap_lines=True)
