"""Sentences of the page Classify about the probabilities of a digit."""

import numpy as np

from mnistviz.digits.arrays import Floats
from mnistviz.network.answers import OVERFLOW_LOGIT, prediction
from mnistviz.words import read
from mnistviz.words.quantities import SURE, a_digit, number, percents

NEARLY_EQUAL = (0.05, 0.2)
"""Between these bounds ten values count as "near 10 %"."""

ROUNDING = 1e-6
"""Probabilities closer than this are equal but for the rounding of float32."""


def untrained(probabilities: Floats, truth: int) -> str:
    """Say what an untrained network makes of a digit.

    Args:
        probabilities: float32 of shape (10,), a row of a softmax.
        truth: the label of the digit, 0 to 9.

    Returns:
        One to three short sentences of Markdown.
    """
    says = prediction(probabilities)
    words = read("classify").parts
    largest = float(probabilities.max())
    written = percents(probabilities)[int(probabilities.argmax())]
    if says is None:
        shared = int((probabilities == probabilities.max()).sum())
        apart = largest - float(probabilities.min())
        part = "untrained_equal" if apart < ROUNDING else "untrained_tie"
        return words[part].format(shared=shared, percent=written, a_digit=a_digit(truth))
    if float(probabilities.min()) >= NEARLY_EQUAL[0] and largest <= NEARLY_EQUAL[1]:
        part = "untrained_even"
    else:
        part = "untrained_guess" if largest < SURE else "untrained_sure"
    outcome = words["untrained_right" if says == truth else "untrained_wrong"].format(
        says=says, percent=written, a_digit=a_digit(truth)
    )
    return f"{words[part]} {outcome}"


def trained(probabilities: Floats, truth: int) -> str:
    """Say what a network that is not new makes of a digit: right or wrong, how sure, how much.

    Args:
        probabilities: float32 of shape (10,), a row of a softmax, each 0 to 1.
        truth: the label of the digit, 0 to 9.
    """
    says = prediction(probabilities)
    words = read("classify").parts
    second, first = np.argsort(probabilities, kind="stable")[-2:]
    written = percents(probabilities)
    numbers = {
        "says": first,
        "percent": written[first],
        "second": second,
        "next": written[second],
        "truth": truth,
        "a_digit": a_digit(truth),
        "true": written[truth],
    }
    if says is None:
        shared = int((probabilities == probabilities.max()).sum())
        return words["trained_tie"].format(**numbers, shared=shared)
    outcome = "right" if says == truth else "wrong"
    sure = "sure" if probabilities[says] >= SURE else "unsure"
    return words[f"trained_{outcome}_{sure}"].format(**numbers)


def naive_softmax_fails(logit: float) -> str:
    """Say how and why the softmax of the formula fails on a digit.

    Args:
        logit: the largest logit of the digit, as `answers.naive_overflow` gives it.
    """
    if logit > OVERFLOW_LOGIT:
        part = "naive_infinite"
    else:
        part = "naive_sum" if logit > 0 else "naive_zero"
    limit = f"{OVERFLOW_LOGIT:.3g}"
    return read("classify").parts[part].format(logit=number(logit), limit=limit)
