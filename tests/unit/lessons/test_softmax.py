"""The numbers of the softmax page against plain numpy, its errors, its figures and its script."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import numpy.typing as npt
import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.figures import theme
from mnistviz.lessons.softmax import computed, doubled, figures
from mnistviz.lessons.softmax import script as snippet
from mnistviz.network import forward
from mnistviz.network.answers import UNDERFLOW_LOGIT
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Style, defaults
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.training import loop
from mnistviz.words import read
from tests.helpers.scripts import run

ROW = np.array([1.5, -2, 0.25, 3, -1, 0, 0.5, 2, -0.75, 1], dtype=np.float32)
BATCH = np.random.default_rng(3).normal(0, 2, (64, 10)).astype(np.float32)


def softmax(x: npt.ArrayLike, axis: int = -1) -> npt.NDArray[np.float64]:
    values = np.asarray(x, dtype=np.float64)
    exps = np.exp(values - values.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


class TestChain:
    @pytest.mark.parametrize(("temperature", "constant"), [(1, 0), (0.1, 5), (10, -5), (2.5, 2)])
    def test_each_step_is_the_mathematics(self, temperature: float, constant: float) -> None:
        chain = computed.chain(ROW, temperature, constant)
        x = ROW.astype(np.float64) / temperature + constant
        np.testing.assert_allclose(chain.scaled, x, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(chain.exps, np.exp(x), rtol=1e-4)
        assert chain.total == pytest.approx(np.exp(x).sum(), rel=1e-4)
        np.testing.assert_allclose(chain.probabilities, softmax(x), rtol=1e-4, atol=1e-7)
        assert chain.failure == ""
        assert chain.largest == 3

    def test_a_constant_changes_nothing(self) -> None:
        plain, moved = computed.chain(ROW), computed.chain(ROW, constant=2)
        np.testing.assert_allclose(moved.probabilities, plain.probabilities, atol=1e-6)
        np.testing.assert_allclose(moved.exps / plain.exps, math.exp(2), rtol=1e-5)

    @pytest.mark.parametrize(
        ("logit", "failure"),
        [(88.0, "overflow"), (95.0, "overflow"), (-104.0, "underflow"), (-200.0, "underflow")],
    )
    def test_where_the_formula_fails_the_probabilities_stay(
        self, logit: float, failure: str
    ) -> None:
        chain = computed.chain(np.full(10, logit, dtype=np.float32))
        assert chain.failure == failure
        assert chain.probabilities == pytest.approx([0.1] * 10)

    def test_what_is_nearly_0_in_float32_is_off(self) -> None:
        row = np.array([-103, -103.5, *[-300] * 8], dtype=np.float32)
        chain = computed.chain(row)
        with np.errstate(all="ignore"):
            naive = np.exp(row) / np.exp(row).sum(dtype=np.float32)
        assert chain.failure == "denormal"
        assert abs(naive[0] - softmax(row)[0]) > computed.AGREES
        np.testing.assert_allclose(chain.probabilities, softmax(row), atol=1e-6)

    @pytest.mark.parametrize("logit", [-80.0, -20.0, 0.0, 86.0])
    def test_the_formula_holds_between(self, logit: float) -> None:
        row = np.float32(logit) + ROW / 4
        chain = computed.chain(row)
        assert chain.failure == ""
        np.testing.assert_allclose(chain.exps / np.float32(chain.total), softmax(row), atol=1e-4)

    @pytest.mark.parametrize("temperature", [0, -1, math.nan])
    def test_a_temperature_is_above_0(self, temperature: float) -> None:
        with pytest.raises(ValueError, match="not above 0"):
            computed.chain(ROW, temperature)


class TestText:
    def test_what_is_written_is_read(self) -> None:
        text = computed.write_logits(ROW)
        assert computed.parse_logits(text) == tuple(ROW.tolist())
        assert computed.parse_logits(" ") is None
        far = computed.parse_logits(computed.write_logits([1e9, *[-1e9] * 9]))
        assert far == (1000.0, *[-1000.0] * 9)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("1,2,3", "not 3"),
            ("1,2,3,4,5,6,7,8,9,x", "“x” is not a number"),
            ("1,2,3,4,5,6,7,8,9,1001", "not between"),
            ("1,2,3,4,5,6,7,8,9,nan", "not between"),
            ("1,2,3,4,5,6,7,8,9,inf", "not between"),
        ],
    )
    def test_a_bad_text_is_refused_in_words(self, text: str, reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            computed.parse_logits(text)


class TestAxes:
    @pytest.mark.parametrize("dim", [0, 1])
    def test_sums(self, dim: int) -> None:
        found, wanted = computed.sums(torch.tensor(BATCH), dim), softmax(BATCH, axis=dim)
        np.testing.assert_allclose(found.rows, wanted.sum(axis=1), rtol=1e-5)
        np.testing.assert_allclose(found.columns, wanted.sum(axis=0), rtol=1e-5)
        along = found.rows if dim == 1 else found.columns
        assert along == pytest.approx(np.ones(len(along)), abs=1e-5)

    @pytest.mark.parametrize("count", [64, 32])
    def test_the_error_is_the_one_that_pytorch_raises(self, count: int) -> None:
        logits = torch.tensor(BATCH[:count])
        with pytest.raises(RuntimeError) as raised:
            torch.exp(logits) / torch.exp(logits).sum(dim=1)
        assert computed.broadcast_error(logits) == f"RuntimeError: {raised.value}"
        assert str(count) in str(raised.value)

    def test_no_error_where_there_is_none(self) -> None:
        with pytest.raises(ValueError, match="no error"):
            computed.broadcast_error(torch.tensor(BATCH[:10]))

    def test_the_square_batch_is_silently_wrong(self) -> None:
        wrong, right = computed.square(torch.tensor(BATCH))
        rows = BATCH[:10].astype(np.float64)
        exps = np.exp(rows - rows.max(axis=1, keepdims=True))
        np.testing.assert_allclose(wrong, exps / exps.sum(axis=1)[None, :], rtol=1e-5)
        np.testing.assert_allclose(right, softmax(rows), rtol=1e-5)
        assert np.abs(wrong.sum(axis=1) - 1).max() > 0.1


class TestTooLarge:
    @pytest.mark.parametrize("top", [80.0, 88.2, 88.5, 88.7, 88.8, 90.0, 100.0])
    def test_both_forms(self, top: float) -> None:
        found = computed.too_large(top)
        row = np.float32(top) - np.arange(10, dtype=np.float32)
        with np.errstate(all="ignore"):
            exps = np.exp(row)
            naive = exps / exps.sum(dtype=np.float32)
        np.testing.assert_allclose(found.logits, row, rtol=1e-6)
        np.testing.assert_allclose(found.exps, exps, rtol=1e-4)
        np.testing.assert_allclose(found.naive, naive, rtol=1e-4)
        np.testing.assert_allclose(found.stable, softmax(row), rtol=1e-4)
        assert found.shifted == pytest.approx(-np.arange(10), abs=1e-4)

    def test_the_other_end(self) -> None:
        found = computed.too_small()
        assert found.exps.tolist() == found.shifted.tolist() == [0.0] * 10
        assert np.isnan(found.naive).all()
        assert found.stable == pytest.approx([0.1] * 10)
        above, below = np.exp(np.float32([UNDERFLOW_LOGIT + 0.01, UNDERFLOW_LOGIT - 0.01]))
        assert above > 0 == below
        either = torch.tensor([UNDERFLOW_LOGIT + 0.01, UNDERFLOW_LOGIT - 0.01])
        assert (torch.exp(either) > 0).tolist() == [True, False]

    def test_the_three_outcomes(self) -> None:
        assert not np.isnan(computed.too_large(88.0).naive).any()
        assert computed.too_large(88.7).naive.tolist() == [0.0] * 10
        assert np.isnan(computed.too_large(90.0).naive).sum() == 2


class TestLoss:
    @pytest.mark.parametrize("truth", [0, 3, 9])
    def test_equals_the_mathematics(self, truth: int) -> None:
        found, once = computed.losses(ROW, truth), softmax(ROW)
        np.testing.assert_allclose(found.once, once, rtol=1e-5)
        np.testing.assert_allclose(found.twice, softmax(once), rtol=1e-5)
        assert found.right == pytest.approx(-math.log(once[truth]), rel=1e-5)
        assert found.doubled == pytest.approx(-math.log(softmax(once)[truth]), rel=1e-5)
        assert found.best == pytest.approx(math.log(math.e + 9) - 1, rel=1e-5)
        assert found.best_probability == pytest.approx(math.e / (math.e + 9), rel=1e-5)
        assert found.worst == pytest.approx(math.log(math.e + 9), rel=1e-5)

    @pytest.mark.parametrize("truth", [0, 3, 9])
    @pytest.mark.parametrize("size", [0.0, 1.0, 10.0])
    def test_the_gradients_are_the_slopes(self, truth: int, size: float) -> None:
        row = (ROW * size).astype(np.float32)
        found = computed.losses(row, truth)

        def loss(z: float, twice: bool) -> float:
            x = row.astype(np.float64)
            x[truth] = z
            return -math.log(softmax(softmax(x) if twice else x)[truth])

        for twice, slope in ((False, found.slope), (True, found.doubled_slope)):
            z, h = float(row[truth]), 1e-5
            wanted = (loss(z + h, twice) - loss(z - h, twice)) / (2 * h)
            assert slope == pytest.approx(wanted, abs=1e-5)
        assert abs(found.doubled_slope) < abs(found.slope)

    def test_far_behind(self) -> None:
        assert computed.far_behind() == (0.0, math.inf, pytest.approx(120.0))


class TestDoubled:
    def test_a_softmax_too_many_learns_worse_and_not_nothing(self) -> None:
        examples = mnist.examples(mnist.load(mnist.SAMPLE_ROOT))
        before = [layer.weight.clone() for layer in parameters(doubled.NETWORK)]
        found = doubled.train_both(examples, training=replace(doubled.TRAINING, epochs=4))
        assert 0.5 < found.twice < found.once - 0.02
        for layer, weight in zip(parameters(doubled.NETWORK), before, strict=True):
            torch.testing.assert_close(layer.weight, weight, rtol=0, atol=0)

    def test_the_mistake_is_the_chain_rule_with_one_factor_more(self) -> None:
        examples = mnist.examples(mnist.load(mnist.SAMPLE_ROOT))
        network = NetworkSpec(Style.MODULE, hidden=())
        training = TrainSpec(lr=0.5, batch_size=1000, epochs=1)
        (layer,) = parameters(network)
        w, b = layer.weight.double().numpy(), layer.bias.double().numpy()
        velocity = [np.zeros_like(w), np.zeros_like(b)]
        for numbers in islice(loop.batches(training, 4000), training.steps):
            inputs, labels = examples.take(numbers)
            x, one_hot = inputs.double().numpy(), np.eye(10)[labels.numpy()]
            once = softmax(x @ w.T + b)
            back = (softmax(once) - one_hot) / len(x)
            back = once * (back - (back * once).sum(axis=1, keepdims=True))
            velocity = [0.9 * velocity[0] + back.T @ x, 0.9 * velocity[1] + back.sum(axis=0)]
            w, b = w - training.lr * velocity[0], b - training.lr * velocity[1]
        answers = (examples.test_inputs.double().numpy() @ w.T + b).argmax(axis=1)
        wanted = (answers == examples.test_labels.numpy()).mean()
        found = doubled.train_both(examples, network, training)
        assert found.twice == pytest.approx(wanted, abs=0.003)


class TestFigures:
    def test_the_bars_are_the_numbers(self) -> None:
        chain = computed.chain(ROW)
        end = figures.exp_end(chain.scaled, 1)
        assert end == pytest.approx(math.exp(3))
        exps, shares = figures.exps_and_probabilities(chain.exps, chain.probabilities, end)
        wanted = np.exp(ROW.astype(np.float64)) / math.exp(3)
        assert [bar["share"] for bar in exps] == pytest.approx(wanted.tolist(), rel=1e-5)
        assert exps[3]["text"] == "20.1"
        assert [bar["share"] for bar in shares] == pytest.approx(softmax(ROW).tolist(), rel=1e-5)
        assert [bar["color"] for bar in shares].index(theme.ACCENT) == 3

    def test_a_tie_is_no_answer(self) -> None:
        chain = computed.chain(np.array([3, 3, *[0] * 8], dtype=np.float32))
        _, shares = figures.exps_and_probabilities(chain.exps, chain.probabilities, 30)
        assert {bar["color"] for bar in shares} == {theme.ACCENT_PALE}

    def test_an_infinite_bar_fills_its_row_and_says_so(self) -> None:
        chain = computed.chain(np.array([200, *[0] * 9], dtype=np.float32))
        end = figures.exp_end(chain.scaled, 1)
        exps, _ = figures.exps_and_probabilities(chain.exps, chain.probabilities, end)
        assert end == figures.LARGEST
        assert exps[0] == {"share": 1.0, "text": "∞", "color": theme.POSITIVE}

    @pytest.mark.parametrize(
        ("value", "end"), [(0.3, 1), (-1, 1), (1.2, 2), (-3, 5), (7, 10), (10.5, 20), (2270, 5000)]
    )
    def test_the_axis_of_logits(self, value: float, end: float) -> None:
        assert figures.logit_end(np.array([0, value], dtype=np.float32), 1) == end

    def test_columns(self) -> None:
        figure = figures.columns(ROW + 3, end=10, across="digit", share=False)
        assert list(figure.data[0].y) == pytest.approx((ROW + 3).tolist())
        assert list(figure.layout.yaxis.range) == [0, 10]


def printed(script: str) -> list[list[str]]:
    return [line.split() for line in run(script).splitlines()]


def specs() -> list[NetworkSpec]:
    presets = [NetworkSpec.from_settings({**defaults(), **each}) for each in PRESETS.values()]
    return [replace(spec, style=style) for spec in presets for style in Style]


class TestScript:
    @pytest.mark.parametrize("spec", specs(), ids=lambda s: f"{s.style.value}-{len(s.hidden)}")
    def test_prints_what_the_page_shows(self, spec: NetworkSpec) -> None:
        digit = DigitSpec(image=5)
        batch = mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 0, 7)
        logits = forward.logits(spec, parameters(spec), mnist.flatten(batch.images))[5].numpy()
        script = snippet.script(spec, digit, None, temperature=2.0, constant=0.5)
        assert "softmax(self" not in script
        assert "nn.Softmax(" not in script
        *lines, difference, (_, loss) = printed(script)
        chain = computed.chain(logits, 2.0, 0.5)
        assert [line[0] for line in lines] == [f"{number}:" for number in range(10)]
        numbers = np.array([[float(word) for word in line[1:]] for line in lines])
        np.testing.assert_allclose(numbers[:, 0], chain.scaled, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(numbers[:, 1], chain.exps, rtol=1e-4)
        np.testing.assert_allclose(numbers[:, 2], chain.probabilities, rtol=1e-4, atol=1e-6)
        assert float(difference[-1]) < 1e-6
        wanted = computed.losses(logits, int(batch.labels[5])).right
        assert float(loss) == pytest.approx(wanted, rel=1e-4, abs=1e-6)

    def test_with_logits_of_ones_own(self) -> None:
        own = (200.0, *ROW.tolist()[1:])
        script = snippet.script(NetworkSpec(), DigitSpec(), own, 1.0, 0.0)
        *lines, difference, _ = printed(script)
        assert difference[-1] == "nan"
        assert [line[3] for line in lines] == ["1", *["0"] * 9]
        assert lines[0][2] == "inf"


def test_the_lesson_has_its_question_and_fitting_words() -> None:
    lesson = read("softmax")
    assert lesson.question().options[lesson.question().right].startswith("Nothing")
    text = " ".join([lesson.idea, *lesson.parts.values()])
    for word in ("simply", " just ", "!"):
        assert word not in text


class TestLogitsThatAreNoNumbers:
    def test_the_axes_go_by_the_others(self) -> None:
        values = np.array([math.nan, math.inf, -math.inf, 3.0] * 3, dtype=np.float32)[:10]
        assert figures.logit_end(values, 1) == 5.0
        assert figures.exp_end(values, 1) == pytest.approx(math.exp(3))
        nothing = np.full(10, math.nan, dtype=np.float32)
        assert figures.logit_end(nothing, 3) == 3
        assert figures.exp_end(nothing, 3) == pytest.approx(math.exp(3))

    def test_they_have_no_bar_and_a_word(self) -> None:
        nothing = np.full(10, math.nan, dtype=np.float32)
        for bars in figures.exps_and_probabilities(nothing, nothing, 10.0):
            assert [(bar["share"], bar["text"]) for bar in bars] == [(0.0, "NaN")] * 10
