"""The figures of the page about initialization."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from mnistviz.figures import charts, theme
from mnistviz.words.quantities import SUPERSCRIPTS, number, percent

NAME = 0.07
"""How far apart the names at the ends of the lines stand, as a share of the picture's height."""

BACK = "rgba(128, 128, 128, 0.95)"
"""What comes back as gradients. A size has no sign, so it gets none of the signed colors."""

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


@dataclass(frozen=True, slots=True)
class Line:
    """A spread or a size along the layers.

    Attributes:
        name: what stands at its end.
        color: of the line.
        sign: of its points: `circle` or `diamond`.
        dashed: whether the line is.
        values: what is drawn, from the first place that has one to the last.
    """

    name: str
    color: str
    sign: str
    dashed: bool
    values: Sequence[float]


def spreads(places: int, forward: Line, back: Line) -> dict[str, Any]:
    """Place two lines and their axis, as shares of the height of a picture, 0 at its bottom.

    A spread of 0 stands at the lower end, an infinite one or NaN at the upper one; both are `odd`.

    Args:
        places: how many there are along the layers.
        forward: spread of the numbers at each place.
        back: size of the gradient at each place but the first.
    """
    low, high = ends([*forward.values, *back.values])
    heights = [_share(line.values[-1], low, high) for line in (forward, back)]
    lead = heights[0] - heights[1]
    # Where they would meet, one stands above the other.
    apart = max(0.0, (NAME - abs(lead)) / 2) * (1 if lead >= 0 else -1)
    return {
        "ticks": [
            {
                "at": (power - low) / (high - low),
                "text": f"10{str(power).translate(SUPERSCRIPTS)}" if power else "1",
            }
            for power in _powers(low, high)
        ],
        "lines": [
            {
                "name": line.name,
                "name_at": height + shift,
                "color": line.color,
                "sign": line.sign,
                "dashed": line.dashed,
                "first": places - len(line.values),
                "points": [
                    {
                        "at": _share(value, low, high),
                        "odd": value == 0 or not math.isfinite(value),
                        "text": number(value),
                    }
                    for value in line.values
                ],
            }
            for line, height, shift in zip((forward, back), heights, (apart, -apart), strict=True)
        ],
    }


def _powers(low: int, high: int) -> list[int]:
    step = 1 if high - low < 12 else 3 if high - low < 21 else 10
    return [power for power in range(low, high + 1) if power % step == 0]


def _share(value: float, low: int, high: int) -> float:
    """Return where a spread stands on the axis: what has no logarithm stands at an end."""
    if value == 0:
        return 0.0
    power = math.log10(value) if math.isfinite(value) else high
    return (min(max(power, low), high) - low) / (high - low)


def shares(names: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]]) -> go.Figure:
    """Draw shares as horizontal bars in groups, one group for each name, the first at the top.

    Args:
        names: of the groups.
        rows: what the two bars of a group stand for and their lengths, 0 to 1; the first is pale.
    """
    colors = [theme.ACCENT_PALE, theme.ACCENT]
    bars = [
        charts.lying_bars(
            names,
            values,
            texts=[percent(value) for value in values],
            hover=[
                f"{label}, {name}: {percent(value)}"
                for name, value in zip(names, values, strict=True)
            ],
            color=color,
        ).update(name=label)
        for (label, values), color in zip(rows, colors, strict=True)
    ]
    return go.Figure(
        data=bars,
        layout=theme.layout(
            height=54 * len(names) + 40,
            margin={"l": 40, "r": 64, "t": 4, "b": 28},
            bargap=0.25,
            xaxis=charts.numbers_axis(range=[0, 1.01], tickformat=".0%", tickvals=[0, 0.5, 1]),
            yaxis=charts.names_axis(),
        ),
    )


def lengths(
    names: Sequence[str], values: Sequence[float], end: float, selected: int, texts: Sequence[str]
) -> go.Figure:
    """Draw one number for each scheme as a horizontal bar, the first at the top.

    Args:
        names: of the schemes.
        values: 0 to end; not a number is drawn as no bar.
        end: where the axis ends.
        selected: which of them is in full color.
        texts: the numbers as they are read.
    """
    bars = charts.lying_bars(
        names,
        values=[0.0 if math.isnan(value) else value for value in values],
        texts=texts,
        hover=[f"{name}: {text}" for name, text in zip(names, texts, strict=True)],
        color=[theme.ACCENT if n == selected else theme.ACCENT_PALE for n in range(len(names))],
    )
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=34 * len(names) + 40,
            margin={"l": 138, "r": 72, "t": 0, "b": 8},
            bargap=0.35,
            # A little more room: a bar that ends past the axis would lose its number. The bars
            # carry their numbers, so the axis needs none.
            xaxis=charts.numbers_axis(range=[0, 1.01 * end], nticks=5, showticklabels=False),
            yaxis=charts.names_axis(),
        ),
    )
