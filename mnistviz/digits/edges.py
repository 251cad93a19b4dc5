"""What reaches into a picture from its edge: the desk beside a page, however the page lies."""

from typing import Final

import numpy as np

from mnistviz.digits.arrays import Integers, Mask
from mnistviz.digits.straight import extents

FROM_EDGE: Final = 0.8
"""Of a piece's ink, how much hangs together with the edge straight across; of a digit that the edge
touches, its bar or its back alone."""

LONG: Final = 1.5
"""Times as long as digits are high, a piece along the edge."""

FLAT: Final = 0.5
"""Of their height, how high it is otherwise at most."""

SPECK: Final = 0.25
"""Of the highest piece, how high those are at least whose height counts."""


def beside(labels: Integers) -> Mask:
    """Find the pieces that are the desk and no digits.

    Args:
        labels: the numbers of the pieces from 1, 0 is paper, of shape (H, W).

    Returns:
        bool of shape (H, W); nothing where no other piece is left.
    """
    around = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    numbers = np.unique(np.concatenate(around))
    places = extents(labels)
    nothing = np.zeros(labels.shape, np.bool_)
    solid = [each for each in numbers[numbers > 0].tolist() if _is_solid(labels, places, each)]
    others = np.delete(places, np.array(solid, np.int64) - 1, axis=0)
    if not solid or not others.size:
        return nothing
    heights = others[:, 2] - others[:, 0]
    high = float(np.median(heights[heights >= SPECK * heights.max()]))
    desk = [each for each in solid if _is_desk(places[each - 1].tolist(), labels.shape, high)]
    return np.isin(labels, desk) if desk else nothing


def _is_solid(labels: Integers, places: Integers, number: int) -> bool:
    """Tell whether a piece is filled from the picture's edge inward."""
    top, left, bottom, right = places[number - 1].tolist()
    own = labels[top:bottom, left:right] == number
    height, width = labels.shape
    filled = np.zeros_like(own)
    if top == 0:
        filled |= np.logical_and.accumulate(own, 0)
    if bottom == height:
        filled |= np.logical_and.accumulate(own[::-1], 0)[::-1]
    if left == 0:
        filled |= np.logical_and.accumulate(own, 1)
    if right == width:
        filled |= np.logical_and.accumulate(own[:, ::-1], 1)[:, ::-1]
    return bool(np.count_nonzero(filled) >= FROM_EDGE * np.count_nonzero(own))


def _is_desk(place: list[int], shape: tuple[int, ...], high: float) -> bool:
    """Tell whether what is filled from the edge is too long or too flat for a digit."""
    top, left, bottom, right = place
    along = max(
        right - left if top == 0 or bottom == shape[0] else 0,
        bottom - top if left == 0 or right == shape[1] else 0,
    )
    return along > LONG * high or bottom - top < FLAT * high
