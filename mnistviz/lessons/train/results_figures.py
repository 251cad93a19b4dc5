"""The figures of a network's results: accuracy of each class, and confidence against accuracy."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from mnistviz.digits.arrays import Doubles
from mnistviz.figures import charts, theme
from mnistviz.training.evaluation import Reliability
from mnistviz.words.quantities import percent

ROW = 34
"""Pixels of a bar of the classes with its share of the gaps."""

HEIGHT = 420
"""Pixels of the chart of confidence against accuracy."""

ROTATED = 100
"""With a count from here on, all are written upwards: on a phone a bin is narrower than that."""

LEAST_DOT, MORE_DOT = 9, 19
"""Pixels across a dot that stands for hardly any digit, and how much is added for all of them."""


def class_bars(shares: Doubles, values: Sequence[str], hover: Sequence[str]) -> go.Figure:
    """Draw the accuracy of each class as bars, digit 0 at the top; the least in full color.

    Args:
        shares: float64 of shape (10,), 0 to 1; not a number for a class without digits.
        values: what stands at the end of each bar.
        hover: what one reads when pointing at it.
    """
    finite = np.nan_to_num(shares, nan=1.0)
    digits = [str(digit) for digit in range(len(shares))]
    bars = charts.lying_bars(
        names=digits,
        values=np.nan_to_num(shares).tolist(),
        texts=values,
        hover=hover,
        color=[theme.ACCENT if share == finite.min() else theme.ACCENT_PALE for share in finite],
        font_size=theme.FONT_SIZE,
    )
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=ROW * len(shares) + 36,
            margin={"l": 30, "r": 150, "t": 4, "b": 32},
            bargap=0.3,
            xaxis=_shares_axis([0, 0.5, 1]),
            yaxis=charts.names_axis(theme.BAR_FONT_SIZE),
        ),
    )


def reliability(
    record: Reliability, hover: Sequence[str], across: str, up: str, counted: str
) -> go.Figure:
    """Draw the mean confidence of each bin against its accuracy, with the line where both agree.

    A dot's area grows with the digits of its bin; how many they are stands above it.

    Args:
        record: the bins.
        hover: for each bin, what one reads when pointing at its dot.
        across: what lies along the axis of confidence.
        up: what lies along the axis of accuracy.
        counted: what the numbers above the chart count.
    """
    some = np.flatnonzero(record.counts)
    confidences, accuracies = record.confidences[some], record.accuracies[some]
    share = record.counts[some] / record.counts.sum()
    # From the line where both agree to the dot, and a gap before the next one.
    gaps = [
        (x, y)
        for confidence, accuracy in zip(confidences.tolist(), accuracies.tolist(), strict=True)
        for x, y in ((confidence, confidence), (confidence, accuracy), (None, None))
    ]
    lines = {"mode": "lines", "hoverinfo": "skip"}
    equal = go.Scatter(
        x=[0, 1], y=[0, 1], line={"color": "rgb(128, 128, 128)", "dash": "dash"}, **lines
    )
    apart = go.Scatter(
        x=[x for x, _ in gaps],
        y=[y for _, y in gaps],
        line={"color": theme.ACCENT, "width": 3},
        **lines,
    )
    dots = go.Scatter(
        x=confidences.tolist(),
        y=accuracies.tolist(),
        mode="markers",
        marker={
            "color": theme.ACCENT,
            "size": (LEAST_DOT + MORE_DOT * np.sqrt(share)).tolist(),
            "opacity": 1,
            "line": {"width": 0},
        },
        cliponaxis=False,
        hovertext=[hover[place] for place in some.tolist()],
        hoverinfo="text",
    )
    axis = _shares_axis([0, 0.2, 0.4, 0.6, 0.8, 1])
    title = {"font": {"size": theme.TICK_FONT_SIZE}, "standoff": 6}
    return go.Figure(
        data=[equal, apart, dots],
        layout=theme.layout(
            height=HEIGHT,
            margin={"l": 70, "r": 28, "t": 62, "b": 56},
            hovermode="closest",
            annotations=_counts(record, counted),
            xaxis={**axis, "title": {"text": across, **title}},
            yaxis={**axis, "title": {"text": up, **title}},
        ),
    )


def _counts(record: Reliability, counted: str) -> list[dict[str, Any]]:
    """Write above the chart how many digits lie in each bin."""
    centers = (record.edges[:-1] + record.edges[1:]) / 2
    upwards = {"textangle": -90 if record.counts.max() >= ROTATED else 0}
    above = {
        "y": 1.03,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": theme.TICK_FONT_SIZE},
    }
    return [
        {**above, "x": 0, "xanchor": "right", "xshift": -8, "text": counted},
        *(
            {**above, **upwards, "x": x, "text": f"{n:,}"}
            for x, n in zip(centers.tolist(), record.counts.tolist(), strict=True)
        ),
    ]


def _shares_axis(ticks: Sequence[float]) -> dict[str, Any]:
    labels = [percent(tick).replace(".0", "") for tick in ticks]
    return charts.labeled_axis(ticks, labels, range=[0, 1])
