"""Boxes of a form that stand alone: a closed, thin rectangle around a digit.

A box is a piece of ink whose four outer sides are straight and thin, that holds one space from
side to side (a table holds several), with a digit in it; an empty one beside such a box is one too.
A box of which a photo has lost some sides or corners is one where nothing but a digit is within.
A 0 or an 8 has no straight sides, and nothing as high as a digit inside.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mnistviz.digits.arrays import Integers, Mask
from mnistviz.digits.regions import labels_of
from mnistviz.digits.straight import Line, erase, extents, pooled

COARSE: Final = 1024
"""Rows and columns of the picture in which boxes are looked for."""

MOST_RUNS: Final = 40_000
"""Stretches of ink in the rows of a picture in which boxes are looked for."""

SMALLEST: Final = 24
"""Cells of a box's shorter side."""

LONG: Final = 2.5
"""Of a box's shorter side, how long the other one is at most."""

SLOPES: Final = np.linspace(-0.08, 0.08, 17)
"""Rows a side may rise for each column."""

STRAIGHT: Final = 0.8
"""Of a side, how much lies on a straight line; a digit may cross the rest."""

ACROSS: Final = 0.75
"""Of the picture's side: what is as long and open is the edge of a page."""

HALF: Final = 0.5
"""Of a side, how much is there at least where a photo has lost the rest."""

OFF: Final = 0.02
"""Of a box's shorter side, how far from that line counts as on it."""

THIN: Final = 10
"""How much longer the shorter side is than a line is thick; a stroke of a digit is thicker."""

HELD: Final = 0.3
"""Of a box's height, how high the ink in it is at least."""

SPACE: Final = 0.85
"""Of the inside, how far one space goes across and down."""

EDGES: Final = 6
"""Cells of the two lines at its ends."""

INSET: Final = 0.12
"""Of a side, how much at each end does not count as inside."""

ALIKE: Final = 0.15
"""Of a box's side, by how much that of an empty one differs."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle: two sides from left to right, two from top to bottom, and whether it is full.

    Of a broken one, at least one each.
    """

    across: list[Line]
    down: list[Line]
    height: int
    width: int
    full: bool

    def is_like(self, other: "_Box") -> bool:
        return (
            abs(self.height - other.height) <= ALIKE * other.height
            and abs(self.width - other.width) <= ALIKE * other.width
        )


def without(inked: Mask) -> Mask:
    """Return a copy of a picture of ink without the boxes that stand alone."""
    left = inked.copy()
    cell = -(-max(inked.shape) // COARSE)
    cells = pooled(inked, cell)
    # So many are grain, or squares all over; to follow each of them would take a second.
    if np.count_nonzero(cells[:, 1:] > cells[:, :-1]) > MOST_RUNS:
        return left
    found = _boxes(cells)
    full = [box for box in found if box.full]
    for box in found:
        if any(box.is_like(other) for other in full):
            erase(left, box.across, cell)
            erase(left.T, box.down, cell)
    return left


def _boxes(cells: Mask) -> list[_Box]:
    labels = labels_of(cells)
    found = []
    for number, (top, left, bottom, right) in enumerate(extents(labels).tolist(), 1):
        height, width = bottom - top, right - left
        short = min(height, width)
        if short < SMALLEST or max(height, width) > LONG * short:
            continue
        piece = labels[top:bottom, left:right] == number
        (across, whole), (down, upright) = _sides(piece), _sides(piece.T)
        if not across or not down:
            continue
        full = _is_full(cells[top:bottom, left:right])
        closed = whole and upright and _has_one_space(piece)
        part = height < ACROSS * cells.shape[0] and width < ACROSS * cells.shape[1]
        if not closed and not (full and part and not _inside(piece).any()):
            continue
        found.append(
            _Box(
                [_placed(side, top, left, width, cells.shape[1]) for side in across],
                [_placed(side, left, top, height, cells.shape[0]) for side in down],
                height,
                width,
                full,
            )
        )
    return found


def _sides(piece: Mask) -> tuple[list[Line], bool]:
    """Return the upper and the lower side of a piece, and whether both are there all along.

    A side that is not straight and thin, or half of which is missing, is none.
    """
    upper, above = _side(piece)
    lower, below = _side(piece[::-1])
    sides = [upper] if upper else []
    if lower:
        middle = len(piece) - 1 - lower.middle
        sides.append(Line(middle, -lower.slope, lower.start, lower.end))
    return sides, min(above, below) >= STRAIGHT


def _side(piece: Mask) -> tuple[Line | None, float]:
    """Return the upper side of a piece, and over how much of its width it goes."""
    height, width = piece.shape
    first = piece.argmax(0)
    columns = np.flatnonzero(first <= max(3, INSET * height))
    if columns.size < HALF * width:
        return None, 0
    first = first[columns]
    off = max(1.0, OFF * min(height, width))
    level = first - SLOPES[:, None] * (columns - width / 2)
    middles = np.median(level, axis=1)
    away = abs(level - middles[:, None])
    best = int(np.minimum(away, 2 * off).sum(1).argmin())
    on = away[best] <= off
    if on.mean() < STRAIGHT:
        return None, 0
    thick = _thickness(piece[:, columns], first, min(height, width) // THIN + 2)
    if float(np.median(thick[on])) * THIN > min(height, width):
        return None, 0
    share = np.count_nonzero(on) / width
    return Line(float(middles[best]), float(SLOPES[best]), 0, width), share


def _thickness(piece: Mask, first: Integers, most: int) -> Integers:
    """Return how many rows of ink follow the first of each column, up to a most."""
    rows = first + np.arange(most)[:, None]
    inside = rows < len(piece)
    paper = ~(inside & piece[np.where(inside, rows, 0), np.arange(piece.shape[1])])
    return np.where(paper.any(0), paper.argmax(0), most)


def _has_one_space(piece: Mask) -> bool:
    """Tell whether paper goes from side to side both ways, as it does in no table."""
    wide = np.pad(piece, 1)
    # Wider by one: paper does not slip through a slanted line of one cell.
    inked = wide[1:-1, 1:-1] | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
    found = extents(labels_of(~inked))
    spans = found[:, 2:] - found[:, :2]
    held = (found[:, :2] > 0).all(1) & (found[:, 2:] < piece.shape).all(1)
    return bool(((spans + EDGES >= SPACE * np.array(piece.shape)).all(1) & held).any())


def _inside(cut: Mask) -> Mask:
    """Return what is not along the sides."""
    down, aside = (max(3, round(INSET * side)) for side in cut.shape)
    return cut[down:-down, aside:-aside]


def _is_full(cut: Mask) -> bool:
    """Tell whether what is in a box is as high as a digit."""
    rows = np.flatnonzero(_inside(cut).any(1))
    return bool(rows.size) and bool(rows[-1] - rows[0] + 1 >= HELD * len(cut))


def _placed(side: Line, top: int, left: int, width: int, whole: int) -> Line:
    """Move a side out of its cut into the picture, where rows count from its own middle."""
    middle = top + side.middle + side.slope * (whole / 2 - left - width / 2)
    return Line(middle, side.slope, left, left + width)
