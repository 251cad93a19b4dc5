"""The table of activations: in one row all that the package has to know of one.

A new one needs its name in `mnistviz.spec.fields.Activation`, its formula in `by_hand`, its row
here, and its formula in `mnistviz/ui/draw/network.js` for the browser. A test names what is
missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
import torch.nn.functional as F
from torch import nn

from mnistviz.network import by_hand
from mnistviz.spec.fields import Activation

Elementwise = Callable[[torch.Tensor], torch.Tensor]

Backward = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
"""From the gradient of what an activation gives to that of what it gets: (gradient, x, f(x))."""

_aten = torch.ops.aten

_LEAKY_SLOPE = 0.01
"""The slope of `nn.LeakyReLU` below 0."""

_SOFTPLUS = (1, 20)
"""Beta of `nn.Softplus`, and from where on it is a straight line."""


@dataclass(frozen=True, slots=True)
class Forms:
    """One activation, in the forms in which PyTorch code writes it, and its derivative.

    All take and give tensors of one shape, element by element, float32 or float64.

    Attributes:
        by_hand: tensor arithmetic only, the formula that the lesson states.
        stable: the same function, right in float32 for every number, and so is its gradient; the
            style `tensors` computes with it.
        functional: the function of `torch` or `torch.nn.functional`.
        functional_code: how that function is called in code, as `F.relu`; empty for `none`, which
            no code writes down.
        module: the class of `torch.nn`, made without arguments.
        backward: the derivative, times a gradient: the operation that autograd calls, bit for bit.
    """

    by_hand: Elementwise
    stable: Elementwise
    functional: Elementwise
    functional_code: str
    module: type[nn.Module]
    backward: Backward


def _identity(x: torch.Tensor) -> torch.Tensor:
    return x


FORMS: Mapping[Activation, Forms] = MappingProxyType(
    {
        Activation.SIGMOID: Forms(
            by_hand.sigmoid,
            by_hand.stable_sigmoid,
            torch.sigmoid,
            "torch.sigmoid",
            nn.Sigmoid,
            lambda grad, _, out: _aten.sigmoid_backward(grad, out),
        ),
        Activation.TANH: Forms(
            by_hand.tanh,
            by_hand.stable_tanh,
            torch.tanh,
            "torch.tanh",
            nn.Tanh,
            lambda grad, _, out: _aten.tanh_backward(grad, out),
        ),
        Activation.RELU: Forms(
            by_hand.relu,
            by_hand.relu,
            F.relu,
            "F.relu",
            nn.ReLU,
            lambda grad, _, out: _aten.threshold_backward(grad, out, 0),
        ),
        Activation.LEAKY_RELU: Forms(
            by_hand.leaky_relu,
            by_hand.stable_leaky_relu,
            F.leaky_relu,
            "F.leaky_relu",
            nn.LeakyReLU,
            lambda grad, x, _: _aten.leaky_relu_backward(grad, x, _LEAKY_SLOPE, False),
        ),
        Activation.GELU: Forms(
            by_hand.gelu,
            by_hand.gelu,
            F.gelu,
            "F.gelu",
            nn.GELU,
            lambda grad, x, _: _aten.gelu_backward(grad, x),
        ),
        Activation.SILU: Forms(
            by_hand.silu,
            by_hand.stable_silu,
            F.silu,
            "F.silu",
            nn.SiLU,
            lambda grad, x, _: _aten.silu_backward(grad, x),
        ),
        Activation.SOFTPLUS: Forms(
            by_hand.softplus,
            by_hand.stable_softplus,
            F.softplus,
            "F.softplus",
            nn.Softplus,
            lambda grad, x, _: _aten.softplus_backward(grad, x, *_SOFTPLUS),
        ),
        Activation.NONE: Forms(
            _identity, _identity, _identity, "", nn.Identity, lambda grad, _x, _out: grad
        ),
    }
)
"""The row of each activation."""
