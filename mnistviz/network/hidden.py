"""Sums, outputs and slopes of the activations in each hidden layer of a network."""

from dataclasses import dataclass

import numpy as np
import torch

from mnistviz.digits.arrays import Floats, Mask
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import Parameters
from mnistviz.network.slopes import greatest_slope, is_flat, slopes_of
from mnistviz.spec.activations import for_layers
from mnistviz.spec.specs import NetworkSpec


@dataclass(frozen=True, slots=True, eq=False)
class HiddenLayer:
    """One hidden layer, for a whole batch. Read-only: it is shared.

    Attributes:
        name: `fc1`, `fc2`, … as in the code.
        sums: float32 of shape (B, units), what the layer hands to the activation.
        outputs: float32 of shape (B, units), what the activation makes of it.
        slopes: float32 of shape (B, units), the derivative of the activation at each sum.
        flat: bool of shape (B, units), where that slope is below a hundredth of the greatest.
    """

    name: str
    sums: Floats
    outputs: Floats
    slopes: Floats
    flat: Mask

    @property
    def units(self) -> int:
        """How many units the layer has."""
        return int(self.sums.shape[1])

    def flat_for(self, image: int) -> int:
        """Count the units that are flat for one digit of the batch."""
        return int(self.flat[image].sum())

    @property
    def flat_share(self) -> float:
        """The share of all units and all digits of the batch that is flat, 0 to 1."""
        return float(self.flat.mean())

    @property
    def dead(self) -> int:
        """How many units are flat for every digit of the batch."""
        return int(self.flat.all(axis=0).sum())

    def broken_for(self, image: int) -> int:
        """Count the units whose sum for one digit is infinite or not a number."""
        return int((~np.isfinite(self.sums[image])).sum())


def hidden_layers(
    spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor
) -> tuple[HiddenLayer, ...]:
    """Run a batch through the hidden layers and return their sums, outputs and slopes.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (B, 784).

    Returns:
        One record for each hidden layer, from the first to the last; none without one.
    """
    functions, records = for_layers(spec.activation, len(layers) - 1), []
    with torch.no_grad():
        passed = layer_by_layer(spec.activation, layers, inputs)
        # Not the last layer: its sums are the logits.
        for function, (layer, sums, outputs) in zip(functions, passed, strict=False):
            slopes = slopes_of(function, sums, outputs).numpy()
            flat = is_flat(slopes, greatest_slope(function))
            records.append(HiddenLayer(layer.name, sums.numpy(), outputs.numpy(), slopes, flat))
    return tuple(records)
