"""Fine-tuning: a trained network is trained further, with digits of one's own."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from mnistviz.digits import mnist
from mnistviz.digits.own_set import OwnSet
from mnistviz.network import forward
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.fields import BATCH_SIZE, Allowed, Optimizer, SpecError, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import loop, pool
from mnistviz.training.learners import learner

EPOCHS = range(1, 21)
"""How often the digits may be learned."""

OPTIMIZERS = (Optimizer.SGD, Optimizer.ADAM)

RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Learning rates worth trying."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a fine-tuning.

    Attributes:
        epochs: passes through the digits, 1 to 20.
        lr: the learning rate, 0.00001 to 100.
        optimizer: sgd or adam.
        mixed: whether in each epoch as many digits of the sample, others each time, are learned
            along with the own ones, so that the network does not forget the others.
        held: whether a fifth of the own digits is held back; see `OwnSet.held`.
        seed: what draws those of the sample and shuffles, 0 to 999,999.

    Raises:
        SpecError: a value is not allowed.
    """

    epochs: int = 10
    lr: float = 0.03
    optimizer: Optimizer = Optimizer.SGD
    mixed: bool = True
    held: bool = True
    seed: int = 7

    def __post_init__(self) -> None:
        """Check what has no field of the sidebar; `TrainSpec` checks the rest."""
        if self.epochs not in EPOCHS:
            allowed = Allowed(minimum=EPOCHS[0], maximum=EPOCHS[-1])
            raise SpecError("epochs", self.epochs, allowed)
        if self.optimizer not in OPTIMIZERS:
            raise SpecError("optimizer", self.optimizer, Allowed(tuple(OPTIMIZERS)))
        self.training(1)

    def training(self, batch_size: int) -> TrainSpec:
        """Return the settings as the spec of a training."""
        return TrainSpec(self.optimizer, self.lr, batch_size, self.epochs, self.seed)


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """Loss, accuracies and weights after one epoch.

    Attributes:
        epoch: how many there have been; 0 before the first.
        loss: the mean over all digits of the epoch, each before its step; not a number at 0.
        learned: share of the learned own digits that is read correctly now, 0 to 1.
        held: the same of those held back; not a number without any.
        test: the same of the sample's test digits.
        layers: the parameters, at 0 and after the last epoch; None between, and where they are no
            finite numbers any more: then this is the last record.
    """

    epoch: int
    loss: float
    learned: float
    held: float
    test: float
    layers: Parameters | None

    @property
    def finite(self) -> bool:
        """Whether the loss is a number; before the first epoch there is none."""
        return self.epoch == 0 or math.isfinite(self.loss)


def split(own: OwnSet, settings: Settings) -> tuple[torch.Tensor, torch.Tensor]:
    """Return which digits are learned and which are held back, int64, by their numbers."""
    held = own.held if settings.held else np.zeros(len(own), np.bool_)
    return torch.from_numpy(np.flatnonzero(~held)), torch.from_numpy(np.flatnonzero(held))


def batch_size(learned: int) -> int:
    """Return the digits of a step: all that are learned, but at most 64."""
    return min(BATCH_SIZE, learned)


def train_on(
    spec: NetworkSpec,
    layers: Parameters,
    own: OwnSet,
    settings: Settings,
    sample: mnist.Examples,
) -> Iterator[Epoch]:
    """Fine-tune a network with digits of one's own; the same for the same arguments.

    Closed early, it leaves nothing behind; `layers` stay as they are.

    Args:
        spec: the network; of it only the activation matters.
        layers: the parameters to begin with.
        own: the digits, of which at least one is learned.
        settings: how.
        sample: the bundled digits: of the training digits some are mixed in, and the test digits
            are asked.

    Yields:
        A record for the start and one for each epoch, fewer if the numbers leave float32.

    Raises:
        ValueError: no digit is learned.
    """
    learned, held = split(own, settings)
    if not len(learned):
        raise ValueError("no digit is learned")
    size = batch_size(len(learned))
    pupil = learner(replace(spec, style=Style.MODULE), settings.training(size), layers)
    yield _epoch(0, math.nan, spec, pupil.layers, own, (learned, held), sample, keep=True)
    total = len(learned) * (2 if settings.mixed else 1)
    orders = mnist.orders(total, settings.seed)
    drawn = torch.Generator().manual_seed(settings.seed)
    for epoch in range(1, settings.epochs + 1):
        inputs, labels = own.inputs[learned], own.labels[learned]
        if settings.mixed:
            mixed = torch.randperm(len(sample.train_labels), generator=drawn)[: len(learned)]
            more, more_labels = sample.take(mixed)
            inputs, labels = torch.cat([inputs, more]), torch.cat([labels, more_labels])
        summed = 0.0
        for batch in torch.split(next(orders), size):
            pool.breathe()
            loss, _ = pupil.backward(inputs[batch], labels[batch])
            summed += loss * len(batch)
            if not math.isfinite(loss):
                break
            pupil.step()
        last = epoch == settings.epochs
        record = _epoch(
            epoch, summed / total, spec, pupil.layers, own, (learned, held), sample, keep=last
        )
        yield record
        if not record.finite:
            return


def smaller_rate(
    spec: NetworkSpec,
    layers: Parameters,
    own: OwnSet,
    settings: Settings,
    sample: mnist.Examples,
) -> float | None:
    """Find a smaller learning rate that loses none of the digits that are learned, if one does.

    Every second one of `RATES` is tried, the largest first. The arguments are those of `train_on`.
    """
    for lr in [rate for rate in RATES if rate < settings.lr][::-2]:
        first, *_, last = train_on(spec, layers, own, replace(settings, lr=lr), sample)
        if last.layers is not None and last.learned >= first.learned:
            return lr
    return None


def _epoch(
    epoch: int,
    loss: float,
    spec: NetworkSpec,
    layers: Parameters,
    own: OwnSet,
    parts: tuple[torch.Tensor, torch.Tensor],
    sample: mnist.Examples,
    keep: bool,
) -> Epoch:
    def share(inputs: torch.Tensor, labels: torch.Tensor) -> float:
        if not len(labels):
            return math.nan
        return float(loop.accuracy(forward.logits(spec, layers, inputs), labels))

    learned, held = (share(own.inputs[part], own.labels[part]) for part in parts)
    test = share(sample.test_inputs, sample.test_labels)
    copies = tuple(Layer(one.name, one.weight.clone(), one.bias.clone()) for one in layers)
    finite = all(
        torch.isfinite(tensor).all() for one in copies for tensor in (one.weight, one.bias)
    )
    return Epoch(epoch, loss, learned, held, test, copies if keep and finite else None)
