"""Tests of the page that looks into the network: every number against numpy and closed forms."""

from __future__ import annotations

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
from mnistviz.lessons.inside import figures, many_digits, microscope, script
from mnistviz.lessons.inside.microscope import Terms, Walk
from mnistviz.network import styles
from mnistviz.network.parameters import Layer, Parameters, parameters
from mnistviz.spec.fields import Activation, Bias, Init, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from tests.helpers.networks import learned
from tests.helpers.scripts import run

Array = npt.NDArray[np.float64]
IMAGE = 4


def logistic(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


CLOSED: dict[Activation, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    Activation.SIGMOID: (logistic, lambda x: logistic(x) * logistic(-x)),
    Activation.TANH: (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    Activation.RELU: (lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(float)),
    Activation.NONE: (lambda x: x, np.ones_like),
}
"""A few functions and their derivatives, in float64 and without torch."""

NETWORKS = {
    **{f"style {style}": NetworkSpec(style=style) for style in Style},
    "sigmoid": NetworkSpec(hidden=(20, 10), activation=Activation.SIGMOID),
    "four": NetworkSpec(hidden=(9, 1, 7, 5), activation=Activation.TANH),
    "linear": NetworkSpec(hidden=(6, 5), activation=Activation.NONE),
    "mixed": NetworkSpec(
        hidden=(9, 8, 7), activation=(Activation.TANH, Activation.NONE, Activation.RELU)
    ),
    "zeros": NetworkSpec(hidden=(8,), init=Init.ZEROS, bias=Bias.ZEROS),
    "none hidden": NetworkSpec(hidden=()),
    "large": NetworkSpec(hidden=(1024, 3), init=Init.NORMAL, std=1.0, bias=Bias.NORMAL),
}
TRAINED = NetworkSpec(hidden=(6,), training=TrainSpec(batch_size=500, epochs=1))

each_network = pytest.mark.parametrize("name", NETWORKS)


@cache
def images() -> torch.Tensor:
    return mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 0, 7).images


def layers(spec: NetworkSpec) -> Parameters:
    return parameters(spec) if spec.training is None else learned(spec)


@cache
def walked(spec: NetworkSpec) -> Walk:
    return microscope.walk(spec, layers(spec), images(), IMAGE)


def arrays(spec: NetworkSpec) -> list[tuple[Array, Array]]:
    """Weight and bias of each layer in float64."""
    return [
        (layer.weight.numpy().astype(np.float64), layer.bias.numpy().astype(np.float64))
        for layer in layers(spec)
    ]


def oracle(spec: NetworkSpec) -> tuple[list[Array], list[Array]]:
    """What each layer gets and its sums, in float64 with numpy alone."""
    x = images()[IMAGE].numpy().astype(np.float64).reshape(784)
    came, sums = [], []
    each = (*spec.activations, Activation.NONE)
    for (weight, bias), activation in zip(arrays(spec), each, strict=True):
        came.append(x)
        sums.append(weight @ x + bias)
        x = CLOSED[activation][0](sums[-1])
    return came, sums


def softmax(logits: Array) -> Array:
    exps = np.exp(logits - logits.max())
    return np.asarray(exps / exps.sum())


def near(wanted: Array | float) -> float:
    return 1e-5 * max(1.0, float(np.abs(wanted).max()))


def units(spec: NetworkSpec) -> list[tuple[int, int]]:
    """The first, a middle and the last unit of every layer."""
    sizes = spec.sizes[1:]
    return [
        (layer, unit)
        for layer, size in enumerate(sizes, start=1)
        for unit in sorted({0, size // 2, size - 1})
    ]


class TestWalk:
    @each_network
    def test_sums_outputs_and_probabilities(self, name: str) -> None:
        spec = NETWORKS[name]
        came, sums = oracle(spec)
        walk = walked(spec)
        assert [layer.name for layer in walk.layers] == [f"fc{n + 1}" for n in range(len(sums))]
        for number, (got, wanted) in enumerate(zip(came, sums, strict=True), start=1):
            np.testing.assert_allclose(walk.into(number), got, atol=near(got))
            np.testing.assert_allclose(walk.layers[number - 1].sums, wanted, atol=near(wanted))
        np.testing.assert_array_equal(walk.logits, walk.layers[-1].sums)
        assert walk.broken == 0
        # The network as its own style writes it says the same.
        built = styles.build(spec, layers(spec))
        own = styles.probabilities(built, mnist.flatten(images()))[IMAGE].numpy()
        np.testing.assert_allclose(walk.probabilities, own, atol=1e-5)
        np.testing.assert_allclose(own, softmax(sums[-1]), atol=1e-4)

    def test_it_does_not_keep_the_batch(self) -> None:
        walk = walked(NETWORKS["large"])
        for values in (walk.inputs, walk.layers[0].sums, walk.layers[0].outputs):
            assert values.base is None

    def test_what_is_no_number_is_counted(self) -> None:
        (layer,) = layers(NETWORKS["none hidden"])
        weight = layer.weight.clone()
        weight[3], weight[5] = float("nan"), 1e38
        broken = (Layer("fc1", weight, layer.bias),)
        spec = NETWORKS["none hidden"]
        assert microscope.walk(spec, broken, images(), IMAGE).broken == 2


class TestTerms:
    @each_network
    def test_they_add_up_to_the_sum(self, name: str) -> None:
        spec = NETWORKS[name]
        came, sums = oracle(spec)
        for layer, unit in units(spec):
            weight, bias = arrays(spec)[layer - 1]
            terms = microscope.unit_terms(walked(spec), layers(spec), layer, unit)
            x, wanted = came[layer - 1], float(sums[layer - 1][unit])
            close = near(sums[layer - 1])
            np.testing.assert_allclose(terms.products, weight[unit] * x, atol=close)
            assert terms.bias == bias[unit]
            assert terms.total == pytest.approx(wanted, abs=close)
            assert terms.computed == pytest.approx(wanted, abs=close)
            assert abs(terms.total - terms.computed) <= close
            assert terms.up + terms.down + terms.bias == pytest.approx(terms.total, abs=1e-9)
            assert terms.up >= 0 >= terms.down

    @each_network
    def test_why_one_class_and_not_the_other(self, name: str) -> None:
        spec = NETWORKS[name]
        _, sums = oracle(spec)
        logits = sums[-1]
        for first, second in ((0, 9), (9, 0), (4, 3)):
            terms = microscope.logit_difference(walked(spec), layers(spec), first, second)
            wanted = float(logits[first] - logits[second])
            assert terms.total == pytest.approx(wanted, abs=near(logits))
            assert terms.computed == pytest.approx(wanted, abs=near(logits))
            one, other = (
                microscope.unit_terms(walked(spec), layers(spec), len(sums), each)
                for each in (first, second)
            )
            np.testing.assert_allclose(
                terms.products, one.products - other.products, atol=near(logits)
            )
            # e to the difference is the ratio of the probabilities.
            if abs(wanted) < 10:
                shares = softmax(logits)
                assert np.exp(terms.total) == pytest.approx(
                    shares[first] / shares[second], rel=1e-3
                )

    def test_the_largest_and_the_rest(self) -> None:
        products = np.array([0.5, -2.0, 0.0, 1.0, 2.0])
        terms = Terms(np.ones(5, dtype=np.float32), products, products, 0.25, 1.75)
        assert terms.largest(2).tolist() == [1, 4]
        # What is 0 is no term worth writing out.
        assert terms.largest(9).tolist() == [1, 4, 3, 0]
        assert terms.rest(terms.largest(2)) == 1.5
        assert [terms.up, terms.down, terms.total] == [3.5, -2.0, 1.75]

    @pytest.mark.parametrize(("layer", "unit"), [(0, 0), (4, 0), (1, 128), (1, -1), (3, 10)])
    def test_what_is_not_there(self, layer: int, unit: int) -> None:
        spec = NetworkSpec()
        with pytest.raises(IndexError, match=f"unit {unit} of layer {layer}"):
            microscope.unit_terms(walked(spec), layers(spec), layer, unit)
        with pytest.raises(IndexError):
            microscope.gradient(spec, layers(spec), images()[0].reshape(784), layer, unit)
        if layer == 3:
            with pytest.raises(IndexError):
                microscope.logit_difference(walked(spec), layers(spec), 0, unit)


class TestStrongest:
    def test_units(self) -> None:
        outputs = np.array([0.1, -3.0, 2.0, 0.0, 2.0], dtype=np.float32)
        assert microscope.strongest_units(outputs, 2).tolist() == [1, 2]
        assert microscope.strongest_units(outputs, 3).tolist() == [1, 2, 4]
        assert microscope.strongest_units(outputs, 2, also=3).tolist() == [1, 3]
        assert microscope.strongest_units(outputs, 9).tolist() == [0, 1, 2, 3, 4]

    def test_edges(self) -> None:
        rng = np.random.default_rng(3)
        weight = rng.normal(size=(6, 8)).astype(np.float32)
        values = rng.normal(size=8).astype(np.float32)
        values[2] = 0
        targets, sources = np.array([1, 4]), np.array([0, 2, 5])
        edges = microscope.strongest_edges(weight, values, targets, 99, sources)
        wanted = {(s, t): float(weight[t, s]) * float(values[s]) for s in (0, 5) for t in (1, 4)}
        assert {(edge.source, edge.target) for edge in edges} == set(wanted)
        for edge in edges:
            assert edge.contribution == pytest.approx(wanted[edge.source, edge.target])
        sizes = [abs(edge.contribution) for edge in edges]
        assert sizes == sorted(sizes, reverse=True)
        everywhere = microscope.strongest_edges(weight, values, targets, 3)
        assert len(everywhere) == 3
        assert abs(everywhere[0].contribution) == pytest.approx(
            np.abs(weight[targets] * values).max()
        )

    def test_the_runner_up(self) -> None:
        logits = np.array([1, 5, 3, 5], dtype=np.float32)
        assert [microscope.strongest_other(logits, each) for each in range(4)] == [1, 3, 1, 1]

    @pytest.mark.parametrize(
        ("size", "end"),
        [(0, 1), (1, 1), (1.01, 2), (3, 5), (5.5, 10), (0.03, 0.05), (99, 100), (np.inf, 1)],
    )
    def test_where_a_scale_ends(self, size: float, end: float) -> None:
        assert microscope.scale_end(size) == pytest.approx(end)


class TestGradient:
    @each_network
    def test_it_is_the_chain_rule(self, name: str) -> None:
        spec = NETWORKS[name]
        _, sums = oracle(spec)
        pixels = images()[IMAGE].reshape(784)
        for layer, unit in units(spec):
            row = np.zeros(spec.sizes[layer])
            row[unit] = 1
            for number in range(layer, 0, -1):
                row = row @ arrays(spec)[number - 1][0]
                if number > 1:
                    row = row * CLOSED[spec.activations[number - 2]][1](sums[number - 2])
            found = microscope.gradient(spec, layers(spec), pixels, layer, unit)
            assert found.shape == (784,)
            np.testing.assert_allclose(found, row, atol=near(row))

    def test_of_two_logits(self) -> None:
        spec, pixels = NetworkSpec(), images()[IMAGE].reshape(784)

        def slope(unit: int, other: int | None = None) -> npt.NDArray[np.float32]:
            return microscope.gradient(spec, layers(spec), pixels, 3, unit, other)

        np.testing.assert_allclose(slope(7, 2), slope(7) - slope(2), atol=1e-6)

    def test_of_the_first_layer_it_is_the_weights(self) -> None:
        spec = NetworkSpec()
        found = microscope.gradient(spec, layers(spec), images()[IMAGE].reshape(784), 1, 17)
        np.testing.assert_array_equal(found, layers(spec)[0].weight[17].numpy())

    def test_the_inputs_stay_as_they_are(self) -> None:
        assert not images().requires_grad
        assert all(not layer.weight.requires_grad for layer in layers(NetworkSpec()))


class TestManyDigits:
    @each_network
    def test_the_outputs_of_a_layer(self, name: str) -> None:
        spec = NETWORKS[name]
        inputs = mnist.flatten(images())
        for number, layer in enumerate(walked(spec).layers, start=1):
            found = many_digits.layer_outputs(spec, layers(spec), inputs, number)
            assert found.shape == (64, spec.sizes[number])
            np.testing.assert_allclose(found[IMAGE], layer.outputs, atol=near(layer.outputs))
        for wrong in (0, len(spec.sizes)):
            with pytest.raises(IndexError, match=f"layer {wrong}"):
                many_digits.layer_outputs(spec, layers(spec), inputs, wrong)

    def test_extremes_and_means(self) -> None:
        values = np.array([1, 3, 2, 3, 0], dtype=np.float32)
        most, least = many_digits.extremes(values, 3)
        assert [most.tolist(), least.tolist()] == [[1, 3, 2], [4, 0, 2]]
        means = many_digits.class_means(values, np.array([0, 0, 9, 9, 5]))
        assert means[[0, 5, 9]].tolist() == [2, 0, 2.5]
        assert np.isnan(means[1:5]).all()

    def test_the_order_of_units(self) -> None:
        weight = np.zeros((3, 784), dtype=np.float32)
        weight[0, 0], weight[1, :2], weight[2, 5] = 2, (3, -4), 2
        outputs = np.array([0, 0, 7], dtype=np.float32)
        for by, wanted in (
            ("number", [0, 1, 2]),
            ("weights", [1, 0, 2]),
            ("activation", [2, 0, 1]),
        ):
            assert many_digits.unit_order(weight, outputs, by).tolist() == wanted
        with pytest.raises(ValueError, match="no order: x"):
            many_digits.unit_order(weight, outputs, "x")


class TestMap:
    def test_it_is_the_singular_value_decomposition(self) -> None:
        rng = np.random.default_rng(5)
        outputs = (rng.normal(size=(200, 6)) * [9, 1, 4, 0.1, 0.2, 0.3] + 3).astype(np.float32)
        found = many_digits.principal_map(outputs)
        assert found is not None
        centered = outputs.astype(np.float64) - outputs.astype(np.float64).mean(axis=0)
        _, sizes, axes = np.linalg.svd(centered, full_matrices=False)
        np.testing.assert_allclose(np.abs(found.points), np.abs(centered @ axes[:2].T), atol=1e-8)
        shares = sizes**2 / (sizes**2).sum()
        assert found.shares == pytest.approx(tuple(shares[:2]))
        for axis in found.axes.T:
            assert np.linalg.norm(axis) == pytest.approx(1)
            assert axis[np.abs(axis).argmax()] > 0
        assert found.place(outputs[3]) == pytest.approx(tuple(found.points[3]))

    def test_turned_around_it_is_the_same(self) -> None:
        outputs = np.random.default_rng(5).normal(size=(50, 4)).astype(np.float32)
        one, other = (many_digits.principal_map(each) for each in (outputs, outputs[::-1]))
        assert one is not None
        assert other is not None
        np.testing.assert_allclose(one.points, other.points[::-1], atol=1e-6)

    def test_a_single_unit_lies_on_a_line(self) -> None:
        found = many_digits.principal_map(np.arange(5, dtype=np.float32).reshape(5, 1))
        assert found is not None
        assert found.points.tolist() == [[-2, 0], [-1, 0], [0, 0], [1, 0], [2, 0]]
        assert found.shares == (1, 0)

    @pytest.mark.parametrize("value", [0.0, 0.7, np.nan, np.inf])
    def test_there_may_be_nothing_to_map(self, value: float) -> None:
        outputs = np.full((9, 3), value, dtype=np.float32)
        assert many_digits.principal_map(outputs) is None
        assert many_digits.principal_map(outputs[:1]) is None


def test_the_means_as_bars() -> None:
    means = np.array([1, -2, np.nan, 0, 0, 0, 0, 0, 0, 3.0])
    figure = figures.class_bars(means, ["said"] * 10, is_signed=True)
    (bars,) = figure.data
    assert list(bars.x) == np.nan_to_num(means).tolist()
    assert list(bars.marker.color)[:2] == [theme.POSITIVE, theme.NEGATIVE]
    low, high = figure.layout.xaxis.range
    assert low < -2
    assert high > 3
    assert figures.class_bars(means, ["said"] * 10, False).data[0].marker.color == theme.ACCENT
    flat = figures.class_bars(np.zeros(10), [""] * 10, is_signed=True)
    assert flat.layout.xaxis.range[0] < flat.layout.xaxis.range[1]


def scripts() -> list[tuple[NetworkSpec, int, int, int | None]]:
    base = NetworkSpec()
    kinds = [
        case
        for style in Style
        for case in (
            (replace(base, style=style), 1, 127, None),
            (replace(base, style=style), 2, 5, None),
            (replace(base, style=style), 3, 7, 2),
        )
    ]
    return [
        *kinds,
        *((replace(NETWORKS["linear"], style=style), 2, 4, None) for style in Style),
        *((replace(TRAINED, style=style), 2, 3, 5) for style in (Style.TENSORS, Style.MODULE)),
        (NETWORKS["none hidden"], 1, 3, None),
        (NETWORKS["none hidden"], 1, 3, 4),
        (NETWORKS["four"], 5, 0, None),
    ]


@pytest.mark.parametrize(("spec", "layer", "unit", "other"), scripts(), ids=str)
def test_the_script_prints_the_numbers_of_the_page(
    spec: NetworkSpec,
    layer: int,
    unit: int,
    other: int | None,
) -> None:
    said = run(script.script(spec, DigitSpec(image=IMAGE), layer, unit, other))
    printed = dict(line.split(": ", 1) for line in said.splitlines())
    walk = walked(spec)
    if other is None:
        terms = microscope.unit_terms(walk, layers(spec), layer, unit)
    else:
        terms = microscope.logit_difference(walk, layers(spec), unit, other)
    shown = [
        re.fullmatch(r"term (\d+): (\S+) \* (\S+) = (\S+)", line) for line in said.splitlines()
    ]
    factors = [match.groups() for match in shown if match]
    assert len(factors) == min(script.SHOWN, len(terms.products))
    for place, (where, value, weight, product) in zip(terms.largest(5), factors, strict=False):
        # Nearly equal ones may change places with the last digit.
        assert float(product) == pytest.approx(terms.products[int(where)], rel=1e-4, abs=1e-6)
        assert abs(float(product)) == pytest.approx(abs(terms.products[place]), rel=1e-4, abs=1e-6)
        assert float(value) * float(weight) == pytest.approx(float(product), rel=1e-4)
    assert float(printed["bias"]) == pytest.approx(terms.bias, rel=1e-4, abs=1e-6)
    assert float(printed["sum"]) == pytest.approx(terms.total, rel=1e-4, abs=1e-5)
    assert float(printed["pytorch"]) == pytest.approx(terms.computed, rel=1e-4, abs=1e-5)
    is_hidden = layer < len(spec.shapes)
    assert ("activation" in printed) == is_hidden
    if is_hidden:
        output = float(walk.layers[layer - 1].outputs[unit])
        assert float(printed["activation"]) == pytest.approx(output, rel=1e-4, abs=1e-5)
    slopes = microscope.gradient(
        spec, layers(spec), images()[IMAGE].reshape(784), layer, unit, other
    )
    where, slope = printed["gradient"].split()
    assert float(slope) == pytest.approx(slopes[int(where)], rel=1e-3, abs=1e-6)
    assert abs(float(slope)) == pytest.approx(np.abs(slopes).max(), rel=1e-3)
