"""Tests of what a second softmax in front of the loss does to learning."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.lessons.clinic import softmaxes
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Optimizer
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import loop
from tests.unit.lessons.clinic.changes import digits

SINGLE = NetworkSpec(hidden=())


@cache
def examples() -> mnist.Examples:
    return mnist.examples(digits())


@pytest.mark.parametrize("optimizer", Optimizer)
@pytest.mark.parametrize("activation", [Activation.RELU, Activation.SIGMOID])
def test_with_one_softmax_it_is_the_training(optimizer: Optimizer, activation: Activation) -> None:
    training = TrainSpec(optimizer, lr=0.005, batch_size=400, epochs=2)
    network = NetworkSpec(hidden=(12,), activation=activation)
    found = softmaxes.learn(network, training, examples(), training.steps, twice=False)
    *_, last = loop.train(replace(network, training=training), training, examples())
    assert last.mark is not None
    assert found.accuracy == pytest.approx(last.mark.test_accuracy, abs=2e-3)


@pytest.mark.parametrize("twice", [False, True])
def test_the_first_gradient_is_that_of_numpy(twice: bool) -> None:
    training = TrainSpec(batch_size=50)
    found = softmaxes.learn(SINGLE, training, examples(), 1, twice)
    numbers = next(loop.batches(training, 4000))
    inputs, labels = (tensor.double().numpy() for tensor in examples().take(numbers))
    (layer,) = parameters(SINGLE)
    logits = inputs @ layer.weight.double().numpy().T + layer.bias.double().numpy()

    def softmax(rows: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> np.ndarray:
        exps = np.exp(rows - rows.max(axis=1, keepdims=True))
        return np.asarray(exps / exps.sum(axis=1, keepdims=True))

    p, true = softmax(logits), np.eye(10)[labels.astype(int)]
    slopes = p - true
    if twice:
        # Back through the inner softmax: p times what lies above the mean of its slopes.
        outer = softmax(p) - true
        slopes = p * (outer - (p * outer).sum(axis=1, keepdims=True))
    weight, bias = slopes.T @ inputs / 50, slopes.mean(axis=0)
    wanted = np.sqrt((weight**2).sum() + (bias**2).sum())
    assert found.gradient == pytest.approx(wanted, rel=1e-4)


def test_the_lesson_learns_more_slowly_but_it_learns() -> None:
    torch.set_num_threads(1)
    training = TrainSpec(epochs=5)
    once, twice = (
        softmaxes.learn(NetworkSpec(), training, examples(), training.steps, again)
        for again in (False, True)
    )
    assert twice.gradient < 0.2 * once.gradient
    assert 0.75 < twice.accuracy < once.accuracy - 0.02


def test_it_compares_as_many_steps_as_it_can_afford() -> None:
    small = NetworkSpec(hidden=(), training=TrainSpec(epochs=1, batch_size=100))
    found = softmaxes.compare(small, examples())
    assert found is not None
    assert found.steps == 40
    assert found.once == softmaxes.learn(SINGLE, small.training, examples(), 40, False)
    assert found.twice.gradient < found.once.gradient
    large = NetworkSpec(hidden=(1024, 1024), training=TrainSpec(batch_size=1024))
    assert softmaxes.compare(large, examples()) is None
