"""Arithmetic as it stands on paper, worked out again."""

from __future__ import annotations

import re
from decimal import Context, Decimal

from mnistviz.lessons.train.update_lines import Update
from mnistviz.words.quantities import SUPERSCRIPTS

PLENTY = Context(prec=50)
SMALL = str.maketrans({value: chr(key) for key, value in SUPERSCRIPTS.items()})


def value_of(text: str) -> Decimal:
    """Work out what stands on paper."""
    text = re.sub(
        r"(?<![\d.])10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: f"1e{found[1].translate(SMALL)}", text
    )
    text = text.replace("\N{MINUS SIGN}", "-").replace("\N{MULTIPLICATION SIGN}", "*")
    # A number in brackets with a power is one number.
    text = re.sub(r"([\d.]+) \* 1e", r"\1e", text)
    text = re.sub(r"√(\([^)]*\)|[\d.]+)", r"root(\1)", text).replace("²", "**2")
    text = re.sub(r"\d+(\.\d+)?(e-?\d+)?", lambda found: f"D('{found[0]}')", text)
    text = text.replace("**D('2')", "**2")
    return Decimal(eval(text, {"D": Decimal, "root": PLENTY.sqrt}))


def printed_like(value: Decimal, text: str) -> Decimal:
    """Round a value to the place to which a number is printed."""
    return PLENTY.quantize(value, value_of(text))


def assert_adds_up(update: Update, lines: tuple[str, ...]) -> None:
    for line in lines[:-1]:
        _, expression, result = line.split(" = ")
        shown, wanted = value_of(result), value_of(expression)
        assert abs(shown - wanted) <= abs(wanted) * Decimal("0.5001e-4")
    name, expression, result = lines[-1].split(" = ")
    assert name == "w"
    shown = value_of(result)
    assert printed_like(value_of(expression), result) == shown
    # It is the weight that the training has.
    assert printed_like(Decimal(update.after), result) == shown
    before = expression.split(" \N{MINUS SIGN} ")[0]
    assert printed_like(Decimal(update.before), before) == value_of(before)
