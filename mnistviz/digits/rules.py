"""Straight lines that are printed on paper: rules, squares, the boxes of a form or a table.

A line is one that ends at the picture's edge or at another line; a stroke of a digit ends in the
open. It is looked for on a coarse picture, at slopes as a page held by hand has them, and taken
away in the fine one wherever the ink is no thicker than the line: a stroke that crosses it stays.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from mnistviz.digits import boxes
from mnistviz.digits.arrays import Integers, Mask, Pixels
from mnistviz.digits.straight import Line, erase, pooled

COARSE: Final = 256
"""Rows and columns of the picture in which lines are looked for."""

SLOPES: Final = np.linspace(-0.06, 0.06, 25)
"""Rows a line may rise for each column."""

LEAST: Final = 0.3
"""Of the picture's shorter side, what a line spans at least; of its longer side, a third of it."""

FULL: Final = 0.8
"""Of the picture's side: a line as long needs no other to end at."""

DENSE: Final = 0.9
"""Of a line's columns, how many have ink."""

BROKEN: Final = 0.1
"""Of the picture's side, how much of a line may be missing between two parts of it."""

OVER: Final = 0.12
"""Of a line, how much may go on beyond the last line that holds it."""

FEW: Final = 3
"""Lines that are not taken for the strokes of one digit that fills the picture."""

ALIKE: Final = 0.9
"""Of the longest line, how long others of the same paper are."""

SHORT: Final = 0.6
"""Of such a line: what is shorter is a stroke that goes from line to line."""

WIDE: Final = 1.4
"""How much longer one side of the picture is than the other where it holds several digits."""

THIN: Final = 10
"""How much longer a line is than the paper is away beside it; a stroke of a digit is thicker."""

SMALLEST: Final = 65
"""Pixels of the longer side of a picture in which lines are looked for."""

MOST: Final = 120
"""Lines of a direction that are looked at, the strongest ones."""

NEAR: Final = 0.035
"""Of the picture's shorter side: so near a line's end is at an edge or at another line."""


