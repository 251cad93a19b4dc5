"""What helps a training that goes wrong: changes that are tried before they are advised."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mnistviz.digits import mnist
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.spec.fields import BATCH_SIZE, FIELDS, Activation, Bias, Init, Optimizer
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import diagnosis, loop
from mnistviz.training.chance import guessing_range
from mnistviz.training.diagnosis import EVEN, Kind
from mnistviz.training.learners import learner

STEPS = 63
"""Steps of a trial at most: an epoch of the sample in batches of 64."""

DIGITS = 1000
"""Digits of a trial at least, where the batches are small."""

WORK = 4e9
"""Digits times parameters of a trial at most, about a fifth of a second: large networks are tried
for fewer steps."""

LEARNS = 0.95
"""A test loss below this share of ten equal probabilities' is one of a network that learns."""

BARELY = 0.75
"""A test loss above this share of ten equal probabilities' is one of a network that barely learns:
its steps may be too large for a whole training."""

GAINS = 0.02
"""By how much of ten equal probabilities' loss a change has to be better than none, where nothing
went wrong but that too little was learned."""

ASKED = 1000
"""Test digits, and training digits, that a trial asks at most."""

MANY = 30
"""Epochs that are advised where there were too few steps."""

NARROW = 8
"""A hidden layer of fewer units is a bottleneck for ten classes."""

WIDE = 64
"""Units that are advised there."""

RATES = tuple(
    rate
    for power in range(-5, 3)
    for rate in (float(f"{digit}e{power}") for digit in (1, 2, 5))
    if FIELDS["lr"].minimum <= rate <= FIELDS["lr"].maximum
)
"""The learning rates that are tried, from the least."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change of the settings, and how it did in a trial.

    Attributes:
        names: what is changed, one or two of `lr`, `start`, `epochs`, `optimizer`, `activation`,
            `activations` (of layers that differ), `units` and `batch`.
        spec: the network and its training with these changes.
        steps: of the trial.
        asked: how many test digits the losses are of.
        before: the test loss before the first step of the trial.
        loss: the test loss after its last.
        own: the same loss with the settings that went wrong; None where the trial has more steps
            than their training.
    """

    names: tuple[str, ...]
    spec: NetworkSpec
    steps: int
    asked: int
    before: float
    loss: float
    own: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """The first steps of a training.

    Attributes:
        steps: how many.
        first: the parameters before them.
        last: those after; the first ones if the loss became no number.
        before: the test loss before them.
        loss: the test loss after, or the loss that was no number.
        accuracy: the share of the test digits that are right after them, 0 to 1.
    """

    steps: int
    first: Parameters
    last: Parameters
    before: float
    loss: float
    accuracy: float


_Change = tuple[tuple[str, ...], NetworkSpec]


def remedy(spec: NetworkSpec, kind: Kind, examples: mnist.Examples) -> Remedy | None:
    """Find a change that makes a training that went wrong learn; it is really tried.

    Args:
        spec: the network with its training.
        kind: what went wrong, not `DONE`.
        examples: the digits of the training.

    Returns:
        The first change that learns in its trial; None if no single one does.
    """
    own = trial(spec, examples)
    for family in _families(spec, kind):
        found = _best(family, examples)
        if found is None:
            continue
        found = _calmer(found, examples)
        if own.steps != found.steps:
            return found
        if kind not in (Kind.STUCK, Kind.SLOW) or not found.loss > own.loss - GAINS * EVEN:
            return replace(found, own=own.loss)
    return None


def _calmer(found: Remedy, examples: mnist.Examples) -> Remedy:
    """Take smaller steps as well, where a remedy that keeps the learning rate barely learns."""
    if found.loss <= BARELY * EVEN or found.names not in (("start",), ("units",)):
        return found
    slower = _best(_slower(found.spec, *found.names, "lr"), examples)
    return slower if slower is not None and slower.loss < found.loss else found


def _best(family: Sequence[_Change], examples: mnist.Examples) -> Remedy | None:
    """Try changes of growing distance; return the one behind the best, or the best one.

    The best in a short trial is often too bold for a whole training.
    """
    passed: list[Remedy] = []
    for names, spec in family:
        tried = trial(spec, examples)
        if _learns(spec, tried, examples):
            asked = min(ASKED, len(examples.test_labels))
            passed.append(Remedy(names, spec, tried.steps, asked, tried.before, tried.loss))
            if len(passed) > 1 and passed[-1].loss > passed[-2].loss:
                break
        elif passed:
            break
    return passed[-1] if passed else None


