"""The expanders of the page about activations; nothing is computed until one is opened."""

import math

import numpy as np
import streamlit as st

from mnistviz.figures import pictures
from mnistviz.lessons.activations import figures, folding, histograms, script
from mnistviz.lessons.activations.dead import dead_units
from mnistviz.lessons.activations.histograms import Histogram
from mnistviz.lessons.activations.stable import FLOAT32_END, Break, breaks, stable_code
from mnistviz.network import slopes
from mnistviz.results import kept
from mnistviz.spec.activations import listed
from mnistviz.spec.fields import TRAINING_DIGITS, Activation, Data
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.activations import stage
from mnistviz.ui.activations.stage import View, curve, encoded, greatest, layers_of, points
from mnistviz.ui.elements import components, show
from mnistviz.ui.session import cached
from mnistviz.words import Lesson
from mnistviz.words.quantities import number, percent

SHEET_END = 6.0
"""How far the small curves go to either side of 0."""

SHEET_RANGE = (-1.3, 2.7)
"""The axis of their outputs."""

DEPTH = 4
"""Layers through which an error goes back, in the example."""

FAR = 5.0
"""An x at which functions with a ceiling are flat, in the example."""


_sheet = components.make(
    "activations/sheet",
    '<div class="sheet"></div>',
    js=("elements/bytes",),
)

_folded = components.make(
    "activations/fold",
    '<div class="pictures"></div>',
    css=("elements/image",),
    js=("elements/dom", "elements/words"),
)


def all_functions(view: View, lesson: Lesson) -> None:
    """Show every function with its slope, and the layer's units on it."""
    words = lesson.parts
    with show.opened(words["all_title"], "activations_all_open") as opened:
        if not opened:
            return
        end = number(SHEET_END)
        if view.layer is None:
            st.markdown(words["all_single"].format(end=end))
        else:
            numbers = {
                "end": end,
                "units": words["units_one" if view.layer.units == 1 else "units_many"].format(
                    units=f"{view.layer.units:,}"
                ),
                "layer": stage.layer_name(view, lesson),
                "share": stage.FLAT_PERCENT,
            }
            st.markdown(words["all"].format(**numbers))
            if view.hand.network.training is not None:
                st.markdown(words["all_trained"].format(name=listed(view.hand.network.activation)))
            elif view.hand.network.loaded:
                st.markdown(words["all_loaded"])
        _sheet(
            key="activations_sheet",
            data={
                "x": encoded(curve(view.activation, SHEET_END).x),
                "end": SHEET_END,
                "range": SHEET_RANGE,
                "cells": [_cell(view, each, lesson) for each in Activation],
            },
        )
        formulas = (f"- {words[f'formula_{each.value}']}" for each in Activation)
        st.markdown("\n".join(formulas))
        st.markdown(words["all_note"])


def _cell(view: View, activation: Activation, lesson: Lesson) -> dict[str, object]:
    words, image = lesson.parts, view.hand.digit.image
    sampled, layers = curve(activation, SHEET_END), stage.layers_with(view, activation)
    layer = layers[view.number - 1] if layers else None
    part = "all_said_single" if layer is None else f"all_said_{stage.kind(activation)}"
    numbers = {
        "greatest": number(greatest(activation)),
        "flat": f"{layer.flat_for(image):,}" if layer is not None else 0,
        "units": f"{layer.units:,}" if layer is not None else 0,
    }
    said = words[part].format(**numbers)
    return {
        "name": activation.value,
        "chosen": activation is view.activation,
        "outputs": encoded(sampled.outputs),
        "slopes": encoded(sampled.slopes),
        "said": said,
        "alt": words["all_alt"].format(name=activation.value, said=said),
        **points(layer, image),
    }


