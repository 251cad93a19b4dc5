"""What a row of a softmax says, and where its formula breaks in float32."""

import numpy as np
import numpy.typing as npt
import torch

from mnistviz import by_hand

OVERFLOW_LOGIT = float(np.log(np.finfo(np.float32).max))
"""The logit above which exp is infinite in float32: ln(3.4028e38), about 88.72."""


def naive_overflow(logits: torch.Tensor) -> float | None:
    """Tell whether the softmax of the formula, exp(x) / sum(exp(x)), fails on a row of logits.

    It fails when a value is not finite: above 88.72 the exponential itself is infinite, a little
    below it the sum of ten is; and when all ten logits lie below -103, each exponential is 0 and
    0 / 0 is not a number.

    Args:
        logits: float32 of shape (10,).

    Returns:
        The logit that breaks it, the largest of the row; None when the formula holds.
    """
    if bool(torch.isfinite(by_hand.naive_softmax(logits.view(1, -1))).all()):
        return None
    return float(logits.max())


def prediction(probabilities: npt.NDArray[np.float32]) -> int | None:
    """Return the digit with the largest probability, or None when several share it.

    Args:
        probabilities: float32 of shape (10,).
    """
    largest = np.flatnonzero(probabilities == probabilities.max())
    return int(largest[0]) if len(largest) == 1 else None
