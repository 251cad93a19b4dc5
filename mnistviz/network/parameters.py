"""The parameters of a network: drawn once from its spec, shared by all four styles."""

from dataclasses import dataclass

import torch
from torch import nn

from mnistviz.network.initialization import draw_bias, draw_weight
from mnistviz.spec.specs import NetworkSpec


@dataclass(frozen=True, slots=True)
class Layer:
    """The parameters of one dense layer.

    Attributes:
        name: `fc1`, `fc2`, … as on the code's screen.
        weight: float32 of shape (outputs, inputs), as `nn.Linear` stores it.
        bias: float32 of shape (outputs,).
    """

    name: str
    weight: torch.Tensor
    bias: torch.Tensor


Parameters = tuple[Layer, ...]


def parameters(spec: NetworkSpec) -> Parameters:
    """Draw the parameters of a spec.

    Layer by layer, weight before bias, from one generator seeded with the spec's seed: the same
    numbers, bit for bit, that a script draws after `torch.manual_seed(seed)`. Style and
    activation have no part in it. Read-only: they are shared.

    Returns:
        One layer per entry of `spec.shapes`, from the first to the last.

    Raises:
        ValueError: they came from a file; none are drawn.
    """
    if spec.loaded:
        raise ValueError("loaded parameters are not drawn")
    generator = torch.Generator().manual_seed(spec.seed)
    return tuple(
        Layer(
            f"fc{number}",
            draw_weight(spec, inputs, outputs, generator),
            draw_bias(spec, inputs, outputs, generator),
        )
        for number, (inputs, outputs) in enumerate(spec.shapes, start=1)
    )


def linear(layer: Layer) -> nn.Linear:
    """Put a layer's parameters into an `nn.Linear`, without drawing new ones or copying."""
    outputs, inputs = layer.weight.shape
    module = nn.Linear(inputs, outputs, device="meta")
    module.weight = nn.Parameter(layer.weight)
    module.bias = nn.Parameter(layer.bias)
    return module