def layer_by_layer(view: View, lesson: Lesson) -> None:
    """Show the share of flat units and the outputs of each layer."""
    words = lesson.parts
    with show.opened(words["layers_title"], "activations_layers_open") as opened:
        if not opened:
            return
        if not view.layers:
            st.markdown(words["layers_single"])
            return
        numbers = {
            "name": _functions_of(view),
            "limit": view.limit,
            "share": stage.FLAT_PERCENT,
            "batch": view.batch_length,
        }
        part = "layers_mixed" if view.hand.network.is_mixed else "layers"
        if view.hand.network.activation is Activation.NONE:
            part = "layers_none"
        st.markdown(words[part].format(**numbers))
        rows = _share_rows(view, lesson)
        described = "; ".join(f"{name}: {value}" for name, _, value, _ in rows)
        alt = words["shares_alt"].format(rows=described)
        show.figure(figures.shares(rows), key="activations_shares", alt=alt)
        st.markdown(words["histograms"].format(**numbers))
        _histograms(view, lesson)


def _share_rows(view: View, lesson: Lesson) -> list[tuple[str, float, str, bool]]:
    words, rows = lesson.parts, []
    for layer in view.layers:
        for kind, count in (
            ("digit", layer.flat_for(view.hand.digit.image)),
            ("always", layer.dead),
        ):
            share = count / layer.units
            value = words["share_units"].format(
                count=f"{count:,}", units=f"{layer.units:,}", percent=percent(share)
            )
            name = words[f"row_{kind}"].format(name=layer.name)
            rows.append((name, share, value, kind == "digit"))
        name = words["row_average"].format(name=layer.name)
        rows.insert(-1, (name, layer.flat_share, percent(layer.flat_share), False))
    return rows


def _histograms(view: View, lesson: Lesson) -> None:
    words = lesson.parts
    records = histograms.histograms(view.layers)
    titles = [
        words["histogram_title"].format(
            number=number_of,
            name=layer.name,
            low=number(float(layer.outputs.min())),
            high=number(float(layer.outputs.max())),
        )
        for number_of, layer in enumerate(view.layers, start=1)
    ]
    described = "; ".join(
        _describe_histogram(title, record, lesson)
        for title, record in zip(titles, records, strict=True)
    )
    show.figure(
        figures.histograms(records, titles, words["histogram_across"]),
        key="activations_histograms",
        alt=words["histograms_alt"].format(rows=described),
    )


def _describe_histogram(title: str, record: Histogram, lesson: Lesson) -> str:
    most = int(record.shares.argmax())
    return lesson.parts["histogram_row"].format(
        title=title,
        a=number(float(record.edges[most])),
        b=number(float(record.edges[most + 1])),
        percent=percent(float(record.shares[most])),
    )


def why_relu(view: View, lesson: Lesson) -> None:
    """Say why hidden layers have ReLU in practice, and its price."""
    words = lesson.parts
    with show.opened(words["relu_title"], "activations_relu_open") as opened:
        if not opened:
            return
        sigmoid, relu = greatest(Activation.SIGMOID), greatest(Activation.RELU)
        numbers = {
            "relu": number(relu),
            "sigmoid": number(sigmoid),
            "depth": DEPTH,
            "sigmoid_left": number(sigmoid**DEPTH),
            "relu_left": number(relu**DEPTH),
            "far": number(FAR),
            "sigmoid_far": number(_slope(Activation.SIGMOID, FAR)),
            "tanh_far": number(_slope(Activation.TANH, FAR)),
            "relu_far": number(_slope(Activation.RELU, FAR)),
            "relu_off": number(_slope(Activation.RELU, -1)),
            "leaky_off": number(_slope(Activation.LEAKY_RELU, -1)),
        }
        st.markdown(words["relu"].format(**numbers))
        st.markdown(words["relu_price"].format(**numbers))
        layers = layers_of(view.hand, Activation.RELU)
        if layers:
            layer = layers[view.number - 1]
            mixed = view.hand.network.is_mixed
            text = words["relu_dead_mixed" if mixed else "relu_dead"].format(
                layer=view.number,
                always=f"{layer.dead:,}",
                units=f"{layer.units:,}",
                batch=view.batch_length,
                dead=f"{_dead(view.hand.network, view.hand.digit.data, view.number):,}",
                count=f"{TRAINING_DIGITS[view.hand.digit.data]:,}",
            )
            st.markdown(text)


@kept(maxsize=32)
def _dead(network: NetworkSpec, data: Data, number_of: int) -> int:
    pixels = cached.digits(data).train_pixels
    return dead_units(cached.parameters(network), pixels, number_of)


def _slope(activation: Activation, x: float) -> float:
    return slopes.slope_at(activation, x)


