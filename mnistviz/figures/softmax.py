"""The figures of the softmax page."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mnistviz.figures import theme
from mnistviz.sentences import number, percent

Floats = npt.NDArray[np.float32]

ROW = 34
"""Pixels of one bar with its gap; the sliders beside the bars have the same."""

TOP = 40
"""Pixels above the first bar, for the names of the charts."""

BOTTOM = 28

LEFT, RIGHT = (0.0, 0.42), (0.58, 1.0)
"""Where exponentials and probabilities stand, as shares of the figure's width."""

PANEL_HEIGHT = 220
"""Pixels of one of several small charts."""

LARGEST = float(np.finfo(np.float32).max)


def logit_end(values: Floats, least: float) -> float:
    """Return where the axis of logits ends, either side: at `least` unless a value lies beyond.

    Args:
        values: shape (10,).
        least: above 0.
    """
    longest = float(np.abs(values).max())
    if longest <= least:
        return least
    power = 10 ** math.floor(math.log10(longest))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= longest))


def exp_end(scaled: Floats, least: float) -> float:
    """Return where the axis of exponentials ends: at exp(least) unless a value lies beyond.

    Args:
        scaled: what `exp` is taken of, shape (10,).
        least: above 0.

    Returns:
        At most the largest number of float32.
    """
    power = max(least, math.ceil(float(scaled.max())))
    return math.exp(power) if power < math.log(LARGEST) else LARGEST


def exps_and_probabilities(
    exps: Floats,
    probabilities: Floats,
    end: float,
    truth: int | None,
    titles: tuple[str, str],
) -> go.Figure:
    """Draw exponentials and probabilities side by side, ten rows each, 0 at the top.

    Args:
        exps: float32 of shape (10,), 0 to infinity; an infinite one fills its row.
        probabilities: float32 of shape (10,), each 0 to 1.
        end: where the axis of the exponentials ends.
        truth: the digit that gets a `✓`, or None.
        titles: what stands above the exponentials and above the probabilities.
    """
    largest = probabilities.max()
    accents = [theme.ACCENT if p == largest else theme.ACCENT_PALE for p in probabilities]
    lengths = [min(float(value), end) for value in exps]
    shares = [float(p) for p in probabilities]
    # In one go, as dictionaries: Plotly's subplots and updates would take ten times as long.
    return go.Figure(
        data=[
            _bars(lengths, [number(float(value)) for value in exps], theme.POSITIVE, ""),
            _bars(shares, [percent(p) for p in shares], accents, "2"),
        ],
        layout=theme.layout(
            height=TOP + ROW * len(exps) + BOTTOM,
            margin={"l": 42, "r": 4, "t": TOP, "b": BOTTOM},
            bargap=0.3,
            xaxis=_lengths(end, LEFT, "y"),
            xaxis2=_lengths(1.0, RIGHT, "y2"),
            yaxis=_digits(len(exps), truth, "x"),
            yaxis2=_digits(len(exps), truth, "x2"),
            annotations=[_title(titles[0], LEFT), _title(titles[1], RIGHT)],
        ),
    )


def _lengths(end: float, domain: tuple[float, float], anchor: str) -> dict[str, Any]:
    return {
        # Room for the values beyond the longest bar.
        "range": [0, end * 1.42],
        "domain": domain,
        "anchor": anchor,
        "visible": False,
        "fixedrange": True,
    }


def _digits(count: int, truth: int | None, anchor: str) -> dict[str, Any]:
    digits = [str(digit) for digit in range(count)]
    return {
        "type": "category",
        "autorange": "reversed",
        "anchor": anchor,
        "tickmode": "array",
        "tickvals": digits,
        "ticktext": [f"<b>✓ {digit}</b>" if digit == str(truth) else digit for digit in digits],
        "tickfont": {"size": theme.BAR_FONT_SIZE},
        "showgrid": False,
        "fixedrange": True,
    }


def _title(text: str, domain: tuple[float, float]) -> dict[str, Any]:
    """Write a title above its bars, from their left end, as high as the one of the sliders."""
    return {
        "text": text,
        "x": domain[0],
        "y": 1,
        "yshift": TOP - 26,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": theme.FONT_SIZE},
    }


def _bars(lengths: Sequence[float], words: Sequence[str], color: Any, axes: str) -> dict[str, Any]:
    digits = [str(digit) for digit in range(len(lengths))]
    return {
        "type": "bar",
        "orientation": "h",
        "xaxis": f"x{axes}",
        "yaxis": f"y{axes}",
        "x": list(lengths),
        "y": digits,
        "text": list(words),
        "textposition": "outside",
        "textfont": {"size": theme.FONT_SIZE},
        "cliponaxis": False,
        "marker": {"color": color, "line": {"width": 0}},
        "hovertext": [f"{digit}: {word}" for digit, word in zip(digits, words, strict=True)],
        "hoverinfo": "text",
    }


def alt(scaled: Floats, exps: Floats, probabilities: Floats) -> str:
    """Say in words what the charts show, for those who do not see them."""
    rows = (
        f"{digit}: exp({number(float(z))}) is {number(float(e))}, {percent(float(p))}"
        for digit, (z, e, p) in enumerate(zip(scaled, exps, probabilities, strict=True))
    )
    return f"Ten exponentials and ten probabilities. {'; '.join(rows)}."


def columns(values: Floats, end: float, across: str, share: bool) -> go.Figure:
    """Draw a row of numbers as upright bars.

    Args:
        values: shape (N,), each 0 or more.
        end: where the axis ends.
        across: what the bars are, one word for the axis below them.
        share: whether the values are written as percent.
    """
    words = [percent(float(v)) if share else number(float(v)) for v in values]
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
            yaxis={
                "range": [0, end],
                "tickfont": font,
                "tickformat": ".0%" if share else None,
                "nticks": 5,
                "gridcolor": theme.GRID,
                "zeroline": False,
                "fixedrange": True,
            },
        ),
    )


def sum_end(*values: Floats) -> float:
    """Return where the axis of sums ends: at a round number above the largest, at least 2."""
    largest = max(float(row.max()) for row in values)
    return next((end for end in (2.0, 5.0, 10.0, 20.0, 50.0) if end >= largest), 70.0)
