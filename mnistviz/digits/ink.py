"""Where the ink is in a picture: light or dark, on paper in uneven light.

A picture that a program drew has paper of one gray level; there the ink is what differs from it,
down to the softest edge. In a photo the light is uneven and the paper has a grain. There the level
of the paper is estimated at each place: a surface of second degree, then what is left of it nearby.
What stands out by more than the threshold of Otsu is ink; softer edges stay where they touch it.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from mnistviz.digits import edges, rules, touching
from mnistviz.digits.arrays import Mask, Pixels
from mnistviz.digits.light import FULL, LEAST, WEAKEST, Ink, counts_of, otsu, photographed
from mnistviz.digits.preparation import Box
from mnistviz.digits.regions import CELLS, labels_of, regions
from mnistviz.digits.straight import pooled
from mnistviz.digits.zones import zones
from mnistviz.words import say

PLAIN_SHARE: Final = 0.25
"""Of the pixels, how many have exactly the paper's level in a picture that a program drew."""

NEAR: Final = 0.2
"""Of the way from the paper's level to what differs most from it: so far such a picture has few
pixels, the edges of strokes."""

NEAR_SHARE: Final = 0.12
"""How many of its pixels may lie there. In the digits of MNIST 1 to 6 % do; in a photo the light
falls off, and whole regions do."""

PLAIN_CUT: Final = 2
"""Gray levels of ink that count as none on plain paper."""

NEARLY_FULL: Final = 240
"""On paper of 0, ink as light as this is left as it is, as MNIST leaves it."""

SMALL: Final = 64
"""Pixels of the longer side of a file that one digit may fill."""

ACROSS: Final = 0.75
"""Of the picture's side: a piece of ink as long is no digit where the picture has parts."""

FILLED: Final = 0.3
"""Of a part of a picture that was taken for ink, how much counts as ink."""

ALIKE: Final = 0.6
"""Of the height of digits in full ink, what faint ones have at least."""

LEAST_SIDE: Final = 12
"""Pixels of its shorter side."""


class NoInk(ValueError):
    """There is no ink in a picture; the text says what there is, and what to do."""


def ink_of(gray: Pixels, dark: bool | None = None, threshold: int | None = None) -> Ink:
    """Find the ink of a picture.

    White ink on paper of 0, as MNIST has it, stays as it is to within one gray level.

    Args:
        gray: uint8 of shape (H, W), 0 is black and 255 is white; H and W at least 1.
        dark: whether the ink is darker than the paper; None finds out.
        threshold: what is weaker ink counts as paper, 1 to 255; None finds out.

    Raises:
        NoInk: nothing stands out from the paper.
        ValueError: the picture is no uint8 of two dimensions, or empty, or the threshold is out of
            range.
    """
    if gray.dtype != np.uint8 or gray.ndim != 2 or not gray.size:
        raise ValueError(f"a picture is uint8 of shape (H, W), not {gray.dtype} of {gray.shape}")
    if threshold is not None and not 0 <= threshold <= FULL:
        raise ValueError(f"the threshold is 0 to {FULL}, not {threshold}")
    low, high = int(gray.min()), int(gray.max())
    if high - low < LEAST:
        raise NoInk(_nothing(low, high))
    result = _of_all(gray, dark, threshold)
    parts = zones(gray) if dark is None else []
    clean = None
    if parts and result is not None:
        clean = rules.without(result.ink)
        if _has_more_than_digits(result.ink, clean, parts):
            result, clean = _of_parts(gray, parts, threshold) or result, None
    elif parts:
        result = _of_parts(gray, parts, threshold)
    if result is None and dark is not None:
        # Somebody insists on ink where the paper is: then all that is lighter, or darker, is ink.
        result = _drawn(gray, high if dark else low, dark, threshold)
    if result is None:
        raise NoInk(_nothing(low, high))
    if not result.ink.any():
        raise NoInk(say("errors/photo", "no_ink", threshold=result.threshold, full=FULL))
    clean = _tidied(rules.without(result.ink) if clean is None else clean)
    if result.faint is not None and not parts:
        clean = np.maximum(clean, _digits_among(result.faint, clean))
    clean.flags.writeable = False
    return replace(result, ink=clean, faint=None)