def fold(view: View, lesson: Lesson) -> None:
    """Fold the layers into one, and compare."""
    words = lesson.parts
    with show.opened(words["fold_title"], "activations_fold_open") as opened:
        if not opened:
            return
        if view.layers:
            _compare(view, lesson)
        else:
            st.markdown(words["fold_single"])
        folded = stage.fold_of(view)
        finite = np.abs(folded.weight[np.isfinite(folded.weight)])
        limit = max(float(finite.max(initial=0)), float(np.finfo(np.float32).tiny))
        st.markdown(words["fold_pictures"].format(limit=number(limit)))
        colored = (pictures.signed(row, limit) for row in folded.weight)
        sources = [pictures.data_uri(picture) for picture in colored]
        _folded(key="activations_folded", data={"pictures": sources, "alt": words["fold_alt"]})
        st.markdown(words["xor"])
        st.code(script.exclusive_or(), language="python", wrap_lines=True)
        answers = (folding.exclusive_or(with_relu) for with_relu in (True, False))
        st.markdown(words["xor_output"])
        st.code(script.exclusive_or_output(*answers), language=None)


def _compare(view: View, lesson: Lesson) -> None:
    words, folded, network = lesson.parts, stage.fold_of(view), view.hand.network
    shapes = (f"({after},\N{NO-BREAK SPACE}{before})" for before, after in reversed(network.shapes))
    product = " @ ".join(f"`{shape}`" for shape in shapes)
    numbers = {"layers": len(network.shapes), "product": product, "batch": view.batch_length}
    st.markdown(words["fold"].format(**numbers))
    rounding = words["fold_rounding"].format(
        linear=number(folded.linear), logits=number(folded.logits)
    )
    changed = words["fold_changed"]
    numbers = {"batch": view.batch_length}
    rows = [
        (
            Activation.NONE.value,
            rounding,
            changed.format(changed=folded.linear_changed, **numbers),
        )
    ]
    if network.has_activation:
        changes = changed.format(changed=folded.changed, **numbers)
        rows.append((listed(network.activation), number(folded.active), changes))
    columns = lesson.names("fold_columns")
    st.table([dict(zip(columns, row, strict=True)) for row in rows])
    part = "fold_seen"
    if not math.isfinite(folded.linear + folded.active):
        part = "fold_seen_broken"
    elif not network.has_activation:
        part = "fold_seen_none"
    elif folded.active <= 2 * folded.linear:
        part = "fold_seen_same"
    if len(network.functions) > 1 and part in ("fold_seen", "fold_seen_same"):
        part += "_mixed"
    st.markdown(words[part].format(name=_functions_of(view)))
    if folded.linear_changed:
        st.markdown(words["fold_decides"].format(changed=folded.linear_changed, **numbers))


def _functions_of(view: View) -> str:
    """Name the functions between the layers, each once, as they stand between two backticks."""
    return "`, `".join(one.value for one in view.hand.network.functions)


def stable(lesson: Lesson) -> None:
    """Show where the formulas break in float32, and the form that does not."""
    words = lesson.parts
    with show.opened(words["stable_title"], "activations_stable_open") as opened:
        if not opened:
            return
        st.markdown(words["stable"].format(end=number(FLOAT32_END)))
        columns = lesson.names("stable_columns")
        rows = (_stable_row(each, lesson) for each in breaks())
        st.table([dict(zip(columns, row, strict=True)) for row in rows])
        st.markdown(words["stable_forms"])
        st.code(stable_code(), language="python", wrap_lines=True)
        st.markdown(words["stable_slopes"])


def _stable_row(each: Break, lesson: Lesson) -> tuple[str, ...]:
    name = each.activation.value
    # The formula stands behind the name in full.
    _, _, formula = lesson.parts[f"formula_{name}"].partition(": ")
    broken = map(number, (each.x, each.output, each.slope))
    return f"`{name}`", formula, *broken, number(each.true_output), number(each.true_slope)


def code(view: View, lesson: Lesson) -> None:
    """Show the script that computes what the page shows."""
    hand = view.hand
    show.script(
        lesson,
        lambda: script.script(hand.network, hand.digit),
        script.FILE_NAME,
        network=hand.network,
    )
