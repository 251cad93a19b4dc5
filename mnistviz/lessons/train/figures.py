"""The figure of one training step: the size of the gradient in each layer."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from mnistviz.figures import charts, theme
from mnistviz.words.quantities import number

GRAY = "rgba(128, 128, 128, 0.95)"
"""A size has no sign, so it gets none of the signed colors."""

ROW = 34
"""Pixels of one bar with the room around it."""


def norms(names: Sequence[str], values: Sequence[float]) -> go.Figure:
    """Draw one bar for each layer, each with its number.

    Args:
        names: of the layers, from the first to the last.
        values: their sizes, 0 or more; what is not finite has no bar, but its number.
    """
    finite = [value if math.isfinite(value) else 0.0 for value in values]
    bars = charts.lying_bars(
        names,
        finite,
        texts=[number(value) for value in values],
        hover=[f"{name}: {number(value)}" for name, value in zip(names, values, strict=True)],
        color=GRAY,
        font_size=theme.FONT_SIZE,
    )
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=ROW * len(names) + 16,
            margin={"l": 76, "r": 84, "t": 0, "b": 8},
            bargap=0.35,
            xaxis={
                "range": [0, max(finite) or 1],
                "showticklabels": False,
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
            },
            yaxis=charts.names_axis(theme.FONT_SIZE),
        ),
    )
