"""The prediction of a row of probabilities, and where softmax's formula fails in float32."""

import math
from collections.abc import Sequence

import numpy as np
import torch

from mnistviz.digits.arrays import Floats

OVERFLOW_LOGIT = float(np.log(np.finfo(np.float32).max))
"""The logit above which exp is infinite in float32: ln(3.4028e38), about 88.72."""

UNDERFLOW_LOGIT = math.log(float(np.finfo(np.float32).smallest_subnormal) / 2)
"""The logit below which exp is 0 in float32: about -104."""


def naive_overflow(logits: torch.Tensor) -> float | None:
    """Tell whether the softmax of the formula, exp(x) / sum(exp(x)), fails on a row of logits.

    It fails when the sum of the ten exponentials is no number to divide by: infinite, as soon as
    one logit is above 88.72 or several lie a little below it; or 0, when all ten lie below -104.

    Args:
        logits: float32 of shape (10,).

    Returns:
        The logit that breaks it, the largest of the row; None when the formula holds.
    """
    total = float(torch.exp(logits).sum())
    return None if 0 < total < math.inf else float(logits.max())


def prediction(probabilities: Floats) -> int | None:
    """Return the digit with the largest probability, or None when several share it.

    Args:
        probabilities: float32 of shape (10,).
    """
    largest = np.flatnonzero(probabilities == probabilities.max())
    return int(largest[0]) if len(largest) == 1 else None


def text(rows: Sequence[Floats]) -> str:
    """Return the predicted digits as a text, with `?` where there is no single prediction.

    Args:
        rows: float32 of shape (10,) each, the probabilities of the digits in reading order.
    """
    answers = (prediction(row) for row in rows)
    return "".join("?" if answer is None else str(answer) for answer in answers)
