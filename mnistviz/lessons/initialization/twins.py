"""Units that start the same, after a few steps of training."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from mnistviz.digits.arrays import Doubles
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.specs import NetworkSpec

RATE = 0.1
"""The learning rate of the steps."""

SAME = 1e-9
"""Rows that differ by less than this, measured by their largest number, count as the same: sums of
the same products in another order differ in the last digits of float64."""

NOTHING = 1e-15
"""A gradient without a number larger than this is 0, but for the rounding of float64."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The units of the first layer after some steps of gradient descent.

    Attributes:
        weights: float64 of shape (K, 784), the weights of the first K units.
        limit: the largest size of a weight in the layer.
        gradients: float64 of shape (K, 784), the gradient of the loss with respect to them now.
        gradient_limit: the largest size of that gradient in the layer; 0 where only rounding
            would be left.
        count: how many units the layer has.
        distinct: how many different rows `fc1.weight` has.
        gradient_distinct: how many different rows its gradient has.
        still: how many of the units have a gradient of 0 throughout: they do not learn.
    """

    weights: Doubles
    limit: float
    gradients: Doubles
    gradient_limit: float
    count: int
    distinct: int
    gradient_distinct: int
    still: int


def train(
    spec: NetworkSpec,
    layers: Parameters,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    steps: int,
    show: int = 6,
) -> Units:
    """Take steps of plain gradient descent with one batch, and return the units of the first layer.

    In float64, so that what is 0 in mathematics is not mistaken for a small gradient.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters; they stay as they are, the steps change copies.
        inputs: float32 of shape (B, 784).
        labels: int64 of shape (B,).
        steps: how many, from 0.
        show: of how many units the weights are kept, at most.
    """
    own = [tensor.double() for layer in layers for tensor in (layer.weight, layer.bias)]
    for _ in range(steps):
        gradients = _gradients(spec, own, inputs, labels)
        own = [p.detach() - RATE * g for p, g in zip(own, gradients, strict=True)]
    weight, gradient = own[0], _gradients(spec, own, inputs, labels)[0]
    if float(gradient.abs().max()) < NOTHING:
        gradient = torch.zeros_like(gradient)
    return Units(
        weights=weight[:show].numpy(),
        limit=float(weight.abs().max()),
        gradients=gradient[:show].numpy(),
        gradient_limit=float(gradient.abs().max()),
        count=len(weight),
        distinct=distinct_rows(weight.numpy()),
        gradient_distinct=distinct_rows(gradient.numpy()),
        still=int((gradient == 0).all(dim=1).sum()),
    )


def _gradients(
    spec: NetworkSpec, own: list[torch.Tensor], inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    leaves = [tensor.detach().requires_grad_() for tensor in own]
    pairs = zip(leaves[::2], leaves[1::2], strict=True)
    layers = tuple(Layer(f"fc{number}", *pair) for number, pair in enumerate(pairs, start=1))
    *_, last = layer_by_layer(spec.activation, layers, inputs.double())
    return torch.autograd.grad(F.cross_entropy(last.outputs, labels), leaves)


def distinct_rows(rows: Doubles) -> int:
    """Count the different rows of a matrix, but for rounding.

    Rows that are the same have the same projection on any direction, so they lie side by side
    once the rows are sorted by one: neighbors are all that has to be compared.

    Args:
        rows: shape (N, M), N at least 1.
    """
    largest = float(np.abs(rows).max())
    if largest == 0 or len(rows) == 1:
        return 1
    if not np.isfinite(largest):
        # Not a number equals nothing, not even itself; a number of its own stands for it.
        return len(np.unique(np.nan_to_num(rows, nan=1e307), axis=0))
    direction = np.random.default_rng(0).normal(size=rows.shape[1])
    ordered = rows[np.argsort(rows / largest @ direction)]
    sizes = np.abs(ordered).max(axis=1)
    apart = np.abs(np.diff(ordered, axis=0)).max(axis=1)
    return 1 + int((apart > SAME * np.maximum(sizes[1:], sizes[:-1])).sum())
