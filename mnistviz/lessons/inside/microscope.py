"""One digit on its way through one network: any unit's sum, term by term, and its gradient."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from mnistviz.digits import mnist
from mnistviz.digits.arrays import Doubles, Floats, Integers
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import Parameters
from mnistviz.spec.specs import NetworkSpec


@dataclass(frozen=True, slots=True, eq=False)
class LayerValues:
    """The sums and activations of one layer for the digit.

    Attributes:
        name: `fc1`, `fc2`, … as in the code.
        sums: float32 of shape (units,), weights times inputs plus bias.
        outputs: float32 of shape (units,), the activations; of the last layer the sums again, the
            logits.
    """

    name: str
    sums: Floats
    outputs: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """The way of one digit through all layers, as PyTorch computes it. Read-only: it is shared.

    Attributes:
        inputs: float32 of shape (784,), -1 to 1, what the network gets.
        layers: one record for each layer, the last one for the outputs.
        probabilities: float32 of shape (10,), the softmax of the logits.
    """

    inputs: Floats
    layers: tuple[LayerValues, ...]
    probabilities: Floats

    def into(self, layer: int) -> Floats:
        """Return the inputs of a layer: the pixels, or the activations of the layer before.

        Args:
            layer: its number, from 1.
        """
        return self.inputs if layer == 1 else self.layers[layer - 2].outputs

    @property
    def logits(self) -> Floats:
        """The outputs of the last layer, float32 of shape (10,)."""
        return self.layers[-1].outputs

    @property
    def broken(self) -> int:
        """How many units have a sum that is infinite or not a number."""
        return sum(int((~np.isfinite(layer.sums)).sum()) for layer in self.layers)


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """A sum of products with all of its terms.

    Attributes:
        values: float32 of shape (n,), what comes in.
        weights: float64 of shape (n,), what it is multiplied by.
        products: float64 of shape (n,), the contributions; of two float32 each is exact.
        bias: what is added to them.
        computed: the sum as PyTorch gives it, in float32.
    """

    values: Floats
    weights: Doubles
    products: Doubles
    bias: float
    computed: float

    @property
    def total(self) -> float:
        """The contributions and the bias, added up without rounding on the way."""
        return math.fsum([*self.products.tolist(), self.bias])

    @property
    def up(self) -> float:
        """The contributions above 0, together."""
        return math.fsum(self.products[self.products > 0].tolist())

    @property
    def down(self) -> float:
        """The contributions below 0, together: 0 or less."""
        return math.fsum(self.products[self.products < 0].tolist())

    def largest(self, most: int) -> Integers:
        """Return the places of the largest contributions by size, those that are 0 left out.

        Args:
            most: how many at most.

        Returns:
            int64, from the largest on, equal ones by number.
        """
        order: Integers = np.argsort(-np.abs(self.products), kind="stable")[:most].astype(np.int64)
        nonzero: Integers = order[self.products[order] != 0]
        return nonzero

    def rest(self, places: Integers) -> float:
        """Return the sum of all contributions except those at some places."""
        return math.fsum(np.delete(self.products, places).tolist())


@dataclass(frozen=True, slots=True)
class Edge:
    """One connection and what it carries for the digit.

    Attributes:
        source: number of the pixel or the unit it comes from, from 0.
        target: number of the unit it goes to.
        contribution: weight times what comes from the source.
    """

    source: int
    target: int
    contribution: float


def walk(spec: NetworkSpec, layers: Parameters, images: torch.Tensor, image: int) -> Walk:
    """Return sums and activations of every layer for one digit of a batch.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        images: float32 of shape (B, 1, 28, 28).
        image: which digit of the batch, 0 to B - 1.
    """
    inputs = mnist.flatten(images)
    values, out = [], inputs
    # Copies: a row is a part of the whole batch, and would keep it alive.
    with torch.no_grad():
        for layer, sums, out in layer_by_layer(spec.activation, layers, inputs):
            rows = sums[image].numpy().copy(), out[image].numpy().copy()
            values.append(LayerValues(layer.name, *rows))
        probabilities = F.softmax(out, dim=1)[image].numpy().copy()
    return Walk(inputs[image].numpy().copy(), tuple(values), probabilities)


def unit_terms(passed: Walk, layers: Parameters, layer: int, unit: int) -> Terms:
    """Return the sum of one unit with all of its terms.

    Args:
        passed: the way of the digit.
        layers: the parameters of the same network.
        layer: number of the layer, from 1; the last one is that of the outputs.
        unit: number of the unit in it, from 0.

    Raises:
        IndexError: there is no such layer or unit.
    """
    _check(layers, layer, unit)
    selected = layers[layer - 1]
    return _terms(
        passed.into(layer),
        selected.weight[unit].numpy().astype(np.float64),
        float(selected.bias[unit]),
        float(passed.layers[layer - 1].sums[unit]),
    )


def logit_difference(passed: Walk, layers: Parameters, first: int, second: int) -> Terms:
    """Return the difference of two logits with all of its terms.

    Both are sums over the same inputs x, so that z_a - z_b = (w_a - w_b) · x + (b_a - b_b).

    Args:
        passed: the way of the digit.
        layers: the parameters of the same network.
        first: a class, 0 to 9.
        second: the class whose logit is subtracted.

    Raises:
        IndexError: there is no such class.
    """
    for each in (first, second):
        _check(layers, len(layers), each)
    weight = layers[-1].weight.numpy().astype(np.float64)
    bias, logits = layers[-1].bias.numpy(), passed.logits
    return _terms(
        passed.into(len(layers)),
        weight[first] - weight[second],
        float(bias[first]) - float(bias[second]),
        float(logits[first]) - float(logits[second]),
    )


def raises_both(
    passed: Walk, layers: Parameters, first: int, second: int
) -> tuple[int, float, float] | None:
    """Find what raises two logits by amounts that differ most, of what enters the last layer.

    One that raises the second logit more is preferred: it argues against the first, although it
    raises it.

    Args:
        passed: the way of the digit.
        layers: the parameters of the same network.
        first: a class, 0 to 9.
        second: another class.

    Returns:
        The number of the unit or pixel, and what it adds to either logit; None if there is none.
    """
    one, other = (
        unit_terms(passed, layers, len(layers), each).products for each in (first, second)
    )
    raised = (one > 0) & (other > 0)
    for gain in (other - one, one - other):
        gains = np.where(raised, gain, 0)
        place = int(gains.argmax())
        if gains[place] > 0:
            return place, float(one[place]), float(other[place])
    return None


def strongest_other(values: Floats, excluded: int) -> int:
    """Return the number of the largest of all values but one; of equal ones the first."""
    others = values.astype(np.float64)
    others[excluded] = -np.inf
    return int(others.argmax())


def strongest_units(outputs: Floats, most: int, also: int | None = None) -> Integers:
    """Choose the units with the largest activations by size.

    Args:
        outputs: float32 of shape (units,).
        most: how many at most.
        also: a unit that has to be among them; it takes the place of the weakest.

    Returns:
        int64, their numbers, ascending; of equal ones the first.
    """
    order = np.argsort(-np.abs(outputs), kind="stable")[:most]
    if also is not None and also not in order:
        order[-1] = also
    return np.sort(order).astype(np.int64)


def strongest_edges(
    weight: Floats, values: Floats, targets: Integers, most: int, sources: Integers | None = None
) -> tuple[Edge, ...]:
    """Choose the connections with the largest contributions by size, those that are 0 left out.

    Args:
        weight: float32 of shape (units, n), of the layer they lead into.
        values: float32 of shape (n,), what the layer gets.
        targets: int64, the units they may lead to.
        most: how many at most.
        sources: int64, where they may come from; None for anywhere.

    Returns:
        From the largest on.
    """
    if sources is None:
        sources = np.arange(len(values))
    products = weight[np.ix_(targets, sources)].astype(np.float64) * values[sources]
    sizes = np.abs(products).ravel()
    # Sorting all of them would take most of the time that choosing a unit takes.
    least = np.partition(sizes, -most)[-most] if len(sizes) > most else 0.0
    some = np.flatnonzero(sizes >= least)
    order = some[np.argsort(-sizes[some], kind="stable")][:most]
    places = zip(*np.unravel_index(order, products.shape), strict=True)
    return tuple(
        Edge(int(sources[column]), int(targets[row]), float(products[row, column]))
        for row, column in places
        if products[row, column] != 0
    )


def gradient(
    spec: NetworkSpec,
    layers: Parameters,
    inputs: torch.Tensor,
    layer: int,
    unit: int,
    other: int | None = None,
) -> Floats:
    """Differentiate the sum of one unit with respect to the pixels.

    For the outputs this is the saliency of Simonyan, Vedaldi, Zisserman, "Deep Inside Convolutional
    Networks" (2013), with its sign kept.

    Args:
        spec: the network; of it only the activation matters.
        layers: its parameters.
        inputs: float32 of shape (784,), -1 to 1.
        layer: number of the layer, from 1.
        unit: number of the unit in it, from 0.
        other: a unit whose sum is subtracted, if any.

    Returns:
        float32 of shape (784,): by how much the sum grows for each 1 that a pixel grows.

    Raises:
        IndexError: there is no such layer or unit.
    """
    for each in (unit, unit if other is None else other):
        _check(layers, layer, each)
    x = inputs.clone().requires_grad_()
    passed = layer_by_layer(spec.activation, layers, x.unsqueeze(0))
    sums = next(itertools.islice(passed, layer - 1, None)).sums[0]
    target = sums[unit] if other is None else sums[unit] - sums[other]
    (slopes,) = torch.autograd.grad(target, x)
    return slopes.numpy()


def scale_end(largest: float) -> float:
    """Return where a scale ends that has to reach a size: 1, 2 or 5 times a power of ten.

    It steps seldom, so that colors keep their meaning from digit to digit.

    Args:
        largest: 0 or more; the scale of 0 ends at 1.
    """
    if not 0 < largest < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next((step * power for step in (1, 2, 5) if step * power >= largest), 10 * power)


def _check(layers: Parameters, layer: int, unit: int) -> None:
    if not 1 <= layer <= len(layers) or not 0 <= unit < len(layers[layer - 1].bias):
        raise IndexError(f"unit {unit} of layer {layer}")


def _terms(values: Floats, weights: Doubles, bias: float, computed: float) -> Terms:
    return Terms(values, weights, weights * values, bias, computed)
