"""The digits: the bundled sample and the full MNIST, their batches, and the inputs of a network.

Both sets are read from four IDX files, in the layout of `torchvision.datasets.MNIST`. It is not
torchvision that reads them: with all that it imports, it would cost every server 160 MB.
"""

import itertools
import math
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import torch

import mnistviz
from mnistviz.spec.fields import BATCH_SIZE, Data, Split
from mnistviz.words import say

MEAN = 0.5
"""What is subtracted from every pixel after it was scaled to 0 to 1."""

STD = 0.5
"""What every pixel is divided by then: 0 becomes -1, 1 stays 1."""

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""The names of the four files of a set."""

SAMPLE_ROOT = Path(mnistviz.__file__).parent / "assets"
"""The folder of the bundled sample, in the layout of torchvision."""

CACHE_VARIABLE = "MNISTVIZ_DATA"
"""The environment variable that names the folder of the full set."""


REMEDY = say("errors/mnist", "remedy")
"""What to do about files that are there and no good."""


class DataError(Exception):
    """The files of a set are there and cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """A set of digits as it is stored. Read-only: it is shared.

    Attributes:
        train_pixels: uint8 of shape (N, 28, 28), 0 is paper and 255 is ink.
        train_labels: int64 of shape (N,), 0 to 9.
        test_pixels: uint8 of shape (M, 28, 28).
        test_labels: int64 of shape (M,).
    """

    train_pixels: torch.Tensor
    train_labels: torch.Tensor
    test_pixels: torch.Tensor
    test_labels: torch.Tensor

    def part(self, split: Split) -> tuple[torch.Tensor, torch.Tensor]:
        """Return pixels (N, 28, 28) and labels (N,) of the training digits or the test digits."""
        if split is Split.TEST:
            return self.test_pixels, self.test_labels
        return self.train_pixels, self.train_labels


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """A set of digits, ready to be learned. Read-only: it is shared.

    Attributes:
        train_pixels: uint8 of shape (N, 784), 0 to 255; a batch of them is normalized when it is
            taken, which is faster than to fetch four times as many bytes.
        train_labels: int64 of shape (N,), 0 to 9.
        test_inputs: float32 of shape (M, 784), -1 to 1.
        test_labels: int64 of shape (M,).
    """

    train_pixels: torch.Tensor
    train_labels: torch.Tensor
    test_inputs: torch.Tensor
    test_labels: torch.Tensor

    def take(self, indices: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return a batch of training digits: inputs (B, 784), float32, -1 to 1, and labels (B,).

        (p / 255 - mean) / std, in two operations instead of four; the same bits, as `normalize`
        multiplies and divides by powers of two beside the 255.

        Args:
            indices: int64 of shape (B,), which training digits, 0 to N - 1.
        """
        # index_select takes a third of the time of [indices].
        pixels = self.train_pixels.index_select(0, indices).to(torch.float32)
        return pixels.div_(255 * STD).sub_(MEAN / STD), self.train_labels.index_select(0, indices)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One batch of digits. Read-only: it is shared.

    Attributes:
        images: float32 of shape (B, 1, 28, 28), -1 to 1; B is 64, in the last batch less.
        labels: int64 of shape (B,), 0 to 9.
        pixels: uint8 of shape (B, 28, 28), the same digits as they are stored.
    """

    images: torch.Tensor
    labels: torch.Tensor
    pixels: torch.Tensor


def full_root() -> Path:
    """Return the folder of the full set: `MNISTVIZ_DATA`, else the platform's cache folder."""
    return Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_path("mnistviz"))


def raw_files(root: Path) -> tuple[Path, ...]:
    """Return where torchvision looks for the four IDX files of a set under `root`."""
    return tuple(root / "MNIST" / "raw" / name for name in FILES)


def is_complete(root: Path) -> bool:
    """Tell whether all four files of a set lie under `root`; what is in them is not read."""
    return all(file.is_file() for file in raw_files(root))


