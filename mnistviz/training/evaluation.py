"""The results of a network on digits it has not learned from: errors, classes, confidence."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F

from mnistviz.digits.arrays import Doubles, Floats, Integers, Mask
from mnistviz.network import forward
from mnistviz.network.answers import NO_ANSWER, predictions
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import CLASSES
from mnistviz.spec.specs import NetworkSpec

BINS = 10
"""Bins of confidence in the reliability diagram: tenths, as in Guo et al. (2017) with M = 10."""


@dataclass(frozen=True, eq=False)
class Results:
    """The predictions of a network for labeled digits. Read-only: it is shared.

    Attributes:
        labels: int64 of shape (M,), what each digit is, 0 to 9.
        answers: int64 of shape (M,), the class of the largest probability, 0 to 9; `NO_ANSWER`
            where several share it, which counts as wrong, or where the logits are no numbers.
        confidences: float32 of shape (M,), the largest probability, 0.1 to 1; not a number where
            the logits are none.
    """

    labels: Integers
    answers: Integers
    confidences: Floats

    @property
    def count(self) -> int:
        """How many digits, M."""
        return len(self.labels)

    @cached_property
    def right(self) -> Mask:
        """Whether each answer is right, shape (M,)."""
        right: Mask = self.answers == self.labels
        return right

    @cached_property
    def wrong(self) -> Mask:
        """Whether each answer is another digit, shape (M,); where there is none, it is not."""
        answered: Mask = self.answers != NO_ANSWER
        return answered & ~self.right

    @cached_property
    def tied(self) -> int:
        """How many digits get no answer, as several classes share the largest probability."""
        return int((self.answers == NO_ANSWER).sum()) - self.broken

    @cached_property
    def class_counts(self) -> Integers:
        """How many digits of each class there are, int64 of shape (10,)."""
        return np.bincount(self.labels, minlength=CLASSES).astype(np.int64)

    @cached_property
    def broken(self) -> int:
        """How many digits have no probabilities, as their logits are not finite."""
        return int(np.isnan(self.confidences).sum())

    @cached_property
    def confusion(self) -> Integers:
        """How many digits of each class got each answer; see `confusion`."""
        return confusion(self.labels, self.answers)


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Confidence against accuracy, bin by bin.

    Attributes:
        edges: float64 of shape (bins + 1,), from 0 to 1; bin i holds confidences above edge i and
            up to edge i + 1.
        counts: int64 of shape (bins,), digits in each bin.
        confidences: float64 of shape (bins,), the mean confidence in each; not a number if empty.
        accuracies: float64 of shape (bins,), the share of right answers; not a number if empty.
        error: the expected calibration error, 0 to 1.
    """

    edges: Doubles
    counts: Integers
    confidences: Doubles
    accuracies: Doubles
    error: float

    @property
    def mean_confidence(self) -> float:
        """The mean confidence over all digits."""
        return _weighted(self.counts, self.confidences)

    @property
    def accuracy(self) -> float:
        """The share of right answers over all digits."""
        return _weighted(self.counts, self.accuracies)


def evaluate(
    spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor, labels: torch.Tensor
) -> Results:
    """Return the predictions of a network for labeled digits.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (M, 784), M at least 1.
        labels: int64 of shape (M,), 0 to 9.

    Raises:
        ValueError: there are no digits, or not as many labels.
    """
    if len(inputs) != len(labels) or not len(labels):
        raise ValueError(f"{len(inputs)} digits with {len(labels)} labels")
    logits = forward.logits(spec, layers, inputs)
    confidences = F.softmax(logits, 1).amax(1)
    return Results(labels.numpy(), predictions(logits), confidences.numpy())


