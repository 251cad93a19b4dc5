"""Any picture of digits, read by a function."""

from __future__ import annotations

import subprocess
import sys
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
from mnistviz.spec.specs import NetworkSpec

SPEC = NetworkSpec()


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


def test_parameters_are_a_network() -> None:
    by_spec = mnistviz.read_digits(rows_of_digits(), SPEC)
    by_layers = mnistviz.read_digits(rows_of_digits(), parameters(SPEC))
    assert [one.digit for one in by_layers] == [one.digit for one in by_spec]


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


def test_the_import_stays_light() -> None:
    code = "import sys, mnistviz; assert 'torch' not in sys.modules and 'PIL' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
