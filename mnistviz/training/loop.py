"""Training: step by step, recorded, the same for everyone who trains the same specs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from mnistviz.digits import mnist
from mnistviz.network import forward
from mnistviz.network.answers import predictions
from mnistviz.network.parameters import Layer, Parameters, parameters
from mnistviz.spec.fields import Augment
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import augmentation, pool
from mnistviz.training.learners import learner

MARKS = 41
"""Steps at which a run is tested, the first and the last among them."""

SNAPSHOT_BYTES = 64_000_000
"""What the snapshots of one run may take. The largest networks get fewer than `MARKS` of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """Test loss, test accuracy and parameters, recorded at a few steps of a run.

    Attributes:
        test_loss: cross-entropy over all test digits.
        test_accuracy: share of the test digits that are classified correctly, 0 to 1.
        layers: the parameters at this step; None where they are not kept.
    """

    test_loss: float
    test_accuracy: float
    layers: Parameters | None


@dataclass(frozen=True, slots=True, eq=False)
class StepRecord:
    """One step of a training.

    Attributes:
        step: how many updates there have been; 0 before the first.
        loss: of the step's batch, before its update; not a number at step 0.
        accuracy: share of the batch that was classified correctly, before the update, 0 to 1; not a
            number at step 0.
        mark: what else is recorded at this step, after its update; None at most steps.
        finite: whether the loss was a number. If not, there was no update, and this is the last
            record.
    """

    step: int
    loss: float
    accuracy: float
    mark: Mark | None
    finite: bool


class StepDigits(NamedTuple):
    """What one step learns from.

    Attributes:
        numbers: int64 of shape (B,), its training digits by their number in the set.
        inputs: float32 of shape (B, 784), -1 to 1: these digits, varied if the training does so.
        labels: int64 of shape (B,), 0 to 9.
    """

    numbers: torch.Tensor
    inputs: torch.Tensor
    labels: torch.Tensor


def train(
    network: NetworkSpec, training: TrainSpec, examples: mnist.Examples
) -> Iterator[StepRecord]:
    """Train a network, and yield what happens at every step.

    The batches are those of `DataLoader(batch_size=…, shuffle=True)` with the seed's generator,
    varied where `training.augment` says so; the loss is cross-entropy on the logits. It owns what
    it changes; closed early, it leaves nothing behind.

    Args:
        network: what is trained, from the weights it starts with; in its style.
        training: how.
        examples: the digits; `training.data` says which they should be.

    Yields:
        One record for the start, and one for each step: `training.steps` of them, unless the loss
        is no number any more.
    """
    pupil = learner(network, training, parameters(network.untrained))
    marks = mark_steps(training.steps)
    with_snapshot = snapshot_steps(network, training)
    yield StepRecord(0, math.nan, math.nan, _mark(network, pupil.layers, examples, True), True)
    for step, (_, inputs, labels) in enumerate(step_digits(training, examples), start=1):
        loss, logits = pupil.backward(inputs, labels)
        finite = math.isfinite(loss)
        if finite:
            pupil.step()
        mark = None
        if step in marks or not finite:
            keep = step in with_snapshot or not finite
            mark = _mark(network, pupil.layers, examples, keep)
        yield StepRecord(step, loss, accuracy(logits, labels), mark, finite)
        if step == training.steps or not finite:
            return


def step_digits(training: TrainSpec, examples: mnist.Examples) -> Iterator[StepDigits]:
    """Yield what each step of a training learns from, and go on after its last epoch.

    Args:
        training: its batch size, its seed, and whether the digits are varied.
        examples: the digits.
    """
    chance = augmentation.chance(training.seed)
    for numbers in batches(training, len(examples.train_labels)):
        pool.breathe()
        inputs, labels = examples.take(numbers)
        if training.augment is not Augment.NONE:
            inputs = augmentation.varied(inputs, chance)
        yield StepDigits(numbers, inputs, labels)


def batches(training: TrainSpec, count: int) -> Iterator[torch.Tensor]:
    """Yield the batches of a training, and go on after its last epoch.

    Args:
        training: its batch size and its seed.
        count: how many training digits there are.

    Yields:
        int64 of shape (B,), the numbers of a step's digits in the set; the last batch of an epoch
        may be shorter.
    """
    for order in mnist.orders(count, training.seed):
        yield from torch.split(order, training.batch_size)


def mark_steps(steps: int) -> frozenset[int]:
    """Return the steps that are tested: up to `MARKS`, evenly apart, from 0 to the last."""
    return frozenset(round(number * steps / (MARKS - 1)) for number in range(MARKS))


def snapshot_steps(network: NetworkSpec, training: TrainSpec) -> frozenset[int]:
    """Return the steps whose parameters are kept: as many marks as fit into `SNAPSHOT_BYTES`."""
    marks = sorted(mark_steps(training.steps))
    fit = SNAPSHOT_BYTES // (4 * network.parameter_count)
    count = min(max(fit, 2), len(marks))
    return frozenset(marks[round(k * (len(marks) - 1) / (count - 1))] for k in range(count))


def accuracy(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the share of a batch that is answered correctly, 0 to 1; see `predictions`.

    Args:
        logits: float32 of shape (B, 10).
        labels: int64 of shape (B,).
    """
    return np.count_nonzero(predictions(logits) == labels.numpy()) / len(labels)


def evaluate(
    network: NetworkSpec, layers: Parameters, inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[float, float]:
    """Return loss and accuracy of a network on labeled digits.

    Args:
        network: the network; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (M, 784).
        labels: int64 of shape (M,).
    """
    logits = forward.logits(network, layers, inputs)
    return F.cross_entropy(logits, labels).item(), accuracy(logits, labels)


def _mark(network: NetworkSpec, layers: Parameters, examples: mnist.Examples, keep: bool) -> Mark:
    snapshot = tuple(Layer(one.name, one.weight.clone(), one.bias.clone()) for one in layers)
    loss, share = evaluate(network, layers, examples.test_inputs, examples.test_labels)
    return Mark(loss, share, snapshot if keep else None)
