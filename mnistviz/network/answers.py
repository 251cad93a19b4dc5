"""The prediction of a row of probabilities, and where softmax's formula fails in float32."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import torch

from mnistviz.digits.arrays import Floats, Integers

OVERFLOW_LOGIT = float(np.log(np.finfo(np.float32).max))
"""The logit above which exp is infinite in float32: ln(3.4028e38), about 88.72."""

NO_ANSWER = -1
"""What stands in an array of answers where several classes share the largest probability."""

CLOSE = 1e-6
"""Logits farther apart than this have different probabilities, in float32 too."""

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


def predictions(logits: torch.Tensor) -> Integers:
    """Return the predictions of a whole batch, by the same rule as `prediction`.

    Args:
        logits: float32 of shape (B, 10).

    Returns:
        int64 of shape (B,), 0 to 9; `NO_ANSWER` where several classes share the largest
        probability, or where the probabilities are no numbers.
    """
    values: Floats = logits.numpy()
    answers: Integers = values.argmax(1)
    largest = values[np.arange(len(values)), answers]
    # A training asks this at every step: the softmax is only worked out where it may matter.
    alone = np.count_nonzero(values >= largest[:, np.newaxis] - CLOSE) == len(values)
    if alone and np.isfinite(largest).all():
        return answers
    probabilities, places = torch.softmax(logits, 1).topk(2, 1)
    return torch.where(probabilities[:, 0] > probabilities[:, 1], places[:, 0], NO_ANSWER).numpy()


def text(rows: Sequence[Floats]) -> str:
    """Return the predicted digits as a text, with `?` where there is no single prediction.

    Args:
        rows: float32 of shape (10,) each, the probabilities of the digits in reading order.
    """
    return "".join(written(prediction(row)) for row in rows)


def count_right(rows: Iterable[Floats], labels: Iterable[int]) -> int:
    """Count the predictions that are right; see `prediction`.

    Args:
        rows: float32 of shape (10,) each, the probabilities of the digits.
        labels: what they are, as many.
    """
    return sum(answer == label for answer, label in zip(map(prediction, rows), labels, strict=True))


def written(answer: int | None) -> str:
    """Write a prediction as a digit, or as `?` for `None` and `NO_ANSWER`."""
    return "?" if answer in (None, NO_ANSWER) else str(answer)
