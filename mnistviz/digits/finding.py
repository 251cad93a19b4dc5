"""The digits of a picture, each brought into the form of MNIST."""

from dataclasses import dataclass

import numpy as np

from mnistviz.digits.arrays import Pixels
from mnistviz.digits.preparation import Box, Prepared, Steps, prepare
from mnistviz.digits.regions import Region, regions, sheet, sheet_side


@dataclass(frozen=True, slots=True, eq=False)
class FoundDigit:
    """One digit of a picture. Read-only.

    Attributes:
        box: where it stands, in pixels of the picture.
        prepared: its way to the network.
    """

    box: Box
    prepared: Prepared


def find(gray: Pixels, ink: Pixels, paper: int, steps: Steps) -> tuple[FoundDigit, ...]:
    """Find the digits of a picture and prepare each of them.

    One digit alone has the whole picture as its frame; each of several has a square around it. The
    specks and the other digits are taken out of its ink; what came in stays as it is.

    Args:
        gray: uint8 of shape (H, W), the picture as it came.
        ink: uint8 of shape (H, W), 0 is paper and 255 is ink.
        paper: the gray level of paper, 0 to 255: what a square has beyond the picture's edge.
        steps: which steps of the preparation are done.

    Returns:
        In reading order; nothing for a picture without ink.
    """
    digits = regions(ink)
    if len(digits) == 1:
        return (FoundDigit(digits[0].box, prepare(gray, _alone(digits[0], ink), steps)),)
    return tuple(
        FoundDigit(digit.box, prepare(_around(digit.box, gray, paper), sheet(digit), steps))
        for digit in digits
    )


def _around(box: Box, gray: Pixels, paper: int) -> Pixels:
    """Cut out of the picture the square of a digit's sheet."""
    side = sheet_side(box.height, box.width)
    top, left = box.top - (side - box.height) // 2, box.left - (side - box.width) // 2
    around = np.full((side, side), paper, np.uint8)
    inside = gray[max(top, 0) : top + side, max(left, 0) : left + side]
    down, right = max(-top, 0), max(-left, 0)
    around[down : down + inside.shape[0], right : right + inside.shape[1]] = inside
    return around


def _alone(digit: Region, ink: Pixels) -> Pixels:
    """Return the picture's ink without what is not the digit's."""
    alone = np.zeros_like(ink)
    digit.box.cut(alone)[:] = digit.ink
    return alone
