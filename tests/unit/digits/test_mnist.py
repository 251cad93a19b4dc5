"""Tests of the digits: what is read, in which batches it comes, and what a network gets of it."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import numpy as np
import platformdirs
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST

from mnistviz.digits import mnist
from mnistviz.digits.mnist import Batch, DataError, Digits
from mnistviz.spec.fields import Data

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
IMAGES, LABELS = NAMES[:2]


@pytest.fixture(scope="module")
def digits() -> Digits:
    """The bundled sample."""
    return mnist.load(mnist.SAMPLE_ROOT)


def idx(array: np.ndarray) -> bytes:
    """Write an array of bytes in the IDX format."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small whole set: 12 training digits and 5 others."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for images, labels, count in ((NAMES[0], NAMES[1], 12), (NAMES[2], NAMES[3], 5)):
        pixels = generator.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        (raw / images).write_bytes(idx(pixels))
        (raw / labels).write_bytes(idx(np.arange(count, dtype=np.uint8) % 10))
    return tmp_path


def raw(root: Path, name: str) -> Path:
    """Return where a file of a set lies."""
    return root / "MNIST" / "raw" / name


def refusal(root: Path) -> str:
    """Return the words in which a set is refused."""
    with pytest.raises(DataError) as caught:
        mnist.load(root)
    # Visitors read it: no path of the server is in it.
    assert str(root) not in str(caught.value)
    return str(caught.value)


