"""The figures of the page about digits: histogram of pixels, counts of classes, digits in a row."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mnistviz.digits.arrays import Doubles, Integers, Pixels
from mnistviz.figures import charts, pictures, theme
from mnistviz.lessons.digits.pixels import VALUES
from mnistviz.words import read
from mnistviz.words.quantities import from_to, number, percent

HEIGHT = 300

COUNT = theme.GRAY
"""Bars that count: no quantity with a color of its own."""

LEAST_SHARE = 1e-4
"""Where the axis of the shares begins, whatever the batch, so that all charts compare."""


def histogram(counts: Integers, edges: Doubles, ticks: Sequence[float]) -> go.Figure:
    """Draw how many pixels lie in each bin, as a share of all, on a logarithmic axis.

    Each bar has the gray of the pixels that it counts.

    Args:
        counts: int64 of shape (B,).
        edges: float64 of shape (B + 1,), equally far apart; together they hold 256 values.
        ticks: where the axis of the values is labeled.
    """
    return go.Figure(
        data=[_histogram_bars(counts, edges)],
        layout=theme.layout(
            height=HEIGHT,
            margin={"l": 64, "r": 16, "t": 8, "b": 34},
            bargap=0,
            xaxis=charts.labeled_axis(
                ticks,
                [number(tick) for tick in ticks],
                range=[float(edges[0]), float(edges[-1])],
                showgrid=False,
            ),
            yaxis=charts.labeled_axis(
                [1e-4, 1e-3, 1e-2, 1e-1, 1],
                [f"{text}\N{NO-BREAK SPACE}%" for text in ("0.01", "0.1", "1", "10", "100")],
                type="log",
                # A little more than all, or the label of 100 % would be cut off.
                range=[np.log10(LEAST_SHARE), 0.03],
            ),
        ),
    )


def _histogram_bars(counts: Integers, edges: Doubles) -> go.Bar:
    shares = counts / counts.sum()
    # The edges lie half a step of the stored values outside the values that a bin holds.
    hover = read("digits").parts["histogram_hover"]
    half = (edges[-1] - edges[0]) / (2 * VALUES)
    grays = np.linspace(0, 255, len(counts)).round().astype(int)
    return go.Bar(
        x=((edges[:-1] + edges[1:]) / 2).tolist(),
        y=shares.tolist(),
        width=float(edges[1] - edges[0]),
        marker={
            "color": [f"rgb({gray}, {gray}, {gray})" for gray in grays],
            "line": {"width": 1, "color": "rgb(128, 128, 128)"},
        },
        hovertext=[
            hover.format(
                values=from_to(number(low + half), number(high - half)),
                share=percent(share),
                count=f"{count:,}",
            )
            for low, high, share, count in zip(edges, edges[1:], shares, counts, strict=False)
        ],
        hoverinfo="text",
    )


def class_bars(counts: Sequence[int]) -> go.Figure:
    """Draw how often each digit from 0 to 9 occurs.

    Args:
        counts: ten of them, not all 0.
    """
    digits = [str(digit) for digit in range(len(counts))]
    bars = go.Bar(
        x=digits,
        y=list(counts),
        text=[f"{count:,}" for count in counts],
        textposition="outside",
        textangle=0,
        textfont={"size": theme.TICK_FONT_SIZE},
        cliponaxis=False,
        marker={"color": COUNT, "line": {"width": 0}},
        hovertext=[f"{digit}: {count:,}" for digit, count in zip(digits, counts, strict=True)],
        hoverinfo="text",
    )
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=HEIGHT,
            margin={"l": 8, "r": 8, "t": 8, "b": 34},
            bargap=0.28,
            xaxis={
                "type": "category",
                "tickfont": {"size": theme.BAR_FONT_SIZE},
                "fixedrange": True,
            },
            yaxis={"visible": False, "range": [0, 1.15 * max(counts)], "fixedrange": True},
        ),
    )


def digit_row(digits: Pixels, places: int) -> str:
    """Draw digits side by side, as they are stored.

    Args:
        digits: uint8 of shape (n, 28, 28), n from 1 to `places`.
        places: digits for which there is room.

    Returns:
        A `data:` address of a picture; transparent between the digits and where there is none.
    """
    count, height, width = digits.shape
    cells = np.zeros((height, places, width + pictures.GAP, 2), dtype=np.uint8)
    cells[:, :count, :width, 0] = digits.swapaxes(0, 1)
    cells[:, :count, :width, 1] = 255
    row = cells.reshape(height, places * (width + pictures.GAP), 2)
    return pictures.data_uri(row)
