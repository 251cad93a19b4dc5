"""The weights of first units as pictures: each pixel's weight in its place."""

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mnistviz.digits.arrays import Floats
from mnistviz.figures import theme
from mnistviz.words import say

SIDE = 28
"""Pixels of a digit's side."""

COLUMNS = 8
"""Pictures in a row, where there are so many."""

CELL = 92
"""Pixels on the screen of one picture with its gap."""


def figure(weights: Floats, units: Sequence[int]) -> go.Figure:
    """Draw one picture for each unit: blue above 0, orange below, all on one scale.

    Pointed at, a pixel says its unit, its place and its weight.

    Args:
        weights: float32 of shape (n, 784), n at least 1.
        units: the number of each unit, n of them.
    """
    columns = min(COLUMNS, len(units))
    rows = math.ceil(len(units) / columns)
    cells = np.full((rows, columns, SIDE + 2, SIDE + 2), np.nan, dtype=np.float32)
    names = np.zeros((*cells.shape, 3), dtype=np.int16)
    for place, (unit, weight) in enumerate(zip(units, weights, strict=True)):
        at = divmod(place, columns)
        cells[at][1:-1, 1:-1] = weight.reshape(SIDE, SIDE)
        names[at][..., 0] = unit
        names[at][1:-1, 1:-1, 1:] = np.indices((SIDE, SIDE)).transpose(1, 2, 0)
    size = (rows * (SIDE + 2), columns * (SIDE + 2))
    finite = np.abs(weights[np.isfinite(weights)])
    limit = float(finite.max()) if finite.size else 0.0
    drawn = go.Heatmap(
        z=cells.swapaxes(1, 2).reshape(size),
        customdata=names.swapaxes(1, 2).reshape(*size, 3),
        zmin=-limit or -1,
        zmax=limit or 1,
        colorscale=[theme.NEGATIVE, theme.PAPER, theme.POSITIVE],
        colorbar={"title": {"text": say("figures", "weight")}},
        hoverongaps=False,
        hovertemplate=say("figures", "weight_of") + "<extra></extra>",
    )
    axis = {"visible": False, "fixedrange": True, "constrain": "domain"}
    return theme.on_paper(
        go.Figure(
            data=[drawn],
            layout=theme.layout(
                height=CELL * rows + 40,
                margin={"l": 8, "r": 8, "t": 20, "b": 20},
                xaxis=axis,
                yaxis={**axis, "autorange": "reversed", "scaleanchor": "x"},
            ),
        )
    )
