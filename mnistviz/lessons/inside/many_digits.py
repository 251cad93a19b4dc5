"""One unit or one layer over many digits: extremes, class means, and a map of the digits."""

import itertools
from dataclasses import dataclass

import numpy as np
import torch

from mnistviz.digits.arrays import Doubles, Floats, Integers
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import CLASSES
from mnistviz.spec.specs import NetworkSpec


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """Many digits on a plane: their two principal components.

    Attributes:
        points: float64 of shape (M, 2), each digit's place; 0, 0 is the mean.
        shares: of the variance, how much each of the two axes holds, 0 to 1.
        mean: float64 of shape (units,), the mean activations.
        axes: float64 of shape (units, 2), the directions of the two axes, each of length 1 (or 0,
            if the layer has a single unit).
    """

    points: Doubles
    shares: tuple[float, float]
    mean: Doubles
    axes: Doubles

    def place(self, outputs: Floats) -> tuple[float, float]:
        """Return where another digit lies, by its activations, float32 of shape (units,)."""
        across, up = (outputs.astype(np.float64) - self.mean) @ self.axes
        return float(across), float(up)


def layer_outputs(
    spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor, layer: int
) -> Floats:
    """Return the activations of one layer for many digits.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (M, 784).
        layer: number of the layer, from 1; of the last one these are the logits.

    Returns:
        float32 of shape (M, units).

    Raises:
        IndexError: there is no such layer.
    """
    if not 1 <= layer <= len(layers):
        raise IndexError(f"layer {layer}")
    with torch.no_grad():
        passed = layer_by_layer(spec.activation, layers, inputs)
        return next(itertools.islice(passed, layer - 1, None)).outputs.numpy()


def extremes(values: Floats, count: int) -> tuple[Integers, Integers]:
    """Find the digits with the greatest and the least activation.

    Args:
        values: float32 of shape (M,), of one unit.
        count: how many of each at most.

    Returns:
        int64 each, numbers of digits: from the greatest down, and from the least up; equal ones by
        number.
    """
    return (
        np.argsort(-values, kind="stable")[:count].astype(np.int64),
        np.argsort(values, kind="stable")[:count].astype(np.int64),
    )


def class_means(values: Floats, labels: Integers) -> Doubles:
    """Return the mean activation over the digits of each class.

    Args:
        values: float32 of shape (M,), of one unit.
        labels: int64 of shape (M,), 0 to 9.

    Returns:
        float64 of shape (10,); not a number for a class without digits.
    """
    counts = np.bincount(labels, minlength=CLASSES)
    with np.errstate(invalid="ignore"):
        means = np.bincount(labels, values.astype(np.float64), CLASSES) / counts
    return means.astype(np.float64)


def principal_map(outputs: Floats) -> Map | None:
    """Lay digits out on a plane so that they spread as widely as any plane lets them.

    Principal component analysis: the eigenvectors of the covariance with the two largest
    eigenvalues. Their signs are free; here the entry of the largest size is above 0, so that the
    same activations give the same map.

    Args:
        outputs: float32 of shape (M, units), M at least 2.

    Returns:
        The map; None where nothing spreads, or a value is not finite.
    """
    if len(outputs) < 2 or not np.isfinite(outputs).all():
        return None
    exact = outputs.astype(np.float64)
    mean = exact.mean(axis=0)
    centered = exact - mean
    covariance = centered.T @ centered / (len(outputs) - 1)
    total = float(np.trace(covariance))
    # What float32 leaves of equal numbers is no spread.
    if not np.isfinite(total) or total <= 1e-12 * float((exact**2).max()):
        return None
    sizes, vectors = np.linalg.eigh(covariance)
    axes, shares = np.zeros((len(mean), 2)), [0.0, 0.0]
    for place in range(min(2, len(sizes))):
        axis = vectors[:, -1 - place]
        axes[:, place] = axis * np.sign(axis[np.abs(axis).argmax()])
        shares[place] = max(float(sizes[-1 - place]) / total, 0.0)
    return Map(centered @ axes, (shares[0], shares[1]), mean, axes)


def unit_order(weight: Floats, outputs: Floats, by: str) -> Integers:
    """Sort the units of the first layer.

    Args:
        weight: float32 of shape (units, 784).
        outputs: float32 of shape (units,), their activations for one digit.
        by: `number`, `weights` (the length of the weight vector) or `activation`; the latter two
            from the greatest down.

    Returns:
        int64 of shape (units,), equal ones by number.

    Raises:
        ValueError: they cannot be sorted by that.
    """
    match by:
        case "number":
            return np.arange(len(weight), dtype=np.int64)
        case "weights":
            keys = np.linalg.norm(weight.astype(np.float64), axis=1)
        case "activation":
            keys = outputs.astype(np.float64)
        case _:
            raise ValueError(f"no order: {by}")
    return np.argsort(-keys, kind="stable").astype(np.int64)