def _families(spec: NetworkSpec, kind: Kind) -> Iterator[Sequence[_Change]]:
    """Yield the changes to try, those first that fit what went wrong.

    Within a family they differ in the learning rate. A larger one is tried at its least value
    alone.
    """
    training = spec.training
    assert training is not None
    start = replace(spec, init=Init.DEFAULT, bias=Bias.DEFAULT)
    longer, few = replace(spec, training=replace(training, epochs=MANY)), training.steps < STEPS
    starts: list[list[_Change]] = [] if start == spec else [[(("start",), start)]]
    down, up = _slower(spec, "lr"), _faster(spec, "lr")
    if spec.hidden and min(spec.hidden) < NARROW:
        wide = tuple(max(units, WIDE) for units in spec.hidden)
        wider = replace(spec, hidden=wide)
        yield [(("units",), wider)]
        yield _slower(wider, "units", "lr")
        yield from _faster(wider, "units", "lr")
    if kind in (Kind.STILL, Kind.TINY, Kind.TWINS, Kind.SATURATED, Kind.DEAD_BEFORE):
        yield from (*starts, down, *up)
    elif kind in (Kind.STUCK, Kind.SLOW):
        if few:
            yield [(("epochs",), longer)]
            yield _slower(longer, "epochs", "lr")
        yield from (*up, *starts, down)
    else:
        yield from (down, *starts)
    if few:
        from_default = replace(longer, init=Init.DEFAULT, bias=Bias.DEFAULT)
        yield _slower(longer, "epochs", "lr")
        yield [(("start", "epochs"), from_default)]
    if starts:
        yield from (_slower(start, "start", "lr"), *_faster(start, "start", "lr"))
    yield from _others(spec, start, ("start",) if starts else ())


def _others(
    spec: NetworkSpec, start: NetworkSpec, names: tuple[str, ...]
) -> Iterator[list[_Change]]:
    """Yield what helps where neither the start nor the learning rate does."""
    training = spec.training
    assert training is not None
    adam = replace(training, optimizer=Optimizer.ADAM, lr=0.001)
    yield [((*names, "optimizer"), replace(start, training=adam))]
    activation = "activations" if spec.is_mixed else "activation"
    yield [((*names, activation), replace(start, activation=Activation.RELU))]
    yield [((*names, "batch"), replace(start, training=replace(training, batch_size=BATCH_SIZE)))]


def _slower(spec: NetworkSpec, *names: str) -> list[_Change]:
    """Return a network with smaller and smaller learning rates."""
    assert spec.training is not None
    rates = [rate for rate in reversed(RATES) if rate < spec.training.lr]
    return [(names, with_rate(spec, rate)) for rate in rates]


def _faster(spec: NetworkSpec, *names: str) -> list[list[_Change]]:
    assert spec.training is not None
    rates = [rate for rate in RATES if rate > spec.training.lr]
    return [[(names, with_rate(spec, rate))] for rate in rates]


def with_rate(spec: NetworkSpec, lr: float) -> NetworkSpec:
    """Return a network that is trained with another learning rate."""
    assert spec.training is not None
    return replace(spec, training=replace(spec.training, lr=lr))


def _trial_steps(spec: NetworkSpec) -> int:
    training = spec.training
    assert training is not None
    steps = max(STEPS, DIGITS // training.batch_size)
    work = spec.parameter_count * training.batch_size
    return max(1, min(steps, int(WORK / work), training.steps))


def trial(spec: NetworkSpec, examples: mnist.Examples) -> Trial:
    """Make the first steps of a training, as many as a trial has.

    Args:
        spec: the network with its training; in its style.
        examples: the digits of the training.
    """
    training, steps = spec.training, _trial_steps(spec)
    assert training is not None
    first = parameters(spec.untrained)
    pupil = learner(spec, training, first)
    tests = examples.test_inputs[:ASKED], examples.test_labels[:ASKED]
    before, _ = loop.evaluate(spec, first, *tests)
    for _, inputs, labels in itertools.islice(loop.step_digits(training, examples), steps):
        loss, _ = pupil.backward(inputs, labels)
        if not np.isfinite(loss):
            return Trial(steps, first, first, before, loss, 0.0)
        pupil.step()
    return Trial(steps, first, pupil.layers, before, *loop.evaluate(spec, pupil.layers, *tests))


def _learns(spec: NetworkSpec, trial: Trial, examples: mnist.Examples) -> bool:
    if not trial.loss < LEARNS * EVEN:
        return False
    labels = examples.test_labels[:ASKED].numpy()
    if trial.accuracy <= guessing_range(len(labels), labels)[1]:
        return False
    units = diagnosis.asked(spec, examples)[:ASKED]
    return diagnosis.fault_of(spec, trial.first, trial.last, units) is None
