"""A set of one's own: drawn digits with their labels, ready for a network. Frozen values."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from mnistviz.digits import preparation
from mnistviz.digits.arrays import Mask, Pixels
from mnistviz.spec.fields import CLASSES, SIDE
from mnistviz.words import say

MOST = 500
"""Digits that a set may hold: 400 kB, small enough for every visitor of a server to have one."""

LENGTH = SIDE * SIDE

FIFTH = 5
"""Of so many digits one is held back, on average; see `OwnSet.held`."""


class OwnSetError(ValueError):
    """Digits cannot be a set of one's own; the text says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class OwnDigit:
    """One digit: its pixels and its label.

    Attributes:
        pixels: 784 bytes, row by row; 0 is paper and 255 is ink.
        label: 0 to 9.

    Raises:
        OwnSetError: there are not 784 pixels, or the label is no digit.
    """

    pixels: bytes
    label: int

    def __post_init__(self) -> None:
        """Check what may come from a file or a browser."""
        if len(self.pixels) != LENGTH:
            raise OwnSetError(
                say("errors/own_set", "pixels", length=LENGTH, count=len(self.pixels))
            )
        if not 0 <= self.label < CLASSES:
            raise OwnSetError(say("errors/own_set", "label", label=self.label, last=CLASSES - 1))

    @property
    def picture(self) -> Pixels:
        """The pixels as uint8 of shape (28, 28). Read-only."""
        return np.frombuffer(self.pixels, np.uint8).reshape(SIDE, SIDE)


@dataclass(frozen=True, eq=False)
class OwnSet:
    """Digits in the order in which they were added, no picture twice.

    Two sets with the same digits are equal and hash alike, by their digest: caches key on it.

    Attributes:
        digits: at most 500.

    Raises:
        OwnSetError: there are more, or a picture is in it twice.
    """

    digits: tuple[OwnDigit, ...] = ()

    def __post_init__(self) -> None:
        """Check that it is no more than a session may hold."""
        count = len(self.digits)
        if count > MOST:
            raise OwnSetError(say("errors/own_set", "too_many", count=count, most=MOST))
        if len({digit.pixels for digit in self.digits}) != count:
            raise OwnSetError(say("errors/own_set", "twice"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnSet) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __len__(self) -> int:
        return len(self.digits)

    @cached_property
    def digest(self) -> str:
        """The fingerprint of pixels and labels in their order."""
        summed = hashlib.sha256()
        for digit in self.digits:
            summed.update(digit.pixels)
            summed.update(bytes([digit.label]))
        return summed.hexdigest()

    @cached_property
    def pixels(self) -> Pixels:
        """All pictures, uint8 of shape (N, 28, 28). Read-only."""
        joined = b"".join(digit.pixels for digit in self.digits)
        return np.frombuffer(joined, np.uint8).reshape(-1, SIDE, SIDE)

    @cached_property
    def labels(self) -> torch.Tensor:
        """All labels, int64 of shape (N,)."""
        return torch.tensor([digit.label for digit in self.digits], dtype=torch.int64)

    @cached_property
    def inputs(self) -> torch.Tensor:
        """The inputs of a network, float32 of shape (N, 784), -1 to 1."""
        return torch.from_numpy(preparation.inputs(self.pixels))

    @cached_property
    def held(self) -> Mask:
        """Which digits belong to the fifth that can be held back from learning, shape (N,).

        Those whose gray levels add up to a multiple of 5. So a digit falls on the same side
        whatever else is in the set: none that was held back once is learned the next time.
        """
        fifth: Mask = self.pixels.sum((1, 2), dtype=np.int64) % FIFTH == 0
        return fifth

    def find(self, pixels: bytes) -> int | None:
        """Return the number of a picture in the set, from 0; None if it is not there."""
        places = (number for number, digit in enumerate(self.digits) if digit.pixels == pixels)
        return next(places, None)

    def with_digits(self, digits: Iterable[OwnDigit]) -> "OwnSet":
        """Return the set with digits added at its end.

        A picture that is in it already stays where it is and takes the new label.

        Raises:
            OwnSetError: there would be more than 500.
        """
        labels = {digit.pixels: digit.label for digit in self.digits}
        labels.update((digit.pixels, digit.label) for digit in digits)
        if len(labels) > MOST:
            raise OwnSetError(say("errors/own_set", "full", count=len(labels), most=MOST))
        return OwnSet(tuple(OwnDigit(pixels, label) for pixels, label in labels.items()))

    def without(self, number: int) -> "OwnSet":
        """Return the set without one digit.

        Raises:
            IndexError: there is no such number.
        """
        self._check(number)
        return OwnSet(self.digits[:number] + self.digits[number + 1 :])

    def relabeled(self, number: int, label: int) -> "OwnSet":
        """Return the set with another label for one digit.

        Raises:
            IndexError: there is no such number.
            OwnSetError: the label is no digit.
        """
        self._check(number)
        changed = OwnDigit(self.digits[number].pixels, label)
        return OwnSet((*self.digits[:number], changed, *self.digits[number + 1 :]))

    def _check(self, number: int) -> None:
        if not 0 <= number < len(self.digits):
            raise IndexError(f"digit {number} of {len(self.digits)}")
