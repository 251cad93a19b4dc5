"""The figure of the accuracy after each way to prepare a digit."""

import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

from mnistviz.figures import charts, theme
from mnistviz.words.quantities import percent

ROW = 52
"""Pixels of the height of one bar, and of the two lines that its name may take."""

LETTERS = 14
"""Letters of a line of a name: on a phone the bars need the room."""

TICKS = (0.0, 0.5, 1.0)
"""Shares that the axis names; more of them have no room on a phone."""


def ways(names: Sequence[str], shares: Sequence[float]) -> go.Figure:
    """Draw one bar for each way, with its share; the best ones in full color.

    Args:
        names: of the ways, from the top.
        shares: 0 to 1.
    """
    most = max(shares)
    bars = charts.lying_bars(
        ["<br>".join(textwrap.wrap(name, LETTERS)) for name in names],
        shares,
        texts=[percent(share) for share in shares],
        hover=[f"{name}: {percent(share)}" for name, share in zip(names, shares, strict=True)],
        color=[theme.ACCENT if share == most else theme.ACCENT_PALE for share in shares],
    )
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=ROW * len(shares) + 40,
            margin={"l": 150, "r": 80, "t": 0, "b": 30},
            bargap=0.3,
            xaxis=charts.labeled_axis(
                TICKS,
                [f"{100 * tick:.0f}\N{NO-BREAK SPACE}%" for tick in TICKS],
                range=[0, 1],
                showgrid=True,
            ),
            yaxis=charts.names_axis(),
        ),
    )
