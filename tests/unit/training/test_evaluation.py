"""Tests of the evaluation: every number against loops in plain numpy and closed forms."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.network.parameters import Layer, parameters
from mnistviz.spec.fields import Activation, Bias, Init
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import evaluation, loop
from mnistviz.training.evaluation import Results

DIGITS = 200
NETWORKS = {
    "default": NetworkSpec(),
    "wide apart": NetworkSpec(hidden=(16,), init=Init.NORMAL, std=1.0, bias=Bias.NORMAL),
    "linear": NetworkSpec(hidden=(), activation=Activation.NONE),
    "zeros": NetworkSpec(hidden=(8,), init=Init.ZEROS, bias=Bias.ZEROS),
}
network_of = pytest.mark.parametrize("name", NETWORKS)


@cache
def examples() -> mnist.Examples:
    return mnist.examples(mnist.load(mnist.SAMPLE_ROOT))


@cache
def results(name: str) -> Results:
    spec, test = NETWORKS[name], examples()
    return evaluation.evaluate(
        spec, parameters(spec), test.test_inputs[:DIGITS], test.test_labels[:DIGITS]
    )


def made(labels: list[int], answers: list[int], confidences: list[float]) -> Results:
    return Results(np.array(labels), np.array(answers), np.array(confidences, dtype=np.float32))


class TestEvaluate:
    @network_of
    def test_answers_and_confidences(self, name: str) -> None:
        spec, found = NETWORKS[name], results(name)
        x = examples().test_inputs[:DIGITS].numpy().astype(np.float64)
        layers = parameters(spec)
        for layer in layers:
            x = x @ layer.weight.numpy().astype(np.float64).T + layer.bias.numpy()
            if layer is not layers[-1]:
                x = np.maximum(x, 0)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        wanted = e / e.sum(axis=1, keepdims=True)
        alone = (wanted == wanted.max(axis=1, keepdims=True)).sum(axis=1) == 1
        np.testing.assert_array_equal(found.answers, np.where(alone, wanted.argmax(axis=1), -1))
        np.testing.assert_allclose(found.confidences, wanted.max(axis=1), rtol=1e-4)
        np.testing.assert_array_equal(found.labels, examples().test_labels[:DIGITS])
        assert found.count == DIGITS
        assert found.broken == 0
        assert found.tied == (DIGITS if name == "zeros" else 0)

    @network_of
    def test_the_diagonal_is_the_accuracy_of_the_run(self, name: str) -> None:
        spec, found = NETWORKS[name], results(name)
        test = examples()
        _, accuracy = loop.evaluate(
            spec, parameters(spec), test.test_inputs[:DIGITS], test.test_labels[:DIGITS]
        )
        assert found.confusion.sum() == DIGITS - found.tied
        assert found.confusion.trace() / DIGITS == accuracy == found.right.mean()

    def test_weights_that_are_no_numbers_are_counted(self) -> None:
        spec = NETWORKS["default"]
        layers = tuple(
            Layer(layer.name, torch.full_like(layer.weight, math.nan), layer.bias)
            for layer in parameters(spec)
        )
        test = examples()
        found = evaluation.evaluate(spec, layers, test.test_inputs[:9], test.test_labels[:9])
        assert found.broken == found.count == 9

    def test_digits_without_labels(self) -> None:
        spec, test = NETWORKS["linear"], examples()
        for inputs, labels in ((9, 8), (0, 0)):
            with pytest.raises(ValueError, match=f"{inputs} digits with {labels} labels"):
                evaluation.evaluate(
                    spec, parameters(spec), test.test_inputs[:inputs], test.test_labels[:labels]
                )


class TestConfusion:
    def test_it_counts_each_digit_once(self) -> None:
        generator = np.random.default_rng(7)
        labels, answers = generator.integers(0, 10, (2, 500))
        wanted = np.zeros((10, 10), dtype=int)
        for truth, says in zip(labels, answers, strict=True):
            wanted[truth, says] += 1
        found = evaluation.confusion(labels, answers)
        np.testing.assert_array_equal(found, wanted)
        assert found.sum() == 500

    def test_a_tie_is_in_no_cell_and_is_not_right(self) -> None:
        found = made([4, 4, 9], [-1, 9, 9], [0.5, 0.9, 1.0])
        assert found.confusion.sum() == 2
        assert found.right.tolist() == [False, False, True]
        assert found.wrong.tolist() == [False, True, False]
        assert (found.tied, found.broken) == (1, 0)
        assert found.class_counts[[4, 9]].tolist() == [2, 1]
        assert evaluation.surest_errors(found, 5).tolist() == [1]

    @pytest.mark.parametrize(
        ("labels", "answers"), [([1], [1, 2]), ([10], [0]), ([0], [10]), ([-1], [0])]
    )
    def test_what_is_no_class(self, labels: list[int], answers: list[int]) -> None:
        with pytest.raises(ValueError, match=r"labels with|classes from"):
            evaluation.confusion(np.array(labels), np.array(answers))

    def test_the_most_frequent_error(self) -> None:
        counts = np.diag(np.full(10, 99))
        assert evaluation.most_frequent_error(counts) is None
        counts[4, 9] = counts[9, 4] = 3
        counts[7, 2] = 2
        before = counts.copy()
        assert evaluation.most_frequent_error(counts) == (4, 9)
        np.testing.assert_array_equal(counts, before)


class TestDigits:
    @pytest.mark.parametrize("name", ["default", "wide apart"])
    def test_the_digits_of_a_cell(self, name: str) -> None:
        found, seen = results(name), []
        for truth in range(10):
            for says in range(10):
                numbers = evaluation.cell(found, truth, says)
                assert len(numbers) == found.confusion[truth, says]
                assert (found.labels[numbers] == truth).all()
                assert (found.answers[numbers] == says).all()
                steps = np.diff(found.confidences[numbers])
                assert ((steps >= 0) if truth == says else (steps <= 0)).all()
                seen += numbers.tolist()
        assert sorted(seen) == list(range(DIGITS))

    def test_equal_ones_by_number(self) -> None:
        found = made([4, 4, 4, 4], [9, 9, 4, 9], [0.5, 0.9, 1.0, 0.9])
        assert evaluation.cell(found, 4, 9).tolist() == [1, 3, 0]
        assert evaluation.surest_errors(found, 2).tolist() == [1, 3]
        assert evaluation.surest_errors(found, 12).tolist() == [1, 3, 0]

    def test_without_errors_there_are_none(self) -> None:
        assert evaluation.surest_errors(made([4], [4], [0.5]), 12).tolist() == []
        assert evaluation.cell(made([4], [4], [0.5]), 4, 9).tolist() == []


class TestReliability:
    def test_it_is_the_formula_of_the_paper(self) -> None:
        generator = np.random.default_rng(7)
        # No value on an edge, where float32 and float64 part.
        sure = (generator.uniform(0.1, 1, 400)).astype(np.float32)
        right = generator.random(400) < sure**2
        found = evaluation.reliability(sure, right)
        error = 0.0
        for m in range(10):
            inside = [i for i in range(400) if m / 10 < sure[i] <= (m + 1) / 10]
            assert found.counts[m] == len(inside)
            if not inside:
                assert np.isnan(found.confidences[m])
                assert np.isnan(found.accuracies[m])
                continue
            conf = sum(float(sure[i]) for i in inside) / len(inside)
            acc = sum(bool(right[i]) for i in inside) / len(inside)
            assert [found.confidences[m], found.accuracies[m]] == pytest.approx([conf, acc])
            error += len(inside) / 400 * abs(acc - conf)
        assert found.error == pytest.approx(error)
        assert found.mean_confidence == pytest.approx(sure.astype(np.float64).mean())
        assert found.accuracy == pytest.approx(right.mean())

    def test_ten_equal_probabilities_lie_in_the_first_bin(self) -> None:
        found = results("zeros")
        measured = evaluation.reliability(found.confidences, found.right)
        assert measured.counts.tolist() == [DIGITS] + [0] * 9
        assert measured.error == pytest.approx(abs(found.right.mean() - 0.1), abs=1e-7)

    @pytest.mark.parametrize(
        ("sure", "place"), [(0.0, 0), (0.1, 0), (0.100001, 1), (0.5, 4), (0.9, 8), (1.0, 9)]
    )
    def test_edges_belong_to_the_bin_below(self, sure: float, place: int) -> None:
        found = evaluation.reliability(np.array([sure], dtype=np.float32), np.array([True]))
        assert found.counts.argmax() == place
        assert found.error == pytest.approx(1 - sure)

    def test_always_sure_and_always_right_is_perfect(self) -> None:
        found = evaluation.reliability(np.ones(5, dtype=np.float32), np.ones(5, dtype=bool))
        assert found.error == 0

    @pytest.mark.parametrize("sure", [[], [1.5], [-0.1], [math.nan], [0.5, 0.5]])
    def test_what_is_no_confidence(self, sure: list[float]) -> None:
        with pytest.raises(ValueError, match="confidences"):
            evaluation.reliability(np.array(sure, dtype=np.float32), np.array([True]))

    def test_without_bins(self) -> None:
        with pytest.raises(ValueError, match="0 bins"):
            evaluation.reliability(np.ones(1, dtype=np.float32), np.array([True]), bins=0)


def test_the_style_changes_nothing() -> None:
    spec, test = NETWORKS["default"], examples()
    one = evaluation.evaluate(spec, parameters(spec), test.test_inputs, test.test_labels)
    other = evaluation.evaluate(
        replace(spec, style="tensors"), parameters(spec), test.test_inputs, test.test_labels
    )
    np.testing.assert_array_equal(one.confidences, other.confidences)
