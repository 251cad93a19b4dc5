"""What chance explains by itself: guessing, and a gap between two accuracies."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch

from mnistviz.digits import mnist
from mnistviz.digits.arrays import Integers
from mnistviz.network import forward
from mnistviz.spec.fields import CLASSES
from mnistviz.training import loop
from mnistviz.training.runs import Run

DEVIATIONS = 3.0
"""Standard deviations that chance is granted: it goes beyond them in 3 of 1,000 cases."""

ASKED = 10_000
"""Training digits that are asked at most: as many as the full set has test digits."""


def guessing_range(count: int, labels: Integers | None = None) -> tuple[float, float]:
    """Return the shares of right answers that guessing gets, the least and the greatest.

    Each guess is right with probability 1/10, so the number of right ones is binomial: 10 % give or
    take three standard deviations. Whoever gives one and the same answer to all digits guesses too,
    and gets the share of that class.

    Args:
        count: how many digits are asked, at least 1.
        labels: what they are, int64 of shape (count,); without them only the ten-sided die counts.

    Returns:
        Two shares, 0 to 1.
    """
    p = 1 / CLASSES
    apart = DEVIATIONS * math.sqrt(p * (1 - p) / count)
    low, high = max(0.0, p - apart), min(1.0, p + apart)
    if labels is not None:
        shares = np.bincount(labels, minlength=CLASSES) / len(labels)
        low, high = min(low, float(shares.min())), max(high, float(shares.max()))
    return low, high


class Gap(StrEnum):
    """What the two accuracies of a network say about overfitting."""

    OVERFITTING = "overfitting"
    NONE = "none"
    GUESSING = "guessing"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Generalization:
    """How good a network is on the digits that it has learned from, and on others.

    Attributes:
        train: the share of the training digits asked that it answers correctly, 0 to 1.
        test: the share of the test digits.
        train_count: how many training digits were asked.
        test_count: how many test digits there are.
        guessed: the greatest share of the test digits that guessing gets; see `guessing_range`.
    """

    train: float
    test: float
    train_count: int
    test_count: int
    guessed: float

    @property
    def gap(self) -> float:
        """Accuracy on training digits less that on test digits, -1 to 1."""
        return self.train - self.test

    @property
    def chance(self) -> float:
        """How large a gap chance alone makes: three standard deviations of it.

        If both kinds of digits were equally hard, both accuracies would spread around the pooled
        one, as shares of `train_count` and `test_count` draws.
        """
        right = self.train * self.train_count + self.test * self.test_count
        pooled = right / (self.train_count + self.test_count)
        draws = 1 / self.train_count + 1 / self.test_count
        return DEVIATIONS * math.sqrt(pooled * (1 - pooled) * draws)

    @property
    def kind(self) -> Gap:
        """Whether the gap is more than chance, and whether the network is better than guessing."""
        if self.gap > self.chance:
            return Gap.OVERFITTING
        if -self.gap > self.chance:
            return Gap.REVERSED
        return Gap.GUESSING if self.test <= self.guessed else Gap.NONE


def generalization(run: Run, examples: mnist.Examples) -> Generalization:
    """Return the accuracies of a finished run on digits that it has learned from, and on others.

    Args:
        run: a finished run; weights that are no numbers answer nothing correctly.
        examples: the digits of the run's training; of the training digits the first `ASKED`, or
            all, are asked.
    """
    inputs, labels = examples.take(torch.arange(len(examples.train_labels))[:ASKED])
    tests = examples.test_labels
    return Generalization(
        loop.accuracy(forward.logits(run.spec, run.layers, inputs), labels),
        run.marks[max(run.marks)].test_accuracy,
        len(labels),
        len(tests),
        guessing_range(len(tests), tests.numpy())[1],
    )