def confusion(labels: Integers, answers: Integers) -> Integers:
    """Count how many digits of each class got each answer: the confusion matrix.

    Args:
        labels: int64 of shape (M,), 0 to 9.
        answers: int64 of shape (M,), 0 to 9, or `NO_ANSWER`.

    Returns:
        int64 of shape (10, 10); a row for each true class, a column for each answer. It sums to M
        less the digits without an answer, and what is on its diagonal is right.

    Raises:
        ValueError: not as many answers as labels, or one of them is no class.
    """
    if len(labels) != len(answers):
        raise ValueError(f"{len(labels)} labels with {len(answers)} answers")
    some = answers != NO_ANSWER
    labels, answers = labels[some], answers[some]
    for values in (labels, answers):
        if len(values) and not 0 <= values.min() <= values.max() < CLASSES:
            raise ValueError(f"classes from {values.min()} to {values.max()}")
    places = np.bincount(CLASSES * labels + answers, minlength=CLASSES * CLASSES)
    return places.reshape(CLASSES, CLASSES).astype(np.int64)


def most_frequent_error(counts: Integers) -> tuple[int, int] | None:
    """Return the cell with the most errors: what it is, and what the network says.

    Args:
        counts: a confusion matrix, int64 of shape (10, 10).

    Returns:
        The first of several with as many, row by row; None without an error.
    """
    errors = counts.copy()
    np.fill_diagonal(errors, 0)
    if not errors.any():
        return None
    truth, says = divmod(int(errors.argmax()), CLASSES)
    return truth, says


def cell(results: Results, truth: int, says: int) -> Integers:
    """Return the digits of one cell of the confusion matrix, the most surprising ones first.

    Args:
        results: what the network says.
        truth: what they are, 0 to 9.
        says: what the network says they are, 0 to 9.

    Returns:
        int64, their numbers in the set: errors from the surest on, right answers from the least
        sure on, equal ones by number.
    """
    numbers = np.flatnonzero((results.labels == truth) & (results.answers == says))
    confidences = results.confidences[numbers]
    order = np.argsort(confidences if truth == says else -confidences, kind="stable")
    return numbers[order]


def surest_errors(results: Results, most: int) -> Integers:
    """Find the wrong answers with the greatest confidence.

    Args:
        results: what the network says.
        most: how many at most.

    Returns:
        int64, up to `most` numbers in the set, from the surest on, equal ones by number.
    """
    wrong = np.flatnonzero(results.wrong)
    return wrong[np.argsort(-results.confidences[wrong], kind="stable")][:most]


def reliability(confidences: Floats, right: Mask, bins: int = BINS) -> Reliability:
    """Return mean confidence and accuracy in bins of the confidence, and the calibration error.

    The expected calibration error is the mean, over all digits, of the distance between accuracy
    and confidence of a digit's bin: sum of |B_m| / M · |acc(B_m) - conf(B_m)|. Source: Guo, Pleiss,
    Sun, Weinberger, "On Calibration of Modern Neural Networks" (2017), equations 1 to 3.

    Args:
        confidences: float32 of shape (M,), 0 to 1, M at least 1.
        right: bool of shape (M,), whether the answer is right.
        bins: of equal width, at least 1.

    Raises:
        ValueError: no bins, no digits, not as many of one as of the other, or a confidence that is
            not from 0 to 1.
    """
    if bins < 1 or not len(confidences) or len(confidences) != len(right):
        raise ValueError(f"{len(confidences)} confidences, {len(right)} answers, {bins} bins")
    if not (np.all(confidences >= 0) and np.all(confidences <= 1)):
        raise ValueError("confidences that are not from 0 to 1")
    edges = np.arange(bins + 1) / bins
    # In float32 like the confidences: ten equal probabilities lie on the edge, not above it.
    places = np.searchsorted(edges.astype(np.float32), confidences, side="left") - 1
    places = np.maximum(places, 0)
    counts = np.bincount(places, minlength=bins).astype(np.int64)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(places, confidences.astype(np.float64), bins) / counts
        accuracy = np.bincount(places, right.astype(np.float64), bins) / counts
    error = _weighted(counts, np.abs(accuracy - mean))
    return Reliability(edges, counts, mean, accuracy, error)


def _weighted(counts: Integers, values: Doubles) -> float:
    """Return the mean of values by how many digits they stand for; empty bins have no value."""
    some = counts > 0
    return float((counts[some] * values[some]).sum() / counts.sum())
