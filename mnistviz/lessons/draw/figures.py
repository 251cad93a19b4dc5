"""The figure of the accuracy after each way to prepare a digit."""

from collections.abc import Sequence

import plotly.graph_objects as go

from mnistviz.figures import charts, theme
from mnistviz.words.quantities import percent

ROW = 34
"""Pixels of the height of one bar."""


def ways(names: Sequence[str], shares: Sequence[float]) -> go.Figure:
    """Draw one bar for each way, with its share; the best ones in full color.

    Args:
        names: of the ways, from the top.
        shares: 0 to 1.
    """
    most = max(shares)
    bars = charts.lying_bars(
        names,
        shares,
        texts=[percent(share) for share in shares],
        hover=[f"{name}: {percent(share)}" for name, share in zip(names, shares, strict=True)],
        color=[theme.ACCENT if share == most else theme.ACCENT_PALE for share in shares],
    )
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=ROW * len(shares) + 40,
            margin={"l": 220, "r": 80, "t": 0, "b": 30},
            bargap=0.3,
            xaxis=charts.numbers_axis(range=[0, 1], tickformat=".0%", showgrid=True),
            yaxis=charts.names_axis(),
        ),
    )
