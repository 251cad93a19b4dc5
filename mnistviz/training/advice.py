"""What helps a training that goes wrong: what a short trial finds, and the whole training proves.

A trial of an epoch is cheap, so many changes can have one. But what learns in it may die later, or
end no better than what it is to replace: what is advised has been trained to its end before, as far
as `CHECK` goes.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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
"""How many more of the test digits, as a share of all, a change has to get right to be advised."""

CHECK = 4e10
"""Work of a check at most, about two seconds: that is the whole training for most networks, and
the first steps of it for the largest and for batches of a few digits."""

STEP = 1e7
"""Digits times parameters that take as long as what a step does beside them."""

CHECKS = 4
"""Changes that are checked at most before the page says that none is enough."""

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
    """A change of the settings, and how a training with it ends.

    Attributes:
        names: what is changed, one or two of `lr`, `start`, `epochs`, `optimizer`, `activation`,
            `activations` (of layers that differ), `units` and `batch`.
        spec: the network and its training with these changes.
        steps: how many steps of this training were made; for some not all.
        asked: how many test digits there are.
        accuracy: the share of them that is right after these steps, 0 to 1.
        own: the share that is right at the end of the training that went wrong.
        losses: the test loss after these steps, and at the end of the one that went wrong, where
            it is the loss that the change helps; None where more digits are right.
    """

    names: tuple[str, ...]
    spec: NetworkSpec
    steps: int
    asked: int
    accuracy: float
    own: float
    losses: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """The first steps of a training.

    Attributes:
        steps: how many, also where the loss became no number before the last.
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


def remedy(
    spec: NetworkSpec, kind: Kind, examples: mnist.Examples, own: loop.Mark
) -> Remedy | None:
    """Find a change that makes a training that went wrong learn; it is really trained with it.

    Args:
        spec: the network with its training.
        kind: what went wrong, not `DONE`.
        examples: the digits of the training.
        own: how the training ended.

    Returns:
        The first change that learns in a trial and ends better than `own` and without a fault, or
        else the first that ends better; None if no one does of the first `CHECKS` that learn in a
        trial.
    """
    candidates = itertools.chain.from_iterable(
        _candidates(family, examples) for family in _families(spec, kind)
    )
    second: Remedy | None = None
    asked = len(examples.test_labels)
    for names, changed in itertools.islice(candidates, CHECKS):
        checked = trial(changed, examples, _check_steps(changed), asked)
        more, surer = _betters(checked, own)
        if not more and not surer:
            continue
        losses = None if more else (checked.loss, own.test_loss)
        ends = checked.steps, asked, checked.accuracy, own.test_accuracy, losses
        found = Remedy(names, changed, *ends)
        if _learns(changed, checked, examples):
            return found
        second = second or found
    return second


def _betters(checked: Trial, own: loop.Mark) -> tuple[bool, bool]:
    """Tell whether more digits are right than before, and whether as many are with far less loss.

    A loss of more than ten equal probabilities' is that of a network that is too sure.
    """
    gain = checked.accuracy - own.test_accuracy
    is_sure = own.test_loss > EVEN > 2 * checked.loss
    # A loss that is no number is larger than any.
    return gain > GAINS and not checked.loss >= own.test_loss, is_sure and gain > -GAINS / 2


def _candidates(family: Sequence[_Change], examples: mnist.Examples) -> Iterator[_Change]:
    """Yield the changes of a family to check: that behind the best in a trial, then the best.

    The best in a short trial is often too bold for a whole training. One that keeps the learning
    rate and barely learns is yielded after the same with smaller steps.

    Args:
        family: changes of growing distance.
        examples: the digits of the training.
    """
    passed: list[tuple[_Change, float]] = []
    for change in family:
        tried = trial(change[1], examples)
        if _learns(change[1], tried, examples):
            passed.append((change, tried.loss))
            if len(passed) > 1 and passed[-1][1] > passed[-2][1]:
                break
        elif passed:
            break
    for (names, spec), loss in reversed(passed[-2:]):
        if loss > BARELY * EVEN and names in (("start",), ("units",)):
            yield from _candidates(_slower(spec, *names, "lr"), examples)
        yield names, spec


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


def _check_steps(spec: NetworkSpec) -> int:
    training = spec.training
    assert training is not None
    work = spec.parameter_count * training.batch_size + STEP
    return max(_trial_steps(spec), min(int(CHECK / work), training.steps))


def trial(spec: NetworkSpec, examples: mnist.Examples, steps: int = 0, asked: int = ASKED) -> Trial:
    """Make the first steps of a training.

    Args:
        spec: the network with its training; in its style.
        examples: the digits of the training.
        steps: how many; 0 for as many as a trial has.
        asked: how many test digits it is asked before and after.
    """
    training, steps = spec.training, steps or _trial_steps(spec)
    assert training is not None
    first = parameters(spec.untrained)
    pupil = learner(spec, training, first)
    tests = examples.test_inputs[:asked], examples.test_labels[:asked]
    before, _ = loop.evaluate(spec, first, *tests)
    for _, inputs, labels in itertools.islice(loop.step_digits(training, examples), steps):
        loss, _ = pupil.backward(inputs, labels)
        if not math.isfinite(loss):
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
