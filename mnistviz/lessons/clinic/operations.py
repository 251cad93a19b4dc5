"""The operations of the clinic on a digit or a network, as frozen values that check themselves.

Nothing here touches what it is given: pictures and parameters that an operation changes are new.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import torch

from mnistviz.digits import mnist
from mnistviz.lessons.clinic import pictures, weights
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import SIDE, Allowed, SpecError
from mnistviz.spec.specs import NetworkSpec

CHUNK = 1000
"""Digits that go through a network at once; noise is drawn anew for each such chunk."""

TEST_SHIFT = 2
"""Pixels by which `MOVED_TEST` moves every digit to the right."""


class Operation(StrEnum):
    """The operations: seven on the digit, the others on the network or its test."""

    SHIFT = "shift"
    ROTATE = "rotate"
    SCALE = "scale"
    BLUR = "blur"
    NOISE = "noise"
    INVERT = "invert"
    COVER = "cover"
    ZERO_BIASES = "zero biases"
    NOISY_WEIGHTS = "noisy weights"
    ZERO_LAYER = "zero layer"
    UNITS_OFF = "units off"
    ROUND = "round weights"
    RAW_INPUTS = "raw inputs"
    DOUBLE_SOFTMAX = "double softmax"
    MOVED_TEST = "moved test"
    SHUFFLED_LABELS = "shuffled labels"


ON_DIGIT = tuple(Operation)[:7]
"""The operations that a person chooses for the digit."""

ON_NETWORK = tuple(Operation)[7:]
"""Those for the network or its test."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The strengths that an operation may have: least, most, step and default."""

    least: float
    most: float
    default: float
    step: float


LIMITS: Mapping[Operation, Limits] = MappingProxyType(
    {
        Operation.SHIFT: Limits(-14, 14, 4, 1),
        Operation.ROTATE: Limits(-180, 180, 40, 5),
        Operation.SCALE: Limits(0.3, 2.0, 0.6, 0.1),
        Operation.BLUR: Limits(0.0, 4.0, 1.5, 0.25),
        Operation.NOISE: Limits(0.0, 1.0, 0.4, 0.05),
        Operation.COVER: Limits(2, 20, 8, 1),
        Operation.NOISY_WEIGHTS: Limits(0.0, 3.0, 1.0, 0.1),
        Operation.UNITS_OFF: Limits(0, 100, 50, 5),
        Operation.ROUND: Limits(2, 8, 2, 1),
    }
)
"""The strengths: pixels to the right, degrees against the clock, a factor, pixels of the bell's
standard deviation, a standard deviation as a share of full ink, pixels of a square's side, a
standard deviation in those of each layer's weights, percent of the units (at least one), bits."""

DOWN = Limits(-14, 14, 0, 1)
"""Pixels by which `SHIFT` moves a digit down."""

COVER_AT = 10
"""Row and column of the covering square at first: with its default side, in the middle."""


@dataclass(frozen=True, slots=True)
class Change:
    """One operation with its strength and place: the same change gives everyone the same numbers.

    Attributes:
        operation: what is done.
        strength: how much; see `LIMITS`. 0 where there is no strength.
        down: pixels down, for `SHIFT`.
        row: first row of the square that `COVER` lays over the digit, from 0.
        column: its first column; neither may lead over the edge.
        layer: which layer, from 1, for `ZERO_LAYER` and `UNITS_OFF`.

    Raises:
        SpecError: a value is not allowed.
    """

    operation: Operation
    strength: float = 0
    down: int = 0
    row: int = 0
    column: int = 0
    layer: int = 1

    def __post_init__(self) -> None:
        """Check every value against what the operation allows."""
        limits = LIMITS.get(self.operation, Limits(0, 0, 0, 1))
        _check("strength", self.strength, limits.least, limits.most)
        _check("down", self.down, DOWN.least, DOWN.most)
        # Layers: up to four hidden ones, and the last.
        _check("layer", self.layer, 1, 5)
        end = last_place(int(self.strength)) if self.operation is Operation.COVER else 0
        _check("row", self.row, 0, end)
        _check("column", self.column, 0, end)

    @property
    def on_digit(self) -> bool:
        """Whether it changes pictures and leaves the network alone."""
        return self.operation in ON_DIGIT or self.operation is Operation.MOVED_TEST


