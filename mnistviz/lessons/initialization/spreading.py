"""How the differences between digits, and the gradients, pass through an untrained network."""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F

from mnistviz.digits.arrays import Doubles, Floats, Integers
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.network.slopes import greatest_slope, is_flat, slopes_of
from mnistviz.spec.activations import for_layers
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec

BINS = 61
"""Bars of a histogram of weights; an odd number, so that one of them stands over 0."""


@dataclass(frozen=True, slots=True)
class LayerSpread:
    """What one layer makes of a batch on the way forward, and of the gradients on the way back.

    All in float64. What is said of numbers that each digit has of its own is the spread *between
    digits*, see `between_digits`: of units that give every digit the same number it is 0, however
    different the units are.

    Attributes:
        name: `fc1`, `fc2`, …
        inputs: how many products each unit adds up.
        outputs: units.
        weight: standard deviation of the weights, all together.
        entering: spread of what enters the layer.
        sums: spread of the sums, `fc(x)`, before the activation.
        leaving: spread of what leaves the layer, after the activation; for the last layer the
            spread of the logits.
        size: rms of what leaves the layer, over all units and digits.
        slope: rms of the activation's slope at the sums; 1 where none is applied.
        flat: share of the sums where the activation is flat, 0 to 1; see
            `slopes.is_flat`.
        gradient: rms of the gradient of the loss with respect to the sums.
        weight_gradient: rms of the gradient with respect to the weight.
    """

    name: str
    inputs: int
    outputs: int
    weight: float
    entering: float
    sums: float
    leaving: float
    size: float
    slope: float
    flat: float
    gradient: float
    weight_gradient: float

    @property
    def predicted(self) -> float:
        """The spread that the sums should have: sqrt(n) std(w) spread(x).

        It holds for weights drawn independently around 0: the variances of independent terms add
        up (Glorot and Bengio 2010, He et al. 2015). A bias is the same for every digit.
        """
        return math.sqrt(self.inputs) * self.weight * self.entering


@dataclass(frozen=True, slots=True)
class Passage:
    """One batch in all layers of a network, forward and backward.

    Attributes:
        pixels: spread of the inputs between digits.
        loss: what `nn.CrossEntropyLoss()` says of the logits, the mean over the batch.
        layers: one record for each layer, from the first to the last.
    """

    pixels: float
    loss: float
    layers: tuple[LayerSpread, ...]

    @property
    def hidden(self) -> tuple[LayerSpread, ...]:
        """The layers before the output."""
        return self.layers[:-1]

    @property
    def flat_share(self) -> float:
        """The share of all hidden sums at which the activation is flat; needs a hidden layer."""
        count = sum(layer.outputs for layer in self.hidden)
        return sum(layer.flat * layer.outputs for layer in self.hidden) / count

    def predicted_gradient(self, number: int) -> float:
        """Return the size (rms) that the gradient at a hidden layer's sums should have.

        The gradient of a unit is its slope times a sum over the m units of the next layer:
        rms(slope) sqrt(m) std(w) rms(gradient there).

        Args:
            number: of the layer, from 0.
        """
        here, after = self.layers[number], self.layers[number + 1]
        return here.slope * math.sqrt(after.outputs) * after.weight * after.gradient


def passage(
    spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor, labels: torch.Tensor
) -> Passage:
    """Run a batch through the network, take the loss of its logits, and go back by autograd.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (B, 784).
        labels: int64 of shape (B,).
    """
    # Tensors of our own over the same numbers: what is shared stays without gradients.
    own = tuple(replace(layer, weight=layer.weight.detach().requires_grad_()) for layer in layers)
    _, sums, leaving = zip(*layer_by_layer(spec.activation, own, inputs), strict=True)
    loss = F.cross_entropy(leaving[-1], labels)
    gradients = torch.autograd.grad(loss, [*sums, *(layer.weight for layer in own)])
    functions = for_layers(spec.activation, len(layers) - 1)
    hidden = zip(functions, sums[:-1], leaving[:-1], strict=True)
    slopes = [*(slopes_of(*each) for each in hidden), torch.ones(1)]
    columns = (
        *((inputs, *leaving[:-1]), sums, leaving, slopes),
        *(gradients[: len(layers)], gradients[len(layers) :]),
        [*map(_flat, functions, slopes[:-1]), 0.0],
    )
    records = tuple(map(_record, layers, *columns))
    return Passage(between_digits(inputs), float(loss.detach()), records)


