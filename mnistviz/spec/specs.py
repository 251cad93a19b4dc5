"""The specs: a network and a digit, completely, as frozen values that check themselves.

A spec is the whole state of a page: it comes from the URL, it keys the caches, and the same spec
gives the same numbers to everyone. The settings it is made of stand in `mnistviz.spec.fields`.
Standard library only.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mnistviz.spec.activations import Activations, for_layers, settled
from mnistviz.spec.fields import (
    CLASSES,
    FIELDS,
    INPUTS,
    TRAINING_DIGITS,
    Activation,
    Allowed,
    Augment,
    Bias,
    Data,
    Init,
    Optimizer,
    SpecError,
    Split,
    Style,
    Value,
    Weights,
    batch_count,
    batch_length,
)

_ENUMS: Mapping[str, type[StrEnum]] = MappingProxyType(
    {
        "style": Style,
        "init": Init,
        "bias": Bias,
        "optimizer": Optimizer,
        "augment": Augment,
        "data": Data,
        "split": Split,
    }
)
"""The type that a setting has in a spec, where it is more than a plain string."""


def _settle(spec: object, *keys: str) -> None:
    """Check values of a spec that is being made, and give each its own type.

    Raises:
        SpecError: a value is not allowed.
    """
    for key in keys:
        value = FIELDS[key].check(getattr(spec, key))
        # A frozen dataclass can be completed in no other way.
        object.__setattr__(spec, key, _ENUMS[key](str(value)) if key in _ENUMS else value)


_TRAINING = ("optimizer", "lr", "batch_size", "epochs", "seed", "data", "augment")
_START = ("init", "std", "constant", "bias", "seed")
_PLACE = ("data", "split", "batch", "image", "seed")


@dataclass(frozen=True, slots=True)
class TrainSpec:
    """How a network is trained, completely: on the same network, the same weights come out.

    Attributes:
        optimizer: what makes a step of the gradients.
        lr: the learning rate, 0.00001 to 100.
        batch_size: digits of one step, 1 to 1,024.
        epochs: passes through all training digits, 1 to 50.
        seed: what shuffles the digits, anew for every epoch; 0 to 999,999.
        data: the set whose training digits are learned and whose test digits are asked.
        augment: whether each epoch shows the digits varied a little, by chance of the seed; see
            `mnistviz.training.augmentation`.

    Raises:
        SpecError: a value is not allowed.

    Examples:
        >>> from mnistviz import TrainSpec
        >>> TrainSpec(optimizer="adam", lr=0.001, epochs=5).steps
        315
    """

    optimizer: Optimizer = Optimizer.MOMENTUM
    lr: float = 0.02
    batch_size: int = 64
    epochs: int = 30
    seed: int = 7
    data: Data = Data.SAMPLE
    augment: Augment = Augment.NONE

    def __post_init__(self) -> None:
        """Check every value against its field, and give it the field's own type."""
        _settle(self, *_TRAINING)

    @property
    def steps(self) -> int:
        """Batches of all epochs together: 1,890 for 30 epochs of the sample's 4,000 digits."""
        return self.epochs * math.ceil(TRAINING_DIGITS[self.data] / self.batch_size)

    @property
    def digits(self) -> int:
        """Digits of all steps together: 120,000 for 30 epochs of the sample."""
        return self.epochs * TRAINING_DIGITS[self.data]

    @classmethod
    def from_settings(cls, settings: Mapping[str, Value]) -> "TrainSpec":
        """Make the spec of the settings (one value per key of `FIELDS`).

        Raises:
            SpecError: a value is not allowed.
        """
        values: dict[str, Any] = {key: settings[key] for key in _TRAINING}
        return cls(**values)


