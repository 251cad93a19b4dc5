"""What the help of a setting says and tells to try: true with the defaults of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Bias, Init, Optimizer
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.loop import evaluate
from mnistviz.words import read
from tests.helpers.networks import learned, load

WORDS = read("settings").parts


def accuracy(training: TrainSpec) -> float:
    """The share of test digits that the default network gets right after a training."""
    spec = NetworkSpec(training=training)
    test = mnist.examples(load())
    return evaluate(spec, learned(spec), test.test_inputs, test.test_labels)[1]


@pytest.mark.parametrize("lr", [0.00001, 1.0])
def test_with_these_learning_rates_nothing_is_learned(lr: float) -> None:
    assert "try 0.00001, then 1." in WORDS["lr_help"]
    assert accuracy(TrainSpec(lr=lr)) < 0.15


def test_adam_learns_with_what_is_told_to_try() -> None:
    assert "adam: " in WORDS["optimizer_help"]
    assert WORDS["optimizer_help"].endswith("try it with lr 0.001.")
    assert accuracy(TrainSpec(optimizer=Optimizer.ADAM, lr=0.001)) > 0.9


def test_large_batches_are_few() -> None:
    assert WORDS["batch_size_help"].endswith(
        "Try 1,024: an epoch of the sample is then only 4 steps."
    )
    assert TrainSpec(batch_size=1024, epochs=1).steps == 4


def test_zeros_leave_the_units_of_a_hidden_layer_alike() -> None:
    spec = NetworkSpec(
        hidden=(6, 5), init=Init.ZEROS, bias=Bias.ZEROS, training=TrainSpec(epochs=1)
    )
    for layer in learned(spec)[:-1]:
        assert torch.equal(layer.weight, layer.weight[:1].expand_as(layer.weight))
        assert torch.equal(layer.bias, layer.bias[:1].expand_as(layer.bias))
    # With the default biases they do not stay so: the help says "for the biases too".
    other = learned(replace(spec, bias=Bias.DEFAULT))[0].weight
    assert not torch.equal(other, other[:1].expand_as(other))


def test_two_thirds_lie_within_one_std() -> None:
    for std in (0.01, 1.0):
        weight = parameters(NetworkSpec(init=Init.NORMAL, std=std))[0].weight
        assert float((weight.abs() < std).float().mean()) == pytest.approx(2 / 3, abs=0.03)
