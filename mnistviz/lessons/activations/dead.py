"""Units that are off for every training digit."""

import itertools

import torch

from mnistviz.digits import mnist
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import Activation

AT_ONCE = 4000
"""Digits that are run together: 60,000 of them would need hundreds of megabytes."""


def dead_units(layers: Parameters, pixels: torch.Tensor, number: int) -> int:
    """Count the units of a hidden layer that ReLU keeps at 0 for every digit.

    Args:
        layers: the parameters of the network; ReLU stands on each hidden layer.
        pixels: uint8 of shape (N, 28, 28), the digits.
        number: of the hidden layer, from 1.
    """
    on = torch.zeros(len(layers[number - 1].bias), dtype=torch.bool)
    with torch.no_grad():
        for start in range(0, len(pixels), AT_ONCE):
            inputs = mnist.flatten(mnist.normalize(pixels[start : start + AT_ONCE]))
            passed = layer_by_layer(Activation.RELU, layers, inputs)
            layer = next(itertools.islice(passed, number - 1, None))
            # What is not a number is not 0.
            on |= ~(layer.outputs <= 0).all(dim=0)
    return int((~on).sum())
