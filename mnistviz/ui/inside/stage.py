"""The picture of the network and the sum of one unit, on the page "Inside the network"."""

from typing import Any

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Integers
from mnistviz.figures import pictures, theme
from mnistviz.lessons.inside import microscope, printed
from mnistviz.lessons.inside.microscope import Edge, Terms, Walk
from mnistviz.lessons.inside.printed import Printed
from mnistviz.network.answers import prediction
from mnistviz.results import kept
from mnistviz.spec import fields
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.elements import components, digit_picker
from mnistviz.ui.inside import choice
from mnistviz.ui.inside.choice import View
from mnistviz.ui.session import cached
from mnistviz.words.quantities import number, percents

UNITS = 24
"""Units of a layer that are drawn at most."""

EDGES = 40
"""Connections between two columns that are drawn at most."""

OWN = 24
"""Connections of the chosen unit that are drawn at most."""

TERMS = 9
"""Terms of a sum that are written out at most."""

TERMS_BELOW_PICTURES = 5
"""The same where pictures stand above them."""

NETWORK = "inside_network"

_network = components.make(
    "inside/network",
    '<div class="network"><h2 class="hidden"></h2><svg role="slider" tabindex="0"></svg>'
    '<div class="steps"><button type="button" value="ArrowUp">&uarr;</button>'
    '<span aria-hidden="true"></span>'
    '<button type="button" value="ArrowDown">&darr;</button></div></div>',
    css=("elements/buttons", "elements/picture"),
    js=("elements/dom", "elements/pixels", "elements/answers"),
)

_terms = components.make(
    "inside/terms",
    '<div class="terms"><h2 class="title"></h2><div class="pictures"></div>'
    '<div class="rows" role="table"></div></div>',
    css=("elements/image",),
    js=("elements/dom",),
)


def draw_network(view: View) -> None:
    """Draw the network with the digit in it, the chosen unit marked."""
    walk, words = view.walk, view.lesson.parts
    low, end = _scale(walk)
    columns = _select_units(view)
    _network(
        key=NETWORK,
        data={
            "picture": cached.picture(view.hand.digit),
            "columns": [
                _column(view, place, units, low, end) for place, units in enumerate(columns)
            ],
            "edges": [
                list(edge)
                for edge in _edges(
                    view.hand.network,
                    view.hand.digit,
                    tuple(tuple(units.tolist()) for units in columns),
                )
            ],
            "own": _own_edges(view, columns),
            "chosen": f"{view.layer}-{view.unit}",
            "words": {
                "alt": words["network_alt"].format(architecture=view.hand.network.architecture),
                "note": _note(view),
                "name": words["network_name"],
                "before": words["unit_before"],
                "after": words["unit_after"],
            },
        },
        on_unit_change=_take,
    )


def _take() -> None:
    choice.take(st.session_state[NETWORK].unit)


def _select_units(view: View) -> list[Integers]:
    """Return the units that are drawn of each layer, by their numbers."""
    layers = view.walk.layers
    hidden = [
        microscope.strongest_units(
            layer.outputs, UNITS, view.unit if number == view.layer else None
        )
        for number, layer in enumerate(layers[:-1], start=1)
    ]
    return [*hidden, np.arange(len(layers[-1].outputs))]


def _scale(walk: Walk) -> tuple[float, float]:
    """Return the activations at which the color of a hidden unit begins and ends."""
    hidden = [layer.outputs for layer in walk.layers[:-1]]
    if not hidden:
        return 0.0, 1.0
    least = min(float(outputs.min()) for outputs in hidden)
    most = max(float(outputs.max()) for outputs in hidden)
    return -microscope.scale_end(-least) if least < 0 else 0.0, microscope.scale_end(most)


