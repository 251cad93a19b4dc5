"""The curves of the activations and their slopes, sampled from PyTorch and its autograd."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from mnistviz.network.activations import FORMS
from mnistviz.spec.specs import Activation

Floats = npt.NDArray[np.float32]

FLAT = 0.01
"""A slope below this share of the function's greatest one counts as flat: saturated or off."""

SAMPLES = 321
"""Points of a curve; odd, so that 0 is one of them."""

GRID_END = 20.0
GRID_SAMPLES = 8001
"""Where the greatest slope is looked for: 0 is on the grid, and beyond its ends every function here
is straight to the last digit of float32."""

LEAST_ZONE = 0.02
"""Share of the axis that a flat stretch takes at least, to be shaded."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A function and its derivative over one stretch of numbers.

    Attributes:
        x: float32 of shape (SAMPLES,), from -end to end in equal steps.
        outputs: float32 of shape (SAMPLES,), the function at x.
        slopes: float32 of shape (SAMPLES,), its derivative at x.
        zones: where the curve is flat, as (from, to); none narrower than `LEAST_ZONE` of it.
    """

    x: Floats
    outputs: Floats
    slopes: Floats
    zones: tuple[tuple[float, float], ...]

    @property
    def end(self) -> float:
        """The greatest x."""
        return float(self.x[-1])


def apply(activation: Activation, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Apply an activation element by element, and differentiate it.

    Args:
        activation: which; `none` gives x back.
        x: float32 of any shape.

    Returns:
        What comes out and the derivative at each x, both float32 of the shape of x. The derivative
        is what PyTorch's autograd says: for ReLU at 0 it is 0. At infinity it may be NaN.
    """
    if activation is Activation.NONE:
        return x, torch.ones_like(x)
    with torch.enable_grad():
        leaf = x.detach().clone().requires_grad_()
        out = FORMS[activation].functional(leaf)
        (slope,) = torch.autograd.grad(out.sum(), leaf)
    return out.detach(), slope


def slope_at(activation: Activation, x: float) -> float:
    """Return the slope of an activation at one x."""
    return float(apply(activation, torch.tensor(float(x)))[1])


def greatest_slope(activation: Activation) -> float:
    """Return the greatest slope that an activation has anywhere."""
    _, slopes = apply(activation, torch.linspace(-GRID_END, GRID_END, GRID_SAMPLES))
    return float(slopes.max())


def is_flat(slopes: Floats, greatest: float) -> npt.NDArray[np.bool_]:
    """Tell where a slope is below `FLAT` of the greatest one; NaN is not.

    Args:
        slopes: float32 of any shape.
        greatest: as `greatest_slope` gives it.
    """
    # Compared in float32: leaky ReLU's slope of 0.01 is a hundredth of 1, and not below it.
    return np.less(np.abs(slopes), np.float32(FLAT * greatest))


def curve(activation: Activation, end: float) -> Curve:
    """Sample an activation and its derivative from -end to end.

    Args:
        activation: which.
        end: above 0.
    """
    half = SAMPLES // 2
    x = torch.arange(-half, half + 1, dtype=torch.float32) * (end / half)
    outputs, slopes = (part.numpy() for part in apply(activation, x))
    flat = is_flat(slopes, greatest_slope(activation))
    return Curve(x.numpy(), outputs, slopes, _zones(x.numpy(), flat))


def _zones(x: Floats, flat: npt.NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]]).astype(np.int8)))
    pairs = ((float(x[a]), float(x[b - 1])) for a, b in edges.reshape(-1, 2))
    least = LEAST_ZONE * float(x[-1] - x[0])
    return tuple((a, b) for a, b in pairs if b - a >= least)
