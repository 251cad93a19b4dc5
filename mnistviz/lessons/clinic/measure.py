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
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import CLASSES, SIDE, Activation
from mnistviz.spec.specs import NetworkSpec

STAYS = 0.02
"""Up to this change of the accuracy it counts as the same."""

GUESSING = 0.2
"""Up to this accuracy a network counts as guessing: twice what guessing one of ten gives."""


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
        answers: int64 of shape (M,), the class of the largest logit.
        confidences: float32 of shape (M,), the greatest probability; NaN where logits are none.
        fired: bool of shape (units,), which hidden units passed on more than 0 to any digit, all
            hidden layers one after the other.
    """

    answers: Integers
    confidences: Floats
    fired: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The accuracy and confidence of a network on test digits.

    Attributes:
        accuracy: share of right answers, 0 to 1.
        classes: float64 of shape (10,), the same for each class; NaN for a class without digits.
        confidence: the mean confidence, 0.1 to 1; NaN if one is not a number.
        dead: share of the hidden units that are 0 for every digit; None unless it is a ReLU
            network with a hidden layer.
    """

    accuracy: float
    classes: Doubles
    confidence: float
    dead: float | None


def answer_digits(
    network: NetworkSpec,
    layers: Parameters,
    change: Change | None,
    pixels: torch.Tensor,
    seed: int,
) -> Part:
    """Return the predictions of a network for some digits after an operation.

    Args:
        network: of it only the activation matters.
        layers: its parameters, after the operation.
        change: what is done to pictures and probabilities; nothing with None.
        pixels: the digits before, uint8 of shape (M, 28, 28).
        seed: of noise on the pictures.
    """
    inputs = operations.inputs_of(change, pixels, seed)
    with torch.no_grad():
        logits, fired = inputs, []
        for step in forward.layer_by_layer(network.activation, layers, inputs):
            logits = step.outputs
            if step.layer is not layers[-1]:
                fired.append((logits > 0).any(dim=0))
        confidences = operations.probabilities_of(change, logits).amax(dim=1)
    together = torch.cat(fired) if fired else torch.zeros(0, dtype=torch.bool)
    return Part(logits.argmax(dim=1).numpy(), confidences.numpy(), together.numpy())


def measured(network: NetworkSpec, labels: Integers, parts: Iterable[Part]) -> Measured:
    """Return accuracy, confidence and dead units over the digits of all parts together.

    Args:
        network: the network.
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
    counted = network.activation is Activation.RELU and fired.size > 0
    confidence = float(np.concatenate([part.confidences for part in collected]).mean())
    dead = 1 - float(fired.mean()) if counted else None
    return Measured(float(right.mean()), classes, confidence, dead)


def outcome(before: Measured, after: Measured) -> Outcome:
    """Return whether the accuracy stays, rises or falls; between two guesses it stays."""
    change = after.accuracy - before.accuracy
    guessed = max(before.accuracy, after.accuracy) <= GUESSING
    if guessed or abs(change) <= STAYS:
        return Outcome.STAYS
    if change > 0:
        return Outcome.RISES
    return Outcome.GUESSES if after.accuracy <= GUESSING else Outcome.FALLS


def largest_falls(before: Measured, after: Measured, most: int) -> tuple[int, ...]:
    """Return the classes whose accuracy falls, at most `most`, the largest fall first."""
    fall = before.classes - after.classes
    order = np.argsort(-np.nan_to_num(fall, nan=-1.0), kind="stable")
    return tuple(int(digit) for digit in order[:most] if fall[digit] > 0)


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
