"""The network as a class that keeps modules for its parameters and functions for the rest."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Layer, linear
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec


class Network(nn.Module):
    """Linear layers `fc1`, `fc2`, …; activation and softmax are calls in `forward`."""

    def __init__(self, activation: Activation, layers: Sequence[Layer]) -> None:
        """Register the linear layers: only they have parameters."""
        super().__init__()
        for layer in layers:
            self.add_module(layer.name, linear(layer))
        self.activation = FORMS[activation].functional

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run (B, 784) through the network and return probabilities (B, 10)."""
        *hidden, output = self.children()
        for fc in hidden:
            x = self.activation(fc(x))
        return F.softmax(output(x), dim=1)


def build(spec: NetworkSpec, layers: Sequence[Layer]) -> Network:
    """Write the network with `torch.nn.functional`."""
    return Network(spec.activation, layers)
