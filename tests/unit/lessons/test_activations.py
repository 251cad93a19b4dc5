"""Tests of the page about activations: every number against numpy and closed forms."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.figures import theme
from mnistviz.lessons.activations import figures, folding, script
from mnistviz.lessons.activations.dead import dead_units
from mnistviz.lessons.activations.folding import Fold, exclusive_or, fold, folded
from mnistviz.lessons.activations.histograms import histograms
from mnistviz.lessons.activations.sampling import SAMPLES, curve
from mnistviz.network import slopes
from mnistviz.network.hidden import HiddenLayer, hidden_layers
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.network.slopes import FLAT, greatest_slope, is_flat
from mnistviz.spec.activations import Activations, for_layers
from mnistviz.spec.fields import Activation, Bias, Init, Style, defaults
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.words import read
from tests.helpers.scripts import run

Array = npt.NDArray[np.float64]
Capture = pytest.CaptureFixture[str]

erf = np.vectorize(math.erf)


def logistic(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def bell(x: Array) -> Array:
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def share_below(x: Array) -> Array:
    return (1 + erf(x / math.sqrt(2))) / 2


CLOSED: dict[Activation, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    Activation.SIGMOID: (logistic, lambda x: logistic(x) * logistic(-x)),
    Activation.TANH: (np.tanh, lambda x: 1 / np.cosh(np.clip(x, -300, 300)) ** 2),
    Activation.RELU: (lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(float)),
    Activation.LEAKY_RELU: (
        lambda x: np.where(x > 0, x, 0.01 * x),
        lambda x: np.where(x > 0, 1, 0.01),
    ),
    Activation.GELU: (lambda x: x * share_below(x), lambda x: share_below(x) + x * bell(x)),
    Activation.SILU: (
        lambda x: x * logistic(x),
        lambda x: logistic(x) * (1 + x * logistic(-x)),
    ),
    Activation.SOFTPLUS: (lambda x: np.logaddexp(0, x), logistic),
    Activation.NONE: (lambda x: x, np.ones_like),
}
"""Each function and its derivative, in float64 and without torch."""

GREATEST = {
    Activation.SIGMOID: 0.25,
    Activation.TANH: 1.0,
    Activation.RELU: 1.0,
    Activation.LEAKY_RELU: 1.0,
    # At the square root of 2: its derivative there is Phi(x) + x phi(x).
    Activation.GELU: 0.5 * (1 + math.erf(1)) + math.exp(-1) / math.sqrt(math.pi),
    Activation.SILU: 1.0998393,
    Activation.SOFTPLUS: 1.0,
    Activation.NONE: 1.0,
}

NETWORKS = {
    "default": NetworkSpec(),
    "lesson": NetworkSpec(
        Style.TENSORS, (256,), Activation.SIGMOID, Init.NORMAL, std=1.0, bias=Bias.NORMAL
    ),
    "four": NetworkSpec(hidden=(9, 1, 7, 5), activation=Activation.TANH),
    "linear": NetworkSpec(hidden=(6, 5), activation=Activation.NONE),
    "mixed": NetworkSpec(
        hidden=(9, 8, 7), activation=(Activation.TANH, Activation.NONE, Activation.RELU)
    ),
    "zeros": NetworkSpec(hidden=(8,), init=Init.ZEROS, bias=Bias.ZEROS),
    "none hidden": NetworkSpec(hidden=()),
    "large": NetworkSpec(hidden=(1024, 3), init=Init.NORMAL, std=100.0, bias=Bias.NORMAL),
}
network_of = pytest.mark.parametrize("name", NETWORKS)
each_function = pytest.mark.parametrize("activation", Activation)


@cache
def inputs() -> torch.Tensor:
    return mnist.flatten(mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 0, 7).images)


@cache
def layers(spec: NetworkSpec) -> Parameters:
    return parameters(spec)


def hidden(spec: NetworkSpec) -> tuple[HiddenLayer, ...]:
    return hidden_layers(spec, layers(spec), inputs())


def oracle(spec: NetworkSpec, activation: Activations) -> tuple[list[Array], Array]:
    """The sums of each hidden layer and the logits, in float64 with numpy alone."""
    x, sums = inputs().numpy().astype(np.float64), []
    each = for_layers(activation, len(spec.hidden))
    for number, layer in enumerate(layers(spec), start=1):
        x = x @ layer.weight.numpy().astype(np.float64).T + layer.bias.numpy()
        if number < len(layers(spec)):
            sums.append(x)
            x = CLOSED[each[number - 1]][0](x)
    return sums, x


class TestCurves:
    @each_function
    @pytest.mark.parametrize("end", [2, 8, 400])
    def test_outputs_and_slopes_are_the_closed_forms(
        self, activation: Activation, end: float
    ) -> None:
        sampled = curve(activation, end)
        x = sampled.x.astype(np.float64)
        assert len(x) == SAMPLES
        assert x[SAMPLES // 2] == 0
        assert [x[0], x[-1], sampled.end] == pytest.approx([-end, end, end])
        output, slope = CLOSED[activation]
        np.testing.assert_allclose(sampled.outputs, output(x), rtol=2e-5, atol=2e-6)
        np.testing.assert_allclose(sampled.slopes, slope(x), rtol=2e-5, atol=2e-6)

    @each_function
    def test_the_greatest_slope(self, activation: Activation) -> None:
        assert greatest_slope(activation) == pytest.approx(GREATEST[activation], rel=1e-6)

    @pytest.mark.parametrize(
        ("activation", "edge"),
        [
            # s (1 - s) = 0.0025 and 1 - t^2 = 0.01, solved for x.
            (Activation.SIGMOID, -math.log((1 - math.sqrt(0.99)) / (1 + math.sqrt(0.99)))),
            (Activation.TANH, math.atanh(math.sqrt(0.99))),
        ],
    )
    def test_both_ends_of_a_bounded_function_are_shaded(
        self, activation: Activation, edge: float
    ) -> None:
        (a, b), (c, d) = curve(activation, 8).zones
        assert [a, d] == [-8, 8]
        assert [-b, c] == pytest.approx([edge, edge], abs=0.05)
        assert b < -edge
        assert c > edge

    def test_relu_is_flat_below_and_at_zero(self) -> None:
        assert curve(Activation.RELU, 8).zones == ((-8.0, 0.0),)

    @pytest.mark.parametrize("activation", [Activation.LEAKY_RELU, Activation.NONE])
    def test_others_are_flat_nowhere(self, activation: Activation) -> None:
        sampled = curve(activation, 8)
        assert sampled.zones == ()
        assert not is_flat(sampled.slopes, greatest_slope(activation)).any()

    def test_what_is_no_number_is_not_flat(self) -> None:
        values = np.array([np.nan, 0, 1], dtype=np.float32)
        assert is_flat(values, 1.0).tolist() == [False, True, False]

    def test_the_slope_at_a_point(self) -> None:
        slope = slopes.slope_at(Activation.TANH, 5)
        assert slope == pytest.approx(1 / math.cosh(5) ** 2, rel=1e-3)
        assert slopes.slope_at(Activation.LEAKY_RELU, -1) == pytest.approx(0.01)


class TestLayers:
    @network_of
    def test_sums_outputs_slopes_and_counts(self, name: str) -> None:
        spec = NETWORKS[name]
        sums, _ = oracle(spec, spec.activation)
        records = hidden(spec)
        assert [record.name for record in records] == [f"fc{n + 1}" for n in range(len(sums))]
        for record, wanted, activation in zip(records, sums, spec.activations, strict=True):
            output, slope = CLOSED[activation]
            limit = FLAT * GREATEST[activation]
            near = 1e-5 * np.abs(wanted).max() + 1e-6
            np.testing.assert_allclose(record.sums, wanted, rtol=1e-4, atol=near)
            # From the layer's own sums on: a rounding at 0 would turn a unit on or off.
            own = record.sums.astype(np.float64)
            np.testing.assert_allclose(record.outputs, output(own), rtol=1e-4, atol=1e-6)
            flat = np.abs(slope(own)) < limit
            near_limit = np.abs(np.abs(slope(own)) - limit) < 1e-6
            assert (record.flat == flat)[~near_limit].all()
            assert record.units == wanted.shape[1]
            assert record.flat_for(3) == pytest.approx(flat[3].sum(), abs=int(near_limit[3].sum()))
            assert record.flat_share == pytest.approx(
                flat.mean(), abs=float(near_limit.mean()) + 1e-9
            )
            assert record.dead == pytest.approx(flat.all(axis=0).sum(), abs=int(near_limit.sum()))
            assert record.broken_for(0) == 0

    def test_relu_is_flat_exactly_where_it_says_nothing(self) -> None:
        for record in hidden(NetworkSpec()):
            assert (record.flat == (record.outputs == 0)).all()
            assert 0 < record.dead < record.flat_for(0) < record.units

    def test_with_zeros_all_units_are_dead(self) -> None:
        (record,) = hidden(NETWORKS["zeros"])
        assert [record.dead, record.flat_share] == [8, 1]

    def test_a_unit_without_a_number_is_not_dead(self) -> None:
        first, *others = parameters(NetworkSpec(hidden=(6,)))
        weight = torch.zeros_like(first.weight)
        bias = torch.tensor([math.nan, math.inf, 1.0, -1.0, 0.0, -math.inf])
        layers = (replace(first, weight=weight, bias=bias), *others)
        pixels = torch.zeros(3, 28, 28, dtype=torch.uint8)
        assert dead_units(layers, pixels, 1) == 3

    def test_the_style_changes_nothing(self) -> None:
        for style in Style:
            one, other = hidden(NetworkSpec()), hidden(NetworkSpec(style=style))
            assert (one[1].outputs == other[1].outputs).all()

    def test_sums_that_are_no_numbers_are_counted(self) -> None:
        sums = np.array([[np.inf, np.nan, 1.0]], dtype=np.float32)
        flat = np.zeros_like(sums, dtype=bool)
        assert HiddenLayer("fc1", sums, sums, sums, flat).broken_for(0) == 2


class TestHistograms:
    @network_of
    def test_they_count_every_output(self, name: str) -> None:
        records = hidden(NETWORKS[name])
        for record, shown in zip(records, histograms(records), strict=True):
            values = record.outputs.astype(np.float64)
            assert shown.edges[0] <= values.min()
            assert values.max() <= shown.edges[-1]
            assert shown.shares.sum() == pytest.approx(1)
            below = np.array([(values < edge).mean() for edge in shown.edges[1:-1]])
            np.testing.assert_allclose(np.cumsum(shown.shares)[:-1], below, atol=1e-9)

    def test_equal_axes_that_step_seldom(self) -> None:
        for spec in (NetworkSpec(), NetworkSpec(seed=8), NetworkSpec(seed=9)):
            assert {(h.edges[0], h.edges[-1]) for h in histograms(hidden(spec))} == {(0.0, 3.0)}
        (of_sigmoid,) = histograms(hidden(NETWORKS["lesson"]))
        assert [of_sigmoid.edges[0], of_sigmoid.edges[-1]] == [0, 1]

    def test_what_is_infinite_is_left_out(self) -> None:
        values = np.array([[np.inf, np.nan, 1.0, 2.0]], dtype=np.float32)
        flat = np.zeros_like(values, dtype=bool)
        (shown,) = histograms((HiddenLayer("fc1", values, values, values, flat),))
        assert shown.shares.sum() == pytest.approx(0.5)


class TestFold:
    @staticmethod
    def made(spec: NetworkSpec) -> Fold:
        return fold(spec, layers(spec), inputs())

    @network_of
    def test_the_folded_matrix_gives_the_logits_of_the_linear_network(self, name: str) -> None:
        spec = NETWORKS[name]
        found = self.made(spec)
        assert found.weight.shape == (10, 784)
        assert found.bias.shape == (10,)
        matrix = np.eye(784)
        for layer in layers(spec):
            matrix = layer.weight.numpy().astype(np.float64) @ matrix
        size = np.abs(matrix).max()
        np.testing.assert_allclose(found.weight, matrix, rtol=1e-3, atol=1e-5 * size)
        _, linear = oracle(spec, Activation.NONE)
        x = inputs().numpy().astype(np.float64)
        logits = x @ found.weight.T.astype(np.float64) + found.bias
        np.testing.assert_allclose(logits, linear, atol=1e-5 * np.abs(linear).max() + 1e-12)
        assert found.logits == pytest.approx(np.abs(linear).max(), rel=1e-4)
        assert found.linear <= 1e-5 * found.logits
        assert found.linear_changed == 0

    @network_of
    def test_how_far_it_is_off_with_the_function(self, name: str) -> None:
        spec = NETWORKS[name]
        found = self.made(spec)
        linear, active = oracle(spec, Activation.NONE)[1], oracle(spec, spec.activation)[1]
        wanted = np.abs(linear - active).max()
        assert found.active == pytest.approx(wanted, rel=1e-3, abs=1e-5 * found.logits)
        if name in ("default", "lesson"):
            assert found.active > 1000 * found.linear
            assert found.changed == (linear.argmax(axis=1) != active.argmax(axis=1)).sum() > 0

    def test_one_layer_is_itself(self) -> None:
        one = layers(NETWORKS["none hidden"])
        assert folded(one).weight is one[0].weight

    def test_exclusive_or_needs_the_function(self) -> None:
        assert exclusive_or(with_relu=True) == (0, 1, 1, 0)
        a, b, c, d = exclusive_or(with_relu=False)
        # What any linear layer has to do, and the task forbids.
        assert a + d == b + c != 0


class TestFigures:
    @each_function
    @pytest.mark.parametrize("end", [2, 8, 40, 400])
    def test_the_axis_shows_the_whole_curve(self, activation: Activation, end: float) -> None:
        sampled = curve(activation, end)
        low, high = figures.output_range(sampled)
        assert low <= sampled.outputs.min()
        assert sampled.outputs.max() <= high
        ticks = figures.output_ticks(sampled)
        assert 0 in ticks
        assert 2 <= len(ticks) <= 5
        least, most = figures.SLOPE_RANGE
        assert least <= sampled.slopes.min()
        assert sampled.slopes.max() <= most

    def test_shares_as_bars(self) -> None:
        rows = [("fc1, digit", 0.5, "64 of 128", True), ("fc1, dead", 0.25, "32 of 128", False)]
        figure = figures.shares(rows)
        (bars,) = figure.data
        assert list(bars.x) == [0.5, 0.25]
        assert list(bars.marker.color) == [theme.ACCENT, theme.ACCENT_PALE]
        assert bars.hovertext[0] == "fc1, digit: 64 of 128"
        assert figure.layout.xaxis.range[1] > 1

    def test_histograms_share_their_axes(self) -> None:
        records = histograms(hidden(NetworkSpec()))
        figure = figures.histograms(records, ["one", "two"], "output")
        assert [list(trace.y) for trace in figure.data] == [r.shares.tolist() for r in records]
        assert figure.layout.xaxis.range == figure.layout.xaxis2.range == (0, 3)
        assert figure.layout.yaxis.range == figure.layout.yaxis2.range == (0, 1)


def specs() -> list[NetworkSpec]:
    presets = [NetworkSpec.from_settings({**defaults(), **each}) for each in PRESETS.values()]
    made = [replace(spec, style=style) for spec in presets for style in Style]
    named = (NETWORKS["linear"], NETWORKS["mixed"])
    return [*made, *(replace(spec, style=style) for spec in named for style in Style)]


class TestScripts:
    @pytest.mark.parametrize("spec", specs(), ids=str)
    def test_it_prints_the_numbers_of_the_page(self, spec: NetworkSpec) -> None:
        said = run(script.script(spec, DigitSpec(image=4)))
        printed = dict(line.split(": ", 1) for line in said.splitlines())
        records, found = hidden(spec), fold(spec, layers(spec), inputs())
        slopes_said = [float(text) for key, text in printed.items() if "greatest" in key]
        each = spec.activations if spec.is_mixed else for_layers(spec.activation, 1)
        assert slopes_said == pytest.approx([greatest_slope(one) for one in each])
        for record in records:
            numbers = [
                float(text) for text in re.findall(r"-?[\d.]+(?:e-?\d+)?", printed[record.name])
            ]
            count, units, image, dead, digits, least, most = numbers
            # The parameters are drawn by another formula in one style: the last digit may differ.
            assert count == pytest.approx(record.flat_for(4), abs=1)
            assert [units, image, digits] == [record.units, 4, 64]
            assert dead == pytest.approx(record.dead, abs=1)
            assert least == pytest.approx(record.outputs.min(), rel=1e-4, abs=1e-6)
            assert most == pytest.approx(record.outputs.max(), rel=1e-4)
        assert printed["folded"] == "(784, 10)"
        assert float(printed["without activation"]) <= 1e-5 * found.logits
        active = spec.has_activation
        assert ("with it" in printed) == active
        if active:
            assert float(printed["with it"]) == pytest.approx(found.active, rel=1e-3)

    def test_exclusive_or_prints_what_the_page_shows(self, capsys: Capture) -> None:
        exec(compile(script.exclusive_or(), "xor.py", "exec"), {})
        shown = script.exclusive_or_output(exclusive_or(True), exclusive_or(False))
        assert capsys.readouterr().out.strip() == shown


def test_the_lesson_has_its_question_and_fitting_words() -> None:
    lesson = read("activations")
    assert lesson.question().options[lesson.question().right].startswith("One")
    text = " ".join([lesson.idea, *lesson.parts.values()])
    for word in ("simply", " just ", "!"):
        assert word not in text
    assert folding.XOR_INPUTS[3] == (1, 1)
