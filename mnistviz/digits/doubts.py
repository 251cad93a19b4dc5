"""Whether what was found in a picture is likely something else than its digits, and what to do.

Digits of one page are about as high as each other. What is far lower, higher or wider is a line, an
edge or a part of a digit; and where a shadow ends within a digit, the digit is seldom whole.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from mnistviz.digits.arrays import Pixels
from mnistviz.digits.preparation import Box
from mnistviz.digits.zones import zones
from mnistviz.words import say

FEW: Final = 3
"""Digits, from which on one can tell how high they are."""

LOW, HIGH = 0.5, 1.9
"""Of the middle height, how high a digit is at least and at most."""

WIDE: Final = 2.0
"""Of its own height, and of the middle one, how wide it is at most."""

REACHING: Final = 1.25
"""Of the middle height, how high one is at most that the picture's edge cuts."""

ALONG: Final = 1.5
"""Of its own height, how wide one is at most that the picture's edge cuts."""

ACROSS: Final = 0.7
"""Of the picture, how wide one digit is at most beside others."""


def doubt(gray: Pixels, boxes: Sequence[Box]) -> str:
    """Say what is odd about the digits of a picture, and what to do.

    Args:
        gray: uint8 of shape (H, W).
        boxes: where digits were found.

    Returns:
        One or two sentences; nothing where all look like digits.
    """
    odd = sum(_odd(boxes, gray.shape))
    if odd:
        return say("errors/photo", "odd_one" if len(boxes) == 1 else "odd", count=len(boxes))
    return say("errors/photo", "shadow") if _is_cut(gray, boxes) else ""


def _odd(boxes: Sequence[Box], shape: tuple[int, ...]) -> list[bool]:
    """Tell which of the boxes are no digit's, by their size and their place."""
    if not boxes:
        return []
    height, width = shape
    usual = float(np.median([box.height for box in boxes]))

    def is_odd(box: Box) -> bool:
        alone = len(boxes) == 1
        at_edge = box.top == 0 or box.left == 0 or box.bottom == height or box.right == width
        highest = REACHING if at_edge else HIGH
        off = not LOW * usual <= box.height <= highest * usual and len(boxes) >= FEW
        along = at_edge and box.width > ALONG * box.height
        across = box.width > ACROSS * width and (not alone or box.width > ALONG * box.height)
        return off or along or across or box.width > WIDE * max(box.height, usual)

    return [is_odd(box) for box in boxes]


def _is_cut(gray: Pixels, boxes: Sequence[Box]) -> bool:
    """Tell whether a digit reaches over the edge between a light and a dark part."""
    parts = zones(gray)
    return any(sum(bool(box.cut(part).any()) for part in parts) >= 2 for box in boxes)