def _column(view: View, place: int, units: Integers, low: float, end: float) -> dict[str, Any]:
    words, layer = view.lesson.parts, view.walk.layers[place]
    outputs = [float(layer.outputs[unit]) for unit in units]
    count = f"{len(layer.outputs):,}"
    if place < len(view.walk.layers) - 1:
        some = words["column_some"].format(shown=len(units))
        return {
            "units": units.tolist(),
            "shares": [
                round(min(max((output - low) / (end - low), 0), 1), 3) for output in outputs
            ],
            "said": [
                words["said_unit"].format(name=layer.name, unit=f"{unit:,}", output=number(output))
                for unit, output in zip(units, outputs, strict=True)
            ],
            "lines": [
                layer.name,
                *([some, count] if len(units) < len(layer.outputs) else [count]),
            ],
        }
    truth = cached.label(view.hand.digit)
    shares = [float(share) for share in view.walk.probabilities]
    said = percents(shares)
    return {
        "units": units.tolist(),
        "shares": [round(share, 3) for share in shares],
        "said": [
            words["said_output"].format(unit=unit, logit=number(outputs[unit]), percent=said[unit])
            for unit in range(len(shares))
        ],
        "names": [str(unit) for unit in range(len(shares))],
        "shares_said": said,
        "marks": ["\N{NO-BREAK SPACE}\N{CHECK MARK}" if unit == truth else "" for unit in units],
        "bold": prediction(view.walk.probabilities),
        "lines": [layer.name, words["column_outputs"]],
    }


@kept(maxsize=64)
def _cached_edges(
    spec: NetworkSpec, digit: DigitSpec, columns: tuple[tuple[int, ...], ...]
) -> tuple[tuple[int, int, int, float], ...]:
    walk, layers = choice.cached_walk(spec, digit), cached.parameters(spec)
    drawn: list[tuple[int, int, int, float]] = []
    for place, layer in enumerate(layers):
        strongest = microscope.strongest_edges(
            layer.weight.numpy(),
            walk.into(place + 1),
            np.array(columns[place], dtype=np.int64),
            EDGES,
            np.array(columns[place - 1], dtype=np.int64) if place else None,
        )
        drawn += _serialize(place, strongest)
    return tuple(drawn)


def _edges(
    spec: NetworkSpec, digit: DigitSpec, columns: tuple[tuple[int, ...], ...]
) -> tuple[tuple[int, int, int, float], ...]:
    return _cached_edges(cached.same_numbers(spec), digit, columns)


def _serialize(place: int, edges: tuple[Edge, ...]) -> list[tuple[int, int, int, float]]:
    """Write connections for the browser, each with its share of the largest."""
    most = max((abs(edge.contribution) for edge in edges), default=1.0)
    return [(place, edge.source, edge.target, round(edge.contribution / most, 3)) for edge in edges]


def _own_edges(view: View, columns: list[Integers]) -> list[tuple[int, int, int, float]]:
    """Return the connections of the chosen unit, of what is drawn before it."""
    place, terms = view.layer - 1, view.terms
    allowed = set(columns[place - 1].tolist()) if place else None
    places = [
        int(source)
        for source in terms.largest(len(terms.products))
        if allowed is None or int(source) in allowed
    ][:OWN]
    edges = tuple(Edge(source, view.unit, float(terms.products[source])) for source in places)
    return _serialize(place, edges)


def draw_unit_sum(view: View) -> None:
    """Draw the sum of the chosen unit, term by term."""
    words, terms = view.lesson.parts, view.terms
    title = "title_hidden"
    if view.is_output:
        title = "title_logit" if view.other is None else "title_difference"
    _terms(
        key="inside_terms",
        data={
            "title": digit_picker.bold(
                words[title].format(unit=view.unit, layer=view.layer, other=view.other)
            ),
            "name": words["terms_name"],
            "pictures": _pictures(view, terms) if view.layer == 1 else [],
            "rows": _rows(view, terms),
            "check": _check(view),
            "positive": theme.POSITIVE,
            "negative": theme.NEGATIVE,
        },
    )


def draw_notes(view: View) -> None:
    """Say how the picture is to be read, and how exact the printed sum is."""
    with st.container(key="inside_notes"):
        st.caption(f"{_note(view)}\n\n{_check(view)}")


