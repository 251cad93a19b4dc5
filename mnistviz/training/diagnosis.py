"""The diagnosis of a training from its record: whether it learned, and if not, why."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch

from mnistviz.network.hidden import HiddenLayer, hidden_layers
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.runs import Run

SAMPLE = 1000
"""Test digits that are sent through the network to see what its units do."""

DEAD = 0.7
"""From this share of dead units on they are worth a sentence; in most networks some are dead."""

SATURATED = 0.5
"""From this share of flat outputs on a layer counts as saturated."""

WORSE = 1.01
"""A test loss above this share of what it was at the start has grown."""

SLOW = 0.8
"""A test loss above this share of what it was at the start has hardly moved."""

BY_HEART = 0.04
"""A gap between training and test accuracy that is worth a sentence."""

TOO_LARGE = 100.0
"""A test loss at the start above which it is the weights that were too large, not the steps."""


class Kind(StrEnum):
    """The outcomes of a run that are told apart, the worst first."""

    EXPLODED = "exploded"
    STILL = "still"
    TWINS = "twins"
    DEAD = "dead"
    SATURATED = "saturated"
    DRIVEN = "saturated_steps"
    WORSE = "worse"
    SLOW = "slow"
    MEMORY = "memory"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a run, with the layer and the share that show it.

    Attributes:
        kind: what there is to say.
        layer: the layer that it is about; empty if it is about all.
        share: of the layer's units or outputs, 0 to 1; the gap between the accuracies for
            `MEMORY`; 0 where nothing is counted.
    """

    kind: Kind
    layer: str = ""
    share: float = 0.0


def diagnose(run: Run, inputs: torch.Tensor) -> Finding:
    """Return the outcome of a run that is finished.

    Args:
        run: the run.
        inputs: test digits as the network gets them, float32 of shape (M, 784).
    """
    first, last = run.marks[0], run.marks[max(run.marks)]
    if run.exploded or not np.isfinite(last.test_loss):
        return Finding(Kind.EXPLODED)
    assert first.layers is not None
    stuck = _stuck(first.layers, run.layers)
    if stuck is not None:
        return stuck
    sample = inputs[:SAMPLE]
    broken = _broken(
        run.spec,
        hidden_layers(run.spec, first.layers, sample),
        hidden_layers(run.spec, run.layers, sample),
    )
    if broken is not None:
        return broken
    if last.test_loss > WORSE * first.test_loss:
        return Finding(Kind.WORSE)
    if last.test_loss > SLOW * first.test_loss:
        return Finding(Kind.SLOW)
    gap = last_epoch_accuracy(run) - last.test_accuracy
    return Finding(Kind.MEMORY, share=gap) if gap > BY_HEART else Finding(Kind.DONE)


def last_epoch_accuracy(run: Run) -> float:
    """Return the mean accuracy of the batches of the last epoch, 0 to 1."""
    each = run.training.steps // run.training.epochs
    return float(np.mean(run.accuracies[-each:]))


def _stuck(first: Parameters, last: Parameters) -> Finding | None:
    """Find a layer whose weights never changed, or a hidden one whose units stayed the same."""
    for before, after in zip(first, last, strict=True):
        if torch.equal(before.weight, after.weight):
            return Finding(Kind.STILL, after.name)
    for layer in last[:-1]:
        if len(layer.weight) > 1 and _all_alike(layer):
            return Finding(Kind.TWINS, layer.name, 1.0)
    return None


def _all_alike(layer: Layer) -> bool:
    # Equal units get equal gradients but for the order in which a product adds its terms up.
    off = (layer.weight - layer.weight[0]).abs().max()
    return bool(off <= 1e-5 * layer.weight.abs().max())


def _broken(
    spec: NetworkSpec, before: tuple[HiddenLayer, ...], after: tuple[HiddenLayer, ...]
) -> Finding | None:
    for start, layer in zip(before, after, strict=True):
        dead = layer.dead / layer.units
        if spec.activation is Activation.RELU and dead > DEAD:
            return Finding(Kind.DEAD, layer.name, dead)
        bent = spec.activation in (Activation.SIGMOID, Activation.TANH)
        if bent and layer.flat_share > SATURATED:
            began = start.flat_share > SATURATED
            return Finding(Kind.SATURATED if began else Kind.DRIVEN, layer.name, layer.flat_share)
    return None
