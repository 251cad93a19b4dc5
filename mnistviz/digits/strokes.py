"""The strokes of a drawing: read, written, and laid down as ink on a square of pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from mnistviz.digits.arrays import Doubles, Pixels

SIZE = 280
"""Rows and columns of the canvas: ten for each pixel of MNIST."""


HAIR = 1e-6
"""What a value may lack of one half and still be rounded up; far above what sums of floats lose."""

MAX_STROKES = 400
MAX_POINTS = 20_000
MIN_WIDTH, MAX_WIDTH = 2.0, 80.0

Shares = Doubles


class DrawingError(ValueError):
    """Raised for a value that is no drawing; the text says why."""


class Tool(StrEnum):
    """The tools of a stroke: one lays ink down, one takes it away."""

    PEN = "pen"
    ERASER = "eraser"


@dataclass(frozen=True, slots=True)
class Stroke:
    """One movement over the canvas, from touching it to leaving it.

    Attributes:
        tool: the pen or the eraser.
        width: of the line, in pixels of the canvas, 2 to 80.
        points: (x, y) of its corners, x from the left and y from the top; pixel (0, 0) covers
            0 to 1. Between two points the line is straight.

    Raises:
        DrawingError: a value is of another type, is not finite or out of range, or there is no
            point or more than 20,000.
    """

    tool: Tool
    width: float
    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        """Check what may come from a browser that is not ours."""
        if not MIN_WIDTH <= self.width <= MAX_WIDTH:
            raise DrawingError(f"a line {self.width} wide; {MIN_WIDTH:g} to {MAX_WIDTH:g} can be")
        if not 0 < len(self.points) <= MAX_POINTS:
            raise DrawingError(f"a stroke of {len(self.points):,} points; 1 to {MAX_POINTS:,} can")
        for x, y in self.points:
            if not (-SIZE <= x <= 2 * SIZE and -SIZE <= y <= 2 * SIZE):
                raise DrawingError(f"a point at ({x}, {y}), far from the canvas")


Drawing = tuple[Stroke, ...]
"""All strokes, in the order in which they were made."""


def read(strokes: object) -> Drawing:
    """Read a drawing from what a browser sends.

    Args:
        strokes: a list of `{"tool": "pen", "width": 22, "points": [[x, y], …]}`.

    Raises:
        DrawingError: it is anything else, or too much: 400 strokes and 20,000 points are kept.
    """
    if not isinstance(strokes, list) or len(strokes) > MAX_STROKES:
        raise DrawingError(f"a drawing is a list of at most {MAX_STROKES} strokes")
    drawing = tuple(_stroke(stroke) for stroke in strokes)
    points = sum(len(stroke.points) for stroke in drawing)
    if points > MAX_POINTS:
        raise DrawingError(f"a drawing of {points:,} points; at most {MAX_POINTS:,} are kept")
    return drawing


def _stroke(value: object) -> Stroke:
    try:
        assert isinstance(value, Mapping)
        points = tuple((float(x), float(y)) for x, y in value["points"])
        return Stroke(Tool(value["tool"]), float(value["width"]), points)
    except DrawingError:
        raise
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise DrawingError("a stroke has a tool, a width and points of two numbers") from error


def written(drawing: Drawing) -> list[dict[str, object]]:
    """Write a drawing as a browser reads it; the inverse of `read`."""
    return [
        {
            "tool": stroke.tool.value,
            "width": stroke.width,
            "points": [list(point) for point in stroke.points],
        }
        for stroke in drawing
    ]


def blank() -> Shares:
    """Return an empty canvas: the share of ink in each pixel, float64 of shape (280, 280)."""
    return np.zeros((SIZE, SIZE))


def lay(shares: Shares, stroke: Stroke) -> None:
    """Lay one stroke down on a canvas, in place.

    A pixel gets the share of ink 0 to 1 by its distance from the line: all within half the width
    less half a pixel, none beyond half the width and half a pixel, in between proportionally. A
    pen makes a pixel no lighter than it is, an eraser no darker.

    Args:
        shares: float64 of shape (280, 280), the share of ink in each pixel.
        stroke: the movement.
    """
    ends = stroke.points[1:] or stroke.points
    for start, end in zip(stroke.points, ends, strict=False):
        _lay(shares, stroke, start, end)


def levels(shares: Shares) -> Pixels:
    """Write the shares of ink of a canvas as gray levels.

    Args:
        shares: float64 of shape (280, 280), 0 to 1.

    Returns:
        uint8 of shape (280, 280), 0 is paper and 255 is ink.
    """
    return np.floor(shares * 255 + 0.5 + HAIR).astype(np.uint8)


def _lay(
    shares: Shares,
    stroke: Stroke,
    start: tuple[float, float],
    end: tuple[float, float],
) -> None:
    """Lay one straight piece down, in the pixels that it can reach."""
    reach = stroke.width / 2 + 0.5
    (x0, y0), (x1, y1) = start, end
    left, right = _span(min(x0, x1) - reach, max(x0, x1) + reach)
    top, bottom = _span(min(y0, y1) - reach, max(y0, y1) + reach)
    if left >= right or top >= bottom:
        return
    x = np.arange(left, right) + 0.5 - x0
    y = np.arange(top, bottom)[:, None] + 0.5 - y0
    dx, dy = x1 - x0, y1 - y0
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else np.minimum(np.maximum((x * dx + y * dy) / length, 0), 1)
    away_x, away_y = x - along * dx, y - along * dy
    distance = np.sqrt(away_x * away_x + away_y * away_y)
    share = np.minimum(np.maximum(reach - distance, 0), 1)
    part = shares[top:bottom, left:right]
    if stroke.tool is Tool.PEN:
        np.maximum(part, share, out=part)
    else:
        np.minimum(part, 1 - share, out=part)


def _span(low: float, high: float) -> tuple[int, int]:
    return max(int(np.floor(low)), 0), min(int(np.ceil(high)), SIZE)
