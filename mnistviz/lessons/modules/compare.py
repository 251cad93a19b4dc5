"""The four styles compared: their outputs, their names for a tensor, what they register."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch import nn

from mnistviz.digits.arrays import Doubles, Floats
from mnistviz.lessons.modules import table
from mnistviz.network.parameters import Parameters
from mnistviz.network.styles import build
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import NetworkSpec

ROUNDING = 1e-5
"""Up to this a difference between two probabilities is one of rounding alone."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The modules and parameters that a network has registered in one style.

    Attributes:
        printed: what `print(model)` shows.
        parts: the names of the registered modules, in the order of the print.
        keys: the keys of `state_dict()`.
        count: the numbers in all its tensors together.
    """

    printed: str
    parts: tuple[str, ...]
    keys: tuple[str, ...]
    count: int


def differences(outputs: Sequence[Floats]) -> Doubles:
    """Compare the outputs of a batch, each with each.

    Args:
        outputs: S arrays, float32 of the same shape.

    Returns:
        float64 of shape (S, S): the largest absolute difference; NaN where one of the two is not
        a number.
    """
    exact = np.stack([output.astype(np.float64) for output in outputs])
    apart = np.abs(exact[:, None] - exact[None])
    largest: Doubles = apart.reshape(*apart.shape[:2], -1).max(axis=2)
    return largest


def number_at(spec: NetworkSpec, layers: Parameters, tensor: str, style: Style) -> float:
    """Read the number of a tensor that the page looks at, by the style's own indices."""
    layer, kind = table.split(tensor)
    stored = layers[layer - 1].weight if kind == "weight" else layers[layer - 1].bias
    if style is Style.TENSORS and kind == "weight":
        stored = stored.t()
    return float(stored[table.access(spec, tensor)[style].place])


def registered(spec: NetworkSpec, layers: Parameters, style: Style) -> Registered:
    """Return the modules and parameters that the network has registered in one style."""
    model = build(replace(spec, style=style), layers)
    if isinstance(model, nn.Module):
        return Registered(
            str(model),
            tuple(name for name, _ in model.named_children()),
            tuple(model.state_dict()),
            sum(parameter.numel() for parameter in model.parameters()),
        )
    count = sum(layer.weight.numel() + layer.bias.numel() for layer in layers)
    return Registered(str(model), (), (), count)
