"""One step of a training in detail: replayed, with loss, gradients and update as numbers."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from mnistviz.codegen.modules import place_in_list
from mnistviz.digits import mnist
from mnistviz.digits.arrays import Floats, Integers
from mnistviz.lessons.train.update_lines import State, Update, written
from mnistviz.network import forward
from mnistviz.network.parameters import Layer, Parameters, parameters
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.learners import learner
from mnistviz.training.loop import accuracy, step_digits

SLICE = 0.05
"""Seconds of work between two reports of how far a replay is."""


@dataclass(frozen=True, slots=True, eq=False)
class StepDetails:
    """One step of a training: before, at and after its update. Read-only: it is shared.

    Attributes:
        step: how many updates there have been.
        indices: int64 of shape (B,), the digits of the next batch, by their number in the set.
        loss: of that batch, before the update.
        accuracy: share of the batch that is classified correctly before the update, 0 to 1.
        layers: the parameters before the update.
        grads: the gradients of the batch's loss.
        means: what momentum or Adam had collected of the gradients; empty for SGD.
        squares: what Adam had collected of their squares; empty for the others.
        after: the parameters after the update; those before it if the loss is not finite, for then
            there is none.
        loss_after: of the same batch, after the update.
    """

    step: int
    indices: Integers
    loss: float
    accuracy: float
    layers: Parameters
    grads: Parameters
    means: Parameters
    squares: Parameters
    after: Parameters
    loss_after: float

    @property
    def finite(self) -> bool:
        """Whether the loss of the batch is a number, so that there is an update."""
        return math.isfinite(self.loss)


class Replay:
    """A training made once more, without tests: a run keeps no state of its optimizer.

    It goes forward only; asked for an earlier step, it begins anew. For one thread at a time.
    """

    def __init__(self, spec: NetworkSpec, examples: mnist.Examples) -> None:
        """Stand before the first update.

        Args:
            spec: the network, with its training; in its style.
            examples: the digits that the training asks for.

        Raises:
            ValueError: the network has no training.
        """
        if spec.training is None:
            raise ValueError("a network without training has no steps")
        self.spec, self.training, self._examples = spec, spec.training, examples
        self._begin()

    def _begin(self) -> None:
        self.step = 0
        self._learner = learner(self.spec, self.training, parameters(self.spec.untrained))
        self._steps = step_digits(self.training, self._examples)
        self._digits = next(self._steps)

    def go_to(self, step: int) -> Iterator[int]:
        """Make updates until there have been `step` of them, or until the loss is no number.

        Args:
            step: 0 to the last step of the training.

        Yields:
            Now and then, how many there have been.

        Raises:
            ValueError: the training has no such step.
        """
        if not 0 <= step <= self.training.steps:
            raise ValueError(f"step {step} of {self.training.steps}")
        if step < self.step:
            self._begin()
        began = time.perf_counter()
        while self.step < step and math.isfinite(self._backward()[0]):
            self._update()
            if time.perf_counter() - began > SLICE:
                yield self.step
                began = time.perf_counter()

    def take(self) -> StepDetails:
        """Make the next update of the training, and return the details of that step."""
        step, (numbers, inputs, labels) = self.step, self._digits
        loss, logits = self._backward()
        layers, grads = _copy(self._learner.layers), _copy(self._learner.grads)
        means, squares = _copy(self._learner.means), _copy(self._learner.squares)
        after, loss_after = layers, loss
        if math.isfinite(loss):
            self._update()
            after = _copy(self._learner.layers)
            out = forward.logits(self.spec, after, inputs)
            loss_after = F.cross_entropy(out, labels).item()
        return StepDetails(
            step,
            numbers.numpy(),
            loss,
            accuracy(logits, labels),
            layers,
            grads,
            means,
            squares,
            after,
            loss_after,
        )

    def _backward(self) -> tuple[float, torch.Tensor]:
        return self._learner.backward(self._digits.inputs, self._digits.labels)

    def _update(self) -> None:
        self._learner.step()
        self.step += 1
        self._digits = next(self._steps)


def _copy(layers: Parameters) -> Parameters:
    return tuple(
        Layer(layer.name, layer.weight.detach().clone(), layer.bias.detach().clone())
        for layer in layers
    )


@dataclass(frozen=True, slots=True, eq=False)
class DigitLoss:
    """The forward pass of one digit, its loss, and the gradient of the loss at the logits.

    Attributes:
        label: the true digit, 0 to 9.
        logits: float32 of shape (10,).
        probabilities: float32 of shape (10,), their softmax p.
        loss: -log p of the true digit; 0 to infinity.
        by_formula: float32 of shape (10,), the gradient of the loss with respect to the logits:
            p - y, where y is 1 for the true digit and 0 for the others.
        by_autograd: the same, found by autograd.
    """

    label: int
    logits: Floats
    probabilities: Floats
    loss: float
    by_formula: Floats
    by_autograd: Floats

    @property
    def difference(self) -> float:
        """The largest difference between formula and autograd."""
        return float(np.abs(self.by_formula - self.by_autograd).max())

    @property
    def finite(self) -> bool:
        """Whether all of its numbers are numbers."""
        return bool(np.isfinite(self.logits).all()) and math.isfinite(self.loss)


def digit_loss(
    spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor, label: int
) -> DigitLoss:
    """Return the logits of one digit, its loss, and the gradient of the loss at the logits.

    Args:
        spec: the network; of it only the activation matters.
        layers: its parameters.
        inputs: float32 of shape (784,), -1 to 1.
        label: the true digit, 0 to 9.
    """
    logits = forward.logits(spec, layers, inputs.view(1, -1)).requires_grad_()
    loss = F.cross_entropy(logits, torch.tensor([label]))
    (grad,) = torch.autograd.grad(loss, logits)
    p = F.softmax(logits.detach(), dim=1)
    y = F.one_hot(torch.tensor([label]), p.shape[1])
    return DigitLoss(
        label,
        logits.detach()[0].numpy(),
        p[0].numpy(),
        loss.item(),
        (p - y)[0].numpy(),
        grad[0].numpy(),
    )


@dataclass(frozen=True, slots=True)
class LayerSizes:
    """The Euclidean norms of a layer, over its weight and bias together.

    Attributes:
        name: `fc1`, `fc2`, …
        shape: (outputs, inputs) of the weight.
        parameters: the norm of the parameters.
        gradient: the norm of their gradients.
        update: the norm of what the update adds to them.
    """

    name: str
    shape: tuple[int, int]
    parameters: float
    gradient: float
    update: float


def layer_sizes(details: StepDetails) -> tuple[LayerSizes, ...]:
    """Return the sizes in each layer at one step, from the first layer to the last."""
    return tuple(
        LayerSizes(
            before.name,
            (before.weight.shape[0], before.weight.shape[1]),
            _norm(before.weight, before.bias),
            _norm(grad.weight, grad.bias),
            _norm(after.weight - before.weight, after.bias - before.bias),
        )
        for before, grad, after in zip(details.layers, details.grads, details.after, strict=True)
    )


def _norm(*tensors: torch.Tensor) -> float:
    # In float64: the squares of float32 overflow where the numbers themselves do not.
    return math.hypot(*(float(torch.linalg.vector_norm(tensor.double())) for tensor in tensors))


def whole(sizes: tuple[float, ...]) -> float:
    """Return the norm over all layers, from the norms of each."""
    return math.hypot(*sizes)


@dataclass(frozen=True, slots=True, eq=False)
class WeightDetails:
    """One weight and its update.

    Attributes:
        name: the weight as the code of the network's style writes it.
        update: its numbers.
        lines: the update as arithmetic that adds up as printed; empty where a number is none.
        weights: float32 of shape (I,), all weights of its unit.
        gradient: float32 of shape (I,), their gradients.
        busiest: which unit of the layer has the largest gradient; None if all are 0.
        bias_gradient: that of the unit's bias.
    """

    name: str
    update: Update
    lines: tuple[str, ...]
    weights: Floats
    gradient: Floats
    busiest: int | None
    bias_gradient: float


def weight_details(
    spec: NetworkSpec, details: StepDetails, layer: int, unit: int, place: int
) -> WeightDetails:
    """Return the update of one weight with all numbers that go into it.

    Args:
        spec: the network, with its training.
        details: one step of that training.
        layer: which layer, from 1.
        unit: which of its units, from 0.
        place: which of the unit's inputs, from 0.

    Raises:
        IndexError: there is no such weight.
        ValueError: the network has no training.
    """
    if spec.training is None:
        raise ValueError("a network without training has no steps")
    outputs, inputs = details.layers[layer - 1].weight.shape if layer > 0 else (0, 0)
    if not (0 <= unit < outputs and 0 <= place < inputs):
        raise IndexError(f"weight ({unit}, {place}) of layer {layer}")

    def at(layers: Parameters) -> float | None:
        return layers[layer - 1].weight[unit, place].item() if layers else None

    own, grads = details.layers[layer - 1].weight, details.grads[layer - 1].weight
    sizes = torch.linalg.vector_norm(grads, dim=1)
    update = Update(
        spec.training.optimizer,
        spec.training.lr,
        details.step + 1,
        own[unit, place].item(),
        grads[unit, place].item(),
        State(at(details.means), at(details.squares)),
        details.after[layer - 1].weight[unit, place].item(),
    )
    return WeightDetails(
        weight_name(spec, layer, unit, place),
        update,
        written(update) if details.finite else (),
        own[unit].numpy(),
        grads[unit].numpy(),
        int(sizes.argmax()) if bool(sizes.any()) else None,
        details.grads[layer - 1].bias[unit].item(),
    )


def weight_name(spec: NetworkSpec, layer: int, unit: int, place: int) -> str:
    """Write one weight as the code of the network's style does.

    Args:
        spec: the network.
        layer: which layer, from 1.
        unit: which of its units, from 0.
        place: which of the unit's inputs, from 0.
    """
    if spec.style is Style.TENSORS:
        return f"weights_{layer}[{place}, {unit}]"
    if spec.style is Style.SEQUENTIAL:
        return f"model[{place_in_list(spec, layer)}].weight[{unit}, {place}]"
    return f"fc{layer}.weight[{unit}, {place}]"
