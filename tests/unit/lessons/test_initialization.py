"""The numbers of the page about initialization against plain numpy, its errors and its script."""

from __future__ import annotations

import contextlib
import io
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mnistviz.lessons.initialization import figures, in_place, script, spreading, twins
from mnistviz.network import forward
from mnistviz.network.parameters import parameters
from mnistviz.network.slopes import apply, is_flat
from mnistviz.spec.fields import Activation, Bias, Init, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.words import read
from tests.helpers.passage import (
    GREATEST,
    INPUTS,
    LABELS,
    Oracle,
    between_digits,
    root_mean_square,
)
from tests.helpers.scripts import run

SPECS = [
    *(
        NetworkSpec(hidden=(20, 12), activation=each, init=Init.XAVIER_NORMAL)
        for each in Activation
    ),
    NetworkSpec(hidden=(20, 12, 9), activation=(Activation.SIGMOID, Activation.NONE)),
    NetworkSpec(hidden=()),
    NetworkSpec(hidden=(1,), bias=Bias.NORMAL, std=0.5),
    NetworkSpec(hidden=(30, 20, 10, 5), init=Init.KAIMING_UNIFORM, bias=Bias.ZEROS),
    NetworkSpec(hidden=(30,), init=Init.NORMAL, std=0.1, activation=Activation.TANH),
    NetworkSpec(hidden=(30,), init=Init.ZEROS, activation=Activation.SIGMOID),
]


class TestPassage:
    @pytest.mark.parametrize("spec", SPECS, ids=lambda s: f"{s.activation}-{s.init}-{s.hidden}")
    def test_equals_the_passes_by_hand(self, spec: NetworkSpec) -> None:
        layers = parameters(spec)
        way, wanted = spreading.passage(spec, layers, INPUTS, LABELS), Oracle(spec, layers)
        assert way.loss == pytest.approx(wanted.loss, rel=1e-5)
        assert way.pixels == pytest.approx(between_digits(INPUTS.double().numpy()), rel=1e-6)
        assert len(way.hidden) == len(spec.hidden)
        flat_sums = 0.0
        for n, layer in enumerate(way.layers):
            assert (layer.name, (layer.inputs, layer.outputs)) == (f"fc{n + 1}", spec.shapes[n])
            near = {"rel": 1e-4, "abs": 1e-9}
            assert layer.weight == pytest.approx(layers[n].weight.double().numpy().std(), **near)
            assert layer.entering == pytest.approx(between_digits(wanted.entering[n]), **near)
            assert layer.sums == pytest.approx(between_digits(wanted.sums[n]), **near)
            assert layer.leaving == pytest.approx(between_digits(wanted.leaving[n]), **near)
            assert layer.size == pytest.approx(root_mean_square(wanted.leaving[n]), **near)
            assert layer.slope == pytest.approx(root_mean_square(wanted.slopes[n]), **near)
            each = (*spec.activations, Activation.NONE)
            limit = 0.01 * GREATEST.get(each[n], 1.0)
            flat = (np.abs(wanted.slopes[n]) < limit).mean() if n < len(way.hidden) else 0
            assert layer.flat == pytest.approx(flat, abs=0.002)
            flat_sums += flat * layer.outputs
            assert layer.gradient == pytest.approx(root_mean_square(wanted.deltas[n]), **near)
            assert layer.weight_gradient == pytest.approx(
                root_mean_square(wanted.weights[n]), **near
            )
        if way.hidden:
            assert way.flat_share == pytest.approx(flat_sums / sum(spec.hidden), abs=0.002)

    def test_what_is_predicted_is_what_many_units_do(self) -> None:
        spec = NetworkSpec(hidden=(500, 400, 300), init=Init.KAIMING_NORMAL, bias=Bias.ZEROS)
        way = spreading.passage(spec, parameters(spec), INPUTS, LABELS)
        for place, layer in enumerate(way.hidden):
            assert layer.predicted == pytest.approx(layer.sums, rel=0.1)
            assert way.predicted_gradient(place) == pytest.approx(layer.gradient, rel=0.15)
        # Kaiming keeps the size of the numbers; the spread between digits shrinks a little.
        sizes = [layer.size for layer in way.hidden]
        assert sizes[-1] == pytest.approx(sizes[0], rel=0.15)
        assert 0.75 < way.hidden[-1].leaving / way.hidden[0].leaving < 1

    def test_a_bias_does_not_count_as_it_is_the_same_for_every_digit(self) -> None:
        spec = NetworkSpec(hidden=(200,), init=Init.XAVIER_NORMAL, std=5, bias=Bias.NORMAL)
        bare = replace(spec, bias=Bias.ZEROS)
        for each in (spec, bare):
            first = spreading.passage(each, parameters(each), INPUTS, LABELS).layers[0]
            assert first.predicted == pytest.approx(first.sums, rel=0.05)
            assert first.sums == pytest.approx(0.65, rel=0.1)

    def test_zeros_let_nothing_through(self) -> None:
        spec = NetworkSpec(init=Init.ZEROS, bias=Bias.ZEROS)
        way = spreading.passage(spec, parameters(spec), INPUTS, LABELS)
        assert [layer.leaving for layer in way.layers] == [0, 0, 0]
        assert [layer.gradient for layer in way.hidden] == [0, 0]
        assert way.loss == pytest.approx(math.log(10))
        assert way.layers[-1].gradient == pytest.approx(0.3 / 64, rel=1e-4)

    def test_biases_alone_are_no_spread_between_digits(self) -> None:
        spec = NetworkSpec(init=Init.ZEROS, bias=Bias.NORMAL, std=2, activation=Activation.SILU)
        way = spreading.passage(spec, parameters(spec), INPUTS, LABELS)
        assert [layer.leaving for layer in way.layers] == [0, 0, 0]
        assert all(layer.size > 0.5 for layer in way.layers)

    def test_alike_weights_send_back_nothing_but_rounding(self) -> None:
        spec = NetworkSpec(init=Init.CONSTANT, constant=0.01, activation=Activation.SIGMOID)
        way = spreading.passage(spec, parameters(spec), INPUTS, LABELS)
        assert way.hidden[-1].gradient < 1e-8 * way.layers[-1].gradient

    def test_huge_weights_stay_numbers(self) -> None:
        spec = NetworkSpec(hidden=(64,) * 4, init=Init.NORMAL, bias=Bias.NORMAL, std=100)
        way = spreading.passage(spec, parameters(spec), INPUTS, LABELS)
        assert math.isfinite(way.layers[-1].leaving)
        assert way.layers[-1].leaving > 1e11

    def test_the_shared_parameters_stay_as_they_are(self) -> None:
        layers = parameters(NetworkSpec())
        spreading.passage(NetworkSpec(), layers, INPUTS, LABELS)
        assert not any(layer.weight.requires_grad for layer in layers)

    def test_where_sigmoid_and_tanh_are_flat(self) -> None:
        # A hundredth of the greatest slope: at artanh(sqrt(0.99)) and 2 arcosh(10).
        sums = torch.tensor([0.0, 2.98, 3.0, 5.98, 6.0, -6.0])
        for kind, flat in ((Activation.TANH, 4), (Activation.SIGMOID, 2)):
            slopes = apply(kind, sums)[1]
            assert int(is_flat(slopes.numpy(), GREATEST.get(kind, 1.0)).sum()) == flat