def without(ink: Pixels, may_be_all: bool = False) -> Pixels:
    """Take printed lines out of a picture of ink.

    Args:
        ink: uint8 of shape (H, W), 0 is paper.
        may_be_all: whether nothing may be left; else ink that is all lines stays as it is.

    Returns:
        The same where there are no lines; else a copy without them.
    """
    if max(ink.shape) < SMALLEST:
        return ink
    cell = -(-max(ink.shape) // COARSE)
    inked = ink > 0
    left = boxes.without(inked)
    coarse = pooled(left, cell)
    if _may_have_lines(coarse):
        across, down = _held(_lines(coarse), _lines(coarse.T), coarse.shape)
        erase(left, across, cell)
        erase(left.T, down, cell)
    if not may_be_all and 50 * left.sum() < inked.sum():
        return ink
    return ink if (left == inked).all() else np.where(left, ink, np.uint8(0))


def _may_have_lines(coarse: Mask) -> bool:
    """Tell whether anywhere ink goes on, nearly straight, for as long as a line."""
    for picture in (coarse, coarse.T):
        near: Mask = picture | np.roll(picture, 1, 0) | np.roll(picture, -1, 0)
        window = max(2 * _window(coarse) // 3, 4)
        sums = np.pad(near, ((0, 0), (1, 0))).cumsum(1, dtype=np.int32)
        if sums.shape[1] > window and (sums[:, window:] - sums[:, :-window] >= window).any():
            return True
    return False


def _window(coarse: Mask) -> int:
    return int(LEAST * max(min(coarse.shape), max(coarse.shape) / 3))


def _lines(coarse: Mask) -> list[Line]:
    """Find the lines from left to right, the strongest of those that lie together."""
    height, width = coarse.shape
    window = _window(coarse)
    if min(window, height, width - window) < 8:
        return []
    reach = int(np.ceil(abs(SLOPES).max() * width / 2)) + 3
    tall = np.pad(coarse, ((reach, reach), (0, 0)))
    columns = np.arange(width)
    found: list[tuple[int, Line]] = []
    for slope in SLOPES:
        shift = np.rint(slope * (columns + 0.5 - width / 2)).astype(np.int64)
        sheared = _sheared(tall, shift + reach - 3, height + 6)
        near = sheared[2:-2] | sheared[1:-3] | sheared[3:-1]
        sums = np.pad(near, ((0, 0), (1, 0))).cumsum(1, dtype=np.int32)
        dense = sums[:, window:] - sums[:, :-window] >= DENSE * window
        places, starts, ends = _spans(dense, window)
        if not places.size:
            continue
        span = (columns >= starts[:, None]) & (columns < ends[:, None])
        inked = near[places] & span
        firsts, lasts = inked.argmax(1), width - inked[:, ::-1].argmax(1)
        inks = np.count_nonzero(inked, 1) + np.count_nonzero(sheared[places + 2] & span, 1)
        found += [
            (ink, Line(row - 1.0, float(slope), first, last))
            for ink, row, first, last in zip(
                *(each.tolist() for each in (inks, places, firsts, lasts)), strict=True
            )
        ]
    return _strongest(found, width, coarse)


def _sheared(tall: Mask, tops: Integers, height: int) -> Mask:
    """Return so many rows of each column, from a top of its own."""
    sheared = np.empty((height, tops.size), np.bool_)
    steps = [0, *(np.flatnonzero(np.diff(tops)) + 1).tolist(), tops.size]
    for start, end in pairwise(steps):
        sheared[:, start:end] = tall[tops[start] : tops[start] + height, start:end]
    return sheared


def _spans(dense: Mask, window: int) -> tuple[Integers, Integers, Integers]:
    """Return the row, the first column and the end of each place that is dense in windows."""
    edges = np.diff(np.pad(dense.view(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    return rows, starts, np.nonzero(edges == -1)[1] - 1 + window


def _strongest(found: list[tuple[int, Line]], width: int, coarse: Mask) -> list[Line]:
    kept: list[Line] = []
    middles, slopes = np.zeros((2, MOST))
    for _, line in sorted(found, key=lambda each: -each[0]):
        middle = (line.start + line.end) / 2
        row = line.row(middle, width)
        rows = middles[: len(kept)] + slopes[: len(kept)] * (middle - width / 2)
        for number in np.flatnonzero(np.abs(rows - row) <= 4).tolist():
            other = kept[number]
            gap = max(line.start, other.start) - min(line.end, other.end)
            if gap > BROKEN * width:
                continue
            if gap > 0 and _is_thin(line, coarse):
                start, end = min(line.start, other.start), max(line.end, other.end)
                kept[number] = replace(other, start=start, end=end)
            break
        else:
            if _is_thin(line, coarse):
                middles[len(kept)], slopes[len(kept)] = line.middle, line.slope
                kept.append(line)
        if len(kept) == MOST:
            break
    return kept


def _is_thin(line: Line, coarse: Mask) -> bool:
    """Tell whether there is paper on both sides of a line: it is not the edge of something."""
    height, width = coarse.shape
    columns = np.arange(line.start, line.end)
    rows = np.rint(line.middle + line.slope * (columns - width / 2)).astype(np.int64)
    limit = min(max(4, height // 40), max(2, (line.end - line.start) // THIN))
    for side in (-limit, limit):
        there = rows + side
        inside = (there >= 0) & (there < height)
        beside = coarse[there[inside], columns[inside]]
        if 2 * np.count_nonzero(beside) > beside.size:
            return False
    return True


def _held(
    across: list[Line], down: list[Line], shape: tuple[int, ...]
) -> tuple[list[Line], list[Line]]:
    """Leave only lines whose both ends are at an edge or at another line that stays."""
    height, width = shape
    near = max(NEAR * min(shape), 3.0)
    while True:
        rows = [_until_held(one, down, width, height, near) for one in across]
        columns = [_until_held(one, across, height, width, near) for one in down]
        kept = [one for one in rows if one], [one for one in columns if one]
        if kept == (across, down):
            if len(across) + len(down) >= FEW:
                return _as_long(across), _as_long(down)
            # So few may be the straight strokes of one digit, cut closely.
            return across if width >= WIDE * height else [], down if height >= WIDE * width else []
        across, down = kept


def _as_long(lines: list[Line]) -> list[Line]:
    """Leave out strokes from line to line: those far shorter than several lines of one length."""
    lengths = sorted(line.end - line.start for line in lines)
    if len(lines) < FEW or lengths[-FEW] < ALIKE * lengths[-1]:
        return lines
    return [line for line in lines if line.end - line.start >= SHORT * lengths[-1]]


def _until_held(
    line: Line, others: list[Line], width: int, height: int, near: float
) -> Line | None:
    """Return a line up to the last others that hold it; None if an end is in the open."""
    long = line.end - line.start >= FULL * width and width >= height / 2
    if long and (line.start <= 3 * near or line.end >= width - 3 * near):
        return line
    crossed = [0.0] if line.start <= near else []
    crossed += [float(width)] if line.end >= width - near else []
    for other in others:
        # Where both cross: of two straight lines, nearly at right angles.
        row = line.row(other.middle, width)
        column = other.row(row, height)
        if other.start - near <= row <= other.end + near:
            crossed.append(column)
    beyond = max(near, OVER * (line.end - line.start))
    starts = [each for each in crossed if line.start - near <= each <= line.start + beyond]
    ends = [each for each in crossed if line.end - beyond <= each <= line.end + near]
    if not starts or not ends:
        return None
    start, end = max(line.start, int(min(starts))), min(line.end, int(np.ceil(max(ends))) + 1)
    return replace(line, start=start, end=end)
