"""The digits of a picture, beside a slow way that looks at every pixel."""

from __future__ import annotations

import numpy as np
import pytest

from mnistviz.digits.preparation import Box
from mnistviz.digits.regions import MOST, Region, regions, sheet
from mnistviz.digits.strokes import SIZE, Pixels


def picture(*boxes: tuple[int, int, int, int], value: int = 255) -> Pixels:
    """Paper with filled rectangles: (top, left, bottom, right)."""
    ink = np.zeros((SIZE, SIZE), np.uint8)
    for top, left, bottom, right in boxes:
        ink[top:bottom, left:right] = value
    return ink


def found(ink: Pixels) -> list[tuple[int, int, int, int]]:
    boxes = [region.box for region in regions(ink)]
    return [(box.top, box.left, box.bottom, box.right) for box in boxes]


def pieces_by_hand(ink: Pixels) -> list[tuple[int, int, int, int]]:
    """Boxes of what hangs together, found by walking from pixel to pixel."""
    left_over = {(int(row), int(column)) for row, column in np.argwhere(ink)}
    boxes = []
    while left_over:
        walk, seen = [left_over.pop()], set()
        while walk:
            row, column = walk.pop()
            seen.add((row, column))
            near = {(row + y, column + x) for y in (-1, 0, 1) for x in (-1, 0, 1)}
            walk += near & left_over
            left_over -= near
        rows, columns = zip(*seen, strict=True)
        boxes.append((min(rows), min(columns), max(rows) + 1, max(columns) + 1))
    return boxes


def test_paper_has_no_digit() -> None:
    assert regions(np.zeros((SIZE, SIZE), np.uint8)) == ()
    assert regions(np.zeros((1, 1), np.uint8)) == ()


def test_digits_are_in_reading_order() -> None:
    below, right, left = (150, 20, 210, 50), (30, 120, 100, 160), (40, 20, 110, 60)
    assert found(picture(below, right, left)) == [left, right, below]


def test_pieces_are_those_that_hang_together() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        # Far enough apart, each of its own columns: none is a speck or part of another.
        ink = np.zeros((SIZE, SIZE), np.uint8)
        for column in range(0, SIZE, 40):
            ink[100:110, column : column + 10] = rng.integers(0, 2, (10, 10)) * 255
            ink[100, column : column + 10] = ink[100:110, column] = 255
        by_hand = [box for box in pieces_by_hand(ink) if box[2] - box[0] == 10]
        assert found(ink) == sorted(by_hand, key=lambda box: box[1])


def test_ink_that_touches_at_a_corner_is_one_digit() -> None:
    assert found(picture((10, 10, 30, 30), (30, 30, 50, 50))) == [(10, 10, 50, 50)]
    assert len(found(picture((10, 10, 30, 30), (31, 31, 51, 51)))) == 2


def test_specks_are_left_out() -> None:
    digit = (50, 50, 150, 90)
    limit = 100 * 40 // 20
    assert found(picture(digit, (10, 200, 10 + limit // 10 - 1, 210))) == [digit]
    assert len(found(picture(digit, (10, 200, 10 + limit // 10, 210)))) == 2


def test_the_bar_of_a_five_belongs_to_it() -> None:
    stem, bar = (80, 50, 160, 90), (50, 55, 70, 120)
    assert found(picture(stem, bar)) == [(50, 50, 160, 120)]
    # A quarter of the height is the widest gap.
    assert len(found(picture(stem, (49, 55, 60, 120)))) == 1
    assert len(found(picture(stem, (48, 55, 59, 120)))) == 2


def test_a_digit_that_a_line_cuts_through_is_one() -> None:
    # A 7 without two rows: a bar that is wider than high, and a stem that is not.
    bar, stem = (40, 60, 90, 130), (93, 80, 150, 110)
    assert found(picture(bar, stem)) == [(40, 60, 150, 130)]
    # A digit above another one has the height that its width asks for.
    above, below = (40, 60, 130, 130), (133, 60, 223, 130)
    assert found(picture(above, below)) == [above, below]


def test_a_region_has_no_ink_of_its_neighbors() -> None:
    ink = picture((20, 20, 120, 30), (110, 30, 120, 100))
    ink[40:60, 80:140] = 100
    # In reading order the corner of the first stands above.
    first, second = regions(ink)
    assert (first.ink.sum(), second.ink.sum()) == (255 * (1000 + 700), 100 * 1200)
    assert first.box == Box(20, 20, 120, 100)
    assert first.ink[20:40, 60:80].sum() == 0


def test_the_greatest_are_kept() -> None:
    boxes = [(y, x, y + 4, x + 4) for y in range(0, SIZE, 20) for x in range(0, SIZE, 20)]
    assert len(regions(picture(*boxes))) == MOST


@pytest.mark.parametrize("shape", [(1024, 700), (300, 281), (20, 1000), (1000, 3)])
def test_a_large_picture_is_cut_to_the_pixel(shape: tuple[int, int]) -> None:
    ink = np.zeros(shape, np.uint8)
    top, left = shape[0] // 3, shape[1] // 3
    ink[top : top + shape[0] // 4, left : left + shape[1] // 3 + 1] = 9
    (region,) = regions(ink)
    assert region.box == Box(top, left, top + shape[0] // 4, left + shape[1] // 3 + 1)
    assert region.ink.shape == (region.box.height, region.box.width)
    assert (region.ink == 9).all()


@pytest.mark.parametrize("longer", [281, 400, 560])
@pytest.mark.parametrize("first", [20, 21])
def test_rows_that_nearly_touch_are_apart_in_a_larger_picture(longer: int, first: int) -> None:
    ink = np.zeros((longer, 200), np.uint8)
    boxes = [(first + 62 * row, 30 + 80 * column) for row in range(3) for column in range(2)]
    for top, left in boxes:
        ink[top : top + 60, left : left + 40] = 255
    assert [(one.box.top, one.box.left) for one in regions(ink)] == boxes


@pytest.mark.parametrize(("height", "width", "side"), [(100, 40, 140), (3, 7, 10), (1, 1, 2)])
def test_a_sheet_has_the_digit_in_its_middle(height: int, width: int, side: int) -> None:
    ink = np.random.default_rng(2).integers(1, 256, (height, width)).astype(np.uint8)
    page = sheet(Region(Box(5, 6, 5 + height, 6 + width), ink))
    assert page.shape == (side, side)
    assert page.dtype == np.uint8
    rows, columns = np.flatnonzero(page.any(1)), np.flatnonzero(page.any(0))
    assert abs(rows[0] - (side - 1 - rows[-1])) <= 1
    assert abs(columns[0] - (side - 1 - columns[-1])) <= 1
    np.testing.assert_array_equal(page[np.ix_(rows, columns)], ink)
