"""Digits of rows that touch: a piece of ink as high as several digits is parted into them.

How high one digit is, the other pieces tell. Where all are too high, each for its width, they are
columns of digits: hardly a digit is less than 0.42 times as wide as it is high, but for a 1, and in
a 1 the line is hardly longer than the digit is high. A 1 that touches another 1 looks like a single
one: what goes from the top of one row to the bottom of another is parted where the rows are.
"""

from dataclasses import dataclass
from itertools import pairwise
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


USUAL: Final = 0.66
"""Of a digit's height, how wide the widest of a column is mostly."""

FORM: Final = 4.0
"""How much it counts that digits have this form, against the ink where they would meet. Measured on
509 sheets of which all rows touch: with 4, of 499 the number of rows is found, with 0 of 408."""

MOST_WIDE: Final = 1.4
"""Times as wide as high a digit is at most."""

OFF: Final = 0.35
"""Of a digit's height, how far from the top and the bottom of a row it begins and ends."""

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
    for piece, rows in _parted(_pieces(labels)):
        for row in rows:
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


def _parted(pieces: list[_Piece]) -> list[tuple[_Piece, list[int]]]:
    """Return the pieces that are several digits, and the rows in which each is parted."""
    widest = max((piece.box.width for piece in pieces), default=0)
    widths = [piece.box.width for piece in pieces if piece.box.width >= WIDE * widest]
    if not widths:
        return []
    width = float(np.median(widths))
    tall = [each for each in pieces if each.box.height >= HIGH * width and each.winding >= WINDING]
    others = [each for each in pieces if width <= each.box.height < HIGH * width]
    high = _height_of_one(tall, others, width, widest)
    if not high:
        return []
    if others:
        # So wide is no digit of that height: it is another thing.
        wide = WIDER * max([ASPECT * high, *(each.box.width for each in others)])
        pieces = [each for each in pieces if each.box.width <= wide]
        tall = [each for each in tall if each in pieces and each.box.height >= TALLER * high]
    parted = [(each, _even(each, max(round(each.box.height / high), 2))) for each in tall]
    singles = [each.box for each in pieces if each.box.height < TALLER * high and each not in tall]
    rows = _rows(_spans_of(parted) + [(box.top, box.bottom) for box in singles], high)
    for each in pieces:
        if each not in tall and each.box.height >= TALLER * high:
            parted += _by_rows(each, rows, high)
    return parted


def _height_of_one(tall: list[_Piece], others: list[_Piece], width: float, widest: int) -> float:
    """Return how high one digit is; 0 if the pieces do not tell."""
    if others:
        return float(np.median([each.box.height for each in others]))
    if not tall:
        return 0
    height = float(np.median([each.box.height for each in tall]))
    if widest > (NARROW if len(tall) > 1 else ALONE) * height:
        return 0
    counts = range(2, max(int(MOST_WIDE * height / width), 2) + 1)

    def likely(count: int) -> float:
        ink = float(np.mean([_inked(each, count) for each in tall]))
        return ink - FORM * float(np.log(width * count / height / USUAL)) ** 2

    return height / max(counts, key=likely)


def _even(piece: _Piece, count: int) -> list[int]:
    """Return the rows that part a piece into so many of one height."""
    box = piece.box
    return [box.top + round(place * box.height / count) for place in range(1, count)]


def _spans_of(parted: list[tuple[_Piece, list[int]]]) -> list[tuple[int, int]]:
    """Return the first row and the end of each part."""
    spans: list[tuple[int, int]] = []
    for piece, rows in parted:
        spans += pairwise([piece.box.top, *rows, piece.box.bottom])
    return spans


def _rows(spans: list[tuple[int, int]], high: float) -> list[tuple[float, float]]:
    """Return the top and the bottom of each row of digits, from above."""
    rows: list[list[tuple[int, int]]] = []
    for span in sorted(spans, key=sum):
        if span[1] - span[0] < high / TALLER:
            continue
        if rows and sum(span) - sum(rows[-1][-1]) < high:
            rows[-1].append(span)
        else:
            rows.append([span])
    middles = [np.median(np.array(row), axis=0).tolist() for row in rows]
    return [(top, bottom) for top, bottom in middles]


def _by_rows(
    piece: _Piece, rows: list[tuple[float, float]], high: float
) -> list[tuple[_Piece, list[int]]]:
    """Part a piece that goes from the top of one row to the bottom of another one."""
    box, off = piece.box, OFF * high
    held = [row for row in rows if box.top <= row[0] + off and row[1] - off <= box.bottom]
    ends = held and abs(held[0][0] - box.top) <= off and abs(held[-1][1] - box.bottom) <= off
    if len(held) < 2 or not ends:
        return []
    return [(piece, [round((above[1] + below[0]) / 2) for above, below in pairwise(held)])]


def _inked(piece: _Piece, count: int) -> float:
    """Return how much ink there is where a piece would be parted: there tops and bottoms meet."""
    high = piece.box.height / count
    reach = max(round(NEAR * high), 1)
    places = [round(place * high) for place in range(1, count)]
    there = [piece.rows[row - reach : row + reach + 1].mean() for row in places]
    return float(np.mean(there) / piece.rows.mean())
