"""The ink of a photo: what stands out from paper in uneven light.

The level of the paper is estimated at each place: a surface of second degree, then what is left of
it nearby. What stands out by more than the threshold of Otsu is ink; softer edges stay where they
touch it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from mnistviz.digits.arrays import Integers, Mask, Pixels, Reals, Shorts

FULL: Final = 255

CELLS: Final = 64
"""Cells along the longer side of a photo, for each of which the paper's level is measured."""

LEAST: Final = 20
"""Gray levels by which ink has to stand out from the paper."""

GRAIN: Final = 4
"""Times the spread of the paper's grain: what stands out by less is paper."""

WEAKEST: Final = 0.25
"""Of full ink, what counts in a photo at least. Lenses and paper blur the edges, and weaker ink
makes the box around a digit larger than in MNIST. Measured: with this share photographed test
digits come closest to their originals."""

FAINT: Final = 0.05
"""Of full ink, what faint ink beside it has at least."""

LEAST_FAINT: Final = 12
"""Of 255 levels, by how many it stands out from the paper at least."""

FAINT_GRAIN: Final = 6
"""Times the spread of the paper's grain, by which it stands out at least."""

MIN_FAINT: Final = 0.05
"""How much faint ink there is at least, for each pixel of full ink."""

MAX_FAINT: Final = 5
"""How much at most."""

DARKEST: Final = 24.0
"""Of 255. Paper darker than this is counted as this, as dark ink on it is divided by its level."""

