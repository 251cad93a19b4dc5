"""The functions that bare tensors call, as a script writes them: activation and softmax."""

import math
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import torch

from mnistviz.codegen.parts import source
from mnistviz.digits import mnist
from mnistviz.network import by_hand
from mnistviz.network.activations import FORMS
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import INPUTS, Activation
from mnistviz.spec.specs import NetworkSpec

LIMIT = 60.0
"""Up to which size the numbers of a sample of digits let exp be taken as it is. It overflows above
88.7: what is left between the two is for the digits that were not tried."""

TRIED = 200
"""Digits of the sample that are tried."""

_LIMITS: Mapping[Activation, float] = MappingProxyType(
    {
        # Of leaky ReLU only the slope at 0 is another.
        Activation.LEAKY_RELU: math.inf,
        # 1 / (1 + infinity) is 0, as it should be.
        Activation.SIGMOID: math.inf,
        Activation.SILU: torch.finfo(torch.float32).max,
    }
)
"""Up to which size of x an activation's formula gives the right value, where it is not `LIMIT`."""


def activation_name(spec: NetworkSpec) -> str:
    """Return what the activation of bare tensors is called; nothing without one."""
    return FORMS[spec.activation].by_hand.__name__ if spec.has_activation else ""


def activation_lines(spec: NetworkSpec) -> list[str]:
    """Write the activation by hand.

    It is the formula that the lesson states wherever that gives the numbers of the page, and else
    the stable form, which says why in a comment. The spec alone decides which of the two:

    - Untrained, the network is run on some digits, and the formula stands if their sums are so
      small (see `LIMIT`) that those of no digit overflow. Sigmoid, SiLU and leaky ReLU give the
      right value of any sum.
    - A training needs the slope as well, and nobody knows its sums beforehand. A last bit that
      differs grows over a thousand steps, too: what is trained has the form that the app trains
      with.
    - Nor is it known what sums the weights of a file make.

    Of ReLU and GELU the formula is stable by itself.

    Args:
        spec: the network, of which at least one layer has an activation.
    """
    form = FORMS[spec.activation]
    is_right = not spec.training and _largest(spec)[0] <= _LIMITS.get(spec.activation, LIMIT)
    return source(form.by_hand if is_right else form.stable, form.by_hand.__name__)


def softmax_lines(spec: NetworkSpec) -> list[str]:
    """Write softmax by hand: the formula if the logits are known to be small, else the stable form.

    The rule is that of `activation_lines`.
    """
    is_right = _largest(spec)[1] <= LIMIT
    return source(by_hand.softmax if is_right else by_hand.stable_softmax, "softmax")


def _largest(spec: NetworkSpec) -> tuple[float, float]:
    """Return the largest hidden sum and the largest logit, without their signs.

    Infinite where the spec does not tell them: trained or loaded. 0 without a hidden layer.
    """
    if spec.training or spec.loaded:
        return math.inf, math.inf
    return _tried(spec)


@lru_cache(maxsize=64)
def _tried(spec: NetworkSpec) -> tuple[float, float]:
    with torch.no_grad():
        *hidden, logits = (
            float(passed.sums.abs().max())
            for passed in layer_by_layer(spec.activation, parameters(spec), _inputs())
        )
    return max(hidden, default=0.0), logits


@lru_cache(maxsize=1)
def _inputs() -> torch.Tensor:
    """Return the first digits of the sample, all black and all white: float32 (202, 784)."""
    pixels = mnist.load(mnist.SAMPLE_ROOT).train_pixels[:TRIED]
    extremes = torch.tensor([-1.0, 1.0]).view(2, 1).expand(2, INPUTS)
    return torch.cat([mnist.flatten(mnist.normalize(pixels)), extremes])
