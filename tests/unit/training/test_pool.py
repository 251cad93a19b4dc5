"""What is computed in the pool: how far it is told to be, and where it ends."""

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.digits.own_set import OwnDigit, OwnSet
from mnistviz.network.parameters import parameters
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import advice, fine_tuning, pool
from mnistviz.training.fine_tuning import Settings
from mnistviz.training.outcomes import learn

SPEC = NetworkSpec(hidden=(4,))
EPOCHS = 3


@pytest.fixture(autouse=True)
def _stands_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread of the tests goes on after them."""
    monkeypatch.setattr(pool, "stand_back", lambda: None)


@pytest.fixture(scope="module")
def sample() -> mnist.Examples:
    return mnist.examples(mnist.load(mnist.SAMPLE_ROOT))


@pytest.fixture(scope="module")
def own() -> OwnSet:
    digits = mnist.load(mnist.SAMPLE_ROOT)
    pairs = zip(digits.train_pixels[:9].numpy(), digits.train_labels.tolist(), strict=False)
    return OwnSet().with_digits(
        OwnDigit(np.rot90(pixels).tobytes(), label) for pixels, label in pairs
    )


def work_of(wanted: int) -> pool.Work:
    """Return a computation of which somebody wants to know so many times, and then nobody."""
    asked = iter(range(wanted))
    return pool.Work(lambda: next(asked, None) is not None)


def test_a_training_on_an_own_set_tells_its_epoch(own: OwnSet, sample: mnist.Examples) -> None:
    work, layers = pool.Work(lambda: True), parameters(SPEC)
    outcome = work.run(lambda: learn((SPEC, own, Settings(EPOCHS)), layers, sample))
    assert work.told == EPOCHS
    *_, last = fine_tuning.train_on(SPEC, layers, own, Settings(EPOCHS), sample)
    assert outcome.records[-1].test == last.test
    assert pool.working() is None


def test_a_training_on_an_own_set_ends_where_nobody_waits(
    own: OwnSet, sample: mnist.Examples
) -> None:
    work, layers = work_of(3), parameters(SPEC)
    with pytest.raises(pool.Abandoned):
        work.run(lambda: learn((SPEC, own, Settings(EPOCHS)), layers, sample))
    assert work.told < EPOCHS
    assert pool.working() is None


def test_a_rate_that_helps_and_a_trial_end_where_nobody_waits(
    own: OwnSet, sample: mnist.Examples
) -> None:
    layers, trained = parameters(SPEC), NetworkSpec(hidden=(4,), training=TrainSpec())
    for compute in (
        lambda: fine_tuning.smaller_rate(SPEC, layers, own, Settings(EPOCHS, lr=1.0), sample),
        lambda: advice.trial(trained, sample),
    ):
        with pytest.raises(pool.Abandoned):
            work_of(5).run(compute)


def test_whatever_ends_gives_its_place_and_its_turn_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "MEASUREMENTS", pool.Line(at_once=1))
    monkeypatch.setattr(pool, "CORES", pool.Turns(1))

    def fail() -> None:
        raise MemoryError

    with pytest.raises(pool.Abandoned):
        work_of(0).run(fail)
    with pytest.raises(MemoryError):
        pool.Work(lambda: True).run(fail)
    with pytest.raises(pool.Abandoned):
        work_of(2).run(lambda: [pool.breathe() for _ in range(9)])
    assert pool.Work(lambda: True).run(lambda: 7) == 7
