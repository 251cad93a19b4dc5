"""The network from bare tensors: matrix products, a sigmoid and a softmax written by hand."""

from collections.abc import Sequence

import torch

from mnistviz.network import by_hand
from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Layer
from mnistviz.spec.activations import Activations, for_layers
from mnistviz.spec.specs import NetworkSpec


class TensorNetwork:
    """Weights, biases and a rule: no module, no parameter, nothing registered.

    Its weights have the shape (inputs, outputs), the way a matrix product wants them.
    """

    def __init__(self, activation: Activations, layers: Sequence[Layer]) -> None:
        """Take the layers' tensors, each weight turned from (outputs, inputs)."""
        self.weights = [layer.weight.t() for layer in layers]
        self.biases = [layer.bias for layer in layers]
        each = for_layers(activation, len(layers) - 1)
        self.activations = [FORMS[one].stable for one in each]

    def __call__(self, inputs: torch.Tensor) -> torch.Tensor:
        """Run (B, 784) through the network and return probabilities (B, 10)."""
        return by_hand.stable_softmax(self.logits(inputs))

    def logits(self, inputs: torch.Tensor) -> torch.Tensor:
        """Run (B, 784) through the layers and return logits (B, 10)."""
        x = inputs
        hidden = zip(self.weights[:-1], self.biases[:-1], self.activations, strict=True)
        for weight, bias, activation in hidden:
            x = activation(torch.mm(x, weight) + bias)
        return torch.mm(x, self.weights[-1]) + self.biases[-1]

    def __str__(self) -> str:
        """List the tensors: that is all there is to print."""
        lines = []
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True), 1):
            lines += [f"weights_{number}: {tuple(weight.shape)}"]
            lines += [f"bias_{number}: {tuple(bias.shape)}"]
        return "\n".join(lines)


def build(spec: NetworkSpec, layers: Sequence[Layer]) -> TensorNetwork:
    """Write the network with tensors alone."""
    return TensorNetwork(spec.activation, layers)
