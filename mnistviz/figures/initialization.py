"""The figures of the page about initialization."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from mnistviz.figures import theme
from mnistviz.sentences import number, percent

HEIGHT = 380
"""Pixels of the chart of spreads, whatever it shows."""

TOP, BOTTOM = 12, 44
"""Pixels above and below its axes."""

NAME = 22
"""Pixels of a name at the end of a line."""

BACK = "rgba(128, 128, 128, 0.95)"
"""What comes back as gradients. A spread has no sign, so it gets none of the signed colors."""

LOWEST = (-6, -12, -20, -40)
HIGHEST = (3, 8, 20, 40)
"""Powers of ten at which the axis of spreads may end."""


def ends(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten at which the axis of spreads ends: in few steps outward.

    Args:
        values: spreads; what is 0, infinite or not a number has no place on the axis.
    """
    powers = [math.log10(value) for value in values if 0 < value < math.inf]
    low = next((end for end in LOWEST if all(end <= p for p in powers)), LOWEST[-1])
    high = next((end for end in HIGHEST if all(p <= end for p in powers)), HIGHEST[-1])
    return low, high


def spreads(
    places: Sequence[str], sizes: Sequence[int], forward: Sequence[float], back: Sequence[float]
) -> go.Figure:
    """Draw how the spread goes through the layers and how that of the gradients comes back.

    A spread of 0 stands as `0` at the lower end, an infinite one or NaN at the upper end.

    Args:
        places: `pixels`, `fc1`, …, below the axis.
        sizes: how many numbers there are at each place.
        forward: spread of the numbers at each place.
        back: spread of the gradient at each place but the first.
    """
    low, high = ends([*forward, *back])
    across = [f"{place}<br>{size:,}" for place, size in zip(places, sizes, strict=True)]
    lines = [
        _line(across, forward, (low, high), theme.ACCENT, "solid", "circle", "activations spread"),
        _line(across[1:], back, (low, high), BACK, "dash", "diamond", "gradients spread"),
    ]
    powers = _powers(low, high)
    return go.Figure(
        data=lines,
        layout=theme.layout(
            height=HEIGHT,
            margin={"l": 48, "r": 100, "t": TOP, "b": BOTTOM},
            annotations=_names(across[-1], forward[-1], back[-1], (low, high)),
            xaxis=_names_axis(
                categoryorder="array", categoryarray=across, range=[-0.3, len(across) - 0.75]
            ),
            yaxis=_numbers_axis(
                type="log",
                # A little more room, so that what stands at an end is not cut.
                range=[low - (high - low) / 24, high + (high - low) / 24],
                tickmode="array",
                tickvals=[10.0**power for power in powers],
                ticktext=[f"10<sup>{power}</sup>" if power else "1" for power in powers],
            ),
        ),
    )


def _names_axis(**more: Any) -> dict[str, Any]:
    """Return an axis of names, with more properties of its own."""
    font = {"size": theme.TICK_FONT_SIZE}
    return {"type": "category", "tickfont": font, "showgrid": False, "fixedrange": True, **more}


def _numbers_axis(**more: Any) -> dict[str, Any]:
    """Return an axis of numbers, with more properties of its own."""
    return {
        "tickfont": {"size": theme.TICK_FONT_SIZE},
        "gridcolor": theme.GRID,
        "zeroline": False,
        "fixedrange": True,
        **more,
    }


def _powers(low: int, high: int) -> list[int]:
    step = 1 if high - low < 12 else 3 if high - low < 21 else 10
    return [power for power in range(low, high + 1) if power % step == 0]


def _at(value: float, ends: tuple[int, int]) -> float:
    """Return where a spread stands on the axis: what has no logarithm stands at an end."""
    if value == 0:
        return 10.0 ** ends[0]
    power = math.log10(value) if math.isfinite(value) else ends[1]
    return float(10.0 ** min(max(power, ends[0]), ends[1]))


def _line(
    across: Sequence[str],
    values: Sequence[float],
    ends: tuple[int, int],
    color: str,
    dash: str,
    symbol: str,
    name: str,
) -> go.Scatter:
    odd = [value == 0 or not math.isfinite(value) for value in values]
    return go.Scatter(
        x=list(across),
        y=[_at(value, ends) for value in values],
        mode="lines+markers+text",
        line={"color": color, "width": 3, "dash": dash},
        marker={
            "color": color,
            "size": 11,
            "symbol": ["x" if is_odd else symbol for is_odd in odd],
        },
        text=[number(value) if is_odd else "" for value, is_odd in zip(values, odd, strict=True)],
        textposition="top center",
        textfont={"size": theme.FONT_SIZE},
        hovertext=[
            f"{place.split('<br>')[0]}: {name} {number(value)}"
            for place, value in zip(across, values, strict=True)
        ],
        hoverinfo="text",
    )


