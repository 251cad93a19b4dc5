"""Tests of the bundled sample of MNIST and of the script that made it."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
from torchvision.datasets import MNIST

from scripts import make_sample

ROOT = Path(__file__).resolve().parents[3]
ASSETS = ROOT / "mnistviz" / "assets"
RAW = ASSETS / "MNIST" / "raw"

HASHES = {
    "train-images-idx3-ubyte": "f10fcf0a30a55e493dd16428b9f0ba892f655066b9e18a0fc3db19ea8f3da9db",
    "train-labels-idx1-ubyte": "60b58daa49fe3e1ee06d74ea14c27768509d8eec4420f97f58f629d343b54c83",
    "t10k-images-idx3-ubyte": "814291bb3f6186b99a8f1137b00508a0360db9aabdae0412a727b965c0e951be",
    "t10k-labels-idx1-ubyte": "943335e17e5f2f23b8963509076ace7a4ae09ee5f2fd1e24bb8b2ae05cfff83f",
}
SETS = {True: 4000, False: 1000}


@pytest.fixture(scope="module")
def sets() -> dict[bool, MNIST]:
    """Both sets, read by torchvision as the app reads them."""
    return {train: MNIST(str(ASSETS), train=train, download=False) for train in SETS}


@pytest.mark.parametrize("name", HASHES)
def test_the_files_are_the_ones_that_were_made(name: str) -> None:
    assert hashlib.sha256((RAW / name).read_bytes()).hexdigest() == HASHES[name]


@pytest.mark.parametrize(("train", "size"), SETS.items())
def test_shapes(sets: dict[bool, MNIST], train: bool, size: int) -> None:
    assert tuple(sets[train].data.shape) == (size, 28, 28)
    assert tuple(sets[train].targets.shape) == (size,)


@pytest.mark.parametrize(("train", "size"), SETS.items())
def test_each_class_is_there_equally_often(sets: dict[bool, MNIST], train: bool, size: int) -> None:
    assert sets[train].targets.bincount(minlength=10).tolist() == [size // 10] * 10


def test_no_digit_is_there_twice(sets: dict[bool, MNIST]) -> None:
    pictures = [picture.numpy().tobytes() for train in SETS for picture in sets[train].data]
    assert len(set(pictures)) == len(pictures) == 5000


@pytest.mark.parametrize("train", SETS)
def test_the_classes_are_mixed_from_the_first_digit_on(
    sets: dict[bool, MNIST], train: bool
) -> None:
    targets = sets[train].targets
    # In each hundred of a fair mixture a class appears ten times, give or take three.
    for hundred in targets.split(100):
        counts = hundred.bincount(minlength=10)
        assert 1 <= counts.min() <= counts.max() <= 25


@pytest.mark.parametrize("train", SETS)
def test_the_digits_look_like_digits(sets: dict[bool, MNIST], train: bool) -> None:
    data = sets[train].data.float() / 255
    # The original training set has the mean 0.1307 and the standard deviation 0.3081.
    assert data.mean().item() == pytest.approx(0.1307, abs=0.005)
    assert data.std().item() == pytest.approx(0.3081, abs=0.005)
    assert data.amax(dim=(1, 2)).min() > 0.5


class TestScript:
    @pytest.fixture
    def source(self) -> make_sample.Digits:
        """Sixty small distinct pictures, six a class."""
        images = np.zeros((60, 28, 28), dtype=np.uint8)
        images[:, 0, 0] = np.arange(60)
        return make_sample.Digits(images, (np.arange(60) % 10).astype(np.uint8))

    def test_splits_each_class(self, source: make_sample.Digits) -> None:
        train, test = make_sample.split(source, 4, 2)
        assert np.bincount(train.labels).tolist() == [4] * 10
        assert np.bincount(test.labels).tolist() == [2] * 10
        assert not set(train.images[:, 0, 0].tolist()) & set(test.images[:, 0, 0].tolist())

    def test_keeps_picture_and_label_together(self, source: make_sample.Digits) -> None:
        for part in make_sample.split(source, 4, 2):
            assert (part.images[:, 0, 0] % 10 == part.labels).all()

    def test_does_not_depend_on_the_order_of_the_source(self, source: make_sample.Digits) -> None:
        backwards = make_sample.Digits(source.images[::-1], source.labels[::-1])
        for one, other in zip(
            make_sample.split(source, 4, 2), make_sample.split(backwards, 4, 2), strict=True
        ):
            assert np.array_equal(one.images, other.images)
            assert np.array_equal(one.labels, other.labels)

    def test_refuses_the_same_picture_twice(self, source: make_sample.Digits) -> None:
        source.images[1] = source.images[0]
        with pytest.raises(SystemExit, match="same picture twice"):
            make_sample.split(source, 4, 2)

    def test_refuses_too_few_digits(self, source: make_sample.Digits) -> None:
        with pytest.raises(SystemExit, match="too few"):
            make_sample.split(source, 5, 2)

    def test_writes_the_idx_format(self) -> None:
        array = np.arange(6, dtype=np.uint8).reshape(2, 3)
        expected = struct.pack(">BBBBII", 0, 0, 8, 2, 2, 3) + bytes(range(6))
        assert make_sample.idx_bytes(array) == expected

    def test_compares_with_what_is_there(self, tmp_path: Path) -> None:
        files = {"a": b"1", "b": b"2", "c": b"3"}
        make_sample.write_files(files, tmp_path / "new")
        assert make_sample.differing_files(files, tmp_path / "new") == []
        (tmp_path / "new" / "a").write_bytes(b"other")
        (tmp_path / "new" / "b").unlink()
        assert make_sample.differing_files(files, tmp_path / "new") == ["a", "b"]
