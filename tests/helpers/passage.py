"""The forward and the backward pass of a batch in plain numpy, for the tests of its numbers."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from mnistviz.digits import mnist
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec

Array = npt.NDArray[np.float64]

BATCH = mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 0, 7)
INPUTS, LABELS = mnist.flatten(BATCH.images), BATCH.labels

GREATEST = {Activation.SIGMOID: 0.25, Activation.GELU: 1.1289, Activation.SILU: 1.0998}
"""The greatest slopes that are not 1, from the textbook."""


def erf(z: Array) -> Array:
    return np.vectorize(math.erf)(z)


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def bell(z: Array) -> Array:
    return np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


FUNCTIONS = {
    Activation.SIGMOID: (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    Activation.TANH: (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    Activation.RELU: (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    Activation.LEAKY_RELU: (lambda z: np.where(z > 0, z, z / 100), lambda z: 0.01 + 0.99 * (z > 0)),
    Activation.GELU: (
        lambda z: z * (1 + erf(z / math.sqrt(2))) / 2,
        lambda z: (1 + erf(z / math.sqrt(2))) / 2 + z * bell(z),
    ),
    Activation.SILU: (
        lambda z: z * sigmoid(z),
        lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z))),
    ),
    Activation.SOFTPLUS: (lambda z: np.logaddexp(0, z), sigmoid),
    Activation.NONE: (lambda z: z, np.ones_like),
}


class Oracle:
    """The forward and the backward pass by hand, in float64."""

    def __init__(self, spec: NetworkSpec, layers: Parameters) -> None:
        each = (*spec.activations, Activation.NONE)
        weights = [layer.weight.double().numpy() for layer in layers]
        x = INPUTS.double().numpy()
        self.entering, self.sums, self.leaving, self.slopes = [], [], [], []
        for layer, weight, activation in zip(layers, weights, each, strict=True):
            function, slope = FUNCTIONS[activation]
            z = x @ weight.T + layer.bias.double().numpy()
            self.entering.append(x)
            self.sums.append(z)
            self.slopes.append(slope(z))
            x = function(z)
            self.leaving.append(x)
        exps = np.exp(x - x.max(axis=1, keepdims=True))
        p = exps / exps.sum(axis=1, keepdims=True)
        truth = np.eye(10)[LABELS.numpy()]
        self.loss = -np.log((p * truth).sum(axis=1)).mean()
        deltas = [(p - truth) / len(p)]
        for weight, slopes in zip(weights[:0:-1], self.slopes[-2::-1], strict=True):
            deltas.insert(0, slopes * (deltas[0] @ weight))
        self.deltas = deltas
        self.weights = [d.T @ x for d, x in zip(deltas, self.entering, strict=True)]


def root_mean_square(values: Array) -> float:
    return math.sqrt((values**2).mean())


def between_digits(values: Array) -> float:
    """The standard deviation of each column, over the digits; then their root mean square."""
    return root_mean_square(values.std(axis=0))
