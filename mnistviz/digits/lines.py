"""The line of a digit: how wide and how dark it is, and as wide and dark as in MNIST.

The browser does the same (`ui/draw/line.js`), operation by operation: sums are of integers, and
what is computed of them in floating point is computed in the same order.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mnistviz.digits.arrays import Integers, Pixels, Shorts
from mnistviz.digits.strokes import HAIR

INNER = 20
"""The longer side of a digit of MNIST. Source: LeCun, Cortes, Burges, "The MNIST database"."""

FINE = 100
"""The longer side of the picture in which a line is measured and changed: five pixels for each of
the 20, so that the averaging to 20 smooths the edges. Whatever came in, it costs the same."""

THINNEST, THICKEST = 1.7, 5.0
"""What is thinner or thicker is changed, in pixels of 20. Measured as here, the lines of MNIST's
sample are 2.2 wide in the middle; a tenth of the digits is thinner than 1.7, and fewer than one in
a hundred thicker than 5."""

WIDENED, THINNED = 2.2, 4.8
"""What a line is to become. Measured with the app's own network on digits drawn with pens of 1 to
70 in 200 pixels: a thin line is read well at MNIST's own width. A thick one is thinned as little as
helps; with 4.2 some test digits that are drawn anew were lost."""

BLOB = 9.0
"""What is wider than this is no line: a dot, a canvas full of ink."""

FULL = 254
"""The darkest pixel of each digit of the sample has this or 255; fainter ink is raised to it."""


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a digit.

    Attributes:
        level: its darkest pixel as it came, 1 to 255.
        width: as it came, in pixels of 20 along the digit's longer side.
        made: what it is widened or thinned to; `width` where it is left.
    """

    level: int
    width: float
    made: float

    @property
    def growth(self) -> float:
        """What is added on each side, in pixels of `FINE`; the digit itself grows by it too."""
        return FINE * (self.made - self.width) / (2 * (INNER - self.made))


def measured(fine: Pixels) -> Line | None:
    """Measure the line of a digit, and say what it is to become; None if there is no line.

    Args:
        fine: uint8 of shape (H, W), the digit's ink alone, its longer side `FINE`.
    """
    level, width = int(fine.max()), width_of(fine)
    if level == 0 or width > BLOB:
        return None
    made = width
    if width < THINNEST:
        made = WIDENED
    elif width > THICKEST:
        made = THINNED
    return Line(level, width, made)


def width_of(inked: Pixels) -> float:
    """Return the mean width of a line in pixels of 20, from its area and the length of its edge.

    It is the shorter side of the rectangle with the same area and edge. The edge of a gray picture
    is its total variation, measured along rows, columns and both diagonals (the formula of
    Crofton). Nothing depends on how dark the ink is, nor on a threshold.
    """
    gray = np.pad(inked, 1).astype(np.int64)
    level, mass = int(gray.max()), int(gray.sum())
    if level == 0:
        return 0.0
    straight = _apart(gray[1:], gray[:-1]) + _apart(gray[:, 1:], gray[:, :-1])
    diagonal = _apart(gray[1:, 1:], gray[:-1, :-1]) + _apart(gray[1:, :-1], gray[:-1, 1:])
    half = (straight + diagonal / math.sqrt(2)) * math.pi / 16 / level
    width = (half - math.sqrt(max(half * half - 4 * mass / level, 0))) / 2
    return float(width * INNER / max(inked.shape))


def raised(picture: Pixels, level: int) -> Pixels:
    """Make ink darker, so that what has this level becomes `FULL`."""
    values = (picture.astype(np.int64) * (2 * FULL) + level) // (2 * level)
    return np.minimum(values, 255).astype(np.uint8)


def widened(fine: Pixels, growth: float) -> Pixels:
    """Widen a line on each side, and make all of it as dark as most of it is.

    A line that is thinner than a pixel of `fine` is darker here and fainter there, as it meets the
    middle of the pixels or falls between them.

    Args:
        fine: uint8 of shape (H, W), with ink.
        growth: pixels, above 0.

    Returns:
        uint8 of shape (H + 2R, W + 2R), with room for what was added.
    """
    grown = _spread(fine, growth).astype(np.int64)
    mass, square = int(grown.sum()), int((grown * grown).sum())
    return np.minimum(grown * FULL * mass // max(square, 1), 255).astype(np.uint8)


def thinned(fine: Pixels, loss: float) -> Pixels:
    """Thin a line on each side: the paper is widened.

    Args:
        fine: uint8 of shape (H, W).
        loss: pixels, above 0.

    Returns:
        uint8 of shape (H, W); nothing may be left of it.
    """
    reach = _reach(loss)
    paper = _spread(255 - np.pad(fine, reach), loss)
    return 255 - paper[2 * reach : -2 * reach, 2 * reach : -2 * reach]


def _apart(one: Integers, other: Integers) -> int:
    return int(np.abs(one - other).sum())


def _reach(radius: float) -> int:
    return math.ceil(radius + 1)


@lru_cache(maxsize=64)
def _disc(radius: float) -> tuple[tuple[int, int, int], ...]:
    """Return (row, column, weight from 1 to 255) of a disc with a soft edge, around (0, 0)."""
    return tuple(_disc_places(radius, _reach(radius)))


def _disc_places(radius: float, reach: int) -> Iterator[tuple[int, int, int]]:
    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            share = min(max(radius + 1 - math.sqrt(row * row + column * column), 0), 1)
            weight = math.floor(share * 255 + 0.5 + HAIR)
            if weight:
                yield row, column, weight


def _spread(picture: Pixels, radius: float) -> Pixels:
    """Lay a disc over each pixel, as dark as that is; return it with `_reach` more on each side."""
    height, width = picture.shape
    reach = _reach(radius)
    # 16 bits hold 255 times 255, and half of it again.
    most = np.zeros((height + 2 * reach, width + 2 * reach), np.uint16)
    laid: dict[int, Shorts] = {}
    for row, column, weight in _disc(radius):
        if weight not in laid:
            laid[weight] = picture * np.uint16(weight)
        part = most[reach + row : reach + row + height, reach + column : reach + column + width]
        np.maximum(part, laid[weight], out=part)
    return ((most + 127) // 255).astype(np.uint8)