class TestBatch:
    @pytest.mark.parametrize("seed", [0, 7, 999_999])
    def test_equals_what_the_usual_loop_gives(self, digits: Digits, seed: int) -> None:
        # The loop that every tutorial has, over the same files: bit for bit the same digits.
        transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))]
        )
        trainset = MNIST(str(mnist.SAMPLE_ROOT), train=True, download=False, transform=transform)
        generator = torch.Generator().manual_seed(seed)
        loader = DataLoader(trainset, batch_size=64, shuffle=True, generator=generator)
        numbers = []
        for number, (images, labels) in enumerate(loader):
            if number in (0, 1, 31, 61, 62):
                batch = mnist.batch(digits, number, seed)
                assert torch.equal(batch.images, images)
                assert torch.equal(batch.labels, labels)
                numbers.append(number)
        assert numbers == [0, 1, 31, 61, 62]
        assert number == 62

    @pytest.mark.parametrize(("number", "length"), [(0, 64), (61, 64), (62, 32)])
    def test_shapes_types_and_ranges(self, digits: Digits, number: int, length: int) -> None:
        batch = mnist.batch(digits, number, seed=7)
        assert batch.images.shape == (length, 1, 28, 28)
        assert batch.images.dtype == torch.float32
        assert (batch.images.min(), batch.images.max()) == (-1, 1)
        assert batch.labels.shape == (length,)
        assert batch.labels.dtype == torch.int64
        assert set(batch.labels.tolist()) <= set(range(10))
        assert batch.pixels.shape == (length, 28, 28)
        assert batch.pixels.dtype == torch.uint8

    def test_the_pixels_are_those_of_the_images(self, digits: Digits) -> None:
        batch = mnist.batch(digits, 5, seed=3)
        back = (batch.images.squeeze(1).double() * 0.5 + 0.5) * 255
        assert torch.equal(back.round().to(torch.uint8), batch.pixels)

    def test_all_batches_hold_each_training_digit_once(self, digits: Digits) -> None:
        batches = [mnist.batch(digits, number, seed=11) for number in range(63)]
        seen = torch.cat([batch.pixels for batch in batches])
        assert sorted(map(bytes, seen.numpy())) == sorted(map(bytes, digits.train_pixels.numpy()))
        pictures = map(bytes, digits.train_pixels.numpy())
        label_of = dict(zip(pictures, digits.train_labels.tolist(), strict=True))
        labels = torch.cat([batch.labels for batch in batches]).tolist()
        assert [label_of[bytes(picture)] for picture in seen.numpy()] == labels

    def test_the_seed_alone_decides(self, digits: Digits) -> None:
        torch.manual_seed(1)
        one = mnist.batch(digits, 4, seed=7)
        torch.manual_seed(2)
        same, other = mnist.batch(digits, 4, seed=7), mnist.batch(digits, 4, seed=8)
        assert torch.equal(one.images, same.images)
        assert not torch.equal(one.images, other.images)

    def test_the_set_stays_as_it_is(self, digits: Digits) -> None:
        before = digits.train_pixels.clone()
        batch = mnist.batch(digits, 0, seed=7)
        batch.pixels.fill_(0)
        batch.images.fill_(0)
        assert torch.equal(digits.train_pixels, before)

    @pytest.mark.parametrize("number", [-1, 63, 64, 937])
    def test_there_is_no_such_batch(self, digits: Digits, number: int) -> None:
        with pytest.raises(IndexError, match=f"batch {number} of 4000 digits"):
            mnist.batch(digits, number, seed=7)

    def test_global_chance_is_untouched(self, digits: Digits) -> None:
        # Two people use the server at once: one's seed must not move the other's numbers.
        before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
        mnist.batch(digits, 3, seed=5)
        mnist.order(100, seed=5)
        assert torch.equal(torch.get_rng_state(), before[0])
        assert random.getstate() == before[1]
        assert np.random.get_state()[1].tolist() == before[2]

    @settings(derandomize=True, deadline=None, max_examples=50)
    @given(st.integers(1, 3_000), st.integers(0, 999_999))
    def test_the_order_is_that_of_a_loader(self, count: int, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        loader = DataLoader(range(count), batch_size=count, shuffle=True, generator=generator)
        [expected] = loader
        assert torch.equal(mnist.order(count, seed), expected)

    @pytest.mark.parametrize(("count", "size"), [(4_000, 64), (4_000, 300), (10, 10), (7, 1)])
    def test_the_orders_are_those_of_the_passes_of_a_loader(self, count: int, size: int) -> None:
        generator = torch.Generator().manual_seed(3)
        loader = DataLoader(range(count), batch_size=size, shuffle=True, generator=generator)
        orders = mnist.orders(count, 3)
        for _ in range(3):
            assert torch.equal(next(orders), torch.cat(list(loader)))


class TestNormalize:
    def test_every_value_of_a_pixel(self) -> None:
        pixels = torch.arange(256, dtype=torch.uint8).repeat(49)[: 16 * 784].view(16, 28, 28)
        values = mnist.normalize(pixels)
        assert values.shape == (16, 1, 28, 28)
        assert values.dtype == torch.float32
        exact = pixels.numpy().astype(np.float64)[:, np.newaxis] * 2 / 255 - 1
        # One step of float32 near 1.
        assert np.abs(values.numpy() - exact).max() <= 1.2e-7

    @pytest.mark.parametrize(("pixel", "value"), [(0, -1.0), (255, 1.0), (51, -0.6), (204, 0.6)])
    def test_known_values(self, pixel: int, value: float) -> None:
        pixels = torch.full((1, 28, 28), pixel, dtype=torch.uint8)
        assert mnist.normalize(pixels)[0, 0, 0, 0].item() == pytest.approx(value, abs=1e-7)

    def test_the_pixels_stay_as_they_are(self) -> None:
        pixels = torch.full((2, 28, 28), 9, dtype=torch.uint8)
        mnist.normalize(pixels)
        assert pixels.unique().tolist() == [9]


class TestFlatten:
    def test_lays_the_rows_end_to_end(self) -> None:
        images = torch.arange(2 * 784, dtype=torch.float32).view(2, 1, 28, 28)
        flat = mnist.flatten(images)
        assert flat.shape == (2, 784)
        assert flat[1, 28 * 3 + 4] == images[1, 0, 3, 4]
        assert flat.flatten().tolist() == list(range(2 * 784))

    def test_is_a_view(self, digits: Digits) -> None:
        images = mnist.batch(digits, 62, seed=7).images
        flat = mnist.flatten(images)
        assert flat.data_ptr() == images.data_ptr()
        assert flat.shape == (32, 784)


class TestLoad:
    def test_the_sample(self, digits: Digits) -> None:
        assert digits.train_pixels.shape == (4_000, 28, 28)
        assert digits.train_labels.shape == (4_000,)
        assert digits.test_pixels.shape == (1_000, 28, 28)
        assert digits.test_labels.shape == (1_000,)
        assert digits.train_pixels.dtype == digits.test_pixels.dtype == torch.uint8
        assert digits.train_labels.dtype == digits.test_labels.dtype == torch.int64

    def test_reads_what_the_files_hold(self, root: Path) -> None:
        digits = mnist.load(root)
        for pixels, labels, names in (
            (digits.train_pixels, digits.train_labels, NAMES[:2]),
            (digits.test_pixels, digits.test_labels, NAMES[2:]),
        ):
            assert pixels.numpy().tobytes() == raw(root, names[0]).read_bytes()[16:]
            assert bytes(labels.tolist()) == raw(root, names[1]).read_bytes()[8:]

    @pytest.mark.parametrize("name", NAMES)
    def test_a_missing_file(self, root: Path, name: str) -> None:
        raw(root, name).unlink()
        words = refusal(root)
        assert mnist.REMEDY in words
        assert "FileNotFoundError" in words
        assert words.endswith(mnist.REMEDY)

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("kept", [0, 3, 4, 8, 12, -1])
    def test_a_file_cut_short(self, root: Path, name: str, kept: int) -> None:
        file = raw(root, name)
        file.write_bytes(file.read_bytes()[:kept])
        assert "The MNIST files on this server cannot be read (" in refusal(root)

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize(
        "content",
        [
            b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
            b"\x1f\x8b\x08\x08" + bytes(100),  # still compressed
            bytes(1_000),
            b"\xff" * 1_000,
        ],
        ids=["page", "gzip", "zeros", "ones"],
    )
    def test_no_idx_file(self, root: Path, name: str, content: bytes) -> None:
        raw(root, name).write_bytes(content)
        assert "The MNIST files on this server cannot be read (" in refusal(root)

    @pytest.mark.parametrize("name", [IMAGES, LABELS])
    @pytest.mark.parametrize(
        ("kind", "size"), [(0x09, 1), (0x0A, 1), (0x0B, 2), (0x0C, 4), (0x0D, 4), (0x0E, 8)]
    )
    def test_an_idx_file_of_other_numbers(
        self, root: Path, name: str, kind: int, size: int
    ) -> None:
        # Signed bytes, whole numbers, floats: whole files of the format, and not what MNIST is.
        header = 16 if "images" in name else 8
        content = bytearray(raw(root, name).read_bytes())
        content[2] = kind
        raw(root, name).write_bytes(content[:header] + bytes(size * (len(content) - header)))
        assert mnist.REMEDY in refusal(root)

    @pytest.mark.parametrize(
        ("name", "array"),
        [
            (IMAGES, np.zeros((12, 28, 27), np.uint8)),
            (IMAGES, np.zeros((12, 14, 56), np.uint8)),
            (IMAGES, np.zeros((11, 28, 28), np.uint8)),
            (LABELS, np.zeros(13, np.uint8)),
            ("t10k-images-idx3-ubyte", np.zeros((5, 32, 32), np.uint8)),
            ("t10k-labels-idx1-ubyte", np.zeros(4, np.uint8)),
        ],
    )
    def test_files_of_another_shape(self, root: Path, name: str, array: np.ndarray) -> None:
        raw(root, name).write_bytes(idx(array))
        words = refusal(root)
        assert "The files on this server are not those of MNIST" in words
        assert words.endswith(mnist.REMEDY)

    def test_pictures_and_labels_exchanged(self, root: Path) -> None:
        images, labels = raw(root, IMAGES), raw(root, LABELS)
        one, other = images.read_bytes(), labels.read_bytes()
        images.write_bytes(other)
        labels.write_bytes(one)
        assert mnist.REMEDY in refusal(root)

    def test_a_folder_in_the_place_of_a_file(self, root: Path) -> None:
        raw(root, IMAGES).unlink()
        raw(root, IMAGES).mkdir()
        assert mnist.REMEDY in refusal(root)

    def test_the_cause_is_kept(self, root: Path) -> None:
        raw(root, IMAGES).write_bytes(b"")
        with pytest.raises(DataError) as caught:
            mnist.load(root)
        assert type(caught.value.__cause__).__name__ in str(caught.value)

    def test_a_set_of_another_size(self, root: Path) -> None:
        # The links and the widgets count on so many batches.
        assert len(mnist.load(root, 12).train_pixels) == 12
        with pytest.raises(DataError) as caught:
            mnist.load(root, 60_000)
        assert str(caught.value) == (
            "The MNIST files on this server hold 12 training digits instead of 60,000. "
            f"{mnist.REMEDY}"
        )

    def test_any_damage_to_a_header_is_told_in_words(self, root: Path) -> None:
        @settings(derandomize=True, deadline=None, max_examples=300)
        @given(st.sampled_from(NAMES), st.integers(0, 15), st.integers(1, 255))
        def damage(name: str, place: int, by: int) -> None:
            file = raw(root, name)
            whole = file.read_bytes()
            header = 16 if "images" in name else 8
            content = bytearray(whole)
            content[place % header] ^= by
            file.write_bytes(content)
            try:
                assert mnist.REMEDY in refusal(root)
            finally:
                file.write_bytes(whole)

        damage()


class TestPlaces:
    def test_the_variable_names_the_folder(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("MNISTVIZ_DATA", str(tmp_path / "digits"))
        assert mnist.full_root() == tmp_path / "digits"
        assert mnist.root_of(Data.FULL) == tmp_path / "digits"
        assert mnist.root_of(Data.SAMPLE) == mnist.SAMPLE_ROOT

    @pytest.mark.parametrize("value", [None, ""])
    def test_without_it_the_cache_folder_of_the_platform(
        self, monkeypatch: pytest.MonkeyPatch, value: str | None
    ) -> None:
        monkeypatch.delenv("MNISTVIZ_DATA", raising=False)
        if value is not None:
            monkeypatch.setenv("MNISTVIZ_DATA", value)
        expected = Path(platformdirs.user_cache_dir("mnistviz"))
        assert mnist.full_root() == mnist.root_of(Data.FULL) == expected

    def test_the_files_are_where_torchvision_looks(self, root: Path) -> None:
        files = mnist.raw_files(root)
        assert files == tuple(raw(root, name) for name in NAMES)
        assert files[0].parent == Path(MNIST(root, download=False).raw_folder)

    def test_a_set_is_complete_with_four_files(self, root: Path) -> None:
        assert mnist.is_complete(root)
        assert mnist.is_complete(mnist.SAMPLE_ROOT)
        assert not mnist.is_complete(root / "MNIST")

    @pytest.mark.parametrize("name", NAMES)
    def test_a_set_is_not_complete_with_three(self, root: Path, name: str) -> None:
        raw(root, name).unlink()
        assert not mnist.is_complete(root)
        raw(root, name).mkdir()
        assert not mnist.is_complete(root)

    def test_what_is_in_the_files_is_not_read(self, root: Path) -> None:
        for name in NAMES:
            raw(root, name).write_bytes(b"")
        assert mnist.is_complete(root)


def test_sets_and_batches_compare_by_identity() -> None:
    # By value, `==` of two tensors would be a tensor, and a look-up in a cache an error.
    tensor = torch.zeros(2)
    assert Batch(tensor, tensor, tensor) != Batch(tensor, tensor, tensor)
    assert Digits(*[tensor] * 4) != Digits(*[tensor] * 4)
    assert len({Batch(tensor, tensor, tensor), Batch(tensor, tensor, tensor)}) == 2
