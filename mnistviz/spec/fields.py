"""The table of settings: one row for each, with its key and its limits.

The sidebar's widgets, the keys of the URL, the validation of a link and the tests all read
`FIELDS`. Name and help of a setting stand with the words, under its key. Standard library only.
"""

import contextlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

SIDE = 28
"""Rows and columns of a digit of MNIST."""

INPUTS = SIDE * SIDE
"""Pixels of one digit: 784."""

CLASSES = 10
"""Output units: one for each digit from 0 to 9."""

BATCH_SIZE = 64
"""Digits in a batch. The last batch of a set may hold fewer."""

MAX_LAYERS = 4
MAX_UNITS = 1024

Value = str | int | float

_WHOLE = r"-?[0-9]+"
_REAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"


class Style(StrEnum):
    """The four ways to write one network."""

    TENSORS = "tensors"
    MODULE = "module"
    FUNCTIONAL = "functional"
    SEQUENTIAL = "sequential"


class Activation(StrEnum):
    """The function on each hidden layer; `none` leaves the layer linear."""

    SIGMOID = "sigmoid"
    TANH = "tanh"
    RELU = "relu"
    LEAKY_RELU = "leaky_relu"
    GELU = "gelu"
    SILU = "silu"
    SOFTPLUS = "softplus"
    NONE = "none"


class Init(StrEnum):
    """The schemes by which weights are initialized."""

    DEFAULT = "default"
    NORMAL = "normal"
    ZEROS = "zeros"
    CONSTANT = "constant"
    XAVIER_UNIFORM = "xavier_uniform"
    XAVIER_NORMAL = "xavier_normal"
    KAIMING_UNIFORM = "kaiming_uniform"
    KAIMING_NORMAL = "kaiming_normal"


class Bias(StrEnum):
    """The schemes by which biases are initialized."""

    DEFAULT = "default"
    ZEROS = "zeros"
    NORMAL = "normal"


class Data(StrEnum):
    """Which digits: the 5,000 that come with the app, or all 70,000 of MNIST."""

    SAMPLE = "sample"
    FULL = "full"


class Split(StrEnum):
    """The two parts of a set: what a network learns from, and what it never sees in a training."""

    TRAIN = "training"
    TEST = "test"


class Weights(StrEnum):
    """Which weights the network in hand has: first ones, learned ones, or those of a file."""

    INITIAL = "initial"
    TRAINED = "trained"
    LOADED = "loaded"


class Optimizer(StrEnum):
    """The optimizers."""

    SGD = "sgd"
    MOMENTUM = "momentum"
    ADAM = "adam"


class Augment(StrEnum):
    """How much the training digits are varied: each epoch shows every one in another form."""

    NONE = "none"
    LIGHT = "light"


TRAINING_DIGITS: Mapping[str, int] = MappingProxyType({Data.SAMPLE: 4_000, Data.FULL: 60_000})
"""Training digits of each set."""

TEST_DIGITS: Mapping[str, int] = MappingProxyType({Data.SAMPLE: 1_000, Data.FULL: 10_000})
"""Test digits of each set."""


def digit_count(data: str, split: str) -> int:
    """Return how many digits one part of a set holds."""
    return (TEST_DIGITS if split == Split.TEST else TRAINING_DIGITS)[data]


def batch_count(data: str, split: str = Split.TRAIN) -> int:
    """Return how many batches the digits make.

    The training digits make 63 of the sample and 938 of the full set, the test digits 16 and 157.
    """
    return math.ceil(digit_count(data, split) / BATCH_SIZE)


