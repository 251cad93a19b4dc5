"""The diagnosis of a training from its record: whether it learned, and if not, why."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import torch

from mnistviz.digits import mnist
from mnistviz.digits.arrays import Mask
from mnistviz.network.hidden import hidden_layers
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.activations import for_layers
from mnistviz.spec.fields import CLASSES, Activation
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import loop
from mnistviz.training.chance import guessing_range
from mnistviz.training.gradients import gradients
from mnistviz.training.runs import Run

SAMPLE = 4000
"""Training digits that are sent through the network to see what its units do: all of the sample."""

OUTPUTS = 4_000_000
"""Outputs of hidden units that are looked at, at most: large networks get fewer digits."""

DEAD = 0.7
"""From this share of dead units on they are worth a sentence; in most networks some are dead."""

SATURATED = 0.5
"""From this share of flat outputs on a layer counts as saturated."""

WORSE = 1.01
"""A test loss above this share of what it was at the start has grown."""

EVEN = math.log(CLASSES)
"""The loss of ten equal probabilities, 2.303."""

FAR = 0.8
"""A test loss above this share of `EVEN` has not got far from ten equal probabilities."""


class Kind(StrEnum):
    """The outcomes of a run that are told apart, the worst first."""

    EXPLODED = "exploded"
    STILL = "still"
    TINY = "tiny"
    TWINS = "twins"
    DEAD = "dead"
    DEAD_BEFORE = "dead_before"
    SATURATED = "saturated"
    DRIVEN = "saturated_steps"
    WORSE = "worse"
    STUCK = "stuck"
    SLOW = "slow"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Pull:
    """What moved the sums of some units, on average over the units and the digits.

    The three add up to the whole movement: what the change of the weights does to the mean of the
    old and the new inputs, the change of the biases, and what the change of the inputs does.

    Attributes:
        weights: through the weights.
        bias: through the biases.
        inputs: through what comes in; 0 for the first layer, as the pixels stay.
    """

    weights: float
    bias: float
    inputs: float

    @property
    def cause(self) -> str:
        """The name of the part that pulled the sums down most."""
        parts = {"weights": self.weights, "bias": self.bias, "inputs": self.inputs}
        return min(parts, key=parts.__getitem__)


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a run, with the layer and the share that show it.

    Attributes:
        kind: what there is to say.
        layer: the layer that it is about; empty if it is about all.
        share: of the layer's units or outputs, 0 to 1; 0 where nothing is counted.
        pull: what moved the sums of the units that died in the training; None without such units.
        examined: how many training digits were sent through the network for it.
    """

    kind: Kind
    layer: str = ""
    share: float = 0.0
    pull: Pull | None = None
    examined: int = 0


def diagnose(run: Run, examples: mnist.Examples) -> Finding:
    """Return the outcome of a run that is finished.

    Args:
        run: the run.
        examples: its digits.
    """
    first, last = run.marks[0], run.marks[max(run.marks)]
    if run.exploded or not np.isfinite(last.test_loss):
        return Finding(Kind.EXPLODED)
    assert first.layers is not None
    fault = fault_of(run.spec, first.layers, run.layers, asked(run.spec, examples))
    if fault is not None and fault.kind is Kind.STILL and _gets_gradient(run, fault, examples):
        return replace(fault, kind=Kind.TINY)
    if fault is not None:
        return fault
    if last.test_loss > WORSE * max(first.test_loss, EVEN):
        return Finding(Kind.WORSE)
    labels = examples.test_labels
    if last.test_accuracy <= guessing_range(len(labels), labels.numpy())[1]:
        return Finding(Kind.STUCK)
    return Finding(Kind.SLOW if last.test_loss > FAR * EVEN else Kind.DONE)


def _gets_gradient(run: Run, fault: Finding, examples: mnist.Examples) -> bool:
    """Tell whether the first batch has a gradient for the weights that have not changed."""
    layers = run.marks[0].layers
    assert layers is not None
    _, inputs, labels = next(loop.step_digits(run.training, examples))
    found = gradients(run.spec, layers, inputs, labels).layers
    return any(bool(layer.weight.any()) for layer in found if layer.name == fault.layer)


