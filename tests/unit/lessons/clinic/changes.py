"""Digits, networks and changes that the tests of the clinic have in common."""

from __future__ import annotations

from functools import cache

import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.lessons.clinic.operations import LIMITS, Change, Limits, Operation
from mnistviz.spec.fields import Activation, Init
from mnistviz.spec.specs import NetworkSpec

NETWORKS = {
    "default": NetworkSpec(),
    "none hidden": NetworkSpec(hidden=()),
    "one unit": NetworkSpec(hidden=(1, 1), activation=Activation.SIGMOID),
    "zeros": NetworkSpec(hidden=(5,), init=Init.ZEROS),
    "no function": NetworkSpec(hidden=(7, 6), activation=Activation.NONE),
}
network_of = pytest.mark.parametrize("name", NETWORKS)
each_operation = pytest.mark.parametrize("operation", Operation)


@cache
def digits() -> mnist.Digits:
    return mnist.load(mnist.SAMPLE_ROOT)


def some() -> torch.Tensor:
    return digits().test_pixels[:40].clone()


def of(operation: Operation, strength: float | None = None, **more: int) -> Change:
    default = LIMITS.get(operation, Limits(0, 0, 0, 1)).default
    return Change(operation, default if strength is None else strength, **more)
