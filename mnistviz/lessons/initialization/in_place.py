"""Setting weights in place: the old form and today's, and what autograd raises for either."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from mnistviz.lessons.tries import error_of
from mnistviz.network.parameters import Layer, linear

STD = 0.01
"""The standard deviation of the example."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Both forms, run on `fc1`.

    Attributes:
        weight_shape: (outputs, inputs).
        bias_shape: (outputs,).
        equal: whether both forms gave the same weights and biases, bit for bit.
        spread: standard deviation of the weights then.
        refused: what PyTorch says to `weight.normal_()` without either form.
        true: the gradient that belongs to the loss of the example.
        silent: what `print` shows of the gradient after a change through `.data`.
        noticed: what PyTorch says after a change under `torch.no_grad()`.
    """

    weight_shape: tuple[int, ...]
    bias_shape: tuple[int, ...]
    equal: bool
    spread: float
    refused: str
    true: float
    silent: str
    noticed: str


def run(inputs: int, outputs: int, seed: int) -> Forms:
    """Run both forms from the same seed, and the three lines that show why the old one is old.

    Args:
        inputs: of the layer.
        outputs: of the layer.
        seed: of the generator from which both draw.
    """
    old, modern = _layer(inputs, outputs), _layer(inputs, outputs)
    old.bias.data.fill_(0)
    old.weight.data.normal_(std=STD, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        nn.init.zeros_(modern.bias)
        generator = torch.Generator().manual_seed(seed)
        nn.init.normal_(modern.weight, std=STD, generator=generator)
    return Forms(
        weight_shape=tuple(old.weight.shape),
        bias_shape=tuple(old.bias.shape),
        equal=torch.equal(old.weight, modern.weight) and torch.equal(old.bias, modern.bias),
        spread=float(old.weight.detach().double().std(correction=0)),
        refused=error_of(lambda: old.weight.normal_(std=STD)),
        true=float(_gradient(lambda weight: None)),
        silent=str(_gradient(_through_data)),
        noticed=error_of(lambda: _gradient(_without_grad)),
    )


def _layer(inputs: int, outputs: int) -> nn.Linear:
    """Return a layer that has drawn nothing from PyTorch's global generator."""
    return linear(Layer("fc1", torch.empty(outputs, inputs), torch.empty(outputs)))


def _through_data(weight: nn.Parameter) -> None:
    weight.data.fill_(0)


def _without_grad(weight: nn.Parameter) -> None:
    with torch.no_grad():
        weight.fill_(0)


def _gradient(change: Callable[[nn.Parameter], None]) -> torch.Tensor:
    """Change a weight of 3 between its loss, 3 squared, and the gradient of that: 6."""
    weight = nn.Parameter(torch.tensor(3.0))
    loss = weight**2
    change(weight)
    (gradient,) = torch.autograd.grad(loss, weight)
    return gradient
