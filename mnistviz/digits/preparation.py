"""A drawn picture, and the way from any picture of a digit to the 28 by 28 pixels of MNIST.

The browser does the same while the pen moves (`ui/components/draw_math.js`), operation by
operation, so that both come to the same pixels. Two rules serve that: a sum that decides about a
whole pixel is one of integers, and a rounding goes up from a hair below one half.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mnistviz.digits.mnist import MEAN, STD

SIZE = 280
"""Rows and columns of the canvas: ten for each pixel of MNIST."""

SIDE = 28
"""Rows and columns of a digit of MNIST."""

INNER = 20
"""The longer side of a digit of MNIST. Source: LeCun, Cortes, Burges, "The MNIST database"."""

MIDDLE = 14
"""Row and column, from 0, into which MNIST moves the center of mass. Measured: in all 1,000 test
digits of the sample it lies within half a pixel of this place."""

HAIR = 1e-6
"""What a value may lack of one half and still be rounded up; far above what sums of floats lose."""

MAX_STROKES = 400
MAX_POINTS = 20_000
MIN_WIDTH, MAX_WIDTH = 2.0, 80.0

Pixels = npt.NDArray[np.uint8]
Shares = npt.NDArray[np.float64]

Kind = TypeVar("Kind", bound=np.generic)


class DrawingError(ValueError):
    """What should be a drawing is none; the text says what it is."""


class Tool(StrEnum):
    """What a stroke does: lay ink down, or take it away."""

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


def _stroke(given: object) -> Stroke:
    try:
        assert isinstance(given, Mapping)
        points = tuple((float(x), float(y)) for x, y in given["points"])
        return Stroke(Tool(given["tool"]), float(given["width"]), points)
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


def raster(drawing: Iterable[Stroke]) -> Pixels:
    """Lay strokes down on the canvas.

    A pixel gets the share of ink 0 to 1 by its distance from the line: all within half the width
    less half a pixel, none beyond half the width and half a pixel, in between proportionally. A
    pen makes a pixel no lighter than it is, an eraser no darker.

    Returns:
        uint8 of shape (280, 280), 0 is paper and 255 is ink.
    """
    shares = blank()
    for stroke in drawing:
        lay(shares, stroke)
    return levels(shares)


def blank() -> Shares:
    """Return an empty canvas: the share of ink in each pixel, float64 of shape (280, 280)."""
    return np.zeros((SIZE, SIZE))


def lay(shares: Shares, stroke: Stroke) -> None:
    """Lay one stroke down on a canvas, in place; see `raster`."""
    ends = stroke.points[1:] or stroke.points
    for start, end in zip(stroke.points, ends, strict=False):
        _lay(shares, stroke, start, end)


def levels(shares: Shares) -> Pixels:
    """Write the shares of ink of a canvas as gray levels; see `raster`."""
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


@dataclass(frozen=True, slots=True)
class Box:
    """Rows `top` up to but not including `bottom`, columns `left` to `right` likewise."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    def cut(self, picture: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
        """Return this part of a picture (H, W), without copying."""
        return picture[self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps of MNIST's preparation are done.

    Attributes:
        ink: ink is made light on black paper; else the picture stays as it came.
        crop: the empty frame around the digit is cut off.
        scale: the longer side becomes 20 pixels, the other keeps its proportion; else both sides
            are stretched to 28.
        center: the center of mass is moved into the middle; else the frame's center.
        normalize: 0 to 255 becomes -1 to 1; else 0 to 1.
    """

    ink: bool = True
    crop: bool = True
    scale: bool = True
    center: bool = True
    normalize: bool = True


ALL = Steps()


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A digit on its way to the network: each step's picture and numbers. Read-only.

    Attributes:
        gray: uint8 (H, W), what came in: the part of the picture in which the digit stands.
        ink: uint8 (H, W), the same with light ink on black paper.
        box: what is kept of it, in its rows and columns.
        scaled: uint8 (h, w), the kept part in its new size; sides up to 28.
        mass: (row, column) of the center of mass in `scaled`, from 0; None without ink.
        place: (row, column) at which the corner of `scaled` lies in the 28 by 28 pixels.
        pixels: uint8 (28, 28), 0 to 255.
        inputs: float32 (784,), what the network gets.
    """

    gray: Pixels
    ink: Pixels
    box: Box
    scaled: Pixels
    mass: tuple[float, float] | None
    place: tuple[int, int]
    pixels: Pixels
    inputs: npt.NDArray[np.float32]


def prepare(gray: Pixels, ink: Pixels, steps: Steps = ALL) -> Prepared:
    """Bring a picture of one digit into the form of MNIST.

    Source of the steps: LeCun, Cortes, Burges, "The MNIST database": the longer side 20 pixels
    with the proportions kept, gray levels from averaging, the center of mass in the middle of 28 by
    28. The move is by whole pixels, and no ink leaves the frame.

    Args:
        gray: uint8 of shape (H, W), as it came; H and W at least 1.
        ink: uint8 of shape (H, W), 0 is paper and 255 is ink: what the first step makes of it.
        steps: which steps are done.
    """
    picture = ink if steps.ink else gray
    box = _bounds(picture) if steps.crop else Box(0, 0, *picture.shape)
    kept = box.cut(picture)
    longer = max(kept.shape)
    rows, columns = (
        (max(1, (2 * side * INNER + longer) // (2 * longer)) for side in kept.shape)
        if steps.scale
        else (SIDE, SIDE)
    )
    scaled = resized(kept, rows, columns)
    mass = _mass(scaled)
    place = (_place(rows, mass and mass[0]), _place(columns, mass and mass[1]))
    if not steps.center:
        place = ((SIDE - rows) // 2, (SIDE - columns) // 2)
    pixels = np.zeros((SIDE, SIDE), np.uint8)
    pixels[place[0] : place[0] + rows, place[1] : place[1] + columns] = scaled
    center = None if mass is None else (mass[0][0] / mass[0][1], mass[1][0] / mass[1][1])
    return Prepared(gray, ink, box, scaled, center, place, pixels, inputs(pixels, steps.normalize))


def inputs(pixels: Pixels, normalized: bool = True) -> npt.NDArray[np.float32]:
    """Make of gray levels what a network gets: flat, in float32.

    Args:
        pixels: uint8 of shape (…, 28, 28).
        normalized: whether the mean 0.5 is taken off and the std 0.5 divided by.

    Returns:
        float32 of shape (…, 784), -1 to 1, or 0 to 1 if not normalized.
    """
    flat = pixels.reshape(*pixels.shape[:-2], SIDE * SIDE).astype(np.float32) / np.float32(255)
    return (flat - np.float32(MEAN)) / np.float32(STD) if normalized else flat


def resized(picture: Pixels, rows: int, columns: int) -> Pixels:
    """Bring a picture into another size; a new pixel is the mean of the area that it covers.

    Args:
        picture: uint8 of shape (H, W).
        rows: of the result, at least 1.
        columns: of the result, at least 1.

    Returns:
        uint8 of shape (rows, columns).
    """
    height, width = picture.shape
    mean = _shares(height, rows) @ picture.astype(np.float64) @ _shares(width, columns).T
    return np.floor(mean + 0.5 + HAIR).astype(np.uint8)


def _shares(old: int, new: int) -> npt.NDArray[np.float64]:
    """Return (new, old): the share of each old pixel in each new one; each row sums to 1."""
    step = old / new
    start = np.arange(new)[:, None] * step
    pixel = np.arange(old)
    covered = np.minimum(start + step, pixel + 1) - np.maximum(start, pixel)
    shares: npt.NDArray[np.float64] = np.maximum(covered, 0) / step
    return shares


def _bounds(picture: Pixels) -> Box:
    """Return the smallest box that holds all ink; the whole picture if there is none."""
    rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
    if not rows.size:
        return Box(0, 0, *picture.shape)
    return Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def _mass(picture: Pixels) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the row and the column of the center of mass as fractions of integers."""
    gray = picture.astype(np.int64)
    total = int(gray.sum())
    if total == 0:
        return None
    rows, columns = gray.sum(1), gray.sum(0)
    return (
        (int(rows @ np.arange(len(rows))), total),
        (int(columns @ np.arange(len(columns))), total),
    )


def _place(side: int, mass: tuple[int, int] | None) -> int:
    """Return where a side begins when its mass is moved to the middle, as far as there is room."""
    if mass is None:
        return (SIDE - side) // 2
    moment, total = mass
    wanted = (2 * (MIDDLE * total - moment) + total) // (2 * total)
    return min(max(wanted, 0), SIDE - side)
