"""Networks of the tests' own, and what they compute, by numpy alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from mnistviz.digits import mnist
from mnistviz.network import styles
from mnistviz.network.parameters import Layer, Parameters, parameters
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.training.loop import train

Doubles = npt.NDArray[np.float64]


def logistic(x: Doubles) -> Doubles:
    """The sigmoid; what exp is taken of is never positive, so that nothing overflows."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


ERFC = np.vectorize(math.erfc, otypes=[np.float64])

CLOSED: dict[Activation, Callable[[Doubles], Doubles]] = {
    Activation.SIGMOID: logistic,
    Activation.TANH: np.tanh,
    Activation.RELU: lambda x: np.where(x > 0, x, 0),
    Activation.LEAKY_RELU: lambda x: np.where(x > 0, x, x / 100),
    # erfc keeps the digits on the left, where 1 + erf would lose them.
    Activation.GELU: lambda x: x * ERFC(-x / math.sqrt(2)) / 2,
    Activation.SILU: lambda x: x * logistic(x),
    Activation.SOFTPLUS: lambda x: np.logaddexp(x, 0),
    Activation.NONE: lambda x: x,
}
"""The activations from their definitions, in double precision."""


def layers_of(*hidden: int, seed: int = 0) -> Parameters:
    """Draw parameters that no spec draws."""
    generator = torch.Generator().manual_seed(seed)
    sizes = (784, *hidden, 10)
    return tuple(
        Layer(
            f"fc{number}",
            torch.randn(after, before, generator=generator) / before**0.5,
            torch.randn(after, generator=generator),
        )
        for number, (before, after) in enumerate(pairwise(sizes), start=1)
    )


@cache
def load(root: Path = mnist.SAMPLE_ROOT) -> mnist.Digits:
    """Load a set of digits, once."""
    return mnist.load(root)


@cache
def learned(spec: NetworkSpec, root: Path = mnist.SAMPLE_ROOT) -> Parameters:
    """Train a network from its first step to its last, once; return what it has learned."""
    assert spec.training is not None
    *_, last = train(spec, spec.training, mnist.examples(load(root)))
    assert last.mark is not None
    assert last.mark.layers is not None
    return last.mark.layers


def shown(spec: NetworkSpec, digit: DigitSpec, root: Path = mnist.SAMPLE_ROOT) -> list[float]:
    """Return the ten probabilities that the core gives; a training is gone through first."""
    layers = parameters(spec) if spec.training is None else learned(spec, root)
    images = mnist.batch(load(root), digit.batch, digit.seed, digit.split).images
    rows = styles.probabilities(styles.build(spec, layers), mnist.flatten(images))
    return [float(value) for value in rows[digit.image]]


def logits_by_numpy(
    layers: Parameters, activation: Activation, digit: DigitSpec, root: Path = mnist.SAMPLE_ROOT
) -> Doubles:
    """Return the ten logits of a digit in double precision, without torch."""
    images = mnist.batch(load(root), digit.batch, digit.seed, digit.split).images
    x = images[digit.image].reshape(784).double().numpy()
    for layer in layers:
        x = layer.weight.double().numpy() @ x + layer.bias.double().numpy()
        x = x if layer is layers[-1] else CLOSED[activation](x)
    return x


def softmax_by_numpy(logits: Doubles) -> Doubles:
    """Return the probabilities of one row of logits."""
    exps = np.exp(logits - logits.max())
    return np.asarray(exps / exps.sum())
