"""What happens on the way: every layer of a forward pass, as plain records."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F

from mnistviz.digits import mnist
from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the pictures to the probabilities.

    Attributes:
        name: `images`, `flatten`, `fc1`, `relu`, …, `softmax`.
        shape: shape of what comes out of the step, for the whole batch.
        parameters: the parameters of the step in words, `weight (128, 784), bias (128,)`;
            empty for a step without.
        count: how many parameters.
        values: float32, what comes out for the chosen digit, flat.
    """

    name: str
    shape: tuple[int, ...]
    parameters: str
    count: int
    values: npt.NDArray[np.float32]


def steps(
    spec: NetworkSpec, layers: Parameters, images: torch.Tensor, image: int
) -> tuple[Step, ...]:
    """Run a batch through the network and keep what comes out of every step.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        images: float32 of shape (B, 1, 28, 28).
        image: which digit of the batch, 0 to B - 1, the values are kept for.

    Returns:
        One record per step, from `images` to `softmax`.
    """
    inputs = mnist.flatten(images)
    records = [_record("images", images, image), _record("flatten", inputs, image)]
    out = inputs
    for name, out, layer in _forward(spec, layers, inputs):
        words, count = "", 0
        if layer is not None:
            words = f"weight {tuple(layer.weight.shape)}, bias {tuple(layer.bias.shape)}"
            count = layer.weight.numel() + layer.bias.numel()
        records.append(_record(name, out, image, words, count))
    records.append(_record("softmax", F.softmax(out, dim=1), image))
    return tuple(records)


def logits(spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor) -> torch.Tensor:
    """Compute what comes out of the last layer, before the softmax.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (B, 784).

    Returns:
        float32 of shape (B, 10).
    """
    *_, (_, out, _) = _forward(spec, layers, inputs)
    return out


def _forward(
    spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor
) -> Iterator[tuple[str, torch.Tensor, Layer | None]]:
    """Yield name and outcome of each layer and activation; with a layer, the layer."""
    x = inputs
    for layer in layers:
        # Not around the yield: what the caller does in between is its own affair.
        with torch.no_grad():
            x = F.linear(x, layer.weight, layer.bias)
        yield layer.name, x, layer
        if layer is not layers[-1] and spec.activation is not Activation.NONE:
            with torch.no_grad():
                x = FORMS[spec.activation].functional(x)
            yield spec.activation.value, x, None


def _record(name: str, out: torch.Tensor, image: int, parameters: str = "", count: int = 0) -> Step:
    return Step(name, tuple(out.shape), parameters, count, out[image].reshape(-1).numpy())
