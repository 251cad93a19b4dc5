"""Tests of the forms in which a training shows its digits."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.spec.fields import Augment
from mnistviz.spec.specs import TrainSpec
from mnistviz.training import augmentation
from mnistviz.training.loop import step_digits
from tests.helpers.networks import load

TRAINING = TrainSpec(batch_size=300, epochs=2, seed=3, augment=Augment.LIGHT)
MIDDLE = 0.5
"""A draw that changes nothing."""


@pytest.fixture(scope="module")
def examples() -> mnist.Examples:
    return mnist.examples(load())


def images(examples: mnist.Examples) -> torch.Tensor:
    return examples.take(torch.arange(20))[0].view(-1, 1, 28, 28)


def draws(**changed: float) -> torch.Tensor:
    names = ("right", "down", "turn", "wide", "high", "slant", "ink")
    return torch.tensor([[changed.get(name, MIDDLE)] * 20 for name in names])


def ink(pictures: torch.Tensor) -> torch.Tensor:
    """Ink of each picture, a share of 0 to 1 of all pixels."""
    return (pictures + 1).mean(dim=(1, 2, 3)) / 2


def centers(pictures: torch.Tensor) -> torch.Tensor:
    """Row and column of the center of mass of each picture."""
    weights, places = (pictures + 1)[:, 0], torch.arange(28.0)
    total = weights.sum(dim=(1, 2))
    return torch.stack(
        [
            (weights.sum(2) * places).sum(1) / total,
            (weights.sum(1) * places).sum(1) / total,
        ]
    )


def test_a_draw_from_the_middle_leaves_a_digit_as_it_is(examples: mnist.Examples) -> None:
    plain = images(examples)
    assert augmentation.augment(plain, draws()) == pytest.approx(plain, abs=0.02)


@pytest.mark.parametrize("low", [0.0, 1.0])
def test_each_way_to_vary(examples: mnist.Examples, low: float) -> None:
    plain, sign = images(examples), 2 * low - 1
    assert (sign * (ink(augmentation.augment(plain, draws(ink=low))) - ink(plain)) > 0).all()
    for name, axis in (("down", 0), ("right", 1)):
        moved = centers(augmentation.augment(plain, draws(**{name: low})))[axis]
        # What the picture takes from further right stands further left in it.
        assert moved - centers(plain)[axis] == pytest.approx([-sign * 0.98] * 20, abs=0.1)
    for name in ("wide", "high"):
        assert (
            sign * (ink(plain) - ink(augmentation.augment(plain, draws(**{name: low})))) > 0
        ).all()
    for name in ("turn", "slant"):
        assert (augmentation.augment(plain, draws(**{name: low})) - plain).abs().mean() > 0.02


def test_what_comes_out_is_a_digit_in_range(examples: mnist.Examples) -> None:
    drawn = torch.rand(7, 20, generator=torch.Generator().manual_seed(1)).round()
    found = augmentation.augment(images(examples), drawn)
    assert found.shape == (20, 1, 28, 28)
    assert found.dtype == torch.float32
    assert found.min() >= -1
    assert found.max() <= 1 + 1e-6


def test_the_same_seed_shows_the_same_forms_and_another_epoch_others(
    examples: mnist.Examples,
) -> None:
    first, again = (list(itertools.islice(step_digits(TRAINING, examples), 15)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert torch.equal(one.inputs, other.inputs)
    plain = next(step_digits(TrainSpec(batch_size=300, seed=3), examples))
    assert torch.equal(plain.numbers, first[0].numbers)
    assert torch.equal(plain.inputs, examples.take(plain.numbers)[0])
    assert not torch.equal(plain.inputs, first[0].inputs)


@pytest.mark.parametrize("size", [3, 300, 1024])
def test_the_forms_of_a_digit_are_those_that_the_training_shows(
    examples: mnist.Examples, size: int
) -> None:
    training = replace(TRAINING, batch_size=size)
    steps = itertools.islice(step_digits(training, examples), training.steps)
    found = itertools.islice(augmentation.forms(training, examples, 1234), 2)
    shown = []
    for step in steps:
        place = (step.numbers == 1234).nonzero()
        if len(place):
            shown.append(step.inputs[place.item()])
    assert len(shown) == 2
    assert not torch.equal(*shown)
    for one, other in zip(shown, found, strict=True):
        assert torch.equal(one, other)
