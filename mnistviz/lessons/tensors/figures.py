"""Two tensors as rectangles, with the two sizes that have to be the same."""

import math
from typing import Any

import plotly.graph_objects as go

from mnistviz.figures import theme
from mnistviz.lessons.tensors.slips import Box, Meeting
from mnistviz.words import read

HEIGHT = 290
"""Pixels, whatever the shapes."""

SIDES = (0.42, 2.4)
"""The shortest and the longest side of a rectangle, in units of the figure's axes."""

_CENTERS = (2.2, 7.8)
_MIDDLE = 5.0
_GROUND = 0.95
_TOP = 4.6


def side(size: int) -> float:
    """Return how long a side is drawn: it grows with the logarithm, or 1 would vanish by 1,792."""
    shortest, longest = SIDES
    return shortest + (longest - shortest) * min(math.log(size) / math.log(2_000), 1)


def meeting(met: Meeting) -> go.Figure:
    """Draw two rectangles; the sides that have to be equal are thick, = or ≠ between them.

    Args:
        met: the two tensors, with sizes from 1 on.
    """
    color = theme.POSITIVE if met.fits else theme.NEGATIVE
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    both = ((met.left, met.left_axis), (met.right, met.right_axis))
    for center, (box, axis) in zip(_CENTERS, both, strict=True):
        _draw(box, axis, center, color, shapes, notes)
    sign = "=" if met.fits else "≠"
    left, right = met.sizes
    notes.append(
        _note(_MIDDLE, _TOP - 0.35, f"<b>{left:,} {sign} {right:,}</b>", size=22, color=color)
    )
    return go.Figure(
        layout=theme.layout(
            height=HEIGHT,
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            shapes=shapes,
            annotations=notes,
            xaxis={"range": [0, 10], "visible": False, "fixedrange": True},
            yaxis={"range": [0, _TOP], "visible": False, "fixedrange": True},
        )
    )


def meeting_alt(met: Meeting) -> str:
    """Say in words what the two rectangles show."""
    left, right = met.sizes
    words = read("tensors").parts
    return words["meeting_alt_fit" if met.fits else "meeting_alt"].format(
        one=f"{met.left.name} {met.left.shape}",
        other=f"{met.right.name} {met.right.shape}",
        left=left,
        right=right,
    )


def _draw(
    box: Box,
    axis: int,
    center: float,
    color: str,
    shapes: list[dict[str, Any]],
    notes: list[dict[str, Any]],
) -> None:
    width, height = side(box.columns), side(box.rows)
    left, right, top = center - width / 2, center + width / 2, _GROUND + height
    shapes.append(
        {
            "type": "rect",
            "x0": left,
            "x1": right,
            "y0": _GROUND,
            "y1": top,
            "fillcolor": "rgba(128, 128, 128, 0.15)",
            "line": {"color": theme.GRAY, "width": 1},
        }
    )
    start = (left, _GROUND) if axis == 0 else (left, top)
    end = (left, top) if axis == 0 else (right, top)
    shapes.append(
        {
            "type": "line",
            "x0": start[0],
            "y0": start[1],
            "x1": end[0],
            "y1": end[1],
            "line": {"color": color, "width": 6},
        }
    )
    bold = [f"<b>{size:,}</b>" for size in (box.rows, box.columns)]
    rows, columns = (
        bold[n] if n == axis else text
        for n, text in enumerate((f"{box.rows:,}", f"{box.columns:,}"))
    )
    notes += [
        _note(left - 0.12, (_GROUND + top) / 2, rows, xanchor="right"),
        _note(center, top + 0.26, columns),
        _note(center, _GROUND - 0.45, f"{box.name}<br>{box.shape}"),
    ]


def _note(
    x: float, y: float, text: str, size: int = 16, color: str | None = None, xanchor: str = "center"
) -> dict[str, Any]:
    font = {"size": size} if color is None else {"size": size, "color": color}
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": font, "xanchor": xanchor}