class TestWeights:
    @pytest.mark.parametrize(
        ("settings", "end"),
        [
            ({"init": Init.ZEROS}, 0.05),
            ({"init": Init.NORMAL, "std": 0.01}, 0.05),
            ({"init": Init.DEFAULT}, 0.2),
            ({"init": Init.NORMAL, "std": 1.0}, 5),
            ({"init": Init.CONSTANT, "constant": 0.1}, 0.1),
            ({"init": Init.CONSTANT, "constant": -100.0}, 100),
        ],
    )
    def test_every_weight_is_counted(self, settings: dict[str, float], end: float) -> None:
        layers = parameters(replace(NetworkSpec(), **settings))
        assert spreading.weight_end(layers) == pytest.approx(end)
        for layer, found in zip(layers, spreading.weight_bins(layers, end), strict=True):
            assert found.counts.sum() == layer.weight.numel()
            assert found.shape == tuple(layer.weight.shape)
            assert found.spread == pytest.approx(layer.weight.double().numpy().std(), abs=1e-9)
            values = np.clip(layer.weight.numpy(), -end, end)
            wanted, _ = np.histogram(values, spreading.BINS, (-end, end))
            # A weight at the edge of two bins may be counted in either.
            assert np.abs(np.cumsum(found.counts - wanted)).max() <= 3

    def test_entropy(self) -> None:
        rows = np.zeros((3, 10), dtype=np.float32)
        rows[0], rows[1, 4], rows[2, :2] = 0.1, 1, 0.5
        assert spreading.entropy(rows) == pytest.approx([math.log2(10), 0, 1])