_QUANTILE: Final = 0.85
"""Of the ink's pixels, by how far they stand out: what this one has is full ink."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """A picture as ink on paper.

    Attributes:
        ink: uint8 of shape (H, W), 0 is paper and 255 is full ink. Read-only.
        dark: whether the ink was darker than the paper.
        threshold: what was weaker ink than this counts as paper, 0 to 255 on the scale of `ink`.
        paper: the gray level of the paper, in a photo the median of its places, 0 to 255.
        level: the gray level of full ink there, 0 to 255.
        faint: what stands out far less beside full ink, on a scale of its own, or None. It may be
            pencil, or printed on the paper.
    """

    ink: Pixels
    dark: bool
    threshold: int
    paper: int
    level: int
    faint: Pixels | None = None


def photographed(
    gray: Pixels, dark: bool | None, threshold: int | None, page: Mask | None = None
) -> Ink | None:
    """Estimate the paper at each place, and take for ink what stands out; None if nothing does.

    Only what lies on the `page` counts; without one, everything.
    """
    values = gray.astype(np.float32)
    cell = -(-max(gray.shape) // CELLS)
    every = np.ones(gray.shape, np.bool_) if page is None else page
    counted = ... if page is None else page
    surface = _surface(*_cell_means(gray, every, cell), cell, gray.shape)
    stands_out_dark = _is_dark((values - surface)[counted])
    if dark is not None and dark is not stands_out_dark:
        return None
    dark = stands_out_dark
    # Now without what is surely ink, and with what the surface leaves over nearby.
    away = surface - values if dark else values - surface
    sure = (away > max(otsu(away[counted]), LEAST / 2)) | ~every
    means, weights = _cell_means(gray, ~sure, cell)
    paper = _surface(means, weights, cell, gray.shape, robust=False)
    paper += _nearby(values - paper, ~sure, cell)
    away = _standing_out(values, paper, dark)
    away[~every] = 0
    split = otsu(away[counted])
    strong = away >= split
    quiet = away[~strong & every]
    # The spread of the grain, from its half that stands out to the wrong side or not at all.
    grain = 1.4826 * _median(np.abs(quiet - _median(quiet))) if quiet.size else 0.0
    core = _without_specks(strong & (away >= GRAIN * grain))
    if not core.any():
        return None
    full = float(np.quantile(away[core], _QUANTILE))
    if full < max(LEAST, GRAIN * grain):
        return None
    ink = np.rint(np.clip(away * (FULL / full), 0, FULL)).astype(np.uint8)
    if threshold is None:
        cut = int(np.ceil(min(max(GRAIN * grain / full, WEAKEST), 0.5) * FULL))
        mask = spread(core, max(2, max(gray.shape) // 256)) & (ink >= cut)
    else:
        cut = threshold
        mask = _without_specks(ink >= max(cut, 1))
    faint = _faint(away, core, max(FAINT_GRAIN * grain, FAINT * full, LEAST_FAINT), every)
    typical = _median(paper)
    level = typical * (1 - full / FULL) if dark else typical + full
    return Ink(
        np.where(mask, ink, np.uint8(0)),
        dark,
        cut,
        round(min(max(typical, 0.0), 255.0)),
        round(min(max(level, 0.0), 255.0)),
        faint if threshold is None else None,
    )


def _faint(away: Reals, core: Mask, least: float, every: Mask) -> Pixels | None:
    """Find ink that is lighter than what the threshold of Otsu takes: a pencil beside a pen."""
    radius = max(2, max(away.shape) // 256)
    # First every third pixel of every third row: most pages have none.
    few = core[::3, ::3]
    faint = (away[::3, ::3] >= least) & ~spread(few, radius) & every[::3, ::3]
    if faint.sum() < MIN_FAINT / 2 * few.sum():
        return None
    near = spread(core, 2 * radius)
    weak = _without_specks((away >= least) & ~near & every)
    share = float(weak.sum()) / float(core.sum())
    if not MIN_FAINT < share < MAX_FAINT:
        return None
    full = float(np.quantile(away[weak], _QUANTILE))
    ink = np.rint(np.clip(away * (FULL / full), 0, FULL)).astype(np.uint8)
    keep = spread(weak, radius) & ~near & (ink >= WEAKEST * FULL)
    return np.where(keep, ink, np.uint8(0))


def _standing_out(values: Reals, paper: Reals, dark: bool) -> Reals:
    """Return how far each pixel stands out from the paper, 0 to 255.

    Dark ink takes away a share of the light that falls there, so it is divided by the paper's
    level. Light ink on dark paper adds to it.
    """
    if dark:
        out: Reals = np.float32(FULL) * (1 - values / np.maximum(paper, np.float32(DARKEST)))
    else:
        out = values - paper
    return np.maximum(out, 0, out=out)


def _is_dark(difference: Reals) -> bool:
    """Tell whether the tail of the differences from the paper is on the dark side.

    Ink stands out further than the grain and the light do: the square of the square gives it the
    weight.
    """
    square = difference * difference
    square *= square
    below = float(square[difference < 0].sum(dtype=np.float64))
    return 2 * below >= float(square.sum(dtype=np.float64))


def _cell_means(values: Reals | Pixels, counted: Mask, cell: int) -> tuple[Reals, Reals]:
    """Average each cell of `cell` by `cell` pixels over the pixels that count.

    Returns:
        The means, 0 where none counts, and how many count, each of shape (rows, columns) of cells.
    """
    height, width = values.shape
    rows, columns = np.arange(0, height, cell), np.arange(0, width, cell)

    def total(picture: Reals | Pixels | Mask) -> Reals:
        # Along the rows first: what is left is then small.
        if picture.dtype == np.float32:
            within = np.add.reduceat(picture, rows, axis=0)
        else:
            # Whole numbers, which have the same sum in any order: faster.
            within = np.stack([part.sum(0, np.uint32) for part in np.split(picture, rows[1:])])
        summed: Reals = np.add.reduceat(within, columns, axis=1, dtype=np.float32)
        return summed

    counts = total(counted)
    means: Reals = total(values * counted) / np.maximum(counts, np.float32(1))
    return means, counts


def _terms(y: Reals, x: Reals) -> list[Reals]:
    """Return the terms of a surface of second degree at (y, x), each from -1 to 1."""
    return [np.ones_like(x + y), x + 0 * y, y + 0 * x, x * x + 0 * y, x * y, y * y + 0 * x]


def _surface(
    means: Reals, weights: Reals, cell: int, shape: tuple[int, ...], robust: bool = True
) -> Reals:
    """Fit a surface of second degree to the means of the cells, and return it at each pixel.

    Args:
        means: of the cells.
        weights: how much each counts.
        cell: its pixels.
        shape: of the picture.
        robust: whether it follows the majority (least absolute deviations, by reweighting) rather
            than all of them.
    """
    height, width = shape
    y = ((np.arange(means.shape[0], dtype=np.float32)[:, None] + 0.5) * cell) * 2 / height - 1
    x = ((np.arange(means.shape[1], dtype=np.float32)[None, :] + 0.5) * cell) * 2 / width - 1
    terms = np.stack([term.ravel() for term in _terms(y, x)], axis=1).astype(np.float64)
    target, weight = means.ravel().astype(np.float64), weights.ravel().astype(np.float64)
    steady = 1e-3 * np.diag([0.0, 1, 1, 1, 1, 1])
    factors: Reals = np.zeros(terms.shape[1])
    emphasis: Reals = weight
    for _ in range(12 if robust else 1):
        weighted = terms * (emphasis / max(float(emphasis.sum()), 1.0))[:, None]
        # A little of a ridge: with few cells a surface would bend through each of them.
        factors = np.linalg.lstsq(weighted.T @ terms + steady, weighted.T @ target, rcond=None)[0]
        emphasis = weight / np.maximum(np.abs(target - terms @ factors), 1.0)
    y = ((np.arange(height, dtype=np.float32)[:, None] + 0.5) * 2) / height - 1
    x = ((np.arange(width, dtype=np.float32)[None, :] + 0.5) * 2) / width - 1
    a, b, c, d, e, f = (np.float32(factor) for factor in factors)
    surface: Reals = (a + c * y + f * y * y) + x * (b + d * x) + (e * y) * x
    return surface


def _nearby(left: Reals, counted: Mask, cell: int) -> Reals:
    """Average what a surface leaves over, over the paper around each place."""
    means, counts = _cell_means(left, counted, cell)
    sums: Reals = means * counts
    for _ in range(3):
        sums, counts = _blurred(sums), _blurred(counts)
    smooth: Reals = sums / np.maximum(counts, np.float32(1e-3))
    height, width = left.shape
    enlarged = Image.fromarray(smooth).resize(
        (smooth.shape[1] * cell, smooth.shape[0] * cell), Image.Resampling.BILINEAR
    )
    return np.asarray(enlarged)[:height, :width]


def _blurred(cells: Reals) -> Reals:
    """Average each cell with its neighbors up to two away, those at the edge with themselves."""
    for axis in (0, 1):
        padded = np.pad(cells, [(2, 2) if each == axis else (0, 0) for each in (0, 1)], "edge")
        length = cells.shape[axis]
        shifted = [padded.take(range(k, k + length), axis=axis) for k in range(5)]
        cells = np.mean(shifted, axis=0, dtype=np.float32)
    return cells


def counts_of(levels: Pixels) -> Integers:
    """Return how many pixels have each of the 256 gray levels."""
    # Many times as fast as `np.bincount`, which turns each pixel into 64 bits first.
    return np.array(Image.fromarray(levels.reshape(1, -1)).histogram())


def _median(values: Reals) -> float:
    """Return the median, as `np.median` does, many times as fast.

    That looks for NaN too; and where many values are the same, as the zeros of paper are, a
    partition is slow.
    """
    least = values.min()
    more = values > least
    middle = values.size // 2 - (values.size - np.count_nonzero(more))
    if middle < 0:
        return float(least)
    parted = np.partition(values[more], middle)
    if values.size % 2:
        return float(parted[middle])
    return float((parted[:middle].max(initial=least) + parted[middle]) / 2)


def otsu(values: Reals | Pixels) -> float:
    """Return the threshold that parts values best into two groups, 0 to 255.

    Source: N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions
    on Systems, Man, and Cybernetics 9 (1979): the variance between the groups is greatest.
    """
    counts = counts_of(np.clip(values, 0, FULL).astype(np.uint8)).astype(np.float64)
    below, total = counts.cumsum(), counts.sum()
    mass = (counts * np.arange(256)).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mass[-1] * below / total - mass) ** 2 / (below * (total - below))
    between = np.nan_to_num(between, nan=0.0, posinf=0.0)
    # Between two groups far apart all thresholds part equally well: the middle one.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(best[0] + best[-1]) / 2 + 1


def _without_specks(core: Mask) -> Mask:
    """Take specks away: ink with little other ink around it."""
    radius = max(core.shape) // 64
    if radius < 2:
        return core
    side = 2 * radius + 1
    down = _sums(np.pad(core, radius).astype(np.uint16), side)
    around = _sums(down.T, side).T
    dense: Mask = core & (around >= 2 * radius)
    return dense


def _sums(counts: Shorts, side: int) -> Shorts:
    """Add up each `side` rows that follow each other; of n rows, n - side + 1 are left."""
    sums = np.zeros_like(counts[side - 1 :])
    start, rows = 0, 1
    # `counts` are of 1 row, then of 2, 4, 8: the sum of `side` is one of these.
    while rows <= side:
        if side & rows:
            sums += counts[start : start + len(sums)]
            start += rows
        counts = counts[:-rows] + counts[rows:]
        rows *= 2
    return sums


def spread(core: Mask, radius: int) -> Mask:
    """Return all pixels up to `radius` rows and columns from one of the core."""
    reached = core
    for axis in (0, 1):
        wide = reached.copy()
        for step in range(1, radius + 1):
            low = [slice(None), slice(None)]
            high = [slice(None), slice(None)]
            low[axis], high[axis] = slice(step, None), slice(None, -step)
            if step < core.shape[axis]:
                wide[tuple(low)] |= reached[tuple(high)]
                wide[tuple(high)] |= reached[tuple(low)]
        reached = wide
    return reached
