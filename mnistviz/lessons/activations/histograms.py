"""Histograms of the outputs of the hidden layers."""

from dataclasses import dataclass

import numpy as np

from mnistviz.digits.arrays import Doubles
from mnistviz.network.hidden import HiddenLayer

BINS = 30
"""Bars of a histogram."""


STEPS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Where the axis of a histogram may end; above, at a power of ten."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """The histogram of the outputs of one layer.

    Attributes:
        name: the layer.
        edges: float64 of shape (BINS + 1,), the same for all layers of a network.
        shares: float64 of shape (BINS,), the share of the outputs in each bin, together 1; or less,
            where some outputs are no finite numbers.
    """

    name: str
    edges: Doubles
    shares: Doubles


def histograms(layers: tuple[HiddenLayer, ...]) -> tuple[Histogram, ...]:
    """Count how the outputs of each layer spread, over all units and digits of the batch."""
    finite = [layer.outputs[np.isfinite(layer.outputs)] for layer in layers]
    least = min((float(values.min()) for values in finite if values.size), default=0.0)
    most = max((float(values.max()) for values in finite if values.size), default=0.0)
    low = -_rounded(-least) if least < 0 else 0.0
    edges = np.linspace(low, _rounded(most), BINS + 1)
    return tuple(
        Histogram(
            layer.name,
            edges,
            np.histogram(values.astype(np.float64), edges)[0] / layer.outputs.size,
        )
        for layer, values in zip(layers, finite, strict=True)
    )


def _rounded(size: float) -> float:
    """Return where an axis for numbers up to `size` ends; it steps seldom."""
    power = 10.0 ** np.ceil(np.log10(max(size, STEPS[0])))
    return next((step for step in STEPS if step >= size), float(power))
