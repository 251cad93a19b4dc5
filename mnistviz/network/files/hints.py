"""The activation and the normalization of a file of weights, by accuracy on labeled digits.

A network reads well only with the activation and the inputs with which it was trained. So each
candidate is tried on labeled digits; the right one stands out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import torch

from mnistviz.digits import mnist
from mnistviz.network.activations import FORMS
from mnistviz.network.answers import predictions
from mnistviz.network.files.records import LoadedNetwork, WeightsError
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.fields import Activation
from mnistviz.words import say

Normalization = tuple[float, float]
"""Mean and standard deviation: a pixel p from 0 to 1 becomes (p - mean) / std."""

OURS: Normalization = (mnist.MEAN, mnist.STD)
"""How this app normalizes: -1 to 1."""

MEASURED: Normalization = (0.1307, 0.3081)
"""Mean and standard deviation of MNIST's training pixels, as PyTorch's own MNIST example has it."""

UNCHANGED: Normalization = (0.0, 1.0)
"""What `ToTensor()` alone gives: 0 to 1."""

NORMALIZATIONS = (OURS, MEASURED, UNCHANGED)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The accuracy of a network with one activation and one way to normalize.

    Attributes:
        activation: on the hidden layers.
        normalization: of the inputs.
        accuracy: the share of digits read right, 0 to 1; a digit whose logits are not finite is
            read wrong.
    """

    activation: Activation
    normalization: Normalization
    accuracy: float


def accuracies(
    network: LoadedNetwork, inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[Accuracy, ...]:
    """Try every activation with every way to normalize.

    Args:
        network: as it was loaded.
        inputs: float32 of shape (N, 784), normalized as this app does it, -1 to 1; N at least 1.
        labels: int64 of shape (N,), 0 to 9.

    Returns:
        For each normalization, in the order of `NORMALIZATIONS`, each activation, in the order of
        `Activation`. Without hidden layers the activations are all the same.

    Raises:
        ValueError: there are no digits, or not as many labels.
    """
    if not len(labels) or len(inputs) != len(labels):
        raise ValueError(f"{len(inputs)} digits and {len(labels)} labels: as many, and at least 1")
    results = []
    with torch.no_grad():
        for normalization in NORMALIZATIONS:
            first = _folded(network.layers[0], normalization)
            sums = next(layer_by_layer(Activation.NONE, (first,), inputs)).sums
            tried: dict[Activation, float] = {}
            for activation in Activation:
                if not network.hidden and tried:
                    tried[activation] = tried[next(iter(tried))]
                    continue
                logits = _logits(activation, network.layers[1:], sums)
                right = predictions(logits) == labels.numpy()
                tried[activation] = int(right.sum()) / len(labels)
            results += [Accuracy(one, normalization, share) for one, share in tried.items()]
    return tuple(results)


def by_activation(
    results: tuple[Accuracy, ...], normalization: Normalization = OURS
) -> Mapping[Activation, float]:
    """Pick the accuracies of one way to normalize, by activation."""
    return MappingProxyType(
        {one.activation: one.accuracy for one in results if one.normalization == normalization}
    )


def refolded(network: LoadedNetwork, mean: float, std: float) -> LoadedNetwork:
    """Return a network that gives on our inputs the results of one trained on others.

    It was trained on z = (p - mean) / std of a pixel p; ours is x = (p - 0.5) / 0.5. So
    p = 0.5 x + 0.5 and z = a x + c with a = 0.5 / std and c = (0.5 - mean) / std. The first layer's
    sums W z + b are W' x + b' with W' = a W and b' = b + c W 1: what the inputs lack, its weights
    and biases take over. The other layers stay.

    Args:
        network: as it was loaded.
        mean: of the normalization with which it was trained, finite.
        std: likewise, finite and above 0.

    Raises:
        WeightsError: a number leaves what float32 can hold.
    """
    first, *rest = network.layers
    folded = _folded(first, (mean, std))
    if not (folded.weight.isfinite().all() and folded.bias.isfinite().all()):
        raise WeightsError(say("errors/weights", "folded_too_large", mean=mean, std=std))
    return replace(network, layers=(folded, *rest))


def _folded(layer: Layer, normalization: Normalization) -> Layer:
    """Fold a normalization into a layer, in float64; ours leaves every bit as it is."""
    if normalization == OURS:
        return layer
    mean, std = normalization
    weight = layer.weight.double()
    bias = layer.bias.double() + (mnist.MEAN - mean) / std * weight.sum(dim=1)
    return Layer(layer.name, (mnist.STD / std * weight).float(), bias.float())


def _logits(activation: Activation, layers: Parameters, sums: torch.Tensor) -> torch.Tensor:
    """Go from the first layer's sums through the other layers to the logits, shape (N, 10)."""
    if not layers:
        return sums
    *_, last = layer_by_layer(activation, layers, FORMS[activation].functional(sums))
    return last.outputs