def _names(last: str, forward: float, back: float, ends: tuple[int, int]) -> list[dict[str, Any]]:
    """Name both lines at their right end, one above the other where they meet."""
    heights = [math.log10(_at(value, ends)) for value in (forward, back)]
    pixels = (heights[0] - heights[1]) * (HEIGHT - TOP - BOTTOM) / (ends[1] - ends[0])
    apart = max(0.0, (NAME - abs(pixels)) / 2) * (1 if pixels >= 0 else -1)
    colors = (("activations", theme.ACCENT, apart), ("gradients", BACK, -apart))
    return [
        {
            "text": f"<b>{text}</b>",
            "x": last,
            "y": height,
            "xanchor": "left",
            "xshift": 12,
            "yshift": shift,
            "showarrow": False,
            "font": {"size": theme.FONT_SIZE, "color": color},
        }
        for (text, color, shift), height in zip(colors, heights, strict=True)
    ]


def spreads_alt(places: Sequence[str], forward: Sequence[float], back: Sequence[float]) -> str:
    """Say in words what the chart of spreads shows."""
    there = ", ".join(f"{p} {number(value)}" for p, value in zip(places, forward, strict=True))
    again = ", ".join(f"{p} {number(value)}" for p, value in zip(places[1:], back, strict=True))
    return f"Spread of the activations: {there}. Spread of the gradients: {again}."


def shares(names: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]]) -> go.Figure:
    """Draw shares as horizontal bars in groups, one group for each name, the first at the top.

    Args:
        names: of the groups.
        rows: what the two bars of a group stand for and their lengths, 0 to 1; the first is pale.
    """
    colors = [theme.ACCENT_PALE, theme.ACCENT]
    bars = [
        go.Bar(
            orientation="h",
            name=label,
            x=list(values),
            y=list(names),
            text=[percent(value) for value in values],
            textposition="outside",
            textfont={"size": theme.TICK_FONT_SIZE},
            cliponaxis=False,
            marker={"color": color, "line": {"width": 0}},
            hovertext=[
                f"{label}, {name}: {percent(value)}"
                for name, value in zip(names, values, strict=True)
            ],
            hoverinfo="text",
        )
        for (label, values), color in zip(rows, colors, strict=True)
    ]
    return go.Figure(
        data=bars,
        layout=theme.layout(
            height=54 * len(names) + 40,
            margin={"l": 40, "r": 64, "t": 4, "b": 28},
            bargap=0.25,
            xaxis=_numbers_axis(range=[0, 1.01], tickformat=".0%", tickvals=[0, 0.5, 1]),
            yaxis=_names_axis(autorange="reversed"),
        ),
    )


def lengths(
    names: Sequence[str], values: Sequence[float], end: float, chosen: int, texts: Sequence[str]
) -> go.Figure:
    """Draw one number for each scheme as a horizontal bar, the first at the top.

    Args:
        names: of the schemes.
        values: 0 to end; not a number is drawn as no bar.
        end: where the axis ends.
        chosen: which of them is in full color.
        texts: the numbers as they are read.
    """
    colors = [theme.ACCENT if n == chosen else theme.ACCENT_PALE for n in range(len(names))]
    bars = go.Bar(
        orientation="h",
        x=[0.0 if math.isnan(value) else value for value in values],
        y=list(names),
        text=list(texts),
        textposition="outside",
        textfont={"size": theme.TICK_FONT_SIZE},
        cliponaxis=False,
        marker={"color": colors, "line": {"width": 0}},
        hovertext=[f"{name}: {text}" for name, text in zip(names, texts, strict=True)],
        hoverinfo="text",
    )
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=34 * len(names) + 40,
            margin={"l": 96, "r": 72, "t": 0, "b": 8},
            bargap=0.35,
            # A little more room: a bar that ends past the axis would lose its number. The bars
            # carry their numbers, so the axis needs none.
            xaxis=_numbers_axis(range=[0, 1.01 * end], nticks=5, showticklabels=False),
            yaxis=_names_axis(autorange="reversed"),
        ),
    )
