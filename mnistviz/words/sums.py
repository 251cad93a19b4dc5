"""A sum as it is printed: rounded, and so that what is printed adds up."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mnistviz.words.quantities import SUPERSCRIPTS

DIGITS = (3, 6)
"""Significant digits that the largest number of a sum has, at least and at most."""

LARGE = 7
"""From this power of ten on, and below its reciprocal, numbers have a power of ten of their own."""


@dataclass(frozen=True, slots=True)
class Scale:
    """To which place the numbers of a sum are rounded, all alike.

    Attributes:
        place: they are multiples of 10 to this power.
        power: the power of ten that stands behind each of them; 0 for none.
    """

    place: int
    power: int = 0

    def units(self, value: float) -> int:
        """Return a number as a multiple of the last digit that is printed, rounded."""
        return round(self.exact(value))

    def exact(self, value: float) -> Fraction:
        """Return a number as a multiple of the last digit that is printed."""
        return Fraction(value) / Fraction(10) ** self.place

    def text(self, units: int) -> str:
        """Write a multiple of the last digit, with a true minus sign."""
        sign = "\N{MINUS SIGN}" if units < 0 else ""
        decimals = max(self.power - self.place, 0)
        size = abs(units) * 10 ** max(self.place - self.power, 0)
        whole, part = divmod(size, 10**decimals)
        text = f"{sign}{whole:,}" + (f".{part:0{decimals}d}" if decimals else "")
        if not self.power:
            return text
        power = str(self.power).translate(SUPERSCRIPTS)
        space = "\N{NO-BREAK SPACE}"
        return f"{text}{space}\N{MULTIPLICATION SIGN}{space}10{power}"


def scale(parts: Sequence[float], total: float) -> Scale:
    """Choose to which place a sum is rounded: three digits of the total, where parts allow it.

    A total may be far smaller than its parts; the largest part has `DIGITS` digits at most, so that
    it can still be read.

    Args:
        parts: what is added up, finite.
        total: their sum.
    """
    largest = max(abs(value) for value in (*parts, total))
    if largest == 0:
        return Scale(0)
    least, most = DIGITS
    top = _power(largest)
    place = min(top, _power(total) if total else top) - least + 1
    place = max(place, top - most + 1)
    if -LARGE < top < LARGE:
        return Scale(min(place, 0))
    return Scale(place, top)


def added_up(
    parts: Sequence[float], total: float, to: Scale, kept: Collection[int] = ()
) -> list[int]:
    """Round the parts of a sum so that they add up to its rounded total.

    Rounded each by itself they miss it by a few units of the last digit. These are given to the
    parts that have lost or gained most by rounding; what is 0 stays 0.

    Args:
        parts: what is added up, finite.
        total: their sum.
        to: where they are rounded.
        kept: places of parts that are rounded like any number, as they are printed elsewhere too.

    Returns:
        Each part as a multiple of the last digit.
    """
    exact = [to.exact(part) for part in parts]
    units = [round(part) for part in exact]
    free = [place for place, part in enumerate(exact) if part and place not in kept]
    missing = to.units(total) - sum(units)
    step = 1 if missing > 0 else -1
    for _ in range(abs(missing) if free else 0):
        best = max(free, key=lambda place: step * (exact[place] - units[place]))
        units[best] += step
    return units


def _power(value: float) -> int:
    """Return the power of ten of the first digit of a number that is not 0."""
    return math.floor(math.log10(abs(value)))
