"""The terms of a sum as texts, rounded so that what is printed adds up."""

from dataclasses import dataclass

from mnistviz.digits.arrays import Integers
from mnistviz.lessons.inside.microscope import Terms
from mnistviz.words import sums
from mnistviz.words.sums import Scale


@dataclass(frozen=True, slots=True)
class Printed:
    """A sum in four texts: up, less down, plus bias is total, in exactly these digits.

    Attributes:
        scale: to which place all numbers of the sum are rounded.
        up: the contributions above 0, together.
        down: those below 0, without their sign.
        bias: the bias.
        total: the sum.
        size: the sum without its sign.
    """

    scale: Scale
    up: str
    down: str
    bias: str
    total: str
    size: str


def summary(terms: Terms) -> Printed:
    """Write a sum as what pushes up, what pulls down, and the bias."""
    total = terms.total
    parts = (terms.up, terms.down, terms.bias)
    to = sums.scale(parts, total)
    up, down, bias = sums.added_up(parts, total, to, kept=(2,))
    units = to.units(total)
    return Printed(
        to, to.text(up), to.text(-down), to.text(bias), to.text(units), to.text(abs(units))
    )


def rows(terms: Terms, places: Integers) -> tuple[list[str], str]:
    """Write some terms of a sum, and all the others together; with the bias they add up.

    Args:
        terms: the sum.
        places: of the terms that are written each by itself.

    Returns:
        A text for each place, and one for the rest.
    """
    to = summary(terms).scale
    parts = [*terms.products[places].tolist(), terms.rest(places), terms.bias]
    *units, rest, _ = sums.added_up(parts, terms.total, to, kept=(len(parts) - 1,))
    return [to.text(each) for each in units], to.text(rest)
