"""Digits of two rows that touch, and the desk along the edge of a page."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnistviz.digits.arrays import Pixels
from mnistviz.digits.ink import ink_of
from mnistviz.digits.preparation import Box
from mnistviz.digits.regions import regions
from tests.helpers.handwriting import HANDS


def sheet(rows: list[str], high: int, pitch: int, pen: int) -> Pixels:
    """Write rows of digits, the middle of their lines `high` rows high, `pitch` rows apart."""
    wide = round(high * 0.65)
    across = len(rows[0]) * (wide + 30)
    picture = Image.new("L", (across + 60, pitch * (len(rows) - 1) + high + 90), 250)
    draw = ImageDraw.Draw(picture)
    for row, digits in enumerate(rows):
        for column, digit in enumerate(digits):
            left, top = 45 + column * (wide + 30), 45 + row * pitch
            for line in HANDS[int(digit)][0]:
                points = [(left + x * wide, top + y * high) for x, y in line]
                draw.line(points, fill=15, width=pen, joint="curve")
    return np.asarray(picture)


def found(gray: Pixels) -> list[Box]:
    return [region.box for region in regions(ink_of(gray).ink)]


@pytest.mark.parametrize("rows", [["207", "835", "649"], ["38", "52"], ["2", "8"]])
@pytest.mark.parametrize(("high", "pen"), [(60, 6), (44, 6), (32, 3)])
@pytest.mark.parametrize("gap", [2, 4, 7])
def test_rows_that_touch_are_parted(rows: list[str], high: int, pen: int, gap: int) -> None:
    boxes = found(sheet(rows, high, high + gap, pen))
    assert len(boxes) == sum(map(len, rows))
    assert all(abs(box.height - high) < 0.3 * high for box in boxes)


@pytest.mark.parametrize("digits", ["1", "111", "8", "77", "1417"])
def test_digits_of_one_row_are_not(digits: str) -> None:
    assert len(found(sheet([digits], 90, 0, 7))) == len(digits)


@pytest.mark.parametrize("rise", [0.04, 0.08, 0.14])
@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("desk", [60, 110])
def test_the_desk_beside_a_page_is_no_digit(rise: float, turns: int, desk: int) -> None:
    page = np.rot90(sheet(["8352", "4069"], 80, 130, 8), -turns).copy()
    y, x = np.indices(page.shape)
    page[y < 12 + rise * x - rise * page.shape[1] / 2] = desk
    boxes = found(np.ascontiguousarray(np.rot90(page, turns)))
    assert len(boxes) == 8
    assert all(60 < box.height < 100 for box in boxes)


def test_a_digit_that_the_edge_cuts_stays() -> None:
    page = sheet(["7418"], 80, 0, 8)
    assert len(found(page[43:])) == 4


TOUCHING_ROWS = [
    (["668", "179"], 44, 46, 6),
    (["840", "908"], 44, 50, 6),
    (["380", "440", "311"], 60, 66, 8),
    (["453", "160", "753"], 60, 67, 8),
    (["260", "127", "761"], 32, 34, 3),
    (["11", "68", "57"], 44, 46, 8),
]
"""Rows, of which columns hang together whose line is hardly longer than they are high."""


@pytest.mark.parametrize(("rows", "high", "pitch", "pen"), TOUCHING_ROWS, ids=str)
def test_a_column_is_parted_where_the_rows_are(
    rows: list[str], high: int, pitch: int, pen: int
) -> None:
    boxes = found(sheet(rows, high, pitch, pen))
    assert len(boxes) == sum(map(len, rows))
    assert all(abs(box.height - high) < 0.3 * high for box in boxes)


def test_a_long_1_beside_smaller_digits_is_one() -> None:
    large, small = sheet(["1"], 140, 0, 6), sheet(["35"], 60, 0, 6)
    page = np.full((len(large), large.shape[1] + small.shape[1]), 250, np.uint8)
    page[:, : large.shape[1]] = large
    page[: len(small), large.shape[1] :] = small
    assert len(found(page)) == 3
