"""Tests of what is read off a softmax: where it breaks, what it predicts, how it is said."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mnistviz.digits import mnist
from mnistviz.digits.mnist import Batch
from mnistviz.lessons.classify import sentences
from mnistviz.network import by_hand, forward, styles
from mnistviz.network.answers import (
    NO_ANSWER,
    OVERFLOW_LOGIT,
    naive_overflow,
    prediction,
    predictions,
)
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.spec.fields import Activation, Bias, Init
from mnistviz.spec.specs import NetworkSpec
from mnistviz.words import quantities

LARGEST = float(np.finfo(np.float32).max)
LEAST = 2.0**-149
"""The smallest number above 0 in float32."""


def probabilities(*values: float) -> npt.NDArray[np.float32]:
    """Ten probabilities: the given ones first, the others share the rest."""
    rest = (1 - sum(values)) / max(10 - len(values), 1)
    return np.array([*values, *[rest] * (10 - len(values))], dtype=np.float32)


class TestNaiveSoftmax:
    @settings(derandomize=True, deadline=None, max_examples=200)
    @given(st.lists(st.floats(-60, 60, width=32), min_size=10, max_size=10))
    def test_is_the_formula_where_it_holds(self, row: list[float]) -> None:
        exps = np.exp(np.array(row))
        expected = exps / exps.sum()
        for softmax in (by_hand.softmax, by_hand.stable_softmax):
            found = softmax(torch.tensor([row, row]))
            assert found.dtype == torch.float32
            np.testing.assert_allclose(found[1].numpy(), expected, rtol=1e-5, atol=1e-30)
        assert naive_overflow(torch.tensor(row)) is None

    @pytest.mark.parametrize(
        ("row", "broken"),
        [
            ([0.0] * 10, False),
            ([80.0] * 10, False),
            ([88.72, *[0.0] * 9], False),
            ([88.73, *[0.0] * 9], True),
            ([1e4, *[-1e4] * 9], True),
            ([-1e4, *[0.0] * 9], False),
            # Each exp is finite, the sum of ten is not: 10 exp(86.42) is as much as exp(88.72).
            ([86.4] * 10, False),
            ([86.5] * 10, True),
            ([88.0] * 10, True),
            ([88.5, 88.5, *[0.0] * 8], True),
            # Each exp is 0, and 0 / 0 is not a number; a single one above 0 saves the formula.
            ([-90.0] * 10, False),
            ([-103.0] * 10, False),
            ([-104.5] * 10, True),
            ([-1e4] * 10, True),
            ([*[-1e4] * 9, -80.0], False),
        ],
    )
    def test_where_it_breaks(self, row: list[float], broken: bool) -> None:
        assert naive_overflow(torch.tensor(row)) == (
            pytest.approx(max(row), rel=1e-6) if broken else None
        )

    @settings(derandomize=True, deadline=None, max_examples=300)
    @example([88.0] * 10)
    @given(
        st.lists(
            st.one_of(st.floats(85, 90, width=32), st.floats(-110, 110, width=32)),
            min_size=10,
            max_size=10,
        )
    )
    def test_it_is_told_whenever_it_breaks(self, row: list[float]) -> None:
        # In double precision nothing overflows here, so one sees what float32 could not hold.
        total = float(np.exp(np.array(row)).sum())
        if abs(total / LARGEST - 1) < 1e-3 or LEAST / 4 < total < 10 * LEAST:
            return  # so near the edge, roundings decide
        broken = total > LARGEST or total < LEAST
        assert naive_overflow(torch.tensor(row)) == (max(row) if broken else None)

    def test_the_limit_is_where_exp_overflows(self) -> None:
        below, above = torch.tensor([OVERFLOW_LOGIT - 1e-4, OVERFLOW_LOGIT + 1e-4]).exp().tolist()
        assert below < math.inf
        assert above == math.inf
        assert pytest.approx(88.72, abs=0.005) == OVERFLOW_LOGIT

    def test_the_softmax_on_the_screen_does_not_break(self) -> None:
        rows = torch.tensor([[1e4, *[-1e4] * 9], [88.0] * 10, [-1e4] * 10])
        assert naive_overflow(rows[0]) == 1e4
        assert by_hand.stable_softmax(rows).tolist() == [
            pytest.approx([1.0, *[0.0] * 9]),
            pytest.approx([0.1] * 10),
            pytest.approx([0.1] * 10),
        ]


class TestPrediction:
    @pytest.mark.parametrize("digit", range(10))
    def test_is_the_largest(self, digit: int) -> None:
        values = np.full(10, 0.09, dtype=np.float32)
        values[digit] = 0.19
        found = prediction(values)
        assert found == digit
        assert type(found) is int

    def test_the_smallest_lead_counts(self) -> None:
        values = np.full(10, 0.1, dtype=np.float32)
        values[6] = np.nextafter(np.float32(0.1), np.float32(1))
        assert prediction(values) == 6

    @pytest.mark.parametrize("tied", [range(10), (0, 9), (3, 4, 5)])
    def test_a_tie_is_no_prediction(self, tied: range | tuple[int, ...]) -> None:
        values = np.full(10, 0.01, dtype=np.float32)
        values[list(tied)] = 0.3
        assert prediction(values) is None

    def test_a_tie_below_the_lead_does_not_matter(self) -> None:
        assert prediction(probabilities(0.2, 0.2, 0.3)) == 2

    def test_what_is_not_a_number_is_no_prediction(self) -> None:
        assert prediction(np.full(10, np.nan, dtype=np.float32)) is None


class TestPredictions:
    @given(
        st.lists(
            st.lists(
                # Few values, so that ties are frequent; two of them differ by one rounding.
                st.sampled_from([0.0, 1.0, 1.0000001, 1e-8, -3e38, 1e6, math.inf, math.nan, -50.0]),
                min_size=10,
                max_size=10,
            ),
            min_size=1,
            max_size=5,
        )
    )
    @settings(max_examples=150, deadline=None)
    def test_follow_the_rule_of_one(self, rows: list[list[float]]) -> None:
        logits = torch.tensor(rows)
        wanted = [prediction(row) for row in torch.softmax(logits, 1).numpy()]
        assert [None if one == NO_ANSWER else one for one in predictions(logits)] == wanted

    def test_are_the_largest_logits_where_no_two_are_equal(self) -> None:
        logits = torch.randn(500, 10, generator=torch.Generator().manual_seed(7))
        np.testing.assert_array_equal(predictions(logits), logits.numpy().argmax(axis=1))

    def test_one_tie_among_many(self) -> None:
        logits = torch.eye(10)
        logits[4, 7] = 1.0
        assert predictions(logits).tolist() == [0, 1, 2, 3, NO_ANSWER, 5, 6, 7, 8, 9]


@pytest.fixture(scope="module")
def batch() -> Batch:
    """The last, short batch of the bundled sample."""
    return mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 62, seed=7)


ACTIVATIONS = {
    Activation.RELU: lambda x: np.maximum(x, 0),
    Activation.TANH: np.tanh,
    Activation.SIGMOID: lambda x: 1 / (1 + np.exp(-x)),
    Activation.NONE: lambda x: x,
}


def numpy_steps(
    spec: NetworkSpec, layers: Parameters, images: torch.Tensor
) -> list[tuple[str, npt.NDArray[np.float64]]]:
    """Name and compute every step of a forward pass in double precision."""
    x = images.double().numpy()
    found = [("images", x)]
    x = x.reshape(len(x), 784)
    found.append(("flatten", x))
    for number, layer in enumerate(layers, start=1):
        x = x @ layer.weight.double().numpy().T + layer.bias.double().numpy()
        found.append((f"fc{number}", x))
        if number < len(layers) and spec.activation is not Activation.NONE:
            x = ACTIVATIONS[spec.activation](x)
            found.append((spec.activation.value, x))
    exps = np.exp(x - x.max(axis=1, keepdims=True))
    return [*found, ("softmax", exps / exps.sum(axis=1, keepdims=True))]


SPECS = [
    NetworkSpec(),
    NetworkSpec(hidden=()),
    NetworkSpec(hidden=(3,), activation=Activation.NONE),
    NetworkSpec(hidden=(20, 1), activation=Activation.TANH, init=Init.NORMAL, std=0.1),
    NetworkSpec(hidden=(9, 8, 7, 6), activation=Activation.SIGMOID, init=Init.XAVIER_NORMAL),
]
NAMES = ["-".join(map(str, spec.sizes)) for spec in SPECS]


class TestSteps:
    @pytest.mark.parametrize("spec", SPECS, ids=NAMES)
    @pytest.mark.parametrize("image", [0, 17, 31])
    def test_equal_the_mathematics(self, batch: Batch, spec: NetworkSpec, image: int) -> None:
        layers = parameters(spec)
        steps = forward.steps(spec, layers, batch.images, image)
        expected = numpy_steps(spec, layers, batch.images)
        assert [step.name for step in steps] == [name for name, _ in expected]
        for step, (_, values) in zip(steps, expected, strict=True):
            assert step.shape == values.shape
            assert step.values.dtype == np.float32
            assert step.values.shape == (values[image].size,)
            np.testing.assert_allclose(step.values, values[image].ravel(), rtol=1e-4, atol=1e-5)

    def test_the_steps_of_the_exercise(self, batch: Batch) -> None:
        spec = NetworkSpec()
        steps = forward.steps(spec, parameters(spec), batch.images, 0)
        assert [(step.name, step.shape, step.parameters, step.count) for step in steps] == [
            ("images", (32, 1, 28, 28), "", 0),
            ("flatten", (32, 784), "", 0),
            ("fc1", (32, 128), "weight (128, 784), bias (128,)", 100_480),
            ("relu", (32, 128), "", 0),
            ("fc2", (32, 64), "weight (64, 128), bias (64,)", 8_256),
            ("relu", (32, 64), "", 0),
            ("fc3", (32, 10), "weight (10, 64), bias (10,)", 650),
            ("softmax", (32, 10), "", 0),
        ]

    @pytest.mark.parametrize("spec", SPECS, ids=NAMES)
    def test_the_counts_add_up(self, batch: Batch, spec: NetworkSpec) -> None:
        layers = parameters(spec)
        steps = forward.steps(spec, layers, batch.images, 0)
        assert sum(step.count for step in steps) == spec.parameter_count

    @pytest.mark.parametrize("spec", SPECS, ids=NAMES)
    def test_end_at_what_the_network_says(self, batch: Batch, spec: NetworkSpec) -> None:
        layers = parameters(spec)
        rows = styles.probabilities(styles.build(spec, layers), mnist.flatten(batch.images))
        last = forward.steps(spec, layers, batch.images, 5)[-1]
        assert last.values == pytest.approx(rows[5].numpy(), abs=1e-7)

    def test_begin_with_the_chosen_picture(self, batch: Batch) -> None:
        spec = NetworkSpec(hidden=())
        first, flat, *_ = forward.steps(spec, parameters(spec), batch.images, 9)
        picture = batch.pixels[9].double().numpy().ravel() / 255 * 2 - 1
        for step in (first, flat):
            assert step.values == pytest.approx(picture, abs=1e-6)

    @pytest.mark.parametrize("spec", SPECS, ids=NAMES)
    def test_logits_are_what_softmax_gets(self, batch: Batch, spec: NetworkSpec) -> None:
        layers = parameters(spec)
        logits = forward.logits(spec, layers, mnist.flatten(batch.images))
        expected = numpy_steps(spec, layers, batch.images)[-2][1]
        assert logits.shape == (32, 10)
        np.testing.assert_allclose(logits.numpy(), expected, rtol=1e-4, atol=1e-5)
        assert not logits.requires_grad

    def test_nothing_that_is_shared_is_changed(self, batch: Batch) -> None:
        # relu in place would write into the layer before it, or into the batch.
        spec = NetworkSpec(hidden=(4, 4))
        layers = parameters(spec)
        images = batch.images.clone()
        once = forward.steps(spec, layers, batch.images, 2)
        forward.logits(spec, layers, mnist.flatten(batch.images))
        again = forward.steps(replace(spec), layers, batch.images, 2)
        assert torch.equal(batch.images, images)
        for one, other in zip(once, again, strict=True):
            assert np.array_equal(one.values, other.values)
        assert min(step.values.min() for step in once if step.name == "fc1") < 0

    def test_the_logits_of_the_lesson_can_break_the_formula(self, batch: Batch) -> None:
        # What the page warns of is there: large weights, and the formula gives no number.
        spec = NetworkSpec(
            hidden=(256,),
            activation=Activation.SIGMOID,
            init=Init.NORMAL,
            bias=Bias.NORMAL,
            std=100.0,
        )
        logits = forward.logits(spec, parameters(spec), mnist.flatten(batch.images))
        told = naive_overflow(logits[0])
        assert told == pytest.approx(logits[0].max().item())
        assert torch.isnan(by_hand.softmax(logits[:1])).any()


class TestSentences:
    @pytest.mark.parametrize("digit", range(10))
    def test_the_article_of_a_digit(self, digit: int) -> None:
        # Of the ten, only eight begins with a vowel.
        article = "an" if digit == 8 else "a"
        assert quantities.a_digit(digit) == f"{article} **{digit}**"

    @pytest.mark.parametrize(
        ("values", "truth", "text"),
        [
            (
                probabilities(*[0.1] * 10),
                8,
                "An untrained network with no single answer: "
                "all ten are equal, 10.0\u00a0%. The digit is an **8**.",
            ),
            (
                probabilities(0.0, 0.5, 0.5),
                1,
                "An untrained network with no single answer: "
                "2 digits share the largest probability, 50.0\u00a0% each. The digit is a **1**.",
            ),
            (
                probabilities(0.1, 0.1, 0.1, 0.142),
                3,
                "An untrained network has no idea: all ten are near 10\u00a0%. "
                "It answers **3**, with 14.2\u00a0%. Correct, by chance.",
            ),
            (
                probabilities(0.1, 0.1, 0.1, 0.142),
                8,
                "An untrained network has no idea: all ten are near 10\u00a0%. "
                "It answers **3**, with 14.2\u00a0%. The digit is an **8**.",
            ),
            (
                probabilities(0.5),
                4,
                "An untrained network: it guesses, but favors some digits. "
                "It answers **0**, with 50.0\u00a0%. The digit is a **4**.",
            ),
            (
                probabilities(0.04, 0.15),
                1,
                "An untrained network: it guesses, but favors some digits. "
                "It answers **1**, with 15.0\u00a0%. Correct, by chance.",
            ),
            (
                probabilities(0.0, 1.0),
                2,
                "An untrained network, and yet confident: its [logits](#term-logit) lie far apart. "
                "It answers **1**, with 100.0\u00a0%. The digit is a **2**.",
            ),
        ],
        ids=["all ten", "two", "even", "even, wrong", "uneven", "one low", "sure"],
    )
    def test_untrained(self, values: npt.NDArray[np.float32], truth: int, text: str) -> None:
        assert sentences.untrained(values, truth) == text

    @pytest.mark.parametrize(
        ("largest", "words"),
        [
            (0.19, "all ten are near 10\u00a0%"),
            (0.21, "it guesses, but favors some digits"),
            (0.89, "it guesses, but favors some digits"),
            (0.91, "and yet confident"),
        ],
    )
    def test_where_one_sentence_ends_and_the_next_begins(self, largest: float, words: str) -> None:
        assert words in sentences.untrained(probabilities(largest), truth=5)

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0.0, "0"),
            (1.0, "1"),
            (-0.5, "\N{MINUS SIGN}0.5"),
            (0.12345, "0.123"),
            (0.001, "0.001"),
            (99.96, "100"),
            (999.9, "1,000"),
            (12_345.6, "12,300"),
            (-7_154_321.0, "\N{MINUS SIGN}7,150,000"),
            (8.36e8, "8.36\xa0\N{MULTIPLICATION SIGN}\xa010⁸"),
            (-3.72e-24, "\N{MINUS SIGN}3.72\xa0\N{MULTIPLICATION SIGN}\xa010⁻²⁴"),
            (math.inf, "∞"),
            (-math.inf, "\N{MINUS SIGN}∞"),
            (math.nan, "NaN"),
        ],
    )
    def test_number(self, value: float, text: str) -> None:
        assert quantities.number(value) == text

    def test_what_is_said_of_an_overflow(self) -> None:
        text = sentences.naive_softmax_fails(12_345.6)
        assert "gives **NaN** for this digit" in text
        assert "its largest logit is 12,300" in text
        assert "is infinite above 88.7" in text
        assert sentences.naive_softmax_fails(99.96).count("its largest logit is 100") == 1

    @pytest.mark.parametrize("logit", [-104.5, -1e4])
    def test_an_underflow_is_not_explained_by_an_overflow(self, logit: float) -> None:
        # Ten exps of 0 break the formula too, but none of them is infinite.
        assert naive_overflow(torch.full((10,), logit)) == pytest.approx(logit)
        assert "infinite" not in sentences.naive_softmax_fails(logit)

    def test_a_sum_that_overflows_is_not_explained_by_exp(self) -> None:
        # exp(88) is finite, the sum of ten is not: what comes out is 0 ten times and not NaN.
        assert by_hand.softmax(torch.full((1, 10), 88.0)).tolist() == [[0.0] * 10]
        assert "gives **NaN**" not in sentences.naive_softmax_fails(88.0)
