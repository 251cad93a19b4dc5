"""The figures of the clinic: bars before and after an operation, and the occlusion map."""

from typing import Any

import numpy as np

from mnistviz.digits.arrays import Floats, Pixels
from mnistviz.figures import pictures
from mnistviz.network.answers import prediction
from mnistviz.spec.fields import SIDE
from mnistviz.words.quantities import percent, percents

UNKNOWN = {"share": 0.0, "text": "?"}
"""The bar of what is not measured yet."""


def probability_bars(row: Floats, truth: int, wrong: str) -> list[dict[str, Any]]:
    """Return the ten bars of a digit: length, words, and whether it is the network's answer.

    Args:
        row: float32 of shape (10,), probabilities; what is no number has no bar.
        truth: the true digit.
        wrong: how a wrong answer is written, with a place for `percent`.
    """
    finite = bool(np.isfinite(row).all())
    says = prediction(row)
    bars = []
    for digit, (share, text) in enumerate(zip(row.tolist(), percents(row), strict=True)):
        marked = digit == says and digit != truth
        bars.append(
            {
                "share": share if finite else 0.0,
                "text": wrong.format(percent=text) if marked else text,
                "full": digit == says,
            }
        )
    return bars


def pair(name: str, before: float, after: float | None) -> dict[str, Any]:
    """Return a pair of bars, before and after, under one name; what is no number has no bar.

    Args:
        name: what is compared.
        before: 0 to 1.
        after: 0 to 1, or None while it is not measured.
    """
    return {"name": name, "bars": [_bar(before), UNKNOWN if after is None else _bar(after)]}


def _bar(share: float) -> dict[str, Any]:
    return {"share": share if np.isfinite(share) else 0.0, "text": percent(share)}


def fall_picture(fall: Floats) -> tuple[Pixels, float]:
    """Color how far a probability falls: orange where it falls, blue where it rises.

    Args:
        fall: float32 of shape (29 - side, 29 - side), before minus after, for a square whose first
            row and column are the places in it.

    Returns:
        uint8 of shape (28, 28, 4), each number at the middle of its square, and the size that has
        the full color.
    """
    limit = float(np.abs(fall).max())
    places = len(fall)
    first = (SIDE + 1 - places) // 2
    whole = np.zeros((SIDE, SIDE), dtype=np.float32)
    whole[first : first + places, first : first + places] = -fall
    return pictures.signed(whole.reshape(-1), limit), limit