_DIGEST = "[0-9a-f]{16}"
_DIGEST_ALLOWED = Allowed(("nothing, or 16 hexadecimal digits and no training",))


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """A network, completely: the same spec gives the same parameters, bit for bit.

    Attributes:
        style: which of the four ways it is written in; the parameters do not depend on it.
        hidden: units of each hidden layer, none to four numbers from 1 to 1,024.
        activation: the function on the hidden layers: one for all, or one for each where they
            differ; see `mnistviz.spec.activations`.
        init: how the weights start.
        std: standard deviation of normal weights and biases, 0.0001 to 100.
        constant: the value of constant weights, -100 to 100.
        bias: how the biases start.
        seed: the seed of the generator that draws them, 0 to 999,999.
        training: how it was trained; None for a network with the weights it starts with.
        loaded: the digest of parameters that came from a file, 16 hexadecimal digits; empty for a
            network whose parameters are drawn. How they would start has no part in it, and is put
            to the defaults: equal networks have equal specs.

    Raises:
        SpecError: a value is not allowed.

    Examples:
        >>> from mnistviz import NetworkSpec
        >>> spec = NetworkSpec(style="module", hidden=(128, 64), activation="relu")
        >>> spec.sizes, spec.parameter_count
        ((784, 128, 64, 10), 109386)
    """

    style: Style = Style.MODULE
    hidden: tuple[int, ...] = (128, 64)
    activation: Activations = Activation.RELU
    init: Init = Init.DEFAULT
    std: float = 0.01
    constant: float = 0.1
    bias: Bias = Bias.DEFAULT
    seed: int = 7
    training: TrainSpec | None = None
    loaded: str = ""

    def __post_init__(self) -> None:
        """Check every value against its field, and give it the field's own type."""
        if self.loaded:
            if self.training is not None or not re.fullmatch(_DIGEST, self.loaded):
                raise SpecError("weights", self.loaded, _DIGEST_ALLOWED)
            for key in _START:
                object.__setattr__(self, key, FIELDS[key].default)
        FIELDS["layers"].check(len(self.hidden))
        for number, units in enumerate(self.hidden, start=1):
            FIELDS[f"w{number}"].check(units)
        object.__setattr__(self, "activation", settled(self.activation, len(self.hidden)))
        _settle(self, "style", *_START)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer from the pixels to the outputs, as (784, 128, 64, 10)."""
        return (INPUTS, *self.hidden, CLASSES)

    @property
    def architecture(self) -> str:
        """The sizes as one reads them: 784 → 128 → 64 → 10."""
        return " → ".join(str(size) for size in self.sizes)

    @property
    def parameter_count(self) -> int:
        """Weights and biases together: 109,386 for 784-128-64-10."""
        return sum((before + 1) * after for before, after in self.shapes)

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of each layer, from the first to the last."""
        return tuple(zip(self.sizes, self.sizes[1:], strict=False))

    @property
    def activations(self) -> tuple[Activation, ...]:
        """The function on each hidden layer, from the first to the last."""
        return for_layers(self.activation, len(self.hidden))

    @property
    def is_mixed(self) -> bool:
        """Whether hidden layers differ in their activation."""
        return len(set(self.activations)) > 1

    @property
    def functions(self) -> tuple[Activation, ...]:
        """The functions between the layers, each once, in the order in which they come; no `none`.

        Empty without a hidden layer.
        """
        return tuple(dict.fromkeys(one for one in self.activations if one is not Activation.NONE))

    @property
    def has_activation(self) -> bool:
        """Whether a function stands between the layers: one is hidden, and one is not `none`."""
        return bool(self.functions)

    @property
    def uses_std(self) -> bool:
        """Whether `std` has any effect."""
        return self.init is Init.NORMAL or self.bias is Bias.NORMAL

    @property
    def weights(self) -> Weights:
        """Which weights it has: those it starts with, trained ones, or those of a file."""
        if self.loaded:
            return Weights.LOADED
        return Weights.INITIAL if self.training is None else Weights.TRAINED

    @property
    def untrained(self) -> "NetworkSpec":
        """The same network with the weights it starts with.

        Of loaded ones the spec does not know how they would start: with the defaults.
        """
        if self.training is None and not self.loaded:
            return self
        return replace(self, training=None, loaded="")

    @classmethod
    def from_settings(cls, settings: Mapping[str, Value]) -> "NetworkSpec":
        """Make the spec of the settings (one value per key of `FIELDS`).

        A setting without effect (the units of a layer that is not there, the std of weights
        that are not normal) is put to its default, so that equal networks have equal specs. What is
        loaded, no setting says: with `weights=loaded` the spec is that of the first weights.

        Raises:
            SpecError: a value is not allowed.
        """
        init, bias = settings["init"], settings["bias"]
        values: dict[str, Any] = {key: settings[key] for key in ("style", "init", "bias", "seed")}
        if settings["layers"]:
            values["activation"] = settings["activation"]
        if init == Init.NORMAL or bias == Bias.NORMAL:
            values["std"] = settings["std"]
        if init == Init.CONSTANT:
            values["constant"] = settings["constant"]
        # What has no effect does not come into the spec; but it may not be bad either.
        for key in (key for key in FIELDS if key not in values):
            FIELDS[key].check(settings[key])
        numbers = range(1, int(settings["layers"]) + 1)
        return cls(
            **values,
            hidden=tuple(int(settings[f"w{number}"]) for number in numbers),
            training=(
                TrainSpec.from_settings(settings)
                if settings["weights"] == Weights.TRAINED
                else None
            ),
        )


@dataclass(frozen=True, slots=True)
class DigitSpec:
    """Which digit is shown: image `image` of batch `batch` of a shuffled set of digits.

    Attributes:
        data: the sample or the full set.
        split: its training digits or its test digits.
        batch: number of the batch, from 0.
        image: number of the digit in the batch, from 0.
        seed: what shuffles the digits; the network's seed serves for both.

    Raises:
        SpecError: a value is not allowed, or the set has no such digit.

    Examples:
        >>> from mnistviz import DigitSpec
        >>> DigitSpec(batch=62, seed=7).batch_length
        32
    """

    data: Data = Data.SAMPLE
    batch: int = 0
    image: int = 0
    seed: int = 7
    split: Split = Split.TRAIN

    def __post_init__(self) -> None:
        """Check every value against its field, and the place against the set."""
        _settle(self, *_PLACE)
        check_place(self.data, self.batch, self.image, self.split)

    @property
    def batch_length(self) -> int:
        """Digits in the batch: 64, in the last one fewer."""
        return batch_length(self.data, self.batch, self.split)

    @property
    def batch_count(self) -> int:
        """Batches that the digits make: 63 of the sample's training digits."""
        return batch_count(self.data, self.split)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Value]) -> "DigitSpec":
        """Make the spec of the settings (one value per key of `FIELDS`).

        Raises:
            SpecError: a value is not allowed.
        """
        values: dict[str, Any] = {key: settings[key] for key in _PLACE}
        return cls(**values)


def check_place(data: str, batch: int, image: int, split: str = Split.TRAIN) -> None:
    """Check that the set has this batch, and the batch this image.

    Raises:
        SpecError: it has not. The training digits of the sample make batches 0 to 62, those of the
            full set 0 to 937; the test digits make 0 to 15 and 0 to 156.
    """
    of_test = f" and split={split}" if split != Split.TRAIN else ""
    last = batch_count(data, split) - 1
    if batch > last:
        raise SpecError("batch", batch, Allowed(maximum=last, condition=f"data={data}{of_test}"))
    last = batch_length(data, batch, split) - 1
    if image > last:
        condition = f"batch={batch}{of_test}"
        raise SpecError("image", image, Allowed(maximum=last, condition=condition))