def _tidied(ink: Pixels) -> Pixels:
    """Take out the desk beside a page, and part the digits of two rows that touch."""
    if max(ink.shape) <= SMALL:
        return ink
    cell = -(-max(ink.shape) // CELLS)
    labels = labels_of(pooled(ink > 0, cell))
    out = edges.beside(labels)
    labels[out] = 0
    corner = labels[[0, 0, -1, -1], [0, -1, 0, -1]]
    if corner.any():
        filled = np.isin(labels, corner[corner > 0])
        # A digit that is cut closely may reach a corner; then little is left.
        if 2 * np.count_nonzero(filled) <= np.count_nonzero(labels):
            out |= filled
            labels[filled] = 0
    out |= touching.lines_between(labels)
    if not out.any():
        return ink
    large = np.repeat(np.repeat(out, cell, 0), cell, 1)[: ink.shape[0], : ink.shape[1]]
    return np.where(large, np.uint8(0), ink)


def _digits_among(faint: Pixels, ink: Pixels) -> Pixels:
    """Return faint ink that is as high as the digits beside it; none where most of it is not."""
    full = [region.box for region in regions(ink)]
    heights = [box.height for box in full]
    found = np.zeros_like(ink)
    if not heights:
        return found
    for region in regions(faint):
        alike = ALIKE * min(heights) <= region.box.height <= max(heights) / ALIKE
        # What stands around a digit is the box of a form.
        if alike and not any(_is_within(box, region.box) for box in full):
            region.box.cut(found)[:] = np.maximum(region.box.cut(found), region.ink)
    mostly = 4 * np.count_nonzero(found) >= 3 * np.count_nonzero(faint)
    if mostly and rules.without(faint, may_be_all=True) is faint:
        return found
    return np.zeros_like(ink)


def _is_within(box: Box, other: Box) -> bool:
    """Tell whether the middle of a box is in another one."""
    row, column = (box.top + box.bottom) / 2, (box.left + box.right) / 2
    return other.top <= row <= other.bottom and other.left <= column <= other.right


def _of_all(gray: Pixels, dark: bool | None, threshold: int | None) -> Ink | None:
    """Take all of the picture for one page."""
    if max(gray.shape) <= SMALL and min(gray.shape) >= LEAST_SIDE and dark is None:
        return _small(gray, threshold)
    paper = _plain_paper(gray)
    if paper is not None:
        return _drawn(gray, paper, dark, threshold)
    return photographed(gray, dark, threshold)


def _has_more_than_digits(ink: Pixels, clean: Pixels, parts: list[Mask]) -> bool:
    """Tell whether a part, or the edge of one, was taken for ink; `clean` is without lines."""
    if any((ink[part] > 0).mean() > FILLED for part in parts):
        return True
    height, width = ink.shape
    return any(
        region.box.width >= ACROSS * width or region.box.height >= ACROSS * height
        for region in regions(clean)
    )


def _of_parts(gray: Pixels, parts: list[Mask], threshold: int | None) -> Ink | None:
    """Find the ink of each part on its own paper; None if there is none.

    The part with the most ink is the page; another counts if the ink there is alike.
    """
    found: list[tuple[float, float, Ink]] = []
    for part in parts:
        rows, columns = np.flatnonzero(part.any(1)), np.flatnonzero(part.any(0))
        if not rows.size:
            continue
        cut = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        own = _of_part(gray[cut], part[cut], threshold)
        if own is None:
            continue
        contrast = abs(own.paper - own.level) / max(own.paper, own.level, 1)
        placed = np.zeros_like(gray)
        placed[cut] = own.ink
        mass = contrast * float(own.ink.sum(dtype=np.int64))
        found.append((mass, contrast, replace(own, ink=placed, faint=None)))
    if not found:
        return None
    _, contrast, main = max(found, key=lambda each: each[0])
    for _, other_contrast, other in found:
        if other.dark == main.dark and 2 * other_contrast >= contrast:
            main = replace(main, ink=np.maximum(main.ink, other.ink))
    return main


def _of_part(gray: Pixels, part: Mask, threshold: int | None) -> Ink | None:
    own = gray[part]
    if int(own.max()) - int(own.min()) < LEAST:
        return None
    usual = int(np.bincount(own, minlength=256).argmax())
    alone = np.where(part, gray, np.uint8(usual))
    if _plain_paper(alone) is not None:
        return _drawn(alone, usual, None, threshold)
    return photographed(alone, None, threshold, part)


def _small(gray: Pixels, threshold: int | None) -> Ink | None:
    """Find the ink of a small file that a digit may fill to its border."""
    light = gray >= otsu(gray)
    dark = not _is_digit(light)
    own = gray[light == dark]
    usual = int(np.bincount(own, minlength=256).argmax())
    if (own == usual).mean() >= PLAIN_SHARE and _plain_paper(gray) is not None:
        return _drawn(gray, usual, dark, threshold)
    away = gray.astype(np.float32)
    paper = float(np.median(own))
    away = np.maximum(paper - away if dark else away - paper, 0)
    full = float(np.quantile(away[light != dark], 0.75))
    if full < LEAST:
        return None
    ink = np.rint(np.clip(away * (FULL / full), 0, FULL)).astype(np.uint8)
    cut = int(WEAKEST * FULL) if threshold is None else threshold
    level = paper - full if dark else paper + full
    return Ink(np.where(ink < cut, np.uint8(0), ink), dark, cut, round(paper), round(level))


def _is_digit(mask: Mask) -> bool:
    """Tell whether what a mask holds, rather than what it leaves, is a digit.

    A digit is seldom at the border and in the corners, and is less deep than the paper around it.
    The weights are those of a logistic regression on 6,000 test digits, cut closely, as small as
    16 pixels, thick and thin; they tell 99.7 % of them right.
    """
    border = np.concatenate((mask[0], mask[-1], mask[1:-1, 0], mask[1:-1, -1])).mean()
    corners = mask[[0, 0, -1, -1], [0, -1, 0, -1]].mean()
    deeper = (_depth(mask) - _depth(~mask)) / max(mask.shape)
    odds = 4 * mask.mean() - 5 * border - 9.2 * corners - 3.1 * deeper + 5.1
    return bool(odds > 0)


def _depth(mask: Mask) -> int:
    """Return how often the edge of a mask can be taken away; the picture's border is none."""
    depth, left = 0, mask
    while left.any() and depth < max(mask.shape):
        wide = np.pad(left, 1, mode="edge")
        left = left & wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
        depth += 1
    return depth


def _nothing(low: int, high: int) -> str:
    levels = (
        say("errors/photo", "level", low=low)
        if low == high
        else say("errors/photo", "levels", low=low, high=high)
    )
    return say("errors/photo", "no_ink_at_all", levels=levels, full=FULL)


def _plain_paper(gray: Pixels) -> int | None:
    """Return the one level that the paper has, or None if it is a photo."""
    border = np.concatenate((gray[0], gray[-1], gray[:, 0], gray[:, -1]))
    paper = int(np.bincount(border, minlength=256).argmax())
    counts = counts_of(gray)
    present = np.flatnonzero(counts)
    reach = int(NEAR * max(paper - present[0], present[-1] - paper))
    near = counts[max(paper - reach, 0) : paper + reach + 1].sum() - counts[paper]
    plain = counts[paper] >= PLAIN_SHARE * gray.size and near <= NEAR_SHARE * gray.size
    return paper if plain else None


def _drawn(gray: Pixels, paper: int, dark: bool | None, threshold: int | None) -> Ink | None:
    """Take for ink whatever differs from the paper's level; None if nothing does."""
    difference = gray.astype(np.int16) - paper
    if dark is None:
        dark = bool(difference.sum(dtype=np.int64) < 0)
    away = np.maximum(-difference if dark else difference, 0)
    most = int(away.max())
    if most < LEAST:
        return None
    level = paper - most if dark else paper + most
    if paper == 0 and not dark and most >= NEARLY_FULL:
        most = FULL
    ink = ((away.astype(np.int32) * FULL * 2 + most) // (2 * most)).astype(np.uint8)
    cut = PLAIN_CUT if threshold is None else threshold
    return Ink(np.where(ink < cut, np.uint8(0), ink), dark, cut, paper, level)
