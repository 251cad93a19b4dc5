"""Straight lines in a picture of ink, how they are taken out of it, and where its pieces are."""

from dataclasses import dataclass

import numpy as np

from mnistviz.digits.arrays import Integers, Mask


@dataclass(frozen=True, slots=True)
class Line:
    """A line from column `start` to `end`, at row `middle` in the middle of the picture."""

    middle: float
    slope: float
    start: int
    end: int

    def row(self, column: float, width: int) -> float:
        """Return where it is at a column of a picture `width` wide."""
        return self.middle + self.slope * (column - width / 2)


def pooled(inked: Mask, cell: int) -> Mask:
    """Return a picture in squares of so many pixels: those with any ink."""
    height, width = inked.shape
    padded = np.pad(inked, ((0, -height % cell), (0, -width % cell)))
    # Row by row first: what is left is then small.
    rows = padded.reshape(-1, cell, padded.shape[1]).max(axis=1)
    cells: Mask = rows.reshape(len(rows), -1, cell).max(axis=2)
    return cells


def extents(labels: Integers) -> Integers:
    """Return the first row and column of each piece, and those after the last, (N, 4)."""
    rows, columns = np.nonzero(labels)
    pieces = labels[rows, columns] - 1
    count = int(labels.max(initial=0))
    extents = np.zeros((count, 4), np.int64)
    extents[:, :2] = max(labels.shape)
    for place, each in enumerate((rows, columns)):
        np.minimum.at(extents[:, place], pieces, each)
        np.maximum.at(extents[:, place + 2], pieces, each + 1)
    return extents


def erase(inked: Mask, lines: list[Line], cell: int) -> None:
    """Take lines from left to right out of a picture, in place.

    Ink that is thicker than the line stays: a stroke that crosses it.

    Args:
        inked: bool of shape (H, W).
        lines: in cells of the picture.
        cell: pixels of a cell's side.
    """
    if not lines:
        return
    height, width = inked.shape
    firsts, lasts = _runs(inked)
    change = np.zeros((height + 1, width), np.int16)
    reach = cell + 2
    for line in lines:
        columns = np.arange(max(line.start - 2, 0) * cell, min((line.end + 2) * cell, width))
        middle = (line.middle + 0.5) * cell + line.slope * (columns - width / 2)
        rows = np.full(columns.shape, -1)
        for away in sorted(range(-reach, reach + 1), key=abs, reverse=True):
            there = np.clip(np.rint(middle).astype(np.int64) + away, 0, height - 1)
            rows = np.where(inked[there, columns], there, rows)
        columns, rows = columns[rows >= 0], rows[rows >= 0]
        if not rows.size:
            continue
        at = columns * (height + 1)
        run = np.searchsorted(firsts, at + rows, side="right") - 1
        start, end = firsts[run] - at, lasts[run] - at
        thick = end - start
        thin = thick <= max(1.6 * float(np.median(thick)), float(np.median(thick)) + 2)
        np.add.at(change, (start[thin], columns[thin]), 1)
        np.add.at(change, (end[thin], columns[thin]), -1)
    inked &= change[:-1].cumsum(0, dtype=np.int16) == 0


def _runs(inked: Mask) -> tuple[Integers, Integers]:
    """Return where each column's runs begin and have ended, column by column.

    The columns lie one after another, each with a row of paper at its end.
    """
    flat = np.pad(inked.T, ((0, 0), (0, 1))).ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        edges = np.concatenate(([0], edges))
    return edges[::2], edges[1::2]
