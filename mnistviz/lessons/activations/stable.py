"""Where a formula breaks in float32, as it stands and as PyTorch computes it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch

from mnistviz.codegen.parts import source
from mnistviz.network.activations import FORMS
from mnistviz.network.slopes import apply
from mnistviz.spec.fields import Activation

FLOAT32_END = math.log(torch.finfo(torch.float32).max)
"""Above this x, exp(x) is infinite in float32."""

_BREAKING: Mapping[Activation, float] = MappingProxyType(
    {
        Activation.SIGMOID: -100.0,
        Activation.TANH: 100.0,
        Activation.SILU: -100.0,
        Activation.SOFTPLUS: 100.0,
    }
)
"""The functions whose formula has an exp, and an x at which it breaks."""


def stable_code() -> str:
    """Write the same functions so that exp cannot overflow: the ones that the app computes with."""
    forms = [FORMS[activation] for activation in _BREAKING]
    return "\n\n\n".join("\n".join(source(form.stable, form.by_hand.__name__)) for form in forms)


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
    return tuple(_break(activation, at) for activation, at in _BREAKING.items())


def _break(activation: Activation, at: float) -> Break:
    x = torch.tensor(at, requires_grad=True)
    output = FORMS[activation].by_hand(x)
    (slope,) = torch.autograd.grad(output, x)
    values = (output.detach(), slope, *apply(activation, x.detach()))
    return Break(activation, at, *map(float, values))