def _check(field: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise SpecError(field, value, Allowed(minimum=least, maximum=most, whole=False))


def last_place(side: int) -> int:
    """Return the last row at which a square of this side may begin."""
    return SIDE - side


def pixels_of(change: Change | None, pixels: torch.Tensor, seed: int) -> torch.Tensor:
    """Return the pictures that the network sees.

    Args:
        change: what is done; nothing with None.
        pixels: uint8 of shape (B, 28, 28), 0 is paper and 255 is ink.
        seed: of the noise.

    Returns:
        uint8 of shape (B, 28, 28); the given ones where the change leaves pictures alone.
    """
    if change is None:
        return pixels
    strength = change.strength
    match change.operation:
        case Operation.SHIFT:
            return pictures.shift(pixels, int(strength), change.down)
        case Operation.MOVED_TEST:
            return pictures.shift(pixels, TEST_SHIFT, 0)
        case Operation.ROTATE:
            return pictures.rotate(pixels, strength)
        case Operation.SCALE:
            return pictures.scale(pixels, strength)
        case Operation.BLUR:
            return pictures.blur(pixels, strength)
        case Operation.NOISE:
            return pictures.noise(pixels, strength, seed)
        case Operation.INVERT:
            return pictures.invert(pixels)
        case Operation.COVER:
            return pictures.cover(pixels, change.row, change.column, int(strength))
    return pixels


def inputs_of(change: Change | None, pixels: torch.Tensor, seed: int) -> torch.Tensor:
    """Return the network's inputs for some pictures after an operation; see `pixels_of`.

    Returns:
        float32 of shape (B, 784), -1 to 1; for `RAW_INPUTS` 0 to 1.
    """
    changed = pixels_of(change, pixels, seed)
    if change is not None and change.operation is Operation.RAW_INPUTS:
        return mnist.flatten(pictures.not_normalized(changed))
    return mnist.flatten(mnist.normalize(changed))


def layers_of(change: Change | None, layers: Parameters, seed: int) -> Parameters:
    """Return the parameters after an operation; those that change are copies.

    Args:
        change: what is done. `SHUFFLED_LABELS` is a training of its own, and does nothing here. A
            layer that the network does not have stays as it is not.
        layers: the parameters as they are. They are not changed.
        seed: of the noise, and of which units are off.
    """
    if change is None:
        return layers
    match change.operation:
        case Operation.ZERO_BIASES:
            return weights.zero_biases(layers)
        case Operation.NOISY_WEIGHTS:
            return weights.noisy(layers, change.strength, seed)
        case Operation.ZERO_LAYER:
            return weights.zero_layer(layers, change.layer)
        case Operation.UNITS_OFF:
            return weights.units_off(layers, change.layer, change.strength / 100, seed)
        case Operation.ROUND:
            return weights.rounded(layers, int(change.strength))
    return layers


def probabilities_of(change: Change | None, logits: torch.Tensor) -> torch.Tensor:
    """Turn logits (B, 10) into probabilities (B, 10); for `DOUBLE_SOFTMAX` twice."""
    probabilities = torch.softmax(logits, dim=1)
    if change is not None and change.operation is Operation.DOUBLE_SOFTMAX:
        return torch.softmax(probabilities, dim=1)
    return probabilities


def shuffled(examples: mnist.Examples, seed: int) -> mnist.Examples:
    """Return the same digits with the labels of the training digits dealt out anew.

    The counts of the ten classes stay; the test digits keep their labels.

    Args:
        examples: a set of digits. It is not changed.
        seed: of the shuffle.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(examples.train_labels), generator=generator)
    return mnist.Examples(
        examples.train_pixels,
        examples.train_labels[order],
        examples.test_inputs,
        examples.test_labels,
    )


def operated_units(network: NetworkSpec, change: Change) -> int:
    """Return how many units `UNITS_OFF` switches off; 0 without the layer."""
    if change.layer > len(network.hidden):
        return 0
    return weights.off_count(network.hidden[change.layer - 1], change.strength / 100)