def _note(view: View) -> str:
    low, end = _scale(view.walk)
    part = "network_note_low" if low < 0 else "network_note"
    if len(view.walk.layers) == 1:
        part = "network_note_single"
    numbers = {"units": UNITS, "edges": EDGES, "low": number(low), "end": number(end)}
    return view.lesson.parts[part].format(**numbers)


def _check(view: View) -> str:
    difference = abs(view.terms.total - view.terms.computed)
    return view.lesson.parts["check"].format(difference=number(difference))


def _pictures(view: View, terms: Terms) -> list[dict[str, str]]:
    words = view.lesson.parts
    # The pixels are -1 to 1, so that the terms are never larger than the weights: one scale.
    limit = float(np.abs(terms.weights).max())
    weights = "picture_weights" if view.other is None else "picture_differences"

    def picture(address: str, name: str, alt: str) -> dict[str, str]:
        named = words[name].format(unit=view.unit, other=view.other)
        return {"picture": address, "name": named, "alt": words[alt]}

    return [
        picture(cached.picture(view.hand.digit), "picture_digit", "picture_digit_alt"),
        {"sign": "\N{MULTIPLICATION SIGN}"},
        picture(
            pictures.data_uri(pictures.signed(terms.weights, limit)),
            weights,
            "picture_weights_alt",
        ),
        {"sign": "="},
        picture(
            pictures.data_uri(pictures.signed(terms.products, limit)),
            "picture_products",
            "picture_products_alt",
        ),
    ]


def _rows(view: View, terms: Terms) -> list[dict[str, Any]]:
    words = view.lesson.parts
    places = terms.largest(TERMS_BELOW_PICTURES if view.layer == 1 else TERMS)
    others = len(terms.products) - len(places)
    most = max([abs(terms.bias), *np.abs(terms.products[places])]) or 1.0
    shown = printed.summary(terms)
    texts, rest = printed.rows(terms, places)
    rows: list[dict[str, Any]] = [
        {
            "label": _factors(view, terms, int(place)),
            "value": text,
            "share": terms.products[place] / most,
        }
        for place, text in zip(places, texts, strict=True)
    ]
    if others:
        label = words["term_rest_one" if others == 1 else "term_rest"].format(count=f"{others:,}")
        rows.append({"label": label, "value": rest})
    bias = words["term_bias" if view.other is None else "term_bias_difference"]
    rows.append({"label": bias, "value": shown.bias, "share": terms.bias / most})
    return [*rows, *_results(view, terms, shown)]


def _factors(view: View, terms: Terms, place: int) -> str:
    numbers = {
        "value": number(float(terms.values[place])),
        "weight": number(float(terms.weights[place])),
    }
    if view.layer == 1:
        row, column = divmod(place, fields.SIDE)
        return view.lesson.parts["term_pixel"].format(row=row, column=column, **numbers)
    return view.lesson.parts["term_unit"].format(unit=f"{place:,}", **numbers)


def _results(view: View, terms: Terms, shown: Printed) -> list[dict[str, Any]]:
    """Return the rows below the line: the sum, and the output or ratio that follows from it."""
    words, total = view.lesson.parts, shown.total
    if view.other is not None:
        higher, lower = (view.unit, view.other)[:: -1 if terms.computed < 0 else 1]
        ratio = choice.ratio(abs(terms.computed), view.lesson)
        return [
            {"label": words["term_difference"], "value": total, "sum": True},
            {"label": words["term_ratio"].format(higher=higher, lower=lower), "value": ratio},
        ]
    if view.is_output:
        share = percents(view.walk.probabilities)[view.unit]
        return [
            {"label": words["term_logit"], "value": total, "sum": True},
            {"label": words["term_probability"], "value": share},
        ]
    output = words["term_output"].format(activation=view.activation.value)
    return [
        {"label": words["term_sum"], "value": total, "sum": True},
        {
            "label": words["term_passed"] if view.activation is Activation.NONE else output,
            "value": choice.passed_on(view, shown),
        },
    ]
