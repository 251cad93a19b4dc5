"""The curves of the activations and their slopes, sampled from PyTorch."""

import numpy as np
import torch

from mnistviz.digits.arrays import Floats, Mask
from mnistviz.network.activations import FORMS
from mnistviz.spec.fields import Activation

FLAT = 0.01
"""A slope below this share of the function's greatest one counts as flat: saturated or off."""


GRID_END = 20.0
GRID_SAMPLES = 8001
"""Where the greatest slope is looked for: 0 is on the grid, and beyond its ends every function here
is straight to the last digit of float32."""


def apply(activation: Activation, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Apply an activation element by element, and differentiate it.

    Args:
        activation: which; `none` gives x back.
        x: float32 of any shape.

    Returns:
        What comes out and the derivative at each x, both float32 of the shape of x. The derivative
        is what PyTorch's autograd says: for ReLU at 0 it is 0. At infinity it may be NaN.
    """
    with torch.no_grad():
        out = FORMS[activation].functional(x)
        return out, slopes_of(activation, x, out)


def slopes_of(activation: Activation, x: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
    """Return the derivative of an activation where what comes out is known already.

    Args:
        activation: which; of `none` it is 1 everywhere.
        x: float32 of any shape, what the activation gets.
        out: of the same shape, what it makes of it.
    """
    with torch.no_grad():
        return FORMS[activation].backward(torch.ones_like(x), x, out)


def slope_at(activation: Activation, x: float) -> float:
    """Return the slope of an activation at one x."""
    return float(apply(activation, torch.tensor(float(x)))[1])


def greatest_slope(activation: Activation) -> float:
    """Return the greatest slope that an activation has anywhere."""
    _, slopes = apply(activation, torch.linspace(-GRID_END, GRID_END, GRID_SAMPLES))
    return float(slopes.max())


def is_flat(slopes: Floats, greatest: float) -> Mask:
    """Tell where a slope is below `FLAT` of the greatest one; NaN is not.

    Args:
        slopes: float32 of any shape.
        greatest: as `greatest_slope` gives it.
    """
    # Compared in float32: leaky ReLU's slope of 0.01 is a hundredth of 1, and not below it.
    return np.less(np.abs(slopes), np.float32(FLAT * greatest))
