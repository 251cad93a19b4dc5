"""A set of one's own, and the zip in which it goes home and comes back."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision import datasets

from mnistviz.digits import mnist
from mnistviz.digits.own_set import MOST, OwnDigit, OwnSet, OwnSetError
from mnistviz.digits.own_set_zip import MAX_BYTES, MAX_MEMBERS, from_zip, to_zip

RAW = "MNIST/raw/"
IMAGES, LABELS = RAW + "train-images-idx3-ubyte", RAW + "train-labels-idx1-ubyte"


def made(count: int, seed: int = 1) -> OwnSet:
    """Digits of chance, whose labels go from 0 to 9 in turn."""
    pixels = np.random.default_rng(seed).integers(0, 256, (count, 28, 28), dtype=np.uint8)
    return OwnSet(tuple(OwnDigit(one.tobytes(), number % 10) for number, one in enumerate(pixels)))


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return buffer.getvalue()


def files_of(own: OwnSet) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(to_zip(own))) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def idx(count: int, rows: int = 28, columns: int = 28, magic: int = 2051) -> bytes:
    return struct.pack(">4I", magic, count, rows, columns) + bytes(count * rows * columns)


def png(width: int = 28, height: int = 28, mode: str = "L", kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height)).save(buffer, kind)
    return buffer.getvalue()


class TestSet:
    def test_what_the_network_gets_is_what_it_learned_from(self) -> None:
        own = made(12)
        pixels = torch.tensor(np.stack([digit.picture for digit in own.digits]))
        assert own.pixels.shape == (12, 28, 28)
        assert torch.equal(own.inputs, mnist.flatten(mnist.normalize(pixels)))
        assert own.labels.tolist() == [*range(10), 0, 1]
        assert own.labels.dtype == torch.int64

    def test_equal_sets_are_one_key(self) -> None:
        assert made(3) == made(3)
        assert hash(made(3)) == hash(made(3))
        assert len({made(3), made(3), made(4), made(3, seed=2), made(3).relabeled(0, 9)}) == 4

    def test_empty(self) -> None:
        assert len(OwnSet()) == 0
        assert OwnSet().pixels.shape == (0, 28, 28)
        assert OwnSet().inputs.shape == (0, 784)
        assert OwnSet().held.tolist() == []

    def test_a_picture_is_kept_once_and_takes_the_new_label(self) -> None:
        own = made(3)
        again = own.with_digits([OwnDigit(own.digits[1].pixels, 7), *made(1, seed=5).digits])
        assert [digit.label for digit in again.digits] == [0, 7, 2, 0]
        assert again.find(own.digits[1].pixels) == 1
        assert again.find(bytes(784)) is None

    def test_one_less_and_another_label(self) -> None:
        own = made(3)
        assert own.without(1).digits == (own.digits[0], own.digits[2])
        assert own.relabeled(2, 9).digits[2] == OwnDigit(own.digits[2].pixels, 9)
        for bad in (-1, 3):
            with pytest.raises(IndexError):
                own.without(bad)
            with pytest.raises(IndexError):
                own.relabeled(bad, 1)

    def test_it_is_full_at_some_point(self) -> None:
        full = made(MOST)
        with pytest.raises(OwnSetError, match="501 digits; 500 is the limit"):
            full.with_digits(made(1, seed=9).digits)
        assert full.with_digits(full.digits[:5]) == full
        with pytest.raises(OwnSetError, match="501 digits are too many"):
            OwnSet(full.digits + made(1, seed=9).digits)

    def test_bad_digits(self) -> None:
        with pytest.raises(OwnSetError, match="784 pixels, not 3"):
            OwnDigit(b"abc", 1)
        for label in (-1, 10):
            with pytest.raises(OwnSetError, match=f"label {label} is not a digit"):
                OwnDigit(bytes(784), label)
        with pytest.raises(OwnSetError, match="twice"):
            OwnSet((OwnDigit(bytes(784), 1), OwnDigit(bytes(784), 2)))


class TestThereAndBack:
    @pytest.mark.parametrize("count", [1, 37])
    def test_torchvision_reads_it(self, count: int, tmp_path: Path) -> None:
        own = made(count)
        with zipfile.ZipFile(io.BytesIO(to_zip(own))) as opened:
            opened.extractall(tmp_path)
        for train in (True, False):
            found = datasets.MNIST(tmp_path, train=train, download=False)
            assert np.array_equal(found.data.numpy(), own.pixels)
            assert torch.equal(found.targets, own.labels)
        for number, digit in enumerate(own.digits):
            with Image.open(tmp_path / f"png/{number:04d}_label_{digit.label}.png") as image:
                assert np.array_equal(np.asarray(image), digit.picture)
        assert "train=False" in (tmp_path / "README.txt").read_text(encoding="utf-8")

    def test_the_bytes_depend_on_the_digits_alone(self) -> None:
        assert to_zip(made(5)) == to_zip(made(5))
        assert to_zip(made(5)) != to_zip(made(5).relabeled(0, 3))

    def test_back_again(self) -> None:
        for own in (made(1), made(40), made(MOST)):
            assert from_zip(to_zip(own)) == own

    def test_a_full_set_is_quick_and_small(self) -> None:
        own = made(MOST)
        began = time.process_time()
        content = to_zip(own)
        assert from_zip(content) == own
        assert time.process_time() - began < 1
        assert len(content) < MAX_BYTES / 2

    def test_five_hundred_nearly_equal_ones_are_no_bomb(self) -> None:
        drawn = np.zeros((MOST, 784), np.uint8)
        drawn[:, 300:500] = np.random.default_rng(3).integers(0, 256, 200)
        for number in range(MOST):
            drawn[number, :2] = divmod(number, 256)
        own = OwnSet(tuple(OwnDigit(row.tobytes(), 1) for row in drawn))
        assert from_zip(to_zip(own)) == own

    def test_pictures_alone_in_the_order_of_their_numbers(self) -> None:
        own = made(12)
        pictures = {n: c for n, c in reversed(files_of(own).items()) if n.endswith(".png")}
        assert from_zip(zipped(pictures)) == own

    @pytest.mark.parametrize("front", ["", "own/", "a/b/", "own\\", "../../", "C:/"])
    def test_folders_in_front(self, front: str, tmp_path: Path, monkeypatch: Any) -> None:
        monkeypatch.chdir(tmp_path)
        own = made(3)
        files = {front + name: content for name, content in files_of(own).items()}
        beside = {"__MACOSX/png/._0000_label_1.png": b"?", f"{front}.DS_Store": b"?", "a/": b""}
        assert from_zip(zipped({**files, **beside})) == own
        assert list(tmp_path.iterdir()) == []

    def test_one_half_is_enough_and_two_are_put_together(self) -> None:
        own, other = made(4), made(5, seed=2)
        half = {n: c for n, c in files_of(own).items() if "t10k" in n}
        assert from_zip(zipped(half)) == own
        more = {n: c for n, c in files_of(other).items() if "train" in n}
        assert from_zip(zipped({**half, **more})) == other.with_digits(own.digits)

    @pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGB", "RGBA"])
    def test_pictures_of_other_kinds(self, mode: str) -> None:
        (digit,) = from_zip(zipped({"7_label_3.PNG": png(mode=mode)})).digits
        assert digit == OwnDigit(bytes(784), 3)


def changed(**files: bytes | None) -> Callable[[], bytes]:
    """A good zip in which some files are others, or not there."""
    names = {"images": IMAGES, "labels": LABELS}

    def make() -> bytes:
        good = {n: c for n, c in files_of(made(3)).items() if "train" in n}
        good.update({names[name]: c for name, c in files.items() if c is not None})
        for name, content in files.items():
            if content is None:
                del good[names[name]]
        return zipped(good)

    return make


def lying() -> bytes:
    """A file that declares 100 bytes and unpacks to a million."""
    content = bytearray(zipped({"0000_label_1.png": bytes(1_000_000)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.find(signature)
        content[place + offset : place + offset + 4] = struct.pack("<I", 100)
    return bytes(content)


def encrypted() -> bytes:
    content = bytearray(zipped({"0000_label_1.png": png()}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + offset] |= 1
    return bytes(content)


def twice() -> bytes:
    return zipped({"a/0000_label_1.png": png(), "b/0000_label_1.png": png()})


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "cannot be read as a zip"),
    "text": (lambda: b"hello" * 100, "cannot be read as a zip"),
    "cut": (lambda: to_zip(made(5))[:-30], "cannot be read as a zip"),
    "large": (lambda: bytes(MAX_BYTES + 1), "4,000,001 bytes"),
    "nothing in it": (lambda: zipped({}), "holds no digits"),
    "other files": (lambda: zipped({"a.txt": b"x"}), "holds no digits"),
    "members": (
        lambda: zipped({str(n): b"" for n in range(MAX_MEMBERS + 1)}),
        "1,201 files; 1,200 is the limit",
    ),
    "bomb": (lambda: zipped({IMAGES: bytes(3_900_000)}), "3,900,000 bytes, more than 500 times"),
    "many small bombs": (
        lambda: zipped({str(n): bytes(range(256)) * 1000 for n in range(20)}),
        "more than 4,000,000 bytes",
    ),
    "a lie about its size": (lying, "cannot be read as a PNG|cannot be read as a zip"),
    "encrypted": (encrypted, "is encrypted"),
    "another method": (
        lambda: zipped({"0000_label_1.png": png()}, zipfile.ZIP_LZMA),
        "method 14",
    ),
    "twice": (twice, "Two files in the zip are named `0000_label_1.png`"),
    "no labels": (changed(labels=None), "has no `train-labels-idx1-ubyte`"),
    "no images": (changed(images=None), "has no `train-images-idx3-ubyte`"),
    "magic": (changed(images=idx(3, magic=2049)), "the number 2,049 instead of 2,051"),
    "header cut": (changed(images=b"\x00\x00\x08\x03\x00"), "ends too early, after 5 bytes"),
    "no header": (changed(labels=b""), "ends too early, after 0 bytes"),
    "counts": (changed(images=idx(4)), "4 digits, but `train-labels-idx1-ubyte` holds 3 labels"),
    "sides": (changed(images=idx(3, 20, 30)), "20 by 30 pixels, not 28 by 28"),
    "sides beyond": (
        changed(images=struct.pack(">4I", 2051, 3, 2**32 - 1, 2**32 - 1)),
        "4,294,967,295 by 4,294,967,295",
    ),
    "count beyond": (changed(images=struct.pack(">4I", 2051, 2**32 - 1, 28, 28)), "4,294,967,295"),
    "pixels cut": (changed(images=idx(3)[:-1]), "take 2,352 bytes, but it has 2,351"),
    "label": (
        changed(labels=struct.pack(">2I", 2049, 3) + b"\x01\x0b\x02"),
        "the label `11`, but labels go from 0 to 9",
    ),
    "MNIST itself": (
        changed(images=idx(501)[:16] + np.random.default_rng(1).bytes(501)),
        "501 digits; 500 is the limit",
    ),
    "too long": (changed(labels=bytes(600_000)), "more than 500|is the limit"),
    "label of a picture": (lambda: zipped({"0_label_12.png": png()}), "the label `12`"),
    "label of a picture in letters": (lambda: zipped({"0_label_x.png": png()}), "the label `x`"),
    "another size": (lambda: zipped({"0_label_1.png": png(30, 20)}), "30 by 20 pixels"),
    "picture bomb": (lambda: zipped({"0_label_1.png": png(9000, 9000, "1")}), "9,000 by 9,000"),
    "a GIF": (lambda: zipped({"0_label_1.png": png(kind="GIF")}), "cannot be read as a PNG"),
    "a picture cut": (lambda: zipped({"0_label_1.png": png()[:-20]}), "cannot be read as a PNG"),
    "a heavy picture": (
        lambda: zipped({"0_label_1.png": png() + np.random.default_rng(1).bytes(30_000)}),
        "20,000 is the limit",
    ),
    "501 pictures": (
        lambda: zipped({f"{n}_label_1.png": b"" for n in range(501)}),
        "501 pictures; 500 is the limit",
    ),
    "an odd name": (
        lambda: zipped({"0_label_`\n*.png": png(), "1_label_`*.png": png()}),
        r"`1_label_'\*\.png`",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_is_told_in_a_sentence(name: str) -> None:
    make, sentence = BAD[name]
    content = make()
    began = time.process_time()
    with pytest.raises(OwnSetError, match=sentence) as refused:
        from_zip(content)
    assert time.process_time() - began < 1
    text = str(refused.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 250


def test_501_digits_of_two_halves() -> None:
    one, other = made(300), made(300, seed=2)
    halves = {
        **{n: c for n, c in files_of(one).items() if "train" in n},
        **{n: c for n, c in files_of(other).items() if "t10k" in n},
    }
    with pytest.raises(OwnSetError, match="600 digits; 500 is the limit"):
        from_zip(zipped(halves))


GOOD = to_zip(made(4))
PICTURES = zipped({n: c for n, c in files_of(made(4)).items() if n.endswith(".png")})


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.sampled_from([GOOD, PICTURES]),
    st.lists(
        st.tuples(
            st.sampled_from(["set", "cut", "insert", "repeat"]),
            st.floats(0, 1, exclude_max=True),
            st.binary(min_size=1, max_size=8),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_whatever_comes_is_a_set_or_a_sentence(
    content: bytes, changes: list[tuple[str, float, bytes]]
) -> None:
    for kind, where, new in changes:
        # Half of the changes fall on the directory at the end, where all the numbers stand.
        place = int(len(content) * (where * 2 if where < 0.5 else 1 - (where - 0.5) / 4))
        match kind:
            case "set":
                content = content[:place] + new + content[place + len(new) :]
            case "cut":
                content = content[:place] + content[place + len(new) :]
            case "insert":
                content = content[:place] + new + content[place:]
            case "repeat":
                content = content[:place] + content[max(place - 200, 0) :]
    said = ""
    try:
        assert 0 < len(from_zip(content)) <= MOST
    except OwnSetError as error:
        said = str(error)
    assert not said or said.endswith(".")
