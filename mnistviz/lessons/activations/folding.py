"""Layers without an activation multiplied into one; and exclusive or, which needs two layers."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from mnistviz.digits.arrays import Floats
from mnistviz.network import forward
from mnistviz.network.answers import predictions
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """All layers of a network as one, and how far that one is off.

    Attributes:
        weight: float32 of shape (10, 784), as `nn.Linear` stores it.
        bias: float32 of shape (10,).
        logits: the largest size of a logit of the batch, without activation.
        linear: the largest difference of a logit, without activation: rounding.
        linear_changed: for how many digits of the batch the two then say another digit.
        active: the same against the network with its activation.
        changed: for how many digits of the batch the one layer says another digit than that.
    """

    weight: Floats
    bias: Floats
    logits: float
    linear: float
    linear_changed: int
    active: float
    changed: int


def folded(layers: Parameters) -> Layer:
    """Multiply all layers into one.

    W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2), and so on from layer to layer.

    Returns:
        A layer with weight (10, 784) and bias (10,), float32.
    """
    weight, bias = layers[-1].weight, layers[-1].bias
    # From the outputs back: a matrix of ten rows at every step, not of hundreds.
    with torch.no_grad():
        for layer in reversed(layers[:-1]):
            bias = weight @ layer.bias + bias
            weight = weight @ layer.weight
    return Layer("folded", weight, bias)


def fold(spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor) -> Fold:
    """Multiply the layers of a network into one, and compare its logits with those of the network.

    Args:
        spec: the network with its activation; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (B, 784).
    """
    one = folded(layers)
    with torch.no_grad():
        logits = F.linear(inputs, one.weight, one.bias)
    bare = NetworkSpec(hidden=spec.hidden, activation=Activation.NONE)
    linear = forward.logits(bare, layers, inputs)
    active = forward.logits(spec, layers, inputs)
    return Fold(
        one.weight.numpy(),
        one.bias.numpy(),
        float(linear.abs().max()),
        float((logits - linear).abs().max()),
        int((predictions(logits) != predictions(linear)).sum()),
        float((logits - active).abs().max()),
        int((predictions(logits) != predictions(active)).sum()),
    )


XOR_INPUTS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
XOR_WEIGHT_1 = ((1.0, 1.0), (1.0, 1.0))
XOR_BIAS_1 = (0.0, -1.0)
XOR_WEIGHT_2 = ((1.0, -2.0),)
"""A network 2 → 2 → 1 with ReLU that says whether exactly one of its inputs is 1: the first hidden
unit counts the ones, the second is 1 only for two of them."""


def exclusive_or(with_relu: bool) -> tuple[float, ...]:
    """Run the four inputs through the network 2 → 2 → 1.

    Args:
        with_relu: whether ReLU stands on the hidden layer.

    Returns:
        What comes out for (0, 0), (0, 1), (1, 0) and (1, 1).
    """
    x = torch.tensor(XOR_INPUTS)
    hidden = F.linear(x, torch.tensor(XOR_WEIGHT_1), torch.tensor(XOR_BIAS_1))
    if with_relu:
        hidden = F.relu(hidden)
    return tuple(F.linear(hidden, torch.tensor(XOR_WEIGHT_2)).flatten().tolist())
