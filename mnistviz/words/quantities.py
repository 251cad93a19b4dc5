"""Numbers as texts for sentences: percents, durations, ranges, lists."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

SURE = 0.9
"""From this probability on a network counts as sure."""


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(probability: float) -> str:
    """Write a probability as percent with one decimal: 0.142 as `14.2 %`.

    Only 0 itself is `0.0 %`, and only 1 is `100.0 %`: what would be rounded to either of them is
    written as `< 0.1 %` or `> 99.9 %`. `percent` in `ui/elements/numbers.js` writes the same.

    Args:
        probability: 0 to 1. Not a number is written as `NaN`.
    """
    if math.isnan(probability):
        return "NaN"
    text = f"{100 * probability:.1f}"
    if text == "0.0" and probability > 0:
        text = "<\N{NO-BREAK SPACE}0.1"
    elif text == "100.0" and probability < 1:
        text = ">\N{NO-BREAK SPACE}99.9"
    return f"{text}\N{NO-BREAK SPACE}%"


def percents(row: Iterable[float]) -> list[str]:
    """Write the probabilities of one digit as percent.

    No softmax gives 1 to one class and something to another. In float32 it may come out so, and is
    written as `> 99.9 %` nevertheless.

    Args:
        row: what a softmax gave: ten numbers, 0 to 1, or not a number.
    """
    shares = [float(share) for share in row]
    several = sum(share > 0 for share in shares) > 1
    return [percent(math.nextafter(1, 0) if several and p == 1 else p) for p in shares]


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
    return from_to(number(float(values.min())), number(float(values.max())))


def from_to(low: object, high: object) -> str:
    """Write two ends: "0 to 255"."""
    return f"{low} to {high}"


def either(names: Sequence[str]) -> str:
    """List two names or more of which one is wanted: "PNG, JPEG or BMP"."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


def a_digit(digit: int, bold: bool = True) -> str:
    """Write a digit with its article: "a **7**", "an **8**", or without the bold type."""
    return f"{'an' if digit == 8 else 'a'} {f'**{digit}**' if bold else digit}"
