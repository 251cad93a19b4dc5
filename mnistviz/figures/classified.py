"""A digit beside its ten bars, for whoever has no page of the app around them."""

import numpy as np
import plotly.graph_objects as go

from mnistviz.digits.arrays import Floats, Pixels
from mnistviz.figures import theme
from mnistviz.figures.bars import softmax_bars
from mnistviz.words import say

DIGIT_END, BARS_START = 0.36, 0.44
"""Shares of the width: where the digit ends, and where the bars begin."""


def figure(pixels: Pixels, probabilities: Floats, truth: int | None) -> go.Figure:
    """Draw the digit at the left and its bars at the right.

    Args:
        pixels: uint8 of shape (28, 28), 0 is black.
        probabilities: float32 of shape (10,), each 0 to 1.
        truth: the label of the digit, 0 to 9; None if it is not known.
    """
    drawn = softmax_bars(probabilities, truth)
    drawn.add_trace(
        go.Heatmap(
            z=pixels,
            zmin=0,
            zmax=255,
            colorscale=["black", "white"],
            showscale=False,
            xaxis="x2",
            yaxis="y2",
            hovertemplate=say("figures", "pixel") + "<extra></extra>",
        )
    )
    height, width = np.shape(pixels)
    side = {"visible": False, "fixedrange": True, "constrain": "domain"}
    drawn.update_layout(
        xaxis={"domain": [BARS_START, 1], "anchor": "y"},
        yaxis={"anchor": "x", "ticklabelstandoff": 6},
        xaxis2={**side, "domain": [0, DIGIT_END], "anchor": "y2", "range": [-0.5, width - 0.5]},
        yaxis2={**side, "anchor": "x2", "range": [height - 0.5, -0.5], "scaleanchor": "x2"},
        margin={"l": 12, "r": 104, "t": 12, "b": 36},
    )
    return theme.on_paper(drawn)