def load(root: Path, count: int | None = None) -> Digits:
    """Read a set of digits without the network.

    Args:
        root: a folder that holds `MNIST/raw/` with the four IDX files.
        count: how many training digits there have to be; None for any number.

    Raises:
        DataError: a file is missing, cut short, or no IDX file, or the count is another one.
    """
    try:
        parts = [_read_idx(file) for file in raw_files(root)]
    except (OSError, ValueError) as error:
        raise DataError(
            say(
                "errors/mnist",
                "unreadable",
                name=type(error).__name__,
                error=(isinstance(error, OSError) and error.strerror) or error,
                remedy=REMEDY,
            )
        ) from error
    for pixels, labels in (parts[:2], parts[2:]):
        if pixels.shape[1:] != (28, 28) or labels.shape != pixels.shape[:1]:
            raise DataError(
                say(
                    "errors/mnist",
                    "other_files",
                    shape=tuple(pixels.shape),
                    shape_2=tuple(labels.shape),
                    remedy=REMEDY,
                )
            )
    train_pixels, train_labels, test_pixels, test_labels = parts
    if count is not None and len(train_pixels) != count:
        raise DataError(
            say(
                "errors/mnist",
                "other_count",
                held=len(train_pixels),
                count=count,
                remedy=REMEDY,
            )
        )
    return Digits(train_pixels, train_labels.long(), test_pixels, test_labels.long())


def _read_idx(file: Path) -> torch.Tensor:
    """Return the bytes of an IDX file in the shape that its header names.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no IDX file of bytes, or shorter or longer than its header says.
    """
    content = bytearray(file.read_bytes())
    # Two zeros, 8 for bytes without a sign, and how many dimensions there are, each with a size.
    dimensions = content[3] if len(content) > 3 else 0
    start = 4 * (1 + dimensions)
    if content[:3] != b"\0\0\x08" or not dimensions or len(content) < start:
        raise ValueError(say("errors/mnist", "no_idx", file=file.name))
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    if (held := len(content) - start) != (count := math.prod(shape)):
        raise ValueError(say("errors/mnist", "length", file=file.name, held=held, count=count))
    return torch.frombuffer(content, dtype=torch.uint8, offset=start).view(shape)


def normalize(pixels: torch.Tensor) -> torch.Tensor:
    """Turn stored pixels into inputs of the network: `ToTensor`, then `Normalize`.

    Args:
        pixels: uint8 of shape (B, 28, 28), 0 to 255.

    Returns:
        float32 of shape (B, 1, 28, 28), -1 to 1: (pixels / 255 - 0.5) / 0.5.
    """
    return pixels.unsqueeze(1).to(torch.float32).div(255).sub(MEAN).div(STD)


def flatten(images: torch.Tensor) -> torch.Tensor:
    """Lay the rows of each picture end to end: (B, 1, 28, 28) becomes (B, 784), no copy."""
    return images.view(images.shape[0], -1)


def examples(digits: Digits) -> Examples:
    """Flatten a whole set, and normalize its test digits."""
    return Examples(
        flatten(digits.train_pixels),
        digits.train_labels,
        flatten(normalize(digits.test_pixels)),
        digits.test_labels,
    )


def order(count: int, seed: int) -> torch.Tensor:
    """Return the order in which a shuffling `DataLoader` goes through `count` examples.

    The same as `DataLoader(…, shuffle=True, generator=torch.Generator().manual_seed(seed))` in
    its first pass: it draws one number for its workers first, then the permutation.

    Returns:
        int64 of shape (count,), each number from 0 to count - 1 once.
    """
    return next(orders(count, seed))


def orders(count: int, seed: int) -> Iterator[torch.Tensor]:
    """Yield the order of each pass of a shuffling `DataLoader`, without end; see `order`."""
    generator = torch.Generator().manual_seed(seed)
    for _ in itertools.count():
        torch.empty((), dtype=torch.int64).random_(generator=generator)
        yield torch.randperm(count, generator=generator)
        # At the end of a pass its sampler draws once more, for the rest of a pass that has none.
        torch.randperm(count, generator=generator)


def batch(digits: Digits, number: int, seed: int, split: Split = Split.TRAIN) -> Batch:
    """Return batch `number` of the order that the seed shuffles the digits into.

    Args:
        digits: the set.
        number: of the batch, from 0.
        seed: what shuffles.
        split: whether training digits or test digits are meant.

    Raises:
        IndexError: there is no such batch.
    """
    pixels, labels = digits.part(split)
    count = len(pixels)
    if not 0 <= number < math.ceil(count / BATCH_SIZE):
        raise IndexError(f"batch {number} of {count} digits")
    indices = order(count, seed)[number * BATCH_SIZE : (number + 1) * BATCH_SIZE]
    return Batch(normalize(pixels[indices]), labels[indices], pixels[indices])


def root_of(data: Data) -> Path:
    """Return the folder in which a set lies, or would lie."""
    return SAMPLE_ROOT if data is Data.SAMPLE else full_root()