def _record(
    layer: Layer,
    entering: torch.Tensor,
    sums: torch.Tensor,
    leaving: torch.Tensor,
    slopes: torch.Tensor,
    gradient: torch.Tensor,
    weight_gradient: torch.Tensor,
    flat: float,
) -> LayerSpread:
    outputs, inputs = layer.weight.shape
    return LayerSpread(
        name=layer.name,
        inputs=inputs,
        outputs=outputs,
        weight=spread(layer.weight),
        entering=between_digits(entering),
        sums=between_digits(sums),
        leaving=between_digits(leaving),
        size=rms(leaving),
        slope=rms(slopes),
        flat=flat,
        gradient=rms(gradient),
        weight_gradient=rms(weight_gradient),
    )


def _flat(activation: Activation, slopes: torch.Tensor) -> float:
    greatest = greatest_slope(activation)
    return float(is_flat(slopes.numpy(), greatest).mean())


def between_digits(values: torch.Tensor) -> float:
    """Return how far the numbers of a unit lie apart from digit to digit, in float64.

    For each unit, the standard deviation over the digits of the batch; of all units, the root of
    the mean square. Taken over units and digits together, a standard deviation would hide that the
    digits have become alike as long as the units differ.

    Args:
        values: shape (B, units).
    """
    return rms(values.detach().double().std(dim=0, correction=0))


def spread(values: torch.Tensor) -> float:
    """Return the standard deviation of all values together, in float64."""
    return float(values.detach().double().std(correction=0))


def rms(values: torch.Tensor) -> float:
    """Return the root of the mean square of all values together, in float64."""
    return float(values.detach().double().square().mean().sqrt())


@dataclass(frozen=True, slots=True, eq=False)
class WeightBins:
    """The weights of one layer, counted.

    Attributes:
        name: `fc1`, `fc2`, …
        shape: (outputs, inputs).
        spread: their standard deviation.
        counts: int64 of shape (`BINS`,), weights in each of the equal bins from -end to end.
    """

    name: str
    shape: tuple[int, int]
    spread: float
    counts: Integers


def weight_end(layers: Parameters) -> float:
    """Return where the axis of the weights ends, either side: 1, 2 or 5 times a power of ten.

    All weights lie within; it is at least 0.05.
    """
    largest = max(float(layer.weight.abs().max()) for layer in layers)
    # A constant of 0.1 in float32 is a little more than 0.1.
    steps = (step * 10.0**power for power in range(-2, 5) for step in (1, 2, 5))
    return next(end for end in steps if end >= 0.05 and end * (1 + 1e-6) >= largest)


def weight_bins(layers: Parameters, end: float) -> tuple[WeightBins, ...]:
    """Count the weights of each layer in equal bins from -end to end."""
    return tuple(
        WeightBins(
            layer.name,
            (layer.weight.shape[0], layer.weight.shape[1]),
            spread(layer.weight),
            _counts(layer.weight, end),
        )
        for layer in layers
    )


def _counts(weight: torch.Tensor, end: float) -> Integers:
    # What float32 has rounded past the end belongs to the last bin.
    within = weight.clamp(-end, end)
    counts = torch.histc(within, BINS, -end, end).numpy()
    return counts.round().astype(np.int64)


def entropy(probabilities: Floats) -> Doubles:
    """Return the entropy of each row in bits: 0 for one sure answer, log2(10) for ten equal.

    Args:
        probabilities: float32 of shape (B, 10); each row sums to 1.

    Returns:
        float64 of shape (B,): the sum of -p log2(p).
    """
    p = probabilities.astype(np.float64)
    # p log2(p) goes to 0 with p.
    logs = np.log2(p, where=p > 0, out=np.zeros_like(p))
    entropies: Doubles = np.abs((p * logs).sum(axis=1))
    return entropies
