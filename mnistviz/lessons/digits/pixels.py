"""The pixels of a batch: one of them in detail, histograms of all, and the shapes of its parts.

Torch in, plain numbers out.
"""

from dataclasses import dataclass

import numpy as np
import torch

from mnistviz.digits.arrays import Doubles, Floats, Integers
from mnistviz.digits.mnist import Batch, flatten, normalize
from mnistviz.lessons.tries import error_of
from mnistviz.spec.fields import CLASSES, INPUTS, SIDE

VALUES = 256
"""How many values a stored pixel can have."""

BINS = 16
"""Bars of a histogram: each counts 16 of the 256 values that a stored pixel can have."""


@dataclass(frozen=True, slots=True)
class Pixel:
    """One pixel of one digit, on its way to the network.

    Attributes:
        index: its place in the flattened digit, 0 to 783.
        row: 0 to 27, from the top.
        column: 0 to 27, from the left.
        raw: as it is stored, 0 (black) to 255 (white).
        unit: after `ToTensor`, 0 to 1.
        normal: after `Normalize`, -1 to 1: what the network gets.
    """

    index: int
    row: int
    column: int
    raw: int
    unit: float
    normal: float


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of values in bins.

    Attributes:
        edges: float64 of shape (17,), where the 16 bins begin and end.
        counts: int64 of shape (16,).
        mean: of all values.
        std: of all values, their spread about the mean.
    """

    edges: Doubles
    counts: Integers
    mean: float
    std: float


def pixel(batch: Batch, image: int, index: int) -> Pixel:
    """Return one pixel of a digit: its place and its value at each step to the network.

    Args:
        batch: the batch of the digit.
        image: number of the digit in the batch, from 0.
        index: place of the pixel in the flattened digit, 0 to 783.

    Raises:
        IndexError: there is no such pixel or no such digit.
    """
    if not 0 <= index < INPUTS:
        raise IndexError(f"pixel {index} of {INPUTS}")
    row, column = divmod(index, SIDE)
    raw = int(batch.pixels[image, row, column])
    normal = float(flatten(batch.images)[image, index])
    return Pixel(index, row, column, raw, float(units()[raw]), normal)


def units() -> Floats:
    """Return what `ToTensor` makes of each stored value: float32 of shape (256,), 0 to 1."""
    values: Floats = _stored().to(torch.float32).div(255).numpy()
    return values


def normals() -> Floats:
    """Return what the network gets for each stored value: float32 of shape (256,), -1 to 1."""
    values: Floats = normalize(_stored().view(1, 1, -1)).flatten().numpy()
    return values


def _stored() -> torch.Tensor:
    return torch.arange(VALUES).to(torch.uint8)


def indexing_shapes(images: torch.Tensor, image: int, index: int) -> tuple[tuple[int, ...], ...]:
    """Return the shapes on the way from a batch down to one number, axis by axis.

    Args:
        images: float32 of shape (B, 1, 28, 28).
        image: number of the digit in the batch, from 0.
        index: place of the pixel in the flattened digit, 0 to 783.

    Returns:
        The shapes of `images`, `images[i]`, `images[i, 0]`, `images[i, 0, row]` and
        `images[i, 0, row, column]`; the last one is empty.
    """
    row, column = divmod(index, SIDE)
    place = (image, 0, row, column)
    return tuple(tuple(images[place[:axes]].shape) for axes in range(len(place) + 1))


def histograms(batch: Batch) -> tuple[Histogram, Histogram]:
    """Count the pixels of a batch as they are stored, and as the network gets them.

    The bins of the second are those of the first, normalized. Their edges lie between two
    possible values, so that no rounding moves a pixel into the next bin.
    """
    edges = np.linspace(-0.5, VALUES - 0.5, BINS + 1)
    low, high = float(normals()[0]), float(normals()[-1])
    return (
        _histogram(batch.pixels, edges),
        _histogram(batch.images, low + edges / (VALUES - 1) * (high - low)),
    )


def _histogram(values: torch.Tensor, edges: Doubles) -> Histogram:
    array = values.numpy().astype(np.float64).ravel()
    counts = np.histogram(array, bins=edges)[0].astype(np.int64)
    return Histogram(edges, counts, float(array.mean()), float(array.std()))


def moments(stored: torch.Tensor) -> tuple[float, float]:
    """Return mean and standard deviation of pixels after `ToTensor`, on the scale from 0 to 1.

    They are counted by value: in float64, the pixels of all digits would take 400 MB.

    Args:
        stored: uint8 of any shape, 0 to 255.
    """
    counts = torch.bincount(stored.flatten(), minlength=VALUES).double()
    shares, values = counts / counts.sum(), torch.linspace(0, 1, VALUES, dtype=torch.float64)
    mean = (shares * values).sum()
    return float(mean), float((shares * (values - mean).square()).sum().sqrt())


def class_counts(labels: torch.Tensor) -> tuple[int, ...]:
    """Count how often each digit from 0 to 9 occurs.

    Args:
        labels: int64 of shape (N,), 0 to 9.
    """
    return tuple(torch.bincount(labels, minlength=CLASSES).tolist())


def shares_memory(images: torch.Tensor) -> bool:
    """Tell whether the flattened batch is the same numbers in the same place of the memory.

    Args:
        images: float32 of shape (B, 1, 28, 28).
    """
    return flatten(images).data_ptr() == images.data_ptr()


def channel_error(images: torch.Tensor, image: int) -> str:
    """Ask for a second channel, and return what PyTorch says.

    Args:
        images: float32 of shape (B, 1, 28, 28).
        image: number of the digit in the batch, from 0.

    Raises:
        ValueError: PyTorch says nothing.
    """
    return error_of(lambda: images[image, images.shape[1]])
