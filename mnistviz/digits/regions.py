"""The digits of a picture: found, told from specks, brought into reading order.

The browser does the same with the canvas (`ui/draw/math.js`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnistviz.digits.arrays import Integers, Mask, Pixels
from mnistviz.digits.preparation import Box, Kind

CELLS = 560
"""Rows and columns in which pieces are told apart: with fewer, rows that nearly touch are one."""

MOST = 100
"""Digits of a picture that are read: the greatest ones."""

PIECES = 400
"""Pieces of ink that are looked at: the greatest ones."""

SPECK = 20
"""What has less than this part of the ink of the greatest piece is a speck."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """One digit of a picture: where it stands, and its ink without that of its neighbors.

    Attributes:
        box: the smallest that holds its ink.
        ink: uint8 of the box's shape.
    """

    box: Box
    ink: Pixels


@dataclass(slots=True)
class _Piece:
    """Ink that hangs together: its labels, its box in cells and how much it is."""

    labels: list[int]
    box: Box
    mass: int


def regions(ink: Pixels, most: int = MOST) -> tuple[Region, ...]:
    """Find the digits of a picture.

    Ink that touches, by a corner too, is one piece; a picture of more than 560 rows or columns is
    looked at in cells of so many pixels that there are no more. Pieces with less than a twentieth
    of the ink of the greatest are specks. Pieces that `_is_one_digit` takes for one are joined:
    the bar of a 5 that does not touch, but not the digits of two lines.

    Args:
        ink: uint8 of shape (H, W), 0 is paper.
        most: how many digits are returned, the greatest ones.

    Returns:
        The digits in reading order: lines from the top, each from the left.
    """
    cell = -(-max(ink.shape) // CELLS)
    cells = _cells(ink, cell)
    # Along the rows first: what is left is then small.
    labels = labels_of(cells.max(axis=1).max(axis=2) > 0)
    pieces = _pieces(labels, cells.sum(axis=1, dtype=np.int32).sum(axis=2, dtype=np.int64))
    _join(pieces)
    pieces = sorted(pieces, key=lambda piece: -piece.mass)[:most]
    digits = [_region(ink, labels, piece, cell) for piece in pieces]
    return tuple(region for line in _lines(digits) for region in line)


def sheet_side(height: int, width: int) -> int:
    """Return the side of a digit's sheet: 1.4 times its own longer side, rounded up."""
    return -(-7 * max(height, width) // 5)


def sheet(region: Region) -> Pixels:
    """Lay a digit into the middle of a square sheet of its own: the frame that it is drawn in.

    Returns:
        uint8 of shape (S, S), 0 is paper; S is that of `sheet_side`.
    """
    height, width = region.ink.shape
    side = sheet_side(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    own = np.zeros((side, side), np.uint8)
    own[top : top + height, left : left + width] = region.ink
    return own


def _cells(picture: npt.NDArray[Kind], cell: int) -> npt.NDArray[Kind]:
    """Return (rows, cell, columns, cell): the picture in squares, with paper up to the last one."""
    height, width = picture.shape
    padded = np.pad(picture, ((0, -height % cell), (0, -width % cell)))
    return padded.reshape(-(-height // cell), cell, -(-width // cell), cell)


def labels_of(inked: Mask) -> Integers:
    """Number the pieces of ink from 1, in the order of their first cells; 0 is paper.

    Run by run: those of two rows that touch belong together.
    """
    width = inked.shape[1]
    # Paper at each row's end: a run ends there, and none meets one of another row.
    edges = np.diff(np.pad(inked, ((0, 0), (1, 1))).view(np.int8), axis=1).ravel()
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    labels = np.zeros(inked.shape, np.int64)
    if starts.size:
        roots = _roots(*_touching(starts, ends, width + 1), starts.size)
        numbers = np.unique(roots, return_inverse=True)[1] + 1
        labels[inked] = np.repeat(numbers, ends - starts)
    return labels


def _touching(starts: Integers, ends: Integers, width: int) -> tuple[Integers, Integers]:
    """Return the pairs of runs that touch, by a corner too: the one above, the one below."""
    firsts = np.searchsorted(ends, starts - width)
    counts = np.maximum(np.searchsorted(starts, ends - width, side="right") - firsts, 0)
    below = np.repeat(np.arange(starts.size), counts)
    nth = np.arange(below.size) - np.repeat(counts.cumsum() - counts, counts)
    return firsts[below] + nth, below


def _roots(one: Integers, other: Integers, count: int) -> Integers:
    """Return, for each run, the first run of its piece."""
    parents = np.arange(count)
    while (parents[one] != parents[other]).any():
        pair = np.sort(np.stack((parents[one], parents[other])), axis=0)
        np.minimum.at(parents, pair[1], pair[0])
        while (parents[parents] != parents).any():
            parents = parents[parents]
    return parents


def _pieces(labels: Integers, masses: Integers) -> list[_Piece]:
    """Return the greatest pieces, without specks, in the order of their labels."""
    count = int(labels.max(initial=0))
    sums = np.bincount(labels.ravel(), masses.ravel(), count + 1)[1:].astype(np.int64)
    greatest = np.sort(np.argsort(-sums, kind="stable")[:PIECES])
    pieces = []
    for index in greatest.tolist():
        if SPECK * sums[index] < sums.max():
            continue
        inside = labels == index + 1
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        box = Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
        pieces.append(_Piece([index + 1], box, int(sums[index])))
    return pieces


def _join(pieces: list[_Piece]) -> None:
    """Join the pieces that are one digit, in place, beginning again after each two."""
    typical = _typical([piece.box.height for piece in pieces])
    first = 0
    while first < len(pieces):
        one = pieces[first]
        for second in range(first + 1, len(pieces)):
            other = pieces[second]
            if _is_one_digit(one.box, other.box, typical):
                labels, box = one.labels + other.labels, _around(one.box, other.box)
                pieces[first] = _Piece(labels, box, one.mass + other.mass)
                del pieces[second]
                first = -1
                break
        first += 1


def _typical(heights: Sequence[int]) -> int:
    """Return the middle one of the heights that are at least half of the greatest."""
    tall = sorted(height for height in heights if 2 * height >= max(heights))
    return tall[len(tall) // 2] if tall else 0


def _around(one: Box, other: Box) -> Box:
    return Box(
        min(one.top, other.top),
        min(one.left, other.left),
        max(one.bottom, other.bottom),
        max(one.right, other.right),
    )


def _is_one_digit(one: Box, other: Box, typical: int) -> bool:
    """Tell whether two pieces are one digit.

    A part is no more than half as high as what it belongs to and lies over half of its width, at
    most a quarter of its height away, or it lies beside it, at most a twelfth away. Two parts as
    high as each other are the halves of one digit if they nearly touch and both are wider than
    high, or the wider of them is too wide for a digit of its own height. What comes of it is no
    higher than one and a half digits.
    """
    low, high = sorted((one, other), key=lambda box: box.height)
    both = _around(one, other)
    aside = max(one.left, other.left) - min(one.right, other.right)
    gap = max(one.top, other.top) - min(one.bottom, other.bottom)
    over = -2 * aside >= min(one.width, other.width)
    if 2 * low.height > high.height:
        if over and 2 * -gap >= low.height:
            return 2 * both.height <= 3 * high.height
        widest = max(one.width, other.width)
        halves = min(one.width - one.height, other.width - other.height) >= 0
        halves = halves or 10 * both.height <= 19 * widest
        near = (
            8 * gap <= max(high.height, typical) and 2 * both.height <= 3 * both.width + high.height
        )
        return over and near and (halves or 5 * both.height <= 6 * typical)
    if over:
        return 4 * gap <= high.height and 2 * both.height <= 3 * max(high.height, typical)
    # Beside: the broken end of a bar.
    beside = 12 * max(aside, gap) <= high.height
    return beside and 2 * low.width <= high.height and 4 * both.height <= 5 * high.height


def _region(ink: Pixels, labels: Integers, piece: _Piece, cell: int) -> Region:
    """Cut one digit out of the picture, to the pixel."""
    rows = slice(piece.box.top * cell, piece.box.bottom * cell)
    columns = slice(piece.box.left * cell, piece.box.right * cell)
    mine = np.isin(piece.box.cut(labels), piece.labels)
    wide = np.repeat(np.repeat(mine, cell, axis=0), cell, axis=1)
    part = ink[rows, columns]
    own = np.where(wide[: part.shape[0], : part.shape[1]], part, np.uint8(0))
    filled, standing = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
    inner = Box(int(filled[0]), int(standing[0]), int(filled[-1]) + 1, int(standing[-1]) + 1)
    box = Box(
        rows.start + inner.top,
        columns.start + inner.left,
        rows.start + inner.bottom,
        columns.start + inner.right,
    )
    return Region(box, inner.cut(own))


def _lines(digits: Sequence[Region]) -> list[list[Region]]:
    """Bring digits into lines: one is on a line if its middle lies within that line's height."""
    lines: list[list[Region]] = []
    for region in sorted(digits, key=lambda region: (region.box.top, region.box.left)):
        middle = region.box.top + region.box.bottom
        for line in lines:
            top, bottom = min(r.box.top for r in line), max(r.box.bottom for r in line)
            if 2 * top <= middle < 2 * bottom:
                line.append(region)
                break
        else:
            lines.append([region])
    return [sorted(line, key=lambda region: (region.box.left, region.box.top)) for line in lines]
