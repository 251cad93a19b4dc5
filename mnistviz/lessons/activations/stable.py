"""Where a formula breaks in float32, as it stands and as PyTorch computes it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch

from mnistviz.network.slopes import apply
from mnistviz.spec.fields import Activation

FLOAT32_END = math.log(torch.finfo(torch.float32).max)
"""Above this x, exp(x) is infinite in float32."""

_PLAIN: Mapping[Activation, tuple[Callable[[torch.Tensor], torch.Tensor], float]] = (
    MappingProxyType(
        {
            Activation.SIGMOID: (lambda x: 1 / (1 + torch.exp(-x)), -100.0),
            Activation.TANH: (
                lambda x: (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x)),
                100.0,
            ),
            Activation.SILU: (lambda x: x / (1 + torch.exp(-x)), -100.0),
            Activation.SOFTPLUS: (lambda x: torch.log(1 + torch.exp(x)), 100.0),
        }
    )
)
"""The formulas with an exp, as the page writes them, and an x at which each breaks."""

CODE = """\
def sigmoid(x):
    e = torch.exp(-x.abs())  # never above 1
    return torch.where(x < 0, e, 1) / (1 + e)


def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def silu(x):
    return x * sigmoid(x)


def softplus(x):
    e = torch.exp(-x.abs())
    return x.clamp(min=0) + torch.log1p(e)  # log(1 + e), exact for a small e, too"""
"""The same functions, written so that exp cannot overflow."""


@dataclass(frozen=True, slots=True)
class Break:
    """A function at an x at which its formula breaks.

    Attributes:
        activation: which.
        x: where.
        output: what the formula gives in float32; infinite or not a number where it breaks.
        slope: what autograd makes of the formula.
        true_output: what PyTorch's own function gives.
        true_slope: its slope.
    """

    activation: Activation
    x: float
    output: float
    slope: float
    true_output: float
    true_slope: float


def breaks() -> tuple[Break, ...]:
    """Run each formula with an exp where it breaks, and PyTorch's function beside it."""
    return tuple(_break(activation, *each) for activation, each in _PLAIN.items())


def _break(
    activation: Activation, formula: Callable[[torch.Tensor], torch.Tensor], at: float
) -> Break:
    x = torch.tensor(at, requires_grad=True)
    output = formula(x)
    (slope,) = torch.autograd.grad(output, x)
    values = (output.detach(), slope, *apply(activation, x.detach()))
    return Break(activation, at, *map(float, values))
