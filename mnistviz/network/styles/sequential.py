"""The network as a list of operations, one after the other."""

from collections.abc import Sequence

from torch import nn

from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Layer, linear
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec


def build(spec: NetworkSpec, layers: Sequence[Layer]) -> nn.Sequential:
    """Write the network with `nn.Sequential`; `model[0].weight` is the first weight."""
    steps: list[nn.Module] = []
    for layer, activation in zip(layers, spec.activations, strict=False):
        steps.append(linear(layer))
        if activation is not Activation.NONE:
            steps.append(FORMS[activation].module())
    return nn.Sequential(*steps, linear(layers[-1]), nn.Softmax(dim=1))
