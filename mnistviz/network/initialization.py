"""The first weights and biases of a network, drawn by each scheme from a generator of its own."""

import math

import torch
from torch import nn

from mnistviz.spec.fields import Bias, Init
from mnistviz.spec.specs import NetworkSpec


def draw_weight(
    spec: NetworkSpec, inputs: int, outputs: int, generator: torch.Generator
) -> torch.Tensor:
    """Draw the weight of one layer by the spec's scheme.

    Sources: `default` is what `nn.Linear.reset_parameters` does, uniform within
    1/sqrt(inputs), written there as Kaiming with a = sqrt(5); Xavier: Glorot and Bengio 2010;
    Kaiming: He et al. 2015, with the gain sqrt(2) of ReLU.

    Args:
        spec: of it, `init`, `std` and `constant` count.
        inputs: units of the layer before.
        outputs: units of this layer.
        generator: what the numbers are drawn from; it moves on.

    Returns:
        float32 of shape (outputs, inputs), as `nn.Linear` stores it.
    """
    weight = torch.empty(outputs, inputs)
    match spec.init:
        case Init.DEFAULT:
            nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)
        case Init.NORMAL:
            weight.normal_(std=spec.std, generator=generator)
        case Init.ZEROS:
            weight.fill_(0)
        case Init.CONSTANT:
            weight.fill_(spec.constant)
        case Init.XAVIER_UNIFORM:
            nn.init.xavier_uniform_(weight, generator=generator)
        case Init.XAVIER_NORMAL:
            nn.init.xavier_normal_(weight, generator=generator)
        case Init.KAIMING_UNIFORM:
            nn.init.kaiming_uniform_(weight, nonlinearity="relu", generator=generator)
        case Init.KAIMING_NORMAL:
            nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=generator)
    return weight


def draw_bias(
    spec: NetworkSpec, inputs: int, outputs: int, generator: torch.Generator
) -> torch.Tensor:
    """Draw the bias of one layer by the spec's scheme.

    Args:
        spec: of it, `bias` and `std` count.
        inputs: units of the layer before; PyTorch's default is uniform within 1/sqrt(inputs).
        outputs: units of this layer.
        generator: what the numbers are drawn from; it moves on.

    Returns:
        float32 of shape (outputs,).
    """
    bias = torch.empty(outputs)
    match spec.bias:
        case Bias.DEFAULT:
            bound = 1 / math.sqrt(inputs)
            bias.uniform_(-bound, bound, generator=generator)
        case Bias.ZEROS:
            bias.fill_(0)
        case Bias.NORMAL:
            bias.normal_(std=spec.std, generator=generator)
    return bias
