"""Chance: what guessing gets, and which gap between two accuracies is more than chance."""

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import chance
from mnistviz.training.chance import Gap, Generalization, guessing_range
from mnistviz.training.runs import Run


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # 3 · √(0.09 / 1000) = 0.02846, / 10,000: 0.009; below 81 digits none may be right at all.
    [(1000, 0.07154, 0.12846), (10_000, 0.091, 0.109), (64, 0.0, 0.2125), (1, 0.0, 1.0)],
)
def test_what_guessing_gets(count: int, low: float, high: float) -> None:
    assert guessing_range(count) == pytest.approx((low, high), abs=1e-5)


def test_dice_stay_within_the_range() -> None:
    rng = np.random.default_rng(7)
    shares = (rng.integers(0, 10, (2000, 1000)) == rng.integers(0, 10, (2000, 1000))).mean(axis=1)
    low, high = guessing_range(1000)
    assert 0.995 < ((low <= shares) & (shares <= high)).mean() < 1


def test_one_answer_for_all_is_guessing_too() -> None:
    labels = np.repeat(np.arange(10), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    assert guessing_range(len(labels), labels) == (0.0892, 0.1135)


@pytest.mark.parametrize(
    ("train", "test", "kind"),
    [
        (1.0, 0.944, Gap.OVERFITTING),
        (0.95, 0.944, Gap.NONE),
        # 3 · √(0.96 · 0.04 / 800) is 2.1 points.
        (0.965, 0.942, Gap.OVERFITTING),
        (0.964, 0.944, Gap.NONE),
        (0.1, 0.1, Gap.GUESSING),
        (0.11, 0.12, Gap.GUESSING),
        (0.7, 0.8, Gap.REVERSED),
        (1.0, 1.0, Gap.NONE),
        (0.0, 0.0, Gap.GUESSING),
    ],
)
def test_which_gap_is_more_than_chance(train: float, test: float, kind: Gap) -> None:
    found = Generalization(train, test, 4000, 1000, guessing_range(1000)[1])
    assert found.kind is kind


def test_the_gap_of_chance_holds_for_equal_digits() -> None:
    rng = np.random.default_rng(7)
    pairs = zip(rng.binomial(4000, 0.9, 3000), rng.binomial(1000, 0.9, 3000), strict=True)
    kinds = [Generalization(a / 4000, b / 1000, 4000, 1000, 0.13).kind for a, b in pairs]
    assert 0.995 < kinds.count(Gap.NONE) / len(kinds) < 1


def test_a_run_is_asked_for_both_kinds_of_digits() -> None:
    examples = mnist.examples(mnist.load(mnist.SAMPLE_ROOT))
    run = Run(NetworkSpec(hidden=(12,), training=TrainSpec(epochs=2)), lambda: examples)
    run.watch("me")
    while not run.watch("me").finished:
        run.wait(1)
    found = chance.generalization(run, examples)
    x = examples.train_pixels.numpy() / 255 * 2 - 1
    first, second = run.layers
    hidden = np.maximum(x @ first.weight.numpy().T + first.bias.numpy(), 0)
    answers = (hidden @ second.weight.numpy().T + second.bias.numpy()).argmax(axis=1)
    assert found.train == pytest.approx((answers == examples.train_labels.numpy()).mean(), abs=5e-4)
    assert found.test == run.marks[max(run.marks)].test_accuracy
    assert (found.train_count, found.test_count) == (4000, 1000)
