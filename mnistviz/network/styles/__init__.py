"""A network of a spec, in the style that the spec asks for."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import torch

from mnistviz.network.parameters import Parameters
from mnistviz.network.styles import functional, module, sequential, tensors
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import NetworkSpec


class Network(Protocol):
    """The interface of all four styles: a call from inputs to probabilities."""

    def __call__(self, inputs: torch.Tensor, /) -> torch.Tensor:
        """Run inputs (B, 784), float32, through and return probabilities (B, 10), float32."""


BUILDERS: Mapping[Style, Callable[[NetworkSpec, Parameters], Network]] = MappingProxyType(
    {
        Style.TENSORS: tensors.build,
        Style.MODULE: module.build,
        Style.FUNCTIONAL: functional.build,
        Style.SEQUENTIAL: sequential.build,
    }
)
"""The way to write each style."""


def build(spec: NetworkSpec, layers: Parameters) -> Network:
    """Write the network of the spec, in its style, over the given parameters.

    `str()` of the result is what `print(model)` shows: for the three module styles PyTorch's own
    listing, for bare tensors the names and shapes of the tensors.
    """
    return BUILDERS[spec.style](spec, layers)


def probabilities(network: Network, inputs: torch.Tensor) -> torch.Tensor:
    """Classify a batch, without recording anything for gradients.

    Args:
        network: any of the four styles.
        inputs: float32 of shape (B, 784), normalized to -1 to 1.

    Returns:
        float32 of shape (B, 10); each row sums to 1.
    """
    with torch.no_grad():
        return network(inputs)
