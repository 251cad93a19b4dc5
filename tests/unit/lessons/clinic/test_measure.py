"""Tests of what the clinic measures, and of its bars and its map."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.digits.arrays import Doubles as Array
from mnistviz.lessons.clinic import figures, measure, operations
from mnistviz.lessons.clinic.measure import Measured, Outcome, Part
from mnistviz.lessons.clinic.operations import Operation
from mnistviz.network.answers import NO_ANSWER
from mnistviz.network.parameters import Layer, parameters
from mnistviz.spec.fields import Bias, Init
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import evaluation
from mnistviz.training.chance import guessing_range
from tests.unit.lessons.clinic.changes import (
    NETWORKS,
    digits,
    each_operation,
    network_of,
    of,
    some,
)

MUTE = np.zeros(0, dtype=np.bool_)
"""Of a network without hidden units, which have fired."""


def total(accuracy: float, classes: Array | None = None) -> Measured:
    """What is measured on 1,000 digits, 100 of each class."""
    each = np.zeros(10) if classes is None else classes
    return Measured(accuracy, each, 0.5, None, guessing_range(1000)[1])


class TestMeasure:
    @network_of
    def test_it_agrees_with_numpy(self, name: str) -> None:
        spec = NETWORKS[name]
        layers, pixels = parameters(spec), digits().test_pixels
        labels = digits().test_labels.numpy()
        parts = [measure.answer_digits(spec, layers, None, each, 7) for each in pixels.split(300)]
        found = measure.measured(labels, parts)
        inputs = mnist.flatten(mnist.normalize(pixels))
        wanted = evaluation.evaluate(spec, layers, inputs, digits().test_labels)
        assert found.accuracy == pytest.approx(wanted.right.mean(), abs=2e-3)
        assert found.confidence == pytest.approx(float(wanted.confidences.mean()), rel=1e-5)
        rows = wanted.confusion
        np.testing.assert_allclose(found.classes, rows.diagonal() / rows.sum(axis=1), atol=0.02)

    @each_operation
    def test_a_thousand_digits_take_less_than_three_tenths(self, operation: Operation) -> None:
        spec, change, seconds = NetworkSpec(), of(operation), []
        layers, pixels = parameters(spec), digits().test_pixels
        for _ in range(3):
            began = time.process_time()
            measure.answer_digits(spec, operations.layers_of(change, layers, 7), change, pixels, 7)
            seconds.append(time.process_time() - began)
        assert min(seconds) < 0.3

    def test_dead_units_give_nothing_for_every_digit(self) -> None:
        spec = NetworkSpec(hidden=(4, 2))
        first, *others = parameters(spec)
        bias = first.bias.clone()
        bias[:3] = -1e6
        layers = (
            Layer("fc1", torch.zeros_like(first.weight), bias.index_fill(0, torch.tensor([3]), 1)),
            *others,
        )
        part = measure.answer_digits(spec, layers, None, some(), 7)
        x = np.maximum(
            np.array([0, 0, 0, 1.0]) @ others[0].weight.numpy().T + others[0].bias.numpy(), 0
        )
        assert part.fired.tolist() == [False, False, False, True, *(x > 0)]
        labels = digits().test_labels[:40].numpy()
        found = measure.measured(labels, [part])
        assert found.off == pytest.approx((5 - (x > 0).sum()) / 6)

    @pytest.mark.parametrize(
        ("activation", "units"), [("tanh", 0), ("relu", 6), ("tanh,relu", 2), ("relu,none", 4)]
    )
    def test_only_units_with_relu_can_be_off(self, activation: str, units: int) -> None:
        spec = NetworkSpec(hidden=(4, 2), activation=activation)
        part = measure.answer_digits(spec, parameters(spec), None, some(), 7)
        assert part.fired.shape == (units,)
        found = measure.measured(digits().test_labels[:40].numpy(), [part])
        assert (found.off is None) is (units == 0)

    def test_without_hidden_layers_no_unit_is_dead(self) -> None:
        spec = NETWORKS["none hidden"]
        part = measure.answer_digits(spec, parameters(spec), None, some(), 7)
        found = measure.measured(digits().test_labels[:40].numpy(), [part])
        assert found.off is None

    def test_labels_have_to_fit(self) -> None:
        spec = NetworkSpec(hidden=())
        part = measure.answer_digits(spec, parameters(spec), None, some(), 7)
        with pytest.raises(ValueError, match="40 answers with 39 labels"):
            measure.measured(np.zeros(39, dtype=np.int64), [part])

    @pytest.mark.parametrize(
        ("before", "after", "wanted"),
        [
            (0.9, 0.89, Outcome.STAYS),
            (0.9, 0.6, Outcome.FALLS),
            # Of 1,000 digits ten standard deviations above guessing.
            (0.9, 0.199, Outcome.FALLS),
            (0.9, 0.129, Outcome.FALLS),
            (0.9, 0.128, Outcome.GUESSES),
            (0.9, 0.0, Outcome.GUESSES),
            (0.5, 0.9, Outcome.RISES),
            # In floating point 0.92 - 0.9 is more than 0.02.
            (0.92, 0.9, Outcome.STAYS),
            (0.9, 0.92, Outcome.STAYS),
            (0.921, 0.9, Outcome.FALLS),
        ],
    )
    def test_outcomes(self, before: float, after: float, wanted: Outcome) -> None:
        assert measure.outcome(total(before), total(after)) is wanted

    def test_what_guessing_gets(self) -> None:
        labels = digits().test_labels.numpy()
        part = Part(np.zeros(1000, dtype=np.int64), np.ones(1000, dtype=np.float32), MUTE)
        found = measure.measured(labels, [part])
        assert found.accuracy == 0.1
        assert found.guessed == pytest.approx(0.1 + 3 * math.sqrt(0.1 * 0.9 / 1000))
        assert not found.can_fall
        # Whoever always says 1 is right as often as there are ones.
        many = np.where(np.arange(1000) < 150, 1, labels)
        share = float((many == 1).mean())
        assert measure.measured(many, [part]).guessed == share

    def test_a_tie_is_no_answer_and_wrong(self) -> None:
        spec = NetworkSpec(hidden=(4,), init=Init.ZEROS, bias=Bias.ZEROS)
        part = measure.answer_digits(spec, parameters(spec), None, some(), 7)
        assert set(part.answers.tolist()) == {NO_ANSWER}
        found = measure.measured(digits().test_labels[:40].numpy(), [part])
        assert found.accuracy == 0
        assert found.classes[np.isfinite(found.classes)].tolist() == [0] * 10

    def test_the_classes_that_suffer_most(self) -> None:
        before = np.array([1, 0.9, 0.8, np.nan, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
        after = np.array([0.5, 0.9, 0.1, 0.2, 0.5, 0.4, 0.5, 0.49, 0.5, 0.9])
        fall = measure.falls(total(0.5, before), total(0.5, after))
        # One hundredth counts as the same.
        assert fall == pytest.approx([0.5, 0, 0.7, 0, 0, 0.1, 0, 0, 0, 0])
        assert measure.largest_falls(fall, 3) == (2, 0, 5)
        assert measure.largest_falls(np.zeros(10), 3) == ()
        # No one is named while another loses as much and is not.
        assert measure.largest_falls(np.array([0.3, 0.5, 0.3, 0.3, *[0.0] * 6]), 3) == (1,)
        assert measure.largest_falls(np.full(10, 0.4), 3) == ()

    @pytest.mark.parametrize("side", [2, 7, 28])
    def test_the_map_covers_place_by_place(self, side: int) -> None:
        spec = NetworkSpec(hidden=(12,))
        layers, digit = parameters(spec), some()[5]
        fall = measure.occlusion_map(spec, layers, digit, side, 3)
        assert fall.shape == (29 - side, 29 - side)
        whole = measure.probabilities(spec, layers, None, digit, 7)[3]
        last = 28 - side
        for row, column in {(0, 0), (last, last), (last // 2, last)}:
            covered = digit.numpy().copy()
            covered[row : row + side, column : column + side] = 0
            found = measure.probabilities(spec, layers, None, torch.tensor(covered), 7)[3]
            assert fall[row, column] == pytest.approx(whole - found, abs=1e-6)

    @pytest.mark.parametrize("side", [0, 29])
    def test_a_square_that_does_not_fit(self, side: int) -> None:
        spec = NetworkSpec(hidden=())
        with pytest.raises(ValueError, match="a square of"):
            measure.occlusion_map(spec, parameters(spec), some()[0], side, 3)


class TestFigures:
    def test_bars_tell_right_from_wrong_by_a_mark(self) -> None:
        row = np.array([0.5, 0.25, *[0.25 / 8] * 8], dtype=np.float32)
        bars = figures.probability_bars(row, 1, "{percent} wrong")
        assert [bar["full"] for bar in bars] == [True, *[False] * 9]
        assert bars[0]["text"].endswith("% wrong")
        assert bars[1] == {"share": 0.25, "text": "25.0\N{NO-BREAK SPACE}%", "full": False}
        right = figures.probability_bars(row, 0, "{percent} wrong")
        assert not any("wrong" in bar["text"] for bar in right)

    def test_what_is_no_number_has_no_bar(self) -> None:
        bars = figures.probability_bars(np.full(10, np.nan, dtype=np.float32), 1, "{percent} x")
        assert {(bar["share"], bar["text"], bar["full"]) for bar in bars} == {(0.0, "NaN", False)}
        assert figures.pair("a", math.nan, 0.5)["bars"][0] == {"share": 0.0, "text": "NaN"}

    @pytest.mark.parametrize("side", [2, 7, 20])
    def test_the_map_lies_on_the_digit(self, side: int) -> None:
        fall = np.zeros((29 - side, 29 - side), dtype=np.float32)
        fall[0, 1], fall[-1, -1] = 0.5, -0.25
        picture, limit = figures.fall_picture(fall)
        assert limit == 0.5
        middle = side // 2
        assert picture[middle, middle + 1].tolist() == [224, 112, 22, 255]
        last = 28 - side + middle
        assert picture[last, last].tolist() == [43, 108, 217, 128]
        assert np.count_nonzero(picture[:, :, 3]) == 2
