"""Boxes of a form that stand alone, against the same digits without them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFilter

from mnistviz.digits import boxes
from mnistviz.digits.ink import ink_of
from mnistviz.digits.regions import regions
from tests.drawings import raster
from tests.helpers.handwriting import written_by_hand

Pixels = npt.NDArray[np.uint8]

PAPER = 250


def form(
    digits: str,
    box: tuple[int, int] = (80, 80),
    gap: int = 20,
    line: int = 2,
    level: int = 0,
    pen: int = 22,
    lean: float = 0,
    part: float = 0.7,
    seed: int = 0,
) -> tuple[Pixels, Pixels]:
    """Draw one row of boxes (height, width) with a digit in each; a space is an empty box.

    Returns:
        Two pictures, white ink on 0: the boxes, and the digits.
    """
    rng, (height, width) = np.random.default_rng(seed), box
    drawn = Image.new("L", (80 + len(digits) * (width + gap), height + 120))
    written, side = drawn.copy(), round(part * min(box))
    for place, digit in enumerate(digits):
        left = 40 + place * (width + gap)
        corners = (left, 60, left + width, 60 + height)
        ImageDraw.Draw(drawn).rectangle(corners, outline=PAPER - level, width=line)
        if digit != " ":
            ink = Image.fromarray(raster(written_by_hand(int(digit), pen, rng)))
            ink = ink.crop(ink.getbbox())
            across = max(1, side * ink.width // ink.height)
            at = (left + (width - across) // 2, 60 + (height - side) // 2)
            written.paste(ink.resize((across, side)), at)
    turned = (each.rotate(lean, Image.Resampling.BICUBIC) for each in (drawn, written))
    first, second = (np.asarray(each) for each in turned)
    return first, second


def on_paper(*inks: Pixels) -> Pixels:
    return (PAPER - np.minimum(np.maximum.reduce(inks), PAPER)).astype(np.uint8)


def photographed(gray: Pixels, seed: int) -> Pixels:
    """Uneven light, a lens, grain, JPEG."""
    light = np.linspace(0.7, 1, gray.shape[1])[None]
    soft = np.asarray(Image.fromarray(gray).filter(ImageFilter.GaussianBlur(0.8)))
    grain = 3 * np.random.default_rng(seed).standard_normal(gray.shape)
    buffer = BytesIO()
    Image.fromarray(np.clip(soft * light + grain, 0, 255).astype(np.uint8)).save(buffer, "JPEG")
    return np.asarray(Image.open(buffer))


def are_the_digits(gray: Pixels, written: Pixels, count: int) -> bool:
    """Tell whether the ink of a picture is that of the digits: as many, and hardly any beside."""
    found = ink_of(gray).ink
    strong, any_ink = written > 128, written > 20
    wide = np.asarray(Image.fromarray(any_ink).convert("L").filter(ImageFilter.MaxFilter(7))) > 0
    kept = (found[strong] > 0).mean() > 0.95
    clean = np.count_nonzero(found[~wide]) < 0.01 * np.count_nonzero(strong)
    return bool(kept and clean and len(regions(found)) == count)


FORMS = [
    {"gap": gap, "line": line, "level": level, "lean": lean, "seed": seed}
    for seed, (gap, line, level, lean) in enumerate(
        [
            (20, 2, 0, 0),
            (4, 2, 0, 0),
            (60, 2, 120, 0),
            (20, 3, 0, 1),
            (6, 1, 60, -2),
            (40, 3, 180, 3),
            (10, 1, 0, -3),
            (20, 3, 120, 2),
        ]
    )
]


@pytest.mark.parametrize("digits", ["27905", "6138"])
@pytest.mark.parametrize("look", FORMS, ids=str)
def test_boxes_that_stand_alone_are_no_ink(digits: str, look: dict[str, int]) -> None:
    drawn, written = form(digits, **look)
    assert are_the_digits(on_paper(drawn, written), written, len(digits))


@pytest.mark.parametrize("box", [(60, 80), (120, 80), (140, 150), (40, 40)], ids=str)
@pytest.mark.parametrize("pen", [10, 30])
def test_boxes_of_any_form_in_a_photo(box: tuple[int, int], pen: int) -> None:
    drawn, written = form("5083", box, line=2, pen=pen, part=0.75)
    gray = photographed(on_paper(drawn, written), pen)
    assert are_the_digits(gray, written, 4)


def lost(drawn: Pixels, way: str) -> Pixels:
    """Take out of the boxes (80 by 80, 20 apart) what grain takes: corners, parts, whole sides."""
    left = drawn.copy()
    for x in range(40, drawn.shape[1] - 60, 100):
        if way == "corners":
            for y in (60, 140):
                left[y - 8 : y + 9, x - 8 : x + 9] = left[y - 8 : y + 9, x + 72 : x + 89] = 0
        if way == "parts":
            left[55:66, x + 30 : x + 42] = left[55:66, x + 55 : x + 64] = 0
        if way == "sides":
            left[62:150, x - 5 : x + 6] = left[135:146, x - 5 : x + 86] = 0
    return left


@pytest.mark.parametrize("way", ["parts", "sides"])
@pytest.mark.parametrize("digits", ["27905", "6138"])
def test_boxes_that_a_photo_has_broken_go_too(digits: str, way: str) -> None:
    drawn, written = form(digits, pen=24)
    assert are_the_digits(on_paper(lost(drawn, way), written), written, len(digits))


@pytest.mark.parametrize("level", [205, 215])
@pytest.mark.parametrize("way", ["", "corners", "parts", "sides"])
def test_faint_boxes_around_dark_digits_are_no_digits(level: int, way: str) -> None:
    drawn, written = form("5083", line=1, level=level)
    gray = photographed(on_paper(lost(drawn, way), written), level)
    assert are_the_digits(gray, written, 4)


def test_an_empty_box_beside_a_full_one_goes_too() -> None:
    drawn, written = form("3 8 ")
    assert are_the_digits(on_paper(drawn, written), written, 2)


def test_a_digit_that_crosses_its_box_stays_whole() -> None:
    drawn, written = form("40", part=0.7)
    pen = ImageDraw.Draw(picture := Image.fromarray(written))
    pen.line((74, 100, 66, 152), fill=255, width=9)
    written = np.asarray(picture)
    assert are_the_digits(on_paper(drawn, written), written, 2)


def seven_segments(places: str, line: int) -> Pixels:
    """Draw what a display shows: a 0 is a rectangle, and an 8 one with a bar in it."""
    picture = Image.new("L", (40 + 110 * len(places), 180))
    pen = ImageDraw.Draw(picture)
    for place, digit in enumerate(places):
        left = 30 + 110 * place
        pen.rectangle((left, 30, left + 70, 150), outline=255, width=line)
        if digit == "8":
            pen.rectangle((left, 90, left + 70, 89 + line), fill=255)
    return np.asarray(picture)


@pytest.mark.parametrize("line", [2, 4, 6, 12])
@pytest.mark.parametrize("places", ["0", "8", "08", "880"])
def test_digits_of_straight_lines_are_no_boxes(places: str, line: int) -> None:
    inked = seven_segments(places, line) > 0
    np.testing.assert_array_equal(boxes.without(inked), inked)


@pytest.mark.parametrize("pen", [3, 10, 24, 40])
def test_round_digits_are_no_boxes(pen: int) -> None:
    rng = np.random.default_rng(pen)
    for digit in range(10):
        inked = raster(written_by_hand(digit, pen, rng)) > 0
        np.testing.assert_array_equal(boxes.without(inked), inked)


def test_the_cells_of_a_table_are_left_to_the_rules() -> None:
    drawn, written = form("12345", gap=0)
    inked = np.maximum(drawn, written) > 0
    np.testing.assert_array_equal(boxes.without(inked), inked)


def test_grain_is_not_followed() -> None:
    grain = np.random.default_rng(0).random((600, 600)) < 0.5
    np.testing.assert_array_equal(boxes.without(grain), grain)
