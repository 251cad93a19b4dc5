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


def activation_name(spec: NetworkSpec, layer: int) -> str:
    """Return what bare tensors call the activation of a hidden layer; nothing without one.

    Args:
        spec: the network.
        layer: the layer's number, from 1; the output layer has none.
    """
    has_one = layer <= len(spec.hidden) and spec.activations[layer - 1] in spec.functions
    return FORMS[spec.activations[layer - 1]].by_hand.__name__ if has_one else ""


def called_name(spec: NetworkSpec, layer: int) -> str:
    """Return how PyTorch calls the activation of a hidden layer, as `F.relu`; see above."""
    has_one = layer <= len(spec.hidden)
    return FORMS[spec.activations[layer - 1]].functional_code if has_one else ""


def listed_lines(spec: NetworkSpec) -> list[str]:
    """Write the list that a loop over the layers needs where activations differ; else nothing."""
    if not spec.is_mixed:
        return []
    each = (FORMS[one].functional_code or "nn.Identity()" for one in spec.activations)
    return [f"activations = [{', '.join(each)}]  # one for each hidden layer"]


def in_loop(spec: NetworkSpec) -> str:
    """Return how a loop over the layers, by `number` from 1, calls the activation; "" without."""
    return "activations[number - 1]" if spec.is_mixed else called_name(spec, 1)


def activation_functions(spec: NetworkSpec) -> list[list[str]]:
    """Write the activations by hand, each once, in the order of their first layers.

    Each is the formula that the lesson states wherever that gives the numbers of the page, and else
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
        spec: the network.
    """
    return [_function_lines(spec, activation) for activation in spec.functions]


def _function_lines(spec: NetworkSpec, activation: Activation) -> list[str]:
    form, sums = FORMS[activation], _largest(spec)[:-1]
    each = zip(spec.activations, sums, strict=True)
    largest = max(size for one, size in each if one is activation)
    is_right = not spec.training and largest <= _LIMITS.get(activation, LIMIT)
    return source(form.by_hand if is_right else form.stable, form.by_hand.__name__)


def softmax_lines(spec: NetworkSpec) -> list[str]:
    """Write softmax by hand: the formula if the logits are known to be small, else the stable form.

    The rule is that of `activation_functions`.
    """
    is_right = _largest(spec)[-1] <= LIMIT
    return source(by_hand.softmax if is_right else by_hand.stable_softmax, "softmax")


def _largest(spec: NetworkSpec) -> tuple[float, ...]:
    """Return the largest sum of each layer, the last one's a logit, without their signs.

    Infinite where the spec does not tell them: trained or loaded.
    """
    if spec.training or spec.loaded:
        return (math.inf,) * len(spec.shapes)
    return _tried(spec)


@lru_cache(maxsize=64)
def _tried(spec: NetworkSpec) -> tuple[float, ...]:
    with torch.no_grad():
        return tuple(
            float(passed.sums.abs().max())
            for passed in layer_by_layer(spec.activation, parameters(spec), _inputs())
        )


@lru_cache(maxsize=1)
def _inputs() -> torch.Tensor:
    """Return the first digits of the sample, all black and all white: float32 (202, 784)."""
    pixels = mnist.load(mnist.SAMPLE_ROOT).train_pixels[:TRIED]
    extremes = torch.tensor([-1.0, 1.0]).view(2, 1).expand(2, INPUTS)
    return torch.cat([mnist.flatten(mnist.normalize(pixels)), extremes])
