"""What the page Classify says of an answer."""

import numpy as np
import numpy.typing as npt

from mnistviz.network.answers import OVERFLOW_LOGIT, prediction
from mnistviz.words.quantities import SURE, a_digit, number, percent

NEARLY_EQUAL = (0.05, 0.2)
"""Between these bounds ten values count as "near 10 %"."""


def untrained(probabilities: npt.NDArray[np.float32], truth: int) -> str:
    """Say what an untrained network makes of a digit.

    Args:
        probabilities: float32 of shape (10,), a row of a softmax.
        truth: the label of the digit, 0 to 9.

    Returns:
        One to three short sentences of Markdown.
    """
    says = prediction(probabilities)
    if says is None:
        shared = int((probabilities == probabilities.max()).sum())
        all_ten = shared == len(probabilities)
        many = "All ten are equal," if all_ten else f"{shared} digits share the lead, each with"
        return (
            f"An untrained network, and it cannot choose. {many} "
            f"{percent(float(probabilities.max()))}; it is {a_digit(truth)}."
        )
    largest = float(probabilities[says])
    right = says == truth
    answer = f"It says **{says}**, with {percent(largest)}"
    outcome = ", and it is one: right by chance." if right else f"; it is {a_digit(truth)}."
    if NEARLY_EQUAL[0] <= float(probabilities.min()) and largest <= NEARLY_EQUAL[1]:
        return f"An untrained network: all ten are near 10\N{NO-BREAK SPACE}%. {answer}{outcome}"
    if largest < SURE:
        return f"An untrained network: it guesses, and not evenly. {answer}{outcome}"
    return (
        f"An untrained network, and yet sure of itself: its logits lie far apart. {answer}{outcome}"
    )


def naive_softmax_fails(logit: float) -> str:
    """Say how and why the softmax of the formula fails on a digit.

    Args:
        logit: the largest logit of the digit, as `answers.naive_overflow` gives it.
    """
    limit = f"{OVERFLOW_LOGIT:.3g}"
    if logit > OVERFLOW_LOGIT:
        outcome, why = "gives **NaN**", f"in float32 `exp` is infinite above {limit}"
    elif logit > 0:
        outcome, why = "gives **0 ten times**", "the sum of the ten `exp` overflows float32"
    else:
        outcome, why = (
            "gives **NaN**",
            "in float32 every `exp` of them is 0, and 0 / 0 is no number",
        )
    return (
        f"The formula as it stands, `torch.exp(x) / torch.sum(torch.exp(x), dim=1)`, {outcome} "
        f"for this digit: its largest logit is {number(logit)}, and {why}. The probabilities here "
        "are finite, because the code subtracts the largest logit first; the ratios stay the same."
    )
