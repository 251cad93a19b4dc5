"""What is seen, said in a sentence: computed from the numbers, never typed."""

import math

import numpy as np
import numpy.typing as npt

from mnistviz.network.answers import OVERFLOW_LOGIT, prediction

NEARLY_EQUAL = (0.05, 0.2)
"""Between these bounds ten values count as "near 10 %"."""

SURE = 0.9
"""From this probability on a network counts as sure."""


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(probability: float) -> str:
    """Write a probability as percent with one decimal: 0.142 as `14.2 %`.

    Args:
        probability: 0 to 1. Not a number is written as `NaN`.
    """
    return "NaN" if math.isnan(probability) else f"{100 * probability:.1f}\N{NO-BREAK SPACE}%"


def number(value: float) -> str:
    """Write a number with three significant digits as one reads it, such as 12,300.

    Args:
        value: any float; infinity is written as ∞, and what is not a number as NaN.
    """
    if math.isnan(value):
        return "NaN"
    sign, size = "\N{MINUS SIGN}" if value < 0 else "", abs(value)
    if math.isinf(size):
        return f"{sign}∞"
    mantissa, exponent = (float(part) for part in f"{size:.2e}".split("e"))
    if size == 0 or -4 < exponent < 7:
        decimals = 0 if size == 0 else max(2 - int(exponent), 0)
        text = f"{mantissa * 10**exponent:,.{decimals}f}"
        return sign + (text.rstrip("0").rstrip(".") if decimals else text)
    power = f"{exponent:.0f}".translate(SUPERSCRIPTS)
    return f"{sign}{mantissa:g}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}\N{NO-BREAK SPACE}10{power}"


def duration(seconds: float) -> str:
    """Write a time as one says it: "0.4 s", "12 s", "3 min".

    Args:
        seconds: 0 or more, finite.
    """
    if seconds < 9.95:
        return f"{seconds:.1f}\N{NO-BREAK SPACE}s"
    if seconds < 99.5:
        return f"{seconds:.0f}\N{NO-BREAK SPACE}s"
    return f"{seconds / 60:.0f}\N{NO-BREAK SPACE}min"


def epochs(count: int) -> str:
    """Write a number of epochs: "1 epoch", "30 epochs"."""
    return "1 epoch" if count == 1 else f"{count} epochs"


def span(values: npt.NDArray[np.float32]) -> str:
    """Write the least and the greatest of some values: "-1 to 0.5", with a true minus sign."""
    return f"{number(float(values.min()))} to {number(float(values.max()))}"


def a_digit(digit: int) -> str:
    """Write a digit with its article, bold: "a **7**", "an **8**"."""
    return f"{'an' if digit == 8 else 'a'} **{digit}**"


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
        logit: the largest logit of the digit, as `softmax.naive_overflow` gives it.
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
