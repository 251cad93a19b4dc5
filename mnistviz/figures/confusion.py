"""A confusion matrix as a chart: what each digit is, and what the network says."""

import numpy as np
import plotly.graph_objects as go

from mnistviz.digits.arrays import Integers
from mnistviz.figures import theme
from mnistviz.words import say

SIDE = 620
"""Pixels: it is as wide as it is high."""


def figure(counts: Integers) -> go.Figure:
    """Draw the counts as cells with their numbers, an empty one without.

    A cell is the darker the larger the share of its row that it is, by the square root: one error
    among a hundred digits is to be seen.

    Args:
        counts: int64 of shape (10, 10), a row for each true digit, a column for each answer.
    """
    shares = np.sqrt(counts / np.maximum(counts.sum(1, keepdims=True), 1))
    digits = list(range(len(counts)))
    drawn = go.Heatmap(
        z=shares,
        zmin=0,
        zmax=1,
        colorscale=[theme.PAPER, theme.ACCENT],
        showscale=False,
        text=[[f"{count:,}" if count else "" for count in row] for row in counts.tolist()],
        texttemplate="%{text}",
        customdata=counts,
        hovertemplate=say("figures", "confused") + "<extra></extra>",
        xgap=1,
        ygap=1,
    )
    axis = {"tickvals": digits, "showgrid": False, "zeroline": False, "fixedrange": True}
    return theme.on_paper(
        go.Figure(
            data=[drawn],
            layout=theme.layout(
                height=SIDE,
                width=SIDE,
                margin={"l": 64, "r": 16, "t": 16, "b": 60},
                xaxis={**axis, "title": {"text": say("figures", "answer")}},
                yaxis={
                    **axis,
                    "title": {"text": say("figures", "truth")},
                    "autorange": "reversed",
                },
            ),
        )
    )
