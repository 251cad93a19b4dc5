"""Any picture of digits, read by a function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mnistviz
from mnistviz.digits import mnist
from mnistviz.digits.ink import NoInk
from mnistviz.digits.photo.headers import PictureError
from mnistviz.network.parameters import parameters
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import keeping, reading

SPEC = NetworkSpec()
README = Path(__file__).resolve().parents[3] / "README.md"


def rows_of_digits() -> np.ndarray:
    pixels = mnist.load(mnist.SAMPLE_ROOT).test_pixels.numpy()
    large = [np.kron(digit, np.ones((3, 3), np.uint8)) for digit in pixels[:4]]
    return np.vstack([np.hstack(large[:2]), np.hstack(large[2:])])


def test_every_form_of_a_picture_is_read_alike(tmp_path: Path) -> None:
    ink = rows_of_digits()
    image = Image.fromarray(ink)
    image.save(tmp_path / "digits.png")
    buffer = BytesIO()
    image.save(buffer, "PNG")
    path = tmp_path / "digits.png"
    forms = (path, str(path), buffer.getvalue(), image, ink, ink / 255, np.dstack([ink] * 3))
    first = mnistviz.read_digits(path, SPEC)
    assert [one.box.top < 84 for one in first] == [True, True, False, False]
    assert first[0].box.right <= first[1].box.left
    for form in (*forms, 255 - ink):
        read = mnistviz.read_digits(form, SPEC)
        assert [one.digit for one in read] == [one.digit for one in first]
        for one, other in zip(read, first, strict=True):
            assert one.probabilities.shape == (10,)
            assert one.image.shape == (28, 28)
            np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)


def test_digits_that_are_left_out_are_told_of(recwarn: pytest.WarningsRecorder) -> None:
    pixels = mnist.load(mnist.SAMPLE_ROOT).test_pixels.numpy()
    one = np.pad(pixels[np.flatnonzero(pixels.sum((1, 2)) > 20_000)[0]], 4)
    assert len(mnistviz.read_digits(np.tile(one, (10, 10)), SPEC)) == 100
    assert not recwarn
    with pytest.warns(UserWarning, match="^Of 120 digits, 100 are read") as told:
        read = mnistviz.read_digits(np.tile(one, (12, 10)), SPEC)
    assert len(read) == 100
    assert told[0].filename == __file__


def test_a_line_that_was_taken_for_a_digit_is_told_of() -> None:
    sheet = np.zeros((120, 400), np.uint8)
    sheet[58:62, 20:380] = 255
    with pytest.warns(UserWarning, match="is not shaped like a digit") as told:
        read = mnistviz.read_digits(sheet, SPEC)
    assert len(read) == 1
    assert told[0].filename == __file__


def test_parameters_are_a_network() -> None:
    by_spec = mnistviz.read_digits(rows_of_digits(), SPEC)
    by_layers = mnistviz.read_digits(rows_of_digits(), parameters(SPEC))
    assert [one.digit for one in by_layers] == [one.digit for one in by_spec]


MASK = np.kron(np.eye(9, dtype=np.uint8), np.ones((2, 2), np.uint8))
FORMS = {
    "bool": MASK > 0,
    "0 and 1": MASK,
    "0 and 1, large": MASK.astype(np.int64),
    "0 and 1 as floats": MASK.astype(np.float32),
    "0 to 16": MASK * 16,
    "0 to 16 as floats": MASK * 16.0,
    "0 to 9": MASK * 9,
    "0 to 255": MASK * 255,
    "0 to 255, large": MASK.astype(np.int64) * 255,
    "0 to 255 as floats": MASK * 255.0,
    "16 bits": MASK.astype(np.uint16) * 65_535,
    "-1 to 1": MASK * 2.0 - 1,
    "half precision": MASK.astype(np.float16),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_levels_of_an_array_are_told_by_its_type_and_numbers(name: str) -> None:
    np.testing.assert_array_equal(reading.levels(FORMS[name]), MASK * 255)
    colors = np.dstack([FORMS[name]] * 3)
    np.testing.assert_array_equal(reading.levels(colors), np.dstack([MASK * 255] * 3))


def test_levels_between_the_ends() -> None:
    read = [
        reading.levels(np.array([[*some]])).tolist()[0][1]
        for some in ((0, 4, 16), (0.0, 0.25, 1.0), (-1.0, 0.0, 1.0), (0.0, 7.6, 200.0), (0, 7, 200))
    ]
    assert read == [64, 64, 128, 8, 7]
    assert reading.levels(np.array([[0, 257, 65_535]], np.uint16)).tolist() == [[0, 1, 255]]


@pytest.mark.parametrize("mode", ["I", "I;16", "F"])
@pytest.mark.parametrize("most", [255, 1])
def test_images_of_wide_numbers(mode: str, most: int) -> None:
    ink = rows_of_digits()[:84, :84]
    ink = ink if most > 1 else (ink >= 128).astype(np.uint8)
    dtype = {"I": np.int32, "I;16": np.uint16, "F": np.float32}[mode]
    image = Image.fromarray(ink.astype(dtype))
    assert image.mode == mode
    (one,) = mnistviz.read_digits(image, SPEC)
    (same,) = mnistviz.read_digits((ink * (255 // most)).astype(np.uint8), SPEC)
    np.testing.assert_array_equal(one.image, same.image)


def test_levels_that_are_not_known_are_named() -> None:
    for array, said in (
        (np.array([[0, 70_000]]), "int64 from 0 to 70000"),
        (np.array([[-3.0, 2.0]]), "float64 from -3 to 2"),
        (np.array([[-5, 200]]), "int64 from -5 to 200"),
    ):
        with pytest.raises(ValueError, match=f"{said} is not known .* levels to 0 to 255"):
            reading.levels(array)
    with pytest.raises(ValueError, match="not of <U1"):
        reading.levels(np.array([["7"]]))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a small network be the one that reads hands best, in a folder of the test's own."""
    monkeypatch.setenv("MNISTVIZ_DATA", str(tmp_path / "cache"))
    small = NetworkSpec(hidden=(16,), training=TrainSpec(epochs=2, batch_size=100))
    monkeypatch.setattr(reading, "hands_network", lambda: small)
    yield
    reading._kept.cache_clear()


