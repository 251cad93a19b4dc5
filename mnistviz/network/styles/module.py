"""The network as a class whose every operation is a registered module."""

from collections.abc import Sequence

import torch
from torch import nn

from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Layer, linear
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec


class Network(nn.Module):
    """Linear layers `fc1`, `fc2`, …, a module for each kind of activation, and softmax."""

    def __init__(self, activations: Sequence[Activation], layers: Sequence[Layer]) -> None:
        """Register the modules in the order in which `print` shall list them."""
        super().__init__()
        self.depth = len(layers)
        for layer in layers:
            self.add_module(layer.name, linear(layer))
        self.activation_names = [activation.value for activation in activations]
        # It has no parameters: layers with the same activation share one.
        for activation in dict.fromkeys(activations):
            if activation is not Activation.NONE:
                self.add_module(activation.value, FORMS[activation].module())
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run (B, 784) through the network and return probabilities (B, 10)."""
        modules = dict(self.named_children())
        for number, activation in enumerate(self.activation_names, start=1):
            x = modules[f"fc{number}"](x)
            if activation in modules:
                x = modules[activation](x)
        probabilities: torch.Tensor = self.softmax(modules[f"fc{self.depth}"](x))
        return probabilities


def build(spec: NetworkSpec, layers: Sequence[Layer]) -> Network:
    """Write the network as modules."""
    return Network(spec.activations, layers)
