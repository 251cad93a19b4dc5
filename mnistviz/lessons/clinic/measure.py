"""The accuracy after an operation, measured on test digits; and the occlusion map of a digit."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch

from mnistviz.digits import mnist
from mnistviz.digits.arrays import Doubles, Floats, Integers, Mask
from mnistviz.lessons.clinic import operations
from mnistviz.lessons.clinic.operations import Change
from mnistviz.network import forward
from mnistviz.network.answers import predictions
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import CLASSES, SIDE, Activation
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.chance import guessing_range

STAYS = 0.02
"""Up to this change of an accuracy it counts as the same."""

ROUNDING = 1e-9
"""What the difference of two shares may be off by."""


class Outcome(StrEnum):
    """The ways in which an operation changes the accuracy."""

    STAYS = "stays"
    FALLS = "falls"
    GUESSES = "guesses"
    RISES = "rises"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The predictions of a network for some of the test digits.

    Attributes:
        answers: int64 of shape (M,), the predictions; see `answers.predictions`.
        confidences: float32 of shape (M,), the greatest probability; NaN where logits are none.
        fired: bool of shape (units,), which hidden units with ReLU passed on more than 0 to any
            digit, all layers one after the other.
    """

    answers: Integers
    confidences: Floats
    fired: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The accuracy and confidence of a network on test digits.

    Attributes:
        accuracy: share of right answers, 0 to 1; a tie for the largest probability is none.
        classes: float64 of shape (10,), the same for each class; NaN for a class without digits.
        confidence: the mean confidence, 0.1 to 1; NaN if one is not a number.
        off: share of the hidden units with ReLU that are 0 for every one of these digits; None
            without such units.
        guessed: the greatest accuracy that guessing gets on these digits; see
            `training.chance.guessing_range`.
    """

    accuracy: float
    classes: Doubles
    confidence: float
    off: float | None
    guessed: float

    @property
    def can_fall(self) -> bool:
        """Whether it is so much better than guessing that a fall to that would be a change."""
        return self.accuracy > self.guessed + STAYS + ROUNDING


def answer_digits(
    network: NetworkSpec,
    layers: Parameters,
    change: Change | None,
    pixels: torch.Tensor,
    seed: int,
) -> Part:
    """Return the predictions of a network for some digits after an operation.

    Args:
        network: of it only the activations matter.
        layers: its parameters, after the operation.
        change: what is done to pictures and probabilities; nothing with None.
        pixels: the digits before, uint8 of shape (M, 28, 28).
        seed: of noise on the pictures.
    """
    inputs = operations.inputs_of(change, pixels, seed)
    with torch.no_grad():
        logits, fired = inputs, []
        functions = (*network.activations, Activation.NONE)
        passed = forward.layer_by_layer(network.activation, layers, inputs)
        for function, step in zip(functions, passed, strict=True):
            logits = step.outputs
            if function is Activation.RELU:
                fired.append((logits > 0).any(dim=0))
        confidences = operations.probabilities_of(change, logits).amax(dim=1)
    together = torch.cat(fired) if fired else torch.zeros(0, dtype=torch.bool)
    return Part(predictions(logits), confidences.numpy(), together.numpy())


def measured(labels: Integers, parts: Iterable[Part]) -> Measured:
    """Return accuracy, confidence and units that are off, over the digits of all parts.

    Args:
        labels: int64 of shape (M,), of the digits of all parts in their order.
        parts: one after the other.

    Raises:
        ValueError: not as many answers as labels, or none.
    """
    collected = list(parts)
    answers = np.concatenate([part.answers for part in collected])
    if len(answers) != len(labels) or not len(labels):
        raise ValueError(f"{len(answers)} answers with {len(labels)} labels")
    right = answers == labels
    counts = np.bincount(labels, minlength=CLASSES)
    with np.errstate(invalid="ignore"):
        classes = np.bincount(labels, right, CLASSES) / counts
    fired = np.logical_or.reduce([part.fired for part in collected])
    confidence = float(np.concatenate([part.confidences for part in collected]).mean())
    off = 1 - float(fired.mean()) if fired.size else None
    _, guessed = guessing_range(len(labels), labels)
    return Measured(float(right.mean()), classes, confidence, off, guessed)


def outcome(before: Measured, after: Measured) -> Outcome:
    """Return whether the accuracy stays, rises or falls, and if so, whether to that of guessing."""
    change = after.accuracy - before.accuracy
    if abs(change) <= STAYS + ROUNDING:
        return Outcome.STAYS
    if change > 0:
        return Outcome.RISES
    return Outcome.GUESSES if after.accuracy <= after.guessed else Outcome.FALLS


def falls(before: Measured, after: Measured) -> Doubles:
    """Return how far the accuracy of each class falls, float64 of shape (10,).

    Up to `STAYS` it counts as the same, and is 0; so is a class without digits.
    """
    fall = np.nan_to_num(before.classes - after.classes)
    return np.where(fall > STAYS + ROUNDING, fall, 0.0)


def largest_falls(fall: Doubles, most: int) -> tuple[int, ...]:
    """Return the classes that fall furthest, the furthest first.

    A class is never named while another that falls as far is not: they are fewer than `most` then.

    Args:
        fall: of each class, 0 or more.
        most: how many at most.
    """
    order = np.argsort(-fall, kind="stable")
    limit = float(fall[order[most]]) + ROUNDING if most < len(fall) else 0.0
    return tuple(int(digit) for digit in order[:most] if fall[digit] > limit)


def probabilities(
    network: NetworkSpec,
    layers: Parameters,
    change: Change | None,
    pixels: torch.Tensor,
    seed: int,
) -> Floats:
    """Return the probabilities of one digit after an operation.

    Args:
        network: of it only the activation matters.
        layers: its parameters, after the operation.
        change: what is done to the picture and the probabilities; nothing with None.
        pixels: the digit before, uint8 of shape (28, 28).
        seed: of noise on the picture.

    Returns:
        float32 of shape (10,).
    """
    inputs = operations.inputs_of(change, pixels.unsqueeze(0), seed)
    logits = forward.logits(network, layers, inputs)
    row: Floats = operations.probabilities_of(change, logits)[0].numpy()
    return row


def occlusion_map(
    network: NetworkSpec, layers: Parameters, pixels: torch.Tensor, side: int, truth: int
) -> Floats:
    """Return how far the probability of a digit's class falls with a square over each place.

    Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014),
    section 4.2.

    Args:
        network: of it only the activation matters.
        layers: its parameters.
        pixels: the digit, uint8 of shape (28, 28). It is not changed.
        side: of the square, 1 to 28.
        truth: the digit's class.

    Returns:
        float32 of shape (29 - side, 29 - side): for a square that begins at this row and column,
        the probability without it minus the one with it; -1 to 1.

    Raises:
        ValueError: there is no such square.
    """
    if not 1 <= side <= SIDE:
        raise ValueError(f"a square of {side} pixels on a digit of {SIDE}")
    places = operations.last_place(side) + 1
    begins, at = torch.arange(places).view(-1, 1), torch.arange(SIDE)
    inside = (at >= begins) & (at < begins + side)  # (places, 28)
    covered = inside.view(places, 1, SIDE, 1) & inside.view(1, places, 1, SIDE)
    many = pixels.masked_fill(covered.view(-1, SIDE, SIDE), 0)
    rows = [pixels.unsqueeze(0), many]
    inputs = mnist.flatten(mnist.normalize(torch.cat(rows)))
    true_class = torch.softmax(forward.logits(network, layers, inputs), dim=1)[:, truth]
    fall: Floats = (true_class[0] - true_class[1:]).view(places, places).numpy()
    return fall