class TestTwins:
    @pytest.mark.parametrize("activation", list(Activation), ids=str)
    @pytest.mark.parametrize("init", [Init.ZEROS, Init.CONSTANT], ids=str)
    def test_units_that_start_the_same_stay_the_same(
        self, init: Init, activation: Activation
    ) -> None:
        spec = NetworkSpec((Style.MODULE), (13, 7), activation, init, 0.01, 0.01, Bias.ZEROS)
        units = twins.train(spec, parameters(spec), INPUTS, LABELS, steps=5)
        assert (units.distinct, units.gradient_distinct, units.count) == (1, 1, 13)
        assert (units.weights == units.weights[0]).all() or np.ptp(
            units.weights, axis=0
        ).max() < 1e-9

    def test_they_get_a_gradient_once_the_last_layer_has_learned(self) -> None:
        spec = NetworkSpec(init=Init.CONSTANT, constant=0.01, activation=Activation.SIGMOID)
        spec = replace(spec, bias=Bias.ZEROS)
        start, later = (
            twins.train(spec, parameters(spec), INPUTS, LABELS, steps) for steps in (0, 1)
        )
        assert start.gradient_limit == 0
        assert later.gradient_limit > 1e-8

    def test_drawn_units_are_all_different(self) -> None:
        spec = NetworkSpec(activation=Activation.TANH)
        units = twins.train(spec, parameters(spec), INPUTS, LABELS, steps=1)
        assert (units.distinct, units.gradient_distinct, units.still) == (128, 128, 0)

    def test_a_step_is_gradient_descent(self) -> None:
        spec = NetworkSpec(hidden=(9, 8))
        layers = parameters(spec)
        units = twins.train(spec, layers, INPUTS, LABELS, steps=1, show=9)
        wanted = layers[0].weight.numpy() - twins.RATE * Oracle(spec, layers).weights[0]
        np.testing.assert_allclose(units.weights, wanted, rtol=1e-9, atol=1e-12)
        start = twins.train(spec, layers, INPUTS, LABELS, steps=0, show=9)
        np.testing.assert_allclose(start.gradients, Oracle(spec, layers).weights[0], atol=1e-12)
        assert start.still == int((~Oracle(spec, layers).weights[0].any(axis=1)).sum())

    def test_without_a_hidden_layer_zeros_do_no_harm(self) -> None:
        spec = NetworkSpec(hidden=(), init=Init.ZEROS, bias=Bias.ZEROS)
        units = twins.train(spec, parameters(spec), INPUTS, LABELS, steps=1)
        assert (units.distinct, units.count) == (10, 10)

    def test_distinct_rows(self) -> None:
        rows = np.array([[1.0, 2], [1, 2 + 1e-12], [2, 1], [0, 0], [1, 2]])
        assert twins.distinct_rows(rows) == 3
        assert twins.distinct_rows(np.zeros((4, 2))) == 1
        assert twins.distinct_rows(np.array([[1e150, 1], [0.3, 2], [-0.3, 1]])) == 3
        assert twins.distinct_rows(np.array([[np.nan], [np.nan], [1]])) == 2


class TestForms:
    def test_both_forms_are_equal_and_their_shapes_the_lessons(self) -> None:
        found = in_place.run(784, 128, seed=7)
        assert (found.weight_shape, found.bias_shape) == ((128, 784), (128,))
        assert found.equal
        assert found.spread == pytest.approx(0.01, rel=0.01)
        assert found.true == 6

    def test_the_code_on_the_screen_does_what_the_page_says(self) -> None:
        found = in_place.run(784, 128, seed=7)
        results = []
        for code in (script.OLD, script.MODERN):
            model = nn.Module()
            model.fc1 = nn.Linear(784, 128)
            with torch.random.fork_rng():
                torch.manual_seed(7)
                exec(code, {"model": model, "nn": nn, "torch": torch})
            results.append(model.fc1)
        old, modern = results
        assert torch.equal(old.weight, modern.weight)
        assert torch.equal(old.bias, torch.zeros(128))
        assert torch.equal(modern.bias, torch.zeros(128))
        assert float(old.weight.detach().double().std(correction=0)) == found.spread

    def test_the_outputs_on_the_screen_are_real(self) -> None:
        found = in_place.run(784, 128, seed=7)
        names = {"nn": nn, "torch": torch, "model": nn.Module()}
        names["model"].fc1 = nn.Linear(784, 128)
        for code, said in ((script.REFUSED, found.refused), (script.NOTICED, found.noticed)):
            with pytest.raises(RuntimeError) as raised:
                exec(code, dict(names))
            assert said == f"RuntimeError: {raised.value}"
        assert "leaf Variable" in found.refused
        assert "inplace operation" in found.noticed
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(script.SILENT, dict(names))
            exec(script.SHAPES, dict(names))
        assert out.getvalue().splitlines() == [
            found.silent,
            f"torch.Size({list(found.weight_shape)})",
            f"torch.Size({list(found.bias_shape)})",
        ]


