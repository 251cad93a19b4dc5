"""The ink of a picture, against the digits from which the picture was made."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFilter

from mnistviz.digits import mnist
from mnistviz.digits.ink import NoInk, ink_of
from mnistviz.digits.photo import examples
from mnistviz.digits.photo.examples import Example
from mnistviz.digits.regions import regions

Pixels = npt.NDArray[np.uint8]


@cache
def digits() -> Pixels:
    pixels: Pixels = mnist.load(mnist.SAMPLE_ROOT).test_pixels.numpy()
    return pixels


def enlarged(digit: Pixels, side: int) -> Pixels:
    return np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC))


def worst(first: Pixels, second: npt.NDArray[np.floating]) -> float:
    return float(np.abs(first.astype(float) - second).max())


def photographed(
    ink: Pixels, paper: float, level: float, falloff: float, grain: float, seed: int = 0
) -> Pixels:
    """A page whose light falls off by a share from one corner to the opposite one."""
    side = len(ink)
    across = np.linspace(-1, 1, side)
    light = 1 - falloff * (across[None] * 0.6 + across[:, None] * 0.4 + 1) / 2
    gray = light * (paper + (level - paper) * (ink.astype(float) / 255))
    gray += grain * np.random.default_rng(seed).standard_normal(ink.shape)
    return np.clip(np.rint(gray), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("side", [28, 140, 280])
def test_a_digit_of_mnist_stays_as_it_is(side: int) -> None:
    for digit in digits()[::25]:
        picture = enlarged(digit, side)
        found = ink_of(picture)
        assert worst(found.ink, picture) <= 1
        assert not found.dark
        assert found.paper == 0


@pytest.mark.parametrize(("paper", "level"), [(255, 0), (240, 30), (200, 120), (20, 220)])
def test_plain_paper_is_taken_off(paper: int, level: int) -> None:
    for digit in digits()[::50]:
        ink = enlarged(digit, 112)
        gray = np.rint(paper + (level - paper) * (ink.astype(float) / 255)).astype(np.uint8)
        found = ink_of(gray)
        assert found.dark == (level < paper)
        assert found.paper == paper
        # The ink is as fine as the gray levels between paper and ink allow.
        assert worst(found.ink, ink.astype(float)) <= 3 + 255 / abs(level - paper)


@pytest.mark.parametrize("paper_and_ink", [(245, 20), (200, 90), (180, 130), (30, 220), (60, 140)])
@pytest.mark.parametrize("falloff", [0.15, 0.3, 0.5])
@pytest.mark.parametrize("grain", [0.0, 3.0])
def test_uneven_light_is_taken_off(
    paper_and_ink: tuple[int, int], falloff: float, grain: float
) -> None:
    paper, level = paper_and_ink
    errors, falsely = [], []
    for number, digit in enumerate(digits()[7:1000:140]):
        ink = enlarged(np.pad(digit, 14 * (number % 2)), 280)
        found = ink_of(photographed(ink, paper, level, falloff, grain, number))
        assert found.dark == (level < paper)
        errors.append(np.abs(found.ink.astype(float) - ink).mean())
        falsely.append((found.ink[ink == 0] > 0).mean())
    # Of 255, on average over the picture; beside the digit there is next to none.
    assert np.mean(errors) < 4
    assert np.mean(falsely) < 0.01


@pytest.mark.parametrize("example", Example)
def test_the_examples_can_be_read(example: Example) -> None:
    shown = examples.make(example, digits()[: examples.count(example)], seed=1)
    found = ink_of(shown.gray)
    assert found.dark == (example is not Example.BOARD)
    share = (found.ink > 128).mean()
    assert 0.02 < share < 0.12
    # The margin is paper, whatever the light does there.
    assert found.ink[:20].max() == 0
    assert found.ink[:, -20:].max() == 0


def test_specks_are_taken_away_and_a_stroke_stays() -> None:
    ink = np.zeros((500, 500), np.uint8)
    ink[100:400, 240:260] = 255
    clean = photographed(ink, 220, 40, 0.3, 2)
    specked = clean.copy()
    for row, column in [(30, 40), (470, 60), (250, 450)]:
        specked[row : row + 3, column : column + 3] = 20
    found = ink_of(specked)
    assert found.ink[:, :200].max() == found.ink[:, 300:].max() == 0
    assert (found.ink[105:395, 243:257] > 200).all()


@pytest.mark.parametrize(
    ("size", "width", "top", "lean"),
    [
        (100, 8, 15, 0),
        (100, 20, 15, 0),
        (200, 16, 30, 10),
        (400, 30, 60, 40),
        (1000, 60, 100, 0),
    ],
)
def test_a_straight_1_of_a_broad_pen_is_no_page(size: int, width: int, top: int, lean: int) -> None:
    picture = Image.new("L", (size, size), 255)
    middle, bottom = size // 2, size - top
    line = (middle + lean, top, middle - lean, bottom)
    ImageDraw.Draw(picture).line(line, fill=0, width=width)
    gray = np.asarray(picture)
    np.testing.assert_array_equal(ink_of(gray).ink > 0, gray == 0)


@pytest.mark.parametrize("pen", [8, 10, 12, 14])
@pytest.mark.parametrize(("upper", "lower"), [(44, 70), (54, 64), (60, 56)])
def test_an_8_of_a_broad_pen_below_a_2_is_no_form(pen: int, upper: int, lower: int) -> None:
    picture = Image.new("L", (160, 300), 255)
    draw, middle, left, right = ImageDraw.Draw(picture), 80, 48, 112
    draw.line(((left, 45), (middle, 22), (right, 48), (left, 140), (right, 140)), 0, pen)
    for width, top, bottom in ((upper, 155, 217), (lower, 217 - pen, 283)):
        draw.ellipse((middle - width / 2, top, middle + width / 2, bottom), outline=0, width=pen)
    gray = np.asarray(picture)
    np.testing.assert_array_equal(ink_of(gray).ink > 0, gray == 0)


@pytest.mark.parametrize(("tilt", "table"), [(0.25, 60), (0.25, 150), (0.6, 20)])
@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_a_desk_in_a_corner_of_a_slanted_page_is_no_ink(
    tilt: float, table: int, turned: int
) -> None:
    written = np.zeros((230, 500), np.uint8)
    for place in range(4):
        left = 60 + 100 * place
        written[60:172, left : left + 112] |= enlarged(digits()[place], 112)
    gray = (240 - written.astype(float) * 0.8).astype(np.uint8)
    rows, columns = np.mgrid[:230, :500]
    gray[columns + rows * tilt < 35] = table
    found = np.rot90(ink_of(np.ascontiguousarray(np.rot90(gray, turned))).ink, -turned)
    assert found[:, :40].max() == 0
    assert (found[written > 200] > 128).all()


def test_a_digit_that_reaches_a_corner_stays() -> None:
    picture = Image.new("L", (100, 140), 255)
    ImageDraw.Draw(picture).line(((0, 0), (80, 50), (40, 130)), fill=0, width=12)
    gray = np.asarray(picture)
    np.testing.assert_array_equal(ink_of(gray).ink > 0, gray == 0)


@pytest.mark.parametrize("pencil", [232, 215, 190])
@pytest.mark.parametrize("pen", [5, 9])
def test_pencil_far_fainter_than_ink_beside_it_is_found(pencil: int, pen: int) -> None:
    page = Image.new("L", (600, 220), 245)
    draw = ImageDraw.Draw(page)
    for place, level in enumerate((20, pencil, 20, pencil, 20)):
        left = 60 + 100 * place
        points = [(left, 60), (left + 60, 60), (left, 160), (left + 60, 160)]
        draw.line(points, level, pen, joint="curve")
    grain = 1.5 * np.random.default_rng(3).standard_normal((220, 600))
    soft = np.asarray(page.filter(ImageFilter.GaussianBlur(0.8)))
    light = np.linspace(1, 0.85, 600)
    gray = np.clip(np.rint(soft * light + grain), 0, 255).astype(np.uint8)
    assert len(regions(ink_of(gray).ink)) == 5


def test_a_person_may_know_better() -> None:
    gray = 255 - enlarged(digits()[0], 112)
    assert worst(ink_of(gray, dark=False).ink, gray) <= 1
    assert worst(ink_of(gray, dark=True).ink, 255 - gray) <= 1
    page = photographed(enlarged(digits()[0], 280), 220, 40, 0.3, 2)
    assert (ink_of(page, dark=False).ink > 0).mean() > 0.5


@pytest.mark.parametrize("threshold", [1, 60, 128, 200, 255])
@pytest.mark.parametrize("falloff", [0.0, 0.3])
def test_what_is_weaker_than_the_threshold_is_paper(threshold: int, falloff: float) -> None:
    ink = enlarged(digits()[3], 280)
    found = ink_of(photographed(ink, 230, 30, falloff, 2 * falloff), threshold=threshold)
    assert found.threshold == threshold
    assert found.ink[found.ink > 0].min() >= threshold
    assert (found.ink > 0).sum() > 100


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_page_says_so(level: int) -> None:
    with pytest.raises(NoInk, match=f"gray level {level} of 255"):
        ink_of(np.full((80, 120), level, np.uint8))


@pytest.mark.parametrize("falloff", [0.0, 0.5])
def test_an_empty_page_in_uneven_light_says_so(falloff: float) -> None:
    page = photographed(np.zeros((400, 400), np.uint8), 230, 0, falloff, 3)
    with pytest.raises(NoInk, match=f"{page.min()} and {page.max()}"):
        ink_of(page)


def test_a_bad_value_is_refused() -> None:
    good = enlarged(digits()[0], 56)
    for threshold in (-1, 256):
        with pytest.raises(ValueError, match=str(threshold)):
            ink_of(good, threshold=threshold)
    for bad in (good.astype(float), good[None], good[:0]):
        with pytest.raises(ValueError, match="uint8 of shape"):
            ink_of(bad)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2), (8, 160), (9, 8)])
def test_any_shape_gives_ink_or_says_that_there_is_none(shape: tuple[int, int]) -> None:
    for seed in range(5):
        noise = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
        for dark in (None, True, False):
            try:
                found = ink_of(noise, dark)
            except NoInk:
                continue
            assert found.ink.shape == shape
            assert found.ink.dtype == np.uint8


def test_a_large_photo_takes_a_moment() -> None:
    page = photographed(enlarged(digits()[5], 1024), 220, 40, 0.4, 2)
    ink_of(page)
    seconds = []
    for _ in range(3):
        start = time.process_time()
        ink_of(page)
        seconds.append(time.process_time() - start)
    # 110 ms on a quiet machine.
    assert min(seconds) < 0.4
