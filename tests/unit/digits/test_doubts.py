"""What is said where a line, a shadow or an edge was likely taken for a digit."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnistviz.digits.arrays import Pixels
from mnistviz.digits.doubts import doubt
from mnistviz.digits.ink import ink_of
from mnistviz.digits.preparation import Box
from mnistviz.digits.regions import regions
from mnistviz.words import say
from tests.helpers.handwriting import HANDS

PAPER = np.full((300, 400), 220, np.uint8)


def sheet(digits: str, high: int = 80) -> Pixels:
    """Write one row of digits."""
    picture = Image.new("L", (90 + len(digits) * 2 * high, 3 * high), 240)
    draw = ImageDraw.Draw(picture)
    for place, digit in enumerate(digits):
        for line in HANDS[int(digit)][0]:
            points = [(45 + 2 * high * place + x * 0.65 * high, high * (1 + y)) for x, y in line]
            draw.line(points, fill=20, width=8, joint="curve")
    return np.asarray(picture)


def said(gray: Pixels) -> str:
    return doubt(gray, [region.box for region in regions(ink_of(gray).ink)])


@pytest.mark.parametrize("digits", ["4", "1", "1117", "8352", "0624"])
def test_nothing_is_said_of_digits_alone(digits: str) -> None:
    assert said(sheet(digits)) == ""
    close = sheet(digits)[72:170]
    assert said(close) == ""


def test_nothing_is_said_of_nothing() -> None:
    assert doubt(PAPER, []) == ""


@pytest.mark.parametrize(
    "odd",
    [
        Box(100, 20, 110, 40),
        Box(20, 20, 180, 60),
        Box(150, 20, 200, 220),
        Box(280, 100, 300, 200),
        Box(220, 100, 300, 140),
        Box(100, 10, 160, 330),
    ],
    ids=["low", "high", "wide", "at the edge", "cut by the edge", "across"],
)
def test_a_piece_of_another_size_is_named(odd: Box) -> None:
    digits = [Box(40, left, 100, left + 40) for left in (60, 130, 200)]
    assert doubt(PAPER, digits) == ""
    assert doubt(PAPER, [*digits, odd]) == say("errors/photo", "odd", count=4)


def test_a_line_that_was_taken_for_a_digit_is_named() -> None:
    assert doubt(PAPER, [Box(100, 40, 104, 360)]) == say("errors/photo", "odd_one", count=1)


def test_a_shadow_that_ends_within_a_digit_is_named() -> None:
    gray = sheet("8352").copy()
    for edge, sentence in ((330, ""), (390, say("errors/photo", "shadow"))):
        shaded = gray.copy()
        shaded[:, :edge] //= 2
        boxes = [region.box for region in regions(ink_of(gray).ink)]
        assert doubt(shaded, boxes) == sentence
