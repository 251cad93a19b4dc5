"""The forward pass, layer by layer and step by step, as plain records."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F

from mnistviz.digits import mnist
from mnistviz.digits.arrays import Floats
from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.activations import Activations, for_layers
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec


class LayerPass(NamedTuple):
    """A batch on its way through one layer.

    Attributes:
        layer: the layer.
        sums: of shape (B, units), weights times inputs plus bias.
        outputs: of the same shape, what the activation makes of the sums; of the last layer the
            sums themselves, the logits.
    """

    layer: Layer
    sums: torch.Tensor
    outputs: torch.Tensor


def layer_by_layer(
    activation: Activations, layers: Parameters, inputs: torch.Tensor, by_hand: bool = False
) -> Iterator[LayerPass]:
    """Run a batch through a network, one layer at a time.

    A layer is computed when it is asked for, and autograd records it as far as the caller lets it.

    Args:
        activation: the function on each layer but the last: one for all, or one for each.
        layers: the parameters of the network, or of the rest of one.
        inputs: shape (B, inputs of the first layer), of the dtype of the parameters.
        by_hand: whether to compute as the style `tensors` does; its last bits may differ.

    Yields:
        What each layer makes of the batch, from the first to the last.
    """
    forms = [FORMS[one] for one in for_layers(activation, len(layers) - 1)]
    functions = [form.stable if by_hand else form.functional for form in forms]
    x = inputs
    for number, layer in enumerate(layers):
        if by_hand:
            sums = torch.mm(x, layer.weight.t()) + layer.bias
        else:
            sums = F.linear(x, layer.weight, layer.bias)
        x = functions[number](sums) if number < len(functions) else sums
        yield LayerPass(layer, sums, x)


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
    values: Floats


def steps(
    spec: NetworkSpec, layers: Parameters, images: torch.Tensor, image: int
) -> tuple[Step, ...]:
    """Run a batch through the network and return the output of every step.

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
    with torch.no_grad():
        functions = (*for_layers(spec.activation, len(layers) - 1), Activation.NONE)
        passed = layer_by_layer(spec.activation, layers, inputs)
        for function, (layer, sums, out) in zip(functions, passed, strict=True):
            words = f"weight {tuple(layer.weight.shape)}, bias {tuple(layer.bias.shape)}"
            count = layer.weight.numel() + layer.bias.numel()
            records.append(_record(layer.name, sums, image, words, count))
            if function is not Activation.NONE:
                records.append(_record(function.value, out, image))
        records.append(_record("softmax", F.softmax(out, dim=1), image))
    return tuple(records)


def logits(spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor) -> torch.Tensor:
    """Return the outputs of the last layer, before the softmax.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (B, 784).

    Returns:
        float32 of shape (B, 10).
    """
    with torch.no_grad():
        # One layer after the other: together they can take hundreds of megabytes.
        (last,) = deque(layer_by_layer(spec.activation, layers, inputs), maxlen=1)
    return last.outputs


def _record(name: str, out: torch.Tensor, image: int, parameters: str = "", count: int = 0) -> Step:
    return Step(name, tuple(out.shape), parameters, count, out[image].reshape(-1).numpy())
