"""The activations, each in the three forms in which PyTorch code writes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
import torch.nn.functional as F
from torch import nn

from mnistviz.network import by_hand
from mnistviz.spec.fields import Activation

Elementwise = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Forms:
    """One activation, three ways. All take and give float32 of any shape, element by element.

    Attributes:
        by_hand: tensor arithmetic only.
        functional: the function of `torch` or `torch.nn.functional`.
        functional_code: how that function is called in code, as `F.relu`.
        module: the class of `torch.nn`, made without arguments.
    """

    by_hand: Elementwise
    functional: Elementwise
    functional_code: str
    module: type[nn.Module]


FORMS: Mapping[Activation, Forms] = MappingProxyType(
    {
        Activation.SIGMOID: Forms(by_hand.sigmoid, torch.sigmoid, "torch.sigmoid", nn.Sigmoid),
        Activation.TANH: Forms(by_hand.tanh, torch.tanh, "torch.tanh", nn.Tanh),
        Activation.RELU: Forms(by_hand.relu, F.relu, "F.relu", nn.ReLU),
        Activation.LEAKY_RELU: Forms(
            by_hand.leaky_relu, F.leaky_relu, "F.leaky_relu", nn.LeakyReLU
        ),
        Activation.GELU: Forms(by_hand.gelu, F.gelu, "F.gelu", nn.GELU),
        Activation.SILU: Forms(by_hand.silu, F.silu, "F.silu", nn.SiLU),
        Activation.SOFTPLUS: Forms(by_hand.softplus, F.softplus, "F.softplus", nn.Softplus),
    }
)
"""The forms of each activation but `none`, which no style writes down at all."""
