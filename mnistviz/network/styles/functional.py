"""The network as a class that keeps modules for its parameters and functions for the rest."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Layer, linear
from mnistviz.spec.activations import Activations, for_layers
from mnistviz.spec.specs import NetworkSpec


class Network(nn.Module):
    """Linear layers `fc1`, `fc2`, …; activations and softmax are calls in `forward`."""

    def __init__(self, activation: Activations, layers: Sequence[Layer]) -> None:
        """Register the linear layers: only they have parameters."""
        super().__init__()
        for layer in layers:
            self.add_module(layer.name, linear(layer))
        each = for_layers(activation, len(layers) - 1)
        self.activations = [FORMS[one].functional for one in each]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run (B, 784) through the network and return probabilities (B, 10)."""
        *hidden, output = self.children()
        for fc, activation in zip(hidden, self.activations, strict=True):
            x = activation(fc(x))
        return F.softmax(output(x), dim=1)


def build(spec: NetworkSpec, layers: Sequence[Layer]) -> Network:
    """Write the network with `torch.nn.functional`."""
    return Network(spec.activation, layers)
