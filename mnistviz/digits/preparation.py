"""A drawn picture, and the way from any picture of a digit to the 28 by 28 pixels of MNIST.

The browser does the same while the pen moves (`ui/draw/math.js`), operation by
operation, so that both come to the same pixels. Two rules serve that: a sum that decides about a
whole pixel is one of integers, and a rounding goes up from a hair below one half.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mnistviz.digits import lines
from mnistviz.digits.arrays import Doubles, Floats, Pixels
from mnistviz.digits.lines import FINE, INNER, Line
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.digits.strokes import HAIR
from mnistviz.spec.fields import SIDE

MIDDLE = 14
"""Row and column, from 0, into which MNIST moves the center of mass. Measured: in all 1,000 test
digits of the sample it lies within half a pixel of this place."""


Kind = TypeVar("Kind", bound=np.generic)


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
        line: a line thinner or thicker than MNIST's is widened or thinned, faint ink made darker.
        scale: the longer side becomes 20 pixels, the other keeps its proportion; else both sides
            are stretched to 28.
        center: the center of mass is moved into the middle; else the frame's center.
        normalize: 0 to 255 becomes -1 to 1; else 0 to 1.
    """

    ink: bool = True
    crop: bool = True
    line: bool = True
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
        box: the part that is cropped from it, in its rows and columns.
        line: what was measured of the digit's line, and done; None without a line, or if left out.
        lined: uint8 (h, w), the cropped part with its line as in MNIST; where that was changed, in
            a size of its own.
        scaled: uint8 (h, w), that in its new size; sides up to 28.
        mass: (row, column) of the center of mass in `scaled`, from 0; None without ink.
        place: (row, column) at which the corner of `scaled` lies in the 28 by 28 pixels.
        pixels: uint8 (28, 28), 0 to 255.
        inputs: float32 (784,), what the network gets.
    """

    gray: Pixels
    ink: Pixels
    box: Box
    line: Line | None
    lined: Pixels
    scaled: Pixels
    mass: tuple[float, float] | None
    place: tuple[int, int]
    pixels: Pixels
    inputs: Floats


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
    inked = _bounds(picture)
    box = inked if steps.crop else Box(0, 0, *picture.shape)
    line, lined = None, box.cut(picture)
    # With more ink than paper it is the paper that is light, and no line.
    if steps.line and 2 * int(picture.sum(dtype=np.int64)) < 255 * picture.size:
        line, lined = _lined(lined, inked.cut(picture))
    rows, columns = _sides(lined, INNER) if steps.scale else (SIDE, SIDE)
    scaled = resized(lined, rows, columns)
    mass = _mass(scaled)
    place = (_place(rows, mass and mass[0]), _place(columns, mass and mass[1]))
    if not steps.center:
        place = ((SIDE - rows) // 2, (SIDE - columns) // 2)
    pixels = np.zeros((SIDE, SIDE), np.uint8)
    pixels[place[0] : place[0] + rows, place[1] : place[1] + columns] = scaled
    center = None if mass is None else (mass[0][0] / mass[0][1], mass[1][0] / mass[1][1])
    return Prepared(
        *(gray, ink, box, line, lined, scaled, center, place, pixels),
        inputs=inputs(pixels, steps.normalize),
    )


def _lined(cropped: Pixels, inked: Pixels) -> tuple[Line | None, Pixels]:
    """Bring a digit's line to the width and the darkness of MNIST.

    Args:
        cropped: what of the picture is kept.
        inked: the part of it that has ink, the same where the frame was cut off.

    Returns:
        What was measured and done, and the picture: the same where nothing had to be done.
    """
    line = lines.measured(_reduced(inked))
    if line is None:
        return None, cropped
    if line.level < lines.FULL:
        cropped = lines.raised(cropped, line.level)
    if line.made == line.width:
        return line, cropped
    fine = _reduced(cropped)
    growth = line.growth * max(inked.shape) / max(cropped.shape)
    changed = lines.widened(fine, growth) if growth > 0 else lines.thinned(fine, -growth)
    if not changed.any():
        return replace(line, made=line.width), cropped
    digit = _bounds(changed).cut(changed)
    line = replace(line, made=lines.width_of(digit))
    if cropped.shape == inked.shape:
        return line, digit
    (height, width), edge = fine.shape, (len(changed) - len(fine)) // 2
    return line, changed[edge : edge + height, edge : edge + width]


def _reduced(picture: Pixels) -> Pixels:
    """Bring a picture into the size in which lines are measured."""
    return resized(picture, *_sides(picture, FINE))


def _sides(picture: Pixels, longest: int) -> tuple[int, int]:
    """Return the sides in the same proportion, the longer one as long as asked."""
    height, width = picture.shape
    longer = max(height, width)
    return (
        max(1, (2 * height * longest + longer) // (2 * longer)),
        max(1, (2 * width * longest + longer) // (2 * longer)),
    )


def inputs(pixels: Pixels, normalized: bool = True) -> Floats:
    """Turn gray levels into the input of a network: flat, in float32.

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


def _shares(old: int, new: int) -> Doubles:
    """Return (new, old): the share of each old pixel in each new one; each row sums to 1."""
    step = old / new
    start = np.arange(new)[:, None] * step
    pixel = np.arange(old)
    covered = np.minimum(start + step, pixel + 1) - np.maximum(start, pixel)
    shares: Doubles = np.maximum(covered, 0) / step
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
