"""What happens on the way: every layer of a forward pass, as plain records."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F

from mnistviz.activations import FORMS
from mnistviz.parameters import Parameters
from mnistviz.spec import Activation, NetworkSpec


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
    records = [_record("images", images, image)]
    x = images.view(images.shape[0], -1)
    records.append(_record("flatten", x, image))
    with torch.no_grad():
        for layer in layers:
            x = F.linear(x, layer.weight, layer.bias)
            words = f"weight {tuple(layer.weight.shape)}, bias {tuple(layer.bias.shape)}"
            count = layer.weight.numel() + layer.bias.numel()
            records.append(_record(layer.name, x, image, words, count))
            if layer is not layers[-1] and spec.activation is not Activation.NONE:
                x = FORMS[spec.activation].functional(x)
                records.append(_record(spec.activation.value, x, image))
        records.append(_record("softmax", F.softmax(x, dim=1), image))
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
    x = inputs
    with torch.no_grad():
        for layer in layers[:-1]:
            x = F.linear(x, layer.weight, layer.bias)
            if spec.activation is not Activation.NONE:
                x = FORMS[spec.activation].functional(x)
        return F.linear(x, layers[-1].weight, layers[-1].bias)


def _record(name: str, out: torch.Tensor, image: int, parameters: str = "", count: int = 0) -> Step:
    return Step(name, tuple(out.shape), parameters, count, out[image].reshape(-1).numpy())