class TestFigures:
    @pytest.mark.parametrize(
        ("values", "ends"),
        [
            ([0.5, 1e-4], (-6, 3)),
            ([0, math.inf, math.nan], (-6, 3)),
            ([1e-9, 1], (-12, 3)),
            ([1e4, 1e-13], (-20, 8)),
            ([1e300, 1e-300], (-40, 40)),
        ],
    )
    def test_the_axis_steps_outward(self, values: list[float], ends: tuple[int, int]) -> None:
        assert figures.ends(values) == ends

    @staticmethod
    def lines(first: list[float], back: list[float]) -> list[dict[str, Any]]:
        drawn = figures.spreads(
            len(first),
            figures.Line("activations", "red", "circle", False, first),
            figures.Line("gradients", "gray", "diamond", True, back),
        )
        return list(drawn["lines"])

    def test_each_spread_stands_where_it_is(self) -> None:
        first, back = self.lines([0.6, 0.25, math.nan], [0, 0.01])
        # The axis goes from 10 to the power of -6 to that of 3.
        heights = [(math.log10(0.6) + 6) / 9, (math.log10(0.25) + 6) / 9, 1]
        assert [point["at"] for point in first["points"]] == pytest.approx(heights)
        assert [point["odd"] for point in first["points"]] == [False, False, True]
        assert [point["text"] for point in first["points"]] == ["0.6", "0.25", "NaN"]
        assert [point["at"] for point in back["points"]] == pytest.approx([0, 4 / 9])
        assert [point["odd"] for point in back["points"]] == [True, False]
        assert (first["first"], back["first"]) == (0, 1)

    def test_the_ticks_are_powers_of_ten(self) -> None:
        line = figures.Line("a", "red", "circle", False, [1.0])
        ticks = figures.spreads(1, line, line)["ticks"]
        texts = {tick["text"]: tick["at"] for tick in ticks}
        assert texts["1"] == pytest.approx(6 / 9)
        assert texts["10⁻⁶"] == 0
        assert texts["10³"] == 1

    def test_names_that_would_meet_stand_apart(self) -> None:
        first, second = self.lines([1, 0.011], [0.01])
        assert first["name_at"] - second["name_at"] == pytest.approx(figures.NAME)
        first, second = self.lines([1, 10], [0.01])
        assert [first["name_at"], second["name_at"]] == pytest.approx([7 / 9, 4 / 9])

    def test_bars(self) -> None:
        figure = figures.shares(["fc1", "fc2"], [("xavier", [0, 0.1]), ("std 1", [0.9, 1])])
        assert [list(bar.x) for bar in figure.data] == [[0, 0.1], [0.9, 1]]
        figure = figures.lengths(["a", "b"], [math.nan, 2.0], 3.3, 1, ["NaN", "2"])
        assert list(figure.data[0].x) == [0, 2]


def scripts() -> list[NetworkSpec]:
    normal = {"init": Init.NORMAL, "bias": Bias.ZEROS, "std": 0.05}
    return [
        *(NetworkSpec(style=style) for style in Style),
        *(NetworkSpec(style, (30, 20, 10, 5), Activation.TANH, **normal) for style in Style),
        *(NetworkSpec(style, (), **normal) for style in Style),
        NetworkSpec(Style.MODULE, (128,) * 4, Activation.SIGMOID, **{**normal, "std": 0.01}),
        NetworkSpec(Style.SEQUENTIAL, (8, 4), Activation.NONE),
        NetworkSpec(Style.FUNCTIONAL, (8,), Activation.SILU, Init.ZEROS, bias=Bias.ZEROS),
    ]


@pytest.mark.parametrize("spec", scripts(), ids=lambda s: f"{s.style.value}-{len(s.hidden)}")
def test_the_script_prints_what_the_page_shows(spec: NetworkSpec) -> None:
    said = run(script.script(spec, DigitSpec()))
    *rows, loss, entropy, confidence = (line.split() for line in said.splitlines())
    layers = parameters(spec)
    way = spreading.passage(spec, layers, INPUTS, LABELS)
    assert [row[0] for row in rows] == [layer.name for layer in way.layers]
    wanted = [(layer.weight, layer.leaving, layer.gradient) for layer in way.layers]
    found = np.array([[float(word) for word in row[1:]] for row in rows])
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-10)
    assert float(loss[1]) == pytest.approx(way.loss, rel=1e-5)
    p = torch.softmax(forward.logits(spec, layers, INPUTS), dim=1).numpy()
    assert float(entropy[1]) == pytest.approx(spreading.entropy(p).mean(), rel=1e-4)
    assert float(confidence[1]) == pytest.approx(p.max(axis=1).mean(), rel=1e-4)


def test_the_lesson_has_its_question_and_fitting_words() -> None:
    lesson = read("initialization")
    assert lesson.question().options[lesson.question().right].startswith("The same ten bars")
    text = " ".join([lesson.idea, *lesson.parts.values()])
    for word in ("simply", " just ", "!"):
        assert word not in text