@pytest.mark.usefixtures("kept")
def test_without_a_network_it_is_the_one_that_reads_hands_best() -> None:
    by_itself = mnistviz.read_digits(rows_of_digits())
    by_spec = mnistviz.read_digits(rows_of_digits(), reading.hands_network())
    for one, other in zip(by_itself, by_spec, strict=True):
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
    # In a program that begins later, nothing is trained.
    reading._kept.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "learned", lambda spec: pytest.fail("trained again"))
        again = mnistviz.read_digits(rows_of_digits())
    assert [one.digit for one in again] == [one.digit for one in by_itself]


@pytest.mark.usefixtures("kept")
def test_the_example_of_the_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(rows_of_digits()).save(tmp_path / "photo.png")
    examples = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (example,) = (one for one in examples if "read_digits" in one)
    monkeypatch.chdir(tmp_path)
    exec(example, {})
    digits = [str(one.digit) for one in mnistviz.read_digits(rows_of_digits())]
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == digits


def test_what_is_no_picture_is_refused() -> None:
    for array in (np.zeros(5), np.zeros((4, 4, 2)), np.full((9, 9), np.nan), np.full((9, 9), 300)):
        with pytest.raises(ValueError, match="not"):
            mnistviz.read_digits(array, SPEC)
    with pytest.raises(PictureError):
        mnistviz.read_digits(b"%PDF", SPEC)
    with pytest.raises(NoInk):
        mnistviz.read_digits(np.full((30, 30), 255, np.uint8), SPEC)
    with pytest.raises(AttributeError, match="read_letters"):
        mnistviz.read_letters  # noqa: B018