def asked(spec: NetworkSpec, examples: mnist.Examples) -> torch.Tensor:
    """Return the training digits that show what the units do, float32 of shape (M, 784)."""
    count = min(SAMPLE, OUTPUTS // max(sum(spec.hidden), 1), len(examples.train_labels))
    return examples.take(torch.arange(count))[0]


def fault_of(
    spec: NetworkSpec, first: Parameters, last: Parameters, inputs: torch.Tensor
) -> Finding | None:
    """Find what is wrong with the units of a network after some steps, the worst first.

    Args:
        spec: the network; of it only the activations matter.
        first: the parameters before the first step.
        last: those after the last.
        inputs: training digits, float32 of shape (M, 784).
    """
    stuck = _stuck(first, last)
    if stuck is not None:
        return stuck
    before, after = hidden_layers(spec, first, inputs), hidden_layers(spec, last, inputs)
    each = for_layers(spec.activation, len(after))
    for place, (start, layer, activation) in enumerate(zip(before, after, each, strict=True)):
        dead = layer.dead / layer.units
        if activation is Activation.RELU and dead > DEAD:
            if start.dead / start.units > DEAD:
                return Finding(Kind.DEAD_BEFORE, layer.name, dead, examined=len(inputs))
            outs = [
                each[place - 1].outputs if place else inputs.numpy() for each in (before, after)
            ]
            units = np.asarray(layer.flat.all(axis=0) & ~start.flat.all(axis=0))
            pull = _pull((first[place], last[place]), (outs[0], outs[1]), units)
            return Finding(Kind.DEAD, layer.name, dead, pull, len(inputs))
        bent = activation in (Activation.SIGMOID, Activation.TANH)
        if bent and layer.flat_share > SATURATED:
            began = start.flat_share > SATURATED
            return Finding(Kind.SATURATED if began else Kind.DRIVEN, layer.name, layer.flat_share)
    return None


def _pull(
    layers: tuple[Layer, Layer], entering: tuple[np.ndarray, np.ndarray], units: Mask
) -> Pull:
    """Split the movement of the sums of some units; see `Pull`.

    Args:
        layers: before and after.
        entering: what came into the layer, before and after, float32 of shape (M, inputs) each.
        units: which units, bool of shape (units,), at least one.
    """
    weights = [layer.weight.numpy().astype(np.float64)[units] for layer in layers]
    biases = [layer.bias.numpy().astype(np.float64)[units] for layer in layers]
    means = [each.mean(axis=0, dtype=np.float64) for each in entering]
    return Pull(
        float(((weights[1] - weights[0]) @ (means[0] + means[1])).mean() / 2),
        float((biases[1] - biases[0]).mean()),
        float(((weights[0] + weights[1]) @ (means[1] - means[0])).mean() / 2),
    )


def last_epoch_accuracy(run: Run) -> float:
    """Return the mean accuracy of the batches of the last epoch, 0 to 1."""
    each = run.training.steps // run.training.epochs
    return float(np.mean(run.accuracies[-each:]))


def _stuck(first: Parameters, last: Parameters) -> Finding | None:
    """Find a layer whose weights never changed, or a hidden one whose units stayed the same."""
    for before, after in zip(first, last, strict=True):
        if torch.equal(before.weight, after.weight):
            return Finding(Kind.STILL, after.name)
    for before, after in zip(first[:-1], last[:-1], strict=True):
        if len(after.weight) > 1 and _all_alike(before) and _all_alike(after):
            return Finding(Kind.TWINS, after.name, 1.0)
    return None


def _all_alike(layer: Layer) -> bool:
    # Equal units get equal gradients but for the order in which a product adds its terms up.
    off = (layer.weight - layer.weight[0]).abs().max()
    return bool(off <= 1e-5 * layer.weight.abs().max())
