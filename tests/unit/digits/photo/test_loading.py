"""Pictures that are read: every format and mode, upright, laid on paper, reduced."""

from __future__ import annotations

import time
import tracemalloc
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from mnistviz.digits.photo import examples, loading
from mnistviz.digits.photo.examples import Example

Pixels = npt.NDArray[np.uint8]


def page(height: int = 60, width: int = 90) -> Pixels:
    """A white page with a black bar at its top left."""
    pixels = np.full((height, width), 255, np.uint8)
    pixels[height // 10 : height // 5, width // 10 : width // 2] = 0
    return pixels


def file(picture: Image.Image, form: str, **more: object) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, form, **more)
    return buffer.getvalue()


def closeness(first: Pixels, second: Pixels) -> float:
    assert first.shape == second.shape
    return float(np.abs(first.astype(int) - second).max())


@pytest.mark.parametrize("form", ["PNG", "BMP", "GIF", "WebP", "JPEG"])
def test_each_format_gives_its_pixels(form: str) -> None:
    more = {"lossless": True} if form == "WebP" else {"quality": 95} if form == "JPEG" else {}
    got = loading.read(file(Image.fromarray(page()), form, **more), "a.txt")
    assert got.format == form
    assert got.original_size == (90, 60)
    assert got.gray.dtype == np.uint8
    assert not got.gray.flags.writeable
    assert closeness(got.gray, page()) <= (12 if form == "JPEG" else 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_each_mode_of_png_gives_its_pixels(mode: str) -> None:
    got = loading.read(file(Image.fromarray(page()).convert(mode), "PNG"))
    assert closeness(got.gray, page()) == 0


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
def test_each_mode_of_jpeg_gives_its_pixels(mode: str) -> None:
    got = loading.read(file(Image.fromarray(page()).convert(mode), "JPEG", quality=95))
    assert closeness(got.gray, page()) <= 12


def test_sixteen_bits_become_eight() -> None:
    wide = (page().astype(np.uint16) * 257) // 2
    got = loading.read(file(Image.fromarray(wide), "PNG"))
    assert closeness(got.gray, (wide / 257).round().astype(np.uint8)) <= 1


def test_color_becomes_luminance() -> None:
    # ITU-R BT.601.
    for color in [(255, 0, 0), (0, 255, 0), (0, 0, 255), (10, 200, 90)]:
        got = loading.read(file(Image.new("RGB", (40, 40), color), "PNG"))
        wanted = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
        assert np.abs(got.gray - wanted).max() <= 1


@pytest.mark.parametrize(("ink", "behind"), [(0, 255), (60, 255), (250, 0), (200, 0)])
def test_ink_on_nothing_lies_on_what_it_can_be_read_on(ink: int, behind: int) -> None:
    pixels = np.zeros((60, 90, 2), np.uint8)
    pixels[6:12, 9:45] = (ink, 255)
    got = loading.read(file(Image.fromarray(pixels), "PNG"))
    assert got.gray[8, 20] == ink
    assert got.gray[40, 80] == behind
    assert len(got.notes) == 1


def test_a_page_with_clear_corners_keeps_its_gray_there() -> None:
    pixels = np.stack([page(), np.full((60, 90), 255, np.uint8)], axis=-1)
    pixels[:8, -8:, 1] = 0
    pixels[..., 0][page() == 255] = 230
    got = loading.read(file(Image.fromarray(pixels), "PNG"))
    assert (got.gray[:8, -8:] == 230).all()
    assert "230" in got.notes[0]


def test_a_clear_color_of_a_palette_is_clear() -> None:
    picture = Image.fromarray((page() == 0).astype(np.uint8)).convert("P")
    picture.putpalette([255, 0, 255, 0, 0, 0])
    got = loading.read(file(picture, "PNG", transparency=0))
    assert closeness(got.gray, page()) == 0


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WebP"])
def test_a_photo_stands_as_the_camera_was_held(orientation: int, form: str) -> None:
    # The Exif standard: where row 0 and column 0 of what is stored belong.
    stored = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.T,
        6: lambda a: a.T[::-1],
        7: lambda a: a.T[::-1, ::-1],
        8: lambda a: a.T[:, ::-1],
    }[orientation](page())
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = Image.fromarray(np.ascontiguousarray(stored)).convert("RGB")
    got = loading.read(file(picture, form, exif=exif, quality=95))
    assert got.original_size == (90, 60)
    assert closeness(got.gray, page()) <= 25
    assert bool(got.notes) == (orientation > 1)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("size", [(3000, 2000), (1500, 1100), (1025, 400), (400, 2050)])
def test_the_reduction_averages_over_areas(form: str, size: tuple[int, int]) -> None:
    width, height = size
    pixels = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (height // 2, width // 2 + 1))
    got = loading.read(file(Image.fromarray(pixels[:, :width]), form))
    assert max(got.gray.shape) == loading.LONGEST
    assert abs(got.gray.shape[1] / got.gray.shape[0] - width / height) < 0.02 * width / height
    assert got.original_size == (width, pixels.shape[0])
    assert abs(got.gray.mean() - 127.5) < 3


def test_a_strip_at_a_time_is_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2100, 1300), dtype=np.uint8)
    whole = loading.read(file(Image.fromarray(noise), "PNG"))
    monkeypatch.setattr(loading, "_STRIP", 1300 * 37)
    assert closeness(loading.read(file(Image.fromarray(noise), "PNG")).gray, whole.gray) == 0


def test_a_photo_of_fifty_million_pixels_costs_little() -> None:
    data = file(Image.new("L", (8160, 6120), 200), "JPEG")
    tracemalloc.start()
    start = time.process_time()
    got = loading.read(data)
    seconds = time.process_time() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert got.gray.shape == (768, 1024)
    assert seconds < 1
    # Pillow's own memory is not traced; what this module copies is.
    assert peak < 30_000_000


def test_only_the_first_picture_of_a_gif_is_decoded() -> None:
    frames = [Image.new("L", (40, 40), shade) for shade in (10, 200, 90)]
    data = file(frames[0], "GIF", save_all=True, append_images=frames[1:])
    got = loading.read(data)
    assert (got.gray == 10).all()
    assert len(got.notes) == 1


@pytest.mark.parametrize("example", Example)
def test_an_example_is_seeded_and_takes_its_digits(example: Example) -> None:
    digits = np.zeros((examples.count(example), 28, 28), np.uint8)
    digits[:, 6:22, 12:16] = 255
    first, again = (examples.make(example, digits, seed=4) for _ in range(2))
    assert closeness(first.gray, again.gray) == 0
    assert not np.array_equal(first.gray, examples.make(example, digits, seed=5).gray)
    assert max(first.gray.shape) <= loading.LONGEST
    with pytest.raises(ValueError, match="digits of 28 by 28"):
        examples.make(example, digits[1:])
