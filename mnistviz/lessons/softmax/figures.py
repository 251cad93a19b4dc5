"""The figures of the softmax page."""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from mnistviz.digits.arrays import Floats
from mnistviz.figures import charts, theme
from mnistviz.network.answers import prediction
from mnistviz.words import read
from mnistviz.words.quantities import number, percents

PANEL_HEIGHT = 220
"""Pixels of one of several small charts."""

LARGEST = float(np.finfo(np.float32).max)


def logit_end(values: Floats, least: float) -> float:
    """Return where the axis of logits ends, either side: at `least` unless a value lies beyond.

    Args:
        values: any number of them; those that are not finite do not count.
        least: above 0.
    """
    longest = float(np.abs(values[np.isfinite(values)]).max(initial=0))
    if longest <= least:
        return least
    power = 10 ** math.floor(math.log10(longest))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= longest))


def exp_end(scaled: Floats, least: float) -> float:
    """Return where the axis of exponentials ends: at exp(least) unless a value lies beyond.

    Args:
        scaled: what `exp` is taken of, shape (10,); what is not finite does not count.
        least: above 0.

    Returns:
        At most the largest number of float32.
    """
    finite = scaled[np.isfinite(scaled)]
    power = max(least, math.ceil(float(finite.max(initial=0))))
    return math.exp(power) if power < math.log(LARGEST) else LARGEST


def exps_and_probabilities(
    exps: Floats, probabilities: Floats, end: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Make ten bars of the exponentials and ten of the probabilities.

    Args:
        exps: float32 of shape (10,), 0 to infinity; an infinite one fills its row, NaN has no bar.
        probabilities: float32 of shape (10,), each 0 to 1 or NaN.
        end: where the axis of the exponentials ends.

    Returns:
        For each bar its `share` of the row's length, 0 to 1, its number as `text` and its `color`.
        The answer has the full color; a tie is none.
    """
    says = prediction(probabilities)
    return (
        [
            _bar(min(float(value), end) / end, number(float(value)), theme.POSITIVE)
            for value in exps
        ],
        [
            _bar(float(p), text, theme.ACCENT if digit == says else theme.ACCENT_PALE)
            for digit, (p, text) in enumerate(
                zip(probabilities, percents(probabilities), strict=True)
            )
        ],
    )


def _bar(share: float, text: str, color: str) -> dict[str, Any]:
    return {"share": 0.0 if math.isnan(share) else share, "text": text, "color": color}


def alt(scaled: Floats, exps: Floats, probabilities: Floats) -> str:
    """Say in words what the charts show, for those who do not see them."""
    words = read("softmax").parts
    rows = (
        words["figure_alt_row"].format(
            digit=digit, z=number(float(z)), exp=number(float(e)), percent=p
        )
        for digit, (z, e, p) in enumerate(zip(scaled, exps, percents(probabilities), strict=True))
    )
    return words["figure_alt"].format(rows="; ".join(rows))


def columns(values: Floats, end: float, across: str, share: bool) -> go.Figure:
    """Draw a row of numbers as upright bars.

    Args:
        values: shape (N,), each 0 or more.
        end: where the axis ends.
        across: what the bars are, one word for the axis below them.
        share: whether the values are written as percent.
    """
    words = percents(values) if share else [number(float(v)) for v in values]
    font = {"size": theme.TICK_FONT_SIZE}
    return go.Figure(
        data=[
            go.Bar(
                x=list(range(len(values))),
                y=[float(value) for value in values],
                marker={"color": theme.ACCENT, "line": {"width": 0}},
                hovertext=[f"{across} {x}: {word}" for x, word in enumerate(words)],
                hoverinfo="text",
            )
        ],
        layout=theme.layout(
            height=PANEL_HEIGHT,
            margin={"l": 52, "r": 8, "t": 18, "b": 48},
            bargap=0.25,
            xaxis={
                "title": {"text": across, "font": font, "standoff": 4},
                "tickfont": font,
                "nticks": 10,
                "showgrid": False,
                "fixedrange": True,
            },
            yaxis=charts.numbers_axis(
                range=[0, end], tickformat=".0%" if share else None, nticks=5
            ),
        ),
    )


def sum_end(*values: Floats) -> float:
    """Return where the axis of sums ends: at a round number above the largest, at least 2."""
    largest = max(float(row.max()) for row in values)
    return next((end for end in (2.0, 5.0, 10.0, 20.0, 50.0) if end >= largest), 70.0)
