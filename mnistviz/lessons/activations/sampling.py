"""The curves of the activations and their slopes, sampled from PyTorch and its autograd."""

from dataclasses import dataclass

import numpy as np
import torch

from mnistviz.digits.arrays import Floats, Mask
from mnistviz.network.slopes import apply, greatest_slope, is_flat
from mnistviz.spec.fields import Activation

SAMPLES = 321
"""Points of a curve; odd, so that 0 is one of them."""


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


def _zones(x: Floats, flat: Mask) -> tuple[tuple[float, float], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]]).astype(np.int8)))
    pairs = ((float(x[a]), float(x[b - 1])) for a, b in edges.reshape(-1, 2))
    least = LEAST_ZONE * float(x[-1] - x[0])
    return tuple((a, b) for a, b in pairs if b - a >= least)
