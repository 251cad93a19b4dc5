"""The figure of the accuracy during fine-tuning: on learned, on held-back and on test digits."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mnistviz.figures import charts, theme
from mnistviz.words.quantities import percent

HEIGHT = 320

DASHES = ("solid", "dot", "dash")
"""Learned, held back, test: told apart by their lines, and named at the right end."""

APART = 0.075
"""How far two names at the end stand apart at least, as a share of the axis."""


@dataclass(frozen=True, slots=True)
class Line:
    """One set of digits.

    Attributes:
        name: what stands at its end.
        shares: of its digits that are read correctly, from before the first epoch on; 0 to 1.
        place: which of the three it is, 0 for learned, 1 for held back, 2 for test.
    """

    name: str
    shares: Sequence[float]
    place: int


def curves(lines: Sequence[Line], epoch: str) -> go.Figure:
    """Draw accuracy against epochs, 0 to 100 %.

    Args:
        lines: one to three, as long as each other.
        epoch: what the axis across is called.
    """
    traces = [
        go.Scatter(
            x=list(range(len(line.shares))),
            y=list(line.shares),
            mode="lines+markers",
            line={"color": theme.ACCENT, "dash": DASHES[line.place], "width": 2.5},
            marker={"size": 6, "color": theme.ACCENT},
            hovertext=[
                f"{line.name}, {epoch} {number}: {percent(share)}"
                for number, share in enumerate(line.shares)
            ],
            hoverinfo="text",
            cliponaxis=False,
        )
        for line in lines
    ]
    names = [
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 10,
            "y": height,
            "yref": "y",
            "text": line.name,
            "showarrow": False,
            "font": {"size": theme.FONT_SIZE},
        }
        for line, height in zip(lines, _heights([line.shares[-1] for line in lines]), strict=True)
    ]
    ticks = [0, 0.25, 0.5, 0.75, 1]
    last = max(len(line.shares) for line in lines) - 1
    return go.Figure(
        data=traces,
        layout=theme.layout(
            height=HEIGHT,
            margin={"l": 60, "r": 110, "t": 14, "b": 44},
            annotations=names,
            xaxis=charts.numbers_axis(
                range=[0, last],
                dtick=max(1, last // 5),
                title={"text": epoch, "font": {"size": theme.FONT_SIZE}},
            ),
            yaxis=charts.numbers_axis(
                range=[0, 1.02],
                tickvals=ticks,
                ticktext=[f"{100 * tick:.0f} %" for tick in ticks],
            ),
        ),
    )


def _heights(ends: Sequence[float]) -> list[float]:
    """Return where the names stand: at the ends of the lines, but none on another."""
    order = sorted(range(len(ends)), key=lambda place: -ends[place])
    heights = [0.0] * len(ends)
    above = 1.0 + APART
    for left, place in enumerate(order):
        # Below the one above it, and with room for those that come below.
        above = max(min(ends[place], above - APART), (len(ends) - 1 - left) * APART)
        heights[place] = above
    return heights