def batch_length(data: str, batch: int, split: str = Split.TRAIN) -> int:
    """Return how many digits a batch holds: 64, in the last one fewer.

    In the last batch of the training digits of either set there are 32; of the test digits there
    are 40 in the sample and 16 in the full set.
    """
    return min(BATCH_SIZE, digit_count(data, split) - batch * BATCH_SIZE)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The values that a setting may have: one of some texts, or a number between two.

    As a `str` it is written for developers; the sentence for visitors stands with the words.

    Attributes:
        choices: the texts; none for a number.
        minimum: the least number.
        maximum: the greatest number.
        whole: whether the number has to be whole.
        condition: the other setting that sets these limits, as "batch=62"; empty if none does.
        several: how many of the texts may be named at once.
    """

    choices: tuple[str, ...] = ()
    minimum: int | float = 0
    maximum: int | float = 0
    whole: bool = True
    condition: str = ""
    several: int = 1

    def __str__(self) -> str:
        """Write it in English: "a whole number from 0 to 4"."""
        if self.choices:
            listed = ", ".join(self.choices)
            if self.several == 1:
                return listed
            most = f"up to {self.several} of them, with commas between and no spaces"
            return f"{listed}; or one for each hidden layer, {most}"
        kind = "a whole number" if self.whole else "a number"
        limits = f"{kind} from {self.minimum} to {self.maximum}"
        return f"{limits} with {self.condition}" if self.condition else limits


class SpecError(ValueError):
    """A setting has a value that it cannot have.

    Its text is for developers; what a visitor reads is made of its three parts.

    Attributes:
        field: the key of the setting, as in the URL.
        value: the value that was asked for, as it was given.
        allowed: what may stand there.
    """

    def __init__(self, field: str, value: object, allowed: Allowed) -> None:
        """Keep the three parts and join them into one sentence."""
        self.field, self.value, self.allowed = field, value, allowed
        super().__init__(f"{field}={value} is not possible. Allowed: {allowed}.")


@dataclass(frozen=True, slots=True)
class Field:
    """One setting: its key in the URL, its default and what it may be.

    Attributes:
        key: the URL key, which is the widget's key too.
        default: the value when nothing is said; its type (str, int, float) is the field's type.
        choices: the allowed strings, for a str field.
        minimum: the least allowed number, for an int or float field.
        maximum: the greatest allowed number, for an int or float field.
        step: what one press of + or - changes.
        several: how many of the choices may be named at once, with commas between them.
    """

    key: str
    default: Value
    choices: tuple[str, ...] = ()
    minimum: int | float = 0
    maximum: int | float = 0
    step: int | float = 1
    several: int = 1

    @property
    def allowed(self) -> Allowed:
        """What the field may be."""
        if self.choices:
            return Allowed(self.choices, several=self.several)
        whole = isinstance(self.default, int)
        return Allowed(minimum=self.minimum, maximum=self.maximum, whole=whole)

    def check(self, value: object) -> Value:
        """Return the value if the field may have it; several texts that are all equal are one.

        Raises:
            SpecError: the value has another type, is not among the choices, is out of range, or
                is not finite.
        """
        if self.choices:
            named = value.split(",") if isinstance(value, str) else []
            if 0 < len(named) <= self.several and set(named) <= set(self.choices):
                return named[0] if len(set(named)) == 1 else ",".join(named)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            whole = isinstance(self.default, int)
            right_type = isinstance(value, int) or not whole
            # Neither infinity nor what is not a number lies between two numbers.
            if right_type and self.minimum <= value <= self.maximum:
                return value if whole else float(value)
        raise SpecError(self.key, value, self.allowed)

    def parse(self, text: str) -> Value:
        """Read the field from the text of a URL.

        Raises:
            SpecError: the text is not a value that the field may have.
        """
        if self.choices:
            return self.check(text)
        whole = isinstance(self.default, int)
        # 24 characters are the longest that Python writes a float in; int() of much more is slow.
        if len(text) <= 24 and re.fullmatch(_WHOLE if whole else _REAL, text):
            # What is out of range is named as the link wrote it: 1e400, not inf.
            with contextlib.suppress(SpecError):
                return self.check(int(text) if whole else float(text))
        raise SpecError(self.key, text, self.allowed)


def _units(number: int, default: int) -> Field:
    return Field(f"w{number}", default, minimum=1, maximum=MAX_UNITS)


def _rows(*fields: Field) -> Mapping[str, Field]:
    return MappingProxyType({field.key: field for field in fields})


FIELDS: Mapping[str, Field] = _rows(
    Field("data", Data.SAMPLE.value, tuple(Data)),
    Field("split", Split.TRAIN.value, tuple(Split)),
    Field("batch", 0, maximum=batch_count(Data.FULL) - 1),
    Field("image", 0, maximum=BATCH_SIZE - 1),
    Field("style", Style.MODULE.value, tuple(Style)),
    Field("layers", 2, maximum=MAX_LAYERS),
    _units(1, 128),
    _units(2, 64),
    _units(3, 32),
    _units(4, 16),
    Field("activation", Activation.RELU.value, tuple(Activation), several=MAX_LAYERS),
    Field("init", Init.DEFAULT.value, tuple(Init)),
    Field("std", 0.01, minimum=0.0001, maximum=100.0, step=0.01),
    Field("constant", 0.1, minimum=-100.0, maximum=100.0, step=0.1),
    Field("bias", Bias.DEFAULT.value, tuple(Bias)),
    Field("seed", 7, maximum=999_999),
    Field("weights", Weights.INITIAL.value, tuple(Weights)),
    Field("optimizer", Optimizer.MOMENTUM.value, tuple(Optimizer)),
    Field("lr", 0.02, minimum=0.00001, maximum=100.0, step=0.01),
    Field("batch_size", BATCH_SIZE, minimum=1, maximum=1024),
    Field("epochs", 30, minimum=1, maximum=50),
    Field("augment", Augment.NONE.value, tuple(Augment)),
)
"""Every setting, by key, in the order of the sidebar."""


def defaults() -> dict[str, Value]:
    """Return the default of every field, by key."""
    return {key: field.default for key, field in FIELDS.items()}
