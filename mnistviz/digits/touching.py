"""Digits of rows that touch: a piece of ink as high as several digits is parted into them.

How high one digit is, the other pieces tell. Where all are too high, each for its width, they are
columns of digits: hardly a digit is less than 0.42 times as wide as it is high, but for a 1, and in
a 1 the line is hardly longer than the digit is high.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mnistviz.digits.arrays import Integers, Mask
from mnistviz.digits.lines import INNER, width_of
from mnistviz.digits.preparation import Box
from mnistviz.digits.regions import SPECK
from mnistviz.digits.straight import extents

WIDE: Final = 0.5
"""Of the widest piece, how wide those are whose widths count."""

HIGH: Final = 2.1
"""Times as high as digits are wide, what may be several. Digits are 1.5 times as high as wide."""

ASPECT: Final = 0.68
"""Of a digit's height, how wide it is mostly."""

NARROW: Final = 0.42
"""Of its height, how wide a digit is at least. Of the test digits one in a thousand is narrower,
but for the 1."""

ALONE: Final = 0.36
"""The same where no other piece is as high."""

WINDING: Final = 1.5
"""Times as long as high, the line of a piece that is no 1."""

TALLER: Final = 1.6
"""Times as high as the others, a piece that is several digits."""

WIDER: Final = 1.35
"""Times as wide as the widest of the others it is at most."""


NEAR: Final = 0.08
"""Of a digit's height, how far from the place where two meet their ink is counted."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Ink that hangs together: number, box in cells, how winding its line is, ink by rows."""

    number: int
    box: Box
    winding: float
    rows: Integers


def lines_between(labels: Integers) -> Mask:
    """Find where paper is to be between what touches of two rows.

    Args:
        labels: the numbers of the pieces from 1, 0 is paper, of shape (H, W).

    Returns:
        bool of shape (H, W), a row of each piece for each place where it is parted.
    """
    between = np.zeros(labels.shape, np.bool_)
    for piece, count in _high(_pieces(labels)):
        for place in range(1, count):
            row = piece.box.top + round(place * piece.box.height / count)
            between[row] |= labels[row] == piece.number
    return between


def _pieces(labels: Integers) -> list[_Piece]:
    """Return the pieces that are no specks."""
    masses = np.bincount(labels.ravel())[1:]
    found = []
    for index, sides in enumerate(extents(labels).tolist()):
        if not masses[index] or SPECK * masses[index] < masses.max():
            continue
        box = Box(*sides)
        own = (box.cut(labels) == index + 1).astype(np.uint8)
        line = max(width_of(own) * max(own.shape) / INNER, 1)
        winding = masses[index] / line / box.height
        found.append(_Piece(index + 1, box, winding, own.sum(1)))
    return found


def _high(pieces: list[_Piece]) -> list[tuple[_Piece, int]]:
    """Return the pieces that are several digits, and how many each is."""
    widest = max((piece.box.width for piece in pieces), default=0)
    widths = [piece.box.width for piece in pieces if piece.box.width >= WIDE * widest]
    if not widths:
        return []
    width = float(np.median(widths))
    tall = [each for each in pieces if each.box.height >= HIGH * width and each.winding >= WINDING]
    if not tall:
        return []
    others = [each for each in pieces if width <= each.box.height < HIGH * width]
    if others:
        high = float(np.median([each.box.height for each in others]))
        wide = max(each.box.width for each in others)
        tall = [
            each
            for each in tall
            if each.box.height >= TALLER * high
            and each.box.width <= WIDER * max(wide, ASPECT * high)
        ]
        return [(each, max(round(each.box.height / high), 2)) for each in tall]
    height = float(np.median([each.box.height for each in tall]))
    if widest > (NARROW if len(tall) > 1 else ALONE) * height:
        return []
    least = max(2, int(np.ceil(NARROW * height / width)))
    counts = range(least, max(int(height / width), least) + 1)
    best = max(counts, key=lambda count: sum(_inked(each, count) for each in tall))
    return [(each, best) for each in tall]


def _inked(piece: _Piece, count: int) -> float:
    """Return how much ink there is where a piece would be parted: there tops and bottoms meet."""
    high = piece.box.height / count
    reach = max(round(NEAR * high), 1)
    places = [round(place * high) for place in range(1, count)]
    there = [piece.rows[row - reach : row + reach + 1].mean() for row in places]
    return float(np.mean(there) / piece.rows.mean())
