"""A run as the page shows it: its curves, the steps with stored weights, the weights as pictures.

Torch in, numpy out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from mnistviz.digits.arrays import Doubles, Floats
from mnistviz.network import forward
from mnistviz.network.parameters import Parameters
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.runs import Run

POINTS = 600
"""Points of a curve at most: more than a screen has room for between two of them."""

UNITS = 16
"""Units of the first layer whose weights are shown as pictures; a network may have fewer."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Loss and accuracy by step, averaged over several steps where there is no room for all.

    Attributes:
        steps: float64 of shape (P,), P up to `POINTS`: the middle of the steps of each point.
        losses: float64 of shape (P,), mean loss of the batches.
        accuracies: float64 of shape (P,), mean accuracy of the batches, 0 to 1.
        each: steps that a point stands for.
    """

    steps: Doubles
    losses: Doubles
    accuracies: Doubles
    each: int


def curve(run: Run) -> Curve:
    """Return the curves of a run so far."""
    count = min(len(run.losses), len(run.accuracies))
    # Counted from all steps to come: a point must not change its place while the run grows.
    each = -(-run.training.steps // POINTS)
    starts = np.arange(0, count, each)
    ends = np.minimum(starts + each, count)
    sizes = np.maximum(ends - starts, 1)

    def means(values: Sequence[float]) -> Doubles:
        if not count:
            return np.empty(0)
        sums = np.add.reduceat(np.asarray(values[:count], dtype=np.float64), starts)
        return np.asarray(sums / sizes, dtype=np.float64)

    middles = (starts + 1 + ends) / 2
    return Curve(middles, means(run.losses), means(run.accuracies), each)


def stored_steps(run: Run) -> list[int]:
    """Return the steps of a run whose parameters are stored, in order."""
    return sorted(step for step, mark in list(run.marks.items()) if mark.layers is not None)


def probabilities(network: NetworkSpec, layers: Parameters, inputs: torch.Tensor) -> Floats:
    """Classify a batch with the parameters of a step.

    Args:
        network: the network; its style does not matter here.
        layers: the parameters.
        inputs: float32 of shape (B, 784).

    Returns:
        float32 of shape (B, 10); not a number where the parameters are none.
    """
    return torch.softmax(forward.logits(network, layers, inputs), 1).numpy()


def weight_pictures(layers: Parameters) -> Floats:
    """Return the weights of the first layer's first units, one picture each.

    Returns:
        float32 of shape (U, 784), U up to `UNITS`.
    """
    return layers[0].weight[:UNITS].numpy()


def film(frames: Sequence[Floats]) -> tuple[npt.NDArray[np.int8], float]:
    """Return weight pictures on one scale, one byte for each pixel.

    Args:
        frames: float32 of shape (U, 784) each.

    Returns:
        int8 of shape (F, U, 784), -127 to 127, and the weight that 127 stands for: half of the
        greatest of all frames, as few are that large; what is larger is cut, and what is not finite
        counts as 0.
    """
    together = np.nan_to_num(np.stack(frames), nan=0.0, posinf=0.0, neginf=0.0)
    limit = float(np.abs(together).max()) / 2
    scaled = np.clip(together / limit, -1, 1) if limit else together
    return np.rint(127 * scaled).astype(np.int8), limit
