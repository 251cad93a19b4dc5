"""The parts of a picture that differ as a whole: a page on a desk, a shadow, the square of a plot.

Strokes are thin: a median over a tenth of the picture leaves them out. What is left is parted into
light and dark, if there is an edge between them; light that falls off slowly has none. A part is
one that runs along the picture's border, or that is nearly a rectangle; anything else is a stroke
that is thick, and so is a long rectangle with nothing in it: a 1 drawn with a broad pen.
"""

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from mnistviz.digits.arrays import Mask, Pixels
from mnistviz.digits.light import otsu
from mnistviz.digits.regions import labels_of

COARSE: Final = 128
"""Rows and columns of the picture that is parted."""

WINDOW: Final = 9
"""Rows and columns of the median."""

APART: Final = 30
"""Gray levels between light and dark parts."""

BETWEEN: Final = 0.12
"""Of the picture, how much may lie between the two: the edge of a soft shadow."""

LEAST: Final = 0.04
"""Of the picture, how much a part is at least."""

BORDER: Final = 0.06
"""Of the picture's border, along how much a part runs at least."""

RECTANGLE: Final = 0.88
"""Of the smallest rectangle around it, how much a rectangular part fills; a circle fills 0.79."""

SOLID: Final = 0.7
"""Of what its outline holds, how much of a rectangular part is of one brightness."""

LONG: Final = 2.5
"""Of a rectangle's shorter side, how long the other one is in a stroke."""

SMALLEST: Final = 65
"""Pixels of the longer side of a picture that is parted."""


def zones(gray: Pixels) -> list[Mask]:
    """Part a picture.

    Args:
        gray: uint8 of shape (H, W).

    Returns:
        For each part which pixels belong to it, without its edge, bool of shape (H, W). Nothing
        where all of the picture is one part.
    """
    if max(gray.shape) < SMALLEST:
        return []
    cell = -(-max(gray.shape) // COARSE)
    reduced = np.asarray(Image.fromarray(gray).reduce(cell))
    smooth = _smooth(reduced)
    light = smooth >= otsu(smooth)
    if light.all() or not light.any():
        return []
    low, high = float(np.median(smooth[~light])), float(np.median(smooth[light]))
    gap = high - low
    between = (smooth > low + 0.3 * gap) & (smooth < high - 0.3 * gap)
    if gap < APART or between.mean() > BETWEEN:
        return []
    parts = _parts(light, reduced)
    if len(parts) < 2:
        return []
    return [_enlarged(_shrunk(part, 2), cell, gray.shape) for part in parts if part.mean() >= LEAST]


def _smooth(reduced: Pixels) -> Pixels:
    # Continued beyond the border, so that a narrow strip along it is a part too.
    padded = Image.fromarray(np.pad(reduced, WINDOW // 2, mode="edge"))
    smooth = np.asarray(padded.filter(ImageFilter.MedianFilter(WINDOW)))
    inner = slice(WINDOW // 2, -(WINDOW // 2))
    return smooth[inner, inner]


def _parts(light: Mask, reduced: Pixels) -> list[Mask]:
    """Return the light and the dark parts; what is neither counts to what is around it."""
    light = light.copy()
    for side in (True, False):
        numbers = labels_of(light == side)
        for number in range(1, int(numbers.max()) + 1):
            piece = numbers == number
            if not (_runs_along(piece) or _is_rectangle(piece, reduced)):
                light[piece] = not side
    found = []
    for side in (True, False):
        numbers = labels_of(light == side)
        found += [numbers == number for number in range(1, int(numbers.max()) + 1)]
    return found


def _runs_along(piece: Mask) -> bool:
    edges = (piece[0], piece[-1], piece[:, 0], piece[:, -1])
    return sum(int(edge.sum()) for edge in edges) >= BORDER * 2 * sum(piece.shape)


def _is_rectangle(piece: Mask, reduced: Pixels) -> bool:
    """Tell whether a piece is a rectangle, however it lies, with no more than strokes in it."""
    if piece.mean() < LEAST:
        return False
    rows = np.flatnonzero(piece.any(1))
    first = piece[rows].argmax(1)
    last = piece.shape[1] - 1 - piece[rows][:, ::-1].argmax(1)
    area = float((last - first + 1).sum())
    y, x = np.concatenate((rows, rows)), np.concatenate((first, last))
    sides = []
    for angle in np.radians(np.arange(-45, 45, 3)):
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        sides.append(sorted((float(np.ptp(along) + 1), float(np.ptp(across) + 1))))
    short, long = min(sides, key=lambda each: each[0] * each[1])
    if area < RECTANGLE * short * long or float(piece.sum()) < SOLID * area:
        return False
    return long < LONG * short or float(np.ptp(reduced[_shrunk(piece, 1)])) >= APART


def _shrunk(part: Mask, cells: int) -> Mask:
    """Take cells away along its edges, but none along the picture's border."""
    for _ in range(cells):
        wide = np.pad(part, 1, mode="edge")
        part = part & wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    return part


def _enlarged(part: Mask, cell: int, shape: tuple[int, ...]) -> Mask:
    large = np.repeat(np.repeat(part, cell, 0), cell, 1)
    return large[: shape[0], : shape[1]]
