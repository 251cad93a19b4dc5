"""Tests of the network by hand: every number against numpy, every error raised by PyTorch."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.figures import theme
from mnistviz.lessons.tensors import figures, script
from mnistviz.lessons.tensors.by_hand import UnitSum, hand_steps, unit_sum
from mnistviz.lessons.tensors.slips import SLIPS, Box, Broken, Meeting, break_shape
from mnistviz.network.parameters import Layer, Parameters, parameters
from mnistviz.spec.fields import Activation, Bias, Init, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from tests.helpers.scripts import run

LESSON = NetworkSpec(
    Style.TENSORS, (256,), Activation.SIGMOID, Init.NORMAL, std=1.0, bias=Bias.NORMAL
)
NETWORKS = {
    "lesson": LESSON,
    "default": NetworkSpec(),
    "none hidden": NetworkSpec(hidden=()),
    "four": NetworkSpec(hidden=(9, 1, 7, 5), activation=Activation.TANH),
    "linear": NetworkSpec(hidden=(6, 5), activation=Activation.NONE),
    "mixed": NetworkSpec(
        hidden=(9, 8, 7), activation=(Activation.TANH, Activation.NONE, Activation.RELU)
    ),
    "large": NetworkSpec(hidden=(1024,), init=Init.NORMAL, std=100.0, bias=Bias.NORMAL),
}
FUNCTIONS = {
    Activation.SIGMOID: lambda x: 1 / (1 + np.exp(-x)),
    Activation.TANH: np.tanh,
    Activation.RELU: lambda x: np.maximum(x, 0),
    Activation.NONE: lambda x: x,
}
spec_of = pytest.mark.parametrize("name", NETWORKS)


@cache
def images(batch: int = 0) -> torch.Tensor:
    return mnist.batch(mnist.load(mnist.SAMPLE_ROOT), batch, 7).images


@cache
def layers(spec: NetworkSpec) -> Parameters:
    return parameters(spec)


def taken(spec: NetworkSpec, image: int, unit: int) -> UnitSum:
    return unit_sum(spec, layers(spec), mnist.flatten(images()), image, unit)


def broken(slip: str, spec: NetworkSpec, batch: int = 0, image: int = 5) -> Broken:
    return break_shape(slip, spec, layers(spec), images(batch), image)


def oracle(spec: NetworkSpec, image: int) -> list[npt.NDArray[np.float64]]:
    """What comes out of each step of one digit, in float64 and with numpy alone."""
    x = images()[image].numpy().astype(np.float64).reshape(784)
    out = [x]
    each = (*spec.activations, Activation.NONE)
    for layer, activation in zip(layers(spec), each, strict=True):
        x = layer.weight.numpy().astype(np.float64) @ x + layer.bias.numpy()
        out.append(x)
        if activation is not Activation.NONE:
            with np.errstate(over="ignore"):
                x = FUNCTIONS[activation](x)
            out.append(x)
    return out


class TestSteps:
    @spec_of
    def test_every_step_has_the_numbers_of_numpy(self, name: str) -> None:
        spec = NETWORKS[name]
        steps = hand_steps(spec, layers(spec), mnist.flatten(images()), 3)
        wanted = oracle(spec, 3)
        assert len(steps) == len(wanted)
        for step, values in zip(steps, wanted, strict=True):
            assert step.shape == (64, len(values))
            np.testing.assert_allclose(
                step.values, values, rtol=1e-4, atol=2e-5 * max(1, abs(values).max())
            )

    def test_names_and_formulas_follow_one_another(self) -> None:
        steps = hand_steps(LESSON, layers(LESSON), mnist.flatten(images()), 0)
        assert [(step.name, step.formula, step.operands) for step in steps] == [
            ("inputs", "images.view(images.shape[0], -1)", ()),
            (
                "sums_1",
                "torch.mm(inputs, weights_1) + bias_1",
                ("weights_1 (784, 256)", "bias_1 (256,)"),
            ),
            ("hidden_1", "sigmoid(sums_1)", ()),
            (
                "logits",
                "torch.mm(hidden_1, weights_2) + bias_2",
                ("weights_2 (256, 10)", "bias_2 (10,)"),
            ),
        ]

    def test_without_a_hidden_layer_there_is_one_step(self) -> None:
        spec = NETWORKS["none hidden"]
        steps = hand_steps(spec, layers(spec), mnist.flatten(images()), 0)
        assert [step.name for step in steps] == ["inputs", "logits"]

    def test_without_a_function_a_hidden_layer_is_one_step(self) -> None:
        spec = NETWORKS["linear"]
        steps = hand_steps(spec, layers(spec), mnist.flatten(images()), 0)
        assert [step.name for step in steps] == ["inputs", "hidden_1", "hidden_2", "logits"]


class TestUnit:
    @spec_of
    @pytest.mark.parametrize("image", [0, 63])
    @pytest.mark.parametrize("last", [False, True])
    def test_the_sum_is_that_of_numpy_and_of_pytorch(
        self, name: str, image: int, last: bool
    ) -> None:
        spec = NETWORKS[name]
        unit = spec.sizes[1] - 1 if last else 0
        got, wanted = taken(spec, image, unit), oracle(spec, image)
        scale = float(np.abs(got.products).sum())
        pixels, weights = wanted[0], layers(spec)[0].weight[unit].numpy().astype(np.float64)
        np.testing.assert_allclose(got.products, pixels * weights, rtol=1e-6)
        assert got.sum == pytest.approx(pixels @ weights, abs=1e-6 * scale)
        assert got.total == pytest.approx(wanted[1][unit], abs=1e-6 * scale)
        assert got.difference < 1e-6 * scale
        assert got.positive + got.negative == pytest.approx(got.sum, abs=1e-9 * scale)
        step = hand_steps(spec, layers(spec), mnist.flatten(images()), image)
        assert got.total == step[1].values[unit]
        if got.activation:
            assert got.output == pytest.approx(float(step[2].values[unit]), abs=1e-6)
        else:
            assert got.output == got.total
        black = pixels == -1
        assert got.empty == black.sum() > 100
        assert got.empty_sum == pytest.approx(-weights[black].sum(), abs=1e-6 * scale)

    def test_terms_are_written_with_equal_decimals(self) -> None:
        got = taken(LESSON, 3, 5)
        texts = [got.written(value) for value in (got.sum, got.bias, got.total)]
        first, second, total = (float(text.replace("\N{MINUS SIGN}", "-")) for text in texts)
        assert len({len(text.partition(".")[2]) for text in texts}) == 1
        assert first + second == pytest.approx(total, abs=0.002)
        assert got.written(-1e-9) == got.written(0.0)
        assert got.written(-1234.5).startswith("\N{MINUS SIGN}1,234.5")

    @pytest.mark.parametrize("unit", range(0, 120, 7))
    @pytest.mark.parametrize("std", [0.01, 0.2, 1.0, 100.0])
    def test_what_is_written_adds_up(self, std: float, unit: int) -> None:
        got = taken(NetworkSpec(init=Init.NORMAL, std=std), 1, unit)
        texts = {name: got.written(value) for name, value in got.rounded_terms.items()}
        exact = {
            name: Decimal(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))
            for name, text in texts.items()
        }
        unit_of_last = Decimal(1).scaleb(-got.decimals)
        assert exact["total"] == Decimal(str(round(got.total, got.decimals)))
        if abs(Decimal(got.sum + got.bias - got.total)) < unit_of_last / 2:
            assert exact["positive"] + exact["negative"] == exact["sum"]
            assert exact["sum"] + exact["bias"] == exact["total"]
        for name in ("positive", "negative", "sum", "bias"):
            assert abs(exact[name] - Decimal(getattr(got, name))) < 3 * unit_of_last

    def test_zero_weights_give_the_bias(self) -> None:
        got = taken(NetworkSpec(init=Init.ZEROS, bias=Bias.ZEROS), 0, 0)
        assert got.total == got.sum == got.bias == 0
        assert got.limit > 0
        assert got.written(got.total) == "0.00000"

    @spec_of
    def test_full_color_depends_on_the_layer_alone(self, name: str) -> None:
        spec = NETWORKS[name]
        weights = layers(spec)[0].weight.numpy().astype(np.float64)
        wanted = min(3 * math.sqrt((weights**2).mean()), np.abs(weights).max())
        assert taken(spec, 0, 0).limit == pytest.approx(wanted)
        assert taken(spec, 9, spec.sizes[1] - 1).limit == taken(spec, 0, 0).limit

    @spec_of
    def test_the_products_of_black_are_seen(self, name: str) -> None:
        assert taken(NETWORKS[name], 5, 0).empty_swapped is True

    @pytest.mark.parametrize(
        ("weight", "seen"),
        [(0.0, False), (-0.3, True), (math.nan, None), (math.inf, None), (1e38, True)],
    )
    def test_whether_the_products_of_black_are_seen(self, weight: float, seen: bool | None) -> None:
        layer = Layer("fc1", torch.full((10, 784), weight), torch.ones(10))
        got = unit_sum(NetworkSpec(hidden=()), (layer,), mnist.flatten(images()), 5, 3)
        assert got.empty_swapped is seen
        black = images()[5].numpy() == -1
        if weight and math.isfinite(weight):
            assert got.empty_sum == pytest.approx(-weight * black.sum())

    def test_a_unit_that_is_not_there(self) -> None:
        with pytest.raises(IndexError):
            taken(LESSON, 0, 256)


class TestBreaks:
    @spec_of
    @pytest.mark.parametrize("slip", SLIPS)
    @pytest.mark.parametrize("batch", [0, 62])
    def test_fixed_it_runs_and_the_sizes_match(self, slip: str, name: str, batch: int) -> None:
        made = broken(slip, NETWORKS[name], batch)
        assert made.mended.error == ""
        assert made.mended_meeting.fits
        assert not made.meeting.fits
        assert made.mended.distance in (None, 0.0)
        assert made.mended.shape is not None
        assert made.mended.shape[0] == (64, 32)[batch == 62]

    def test_images_are_not_changed_for_others(self) -> None:
        before = images().clone()
        broken("resize_", LESSON)
        assert images().shape == (64, 1, 28, 28)
        assert torch.equal(images(), before)

    def test_without_flatten(self) -> None:
        made = broken("flatten", LESSON)
        weights_1 = torch.randn(784, 256)
        with pytest.raises(RuntimeError) as mm:
            torch.mm(images(), weights_1)
        with pytest.raises(RuntimeError) as at:
            _ = images() @ weights_1
        assert [a.error for a in made.broken] == [
            f"RuntimeError: {error.value}" for error in (mm, at)
        ]
        assert made.meeting.sizes == (28, 784)

    def test_weights_stored_as_outputs_inputs(self) -> None:
        made = broken("weights", LESSON)
        with pytest.raises(RuntimeError) as error:
            torch.mm(mnist.flatten(images()), torch.randn(256, 784))
        assert made.broken[0].error == f"RuntimeError: {error.value}"
        assert "64x784 and 256x784" in made.broken[0].error
        assert made.meeting.sizes == (784, 256)

    def test_a_square_weight_is_wrong_in_silence(self) -> None:
        spec = NetworkSpec(hidden=(784,))
        (silent,) = broken("weights", spec).broken
        layer = layers(spec)[0]
        x, weight = mnist.flatten(images()).numpy(), layer.weight.numpy()
        assert silent.error == ""
        assert silent.distance == pytest.approx(np.abs(x @ weight - x @ weight.T).max(), rel=1e-4)
        same = broken("weights", NetworkSpec(hidden=(784,), init=Init.CONSTANT)).broken[0]
        assert same.distance == 0

    def test_a_bias_of_the_wrong_length(self) -> None:
        made = broken("bias", LESSON)
        with pytest.raises(RuntimeError) as error:
            _ = torch.randn(64, 256) + torch.randn(257)
        assert made.broken[0].error == f"RuntimeError: {error.value}"
        assert made.meeting.sizes == (256, 257)

    def test_a_single_unit_takes_a_longer_bias_in_silence(self) -> None:
        (silent,) = broken("bias", NetworkSpec(hidden=(1,))).broken
        assert (silent.error, silent.shape, silent.distance) == ("", (64, 2), None)

    def test_softmax_without_dim(self) -> None:
        made = broken("dim", LESSON, image=9)
        silent, stopped = made.broken
        logits = np.array([oracle(LESSON, image)[-1] for image in range(64)])
        exps = np.exp(logits - logits.max(axis=1, keepdims=True))
        right = exps / exps.sum(axis=1, keepdims=True)
        wrong = exps / exps.sum()
        assert silent.error == ""
        assert silent.distance == pytest.approx(np.abs(wrong - right).max(), rel=1e-3)
        assert made.numbers["row"] == pytest.approx(wrong[9].sum(), rel=1e-3)
        assert made.numbers["all"] == pytest.approx(1, abs=1e-5)
        assert made.numbers["mended_row"] == pytest.approx(1, abs=1e-5)
        with pytest.raises(RuntimeError) as error:
            _ = torch.ones(64, 10) / torch.ones(64)
        assert stopped.error == f"RuntimeError: {error.value}"

    def test_resize_in_place(self) -> None:
        made = broken("resize_", LESSON, image=9)
        silent, refused = made.broken
        assert (silent.error, silent.shape) == ("", (64, 783))
        with pytest.raises(RuntimeError) as error:
            images().view(64, 783)
        assert refused.error == f"RuntimeError: {error.value}"
        assert made.numbers["lost"] == 64
        flat = images().numpy().ravel()
        resized = images().clone().resize_(64, 783)[9].numpy()
        # Row 9 begins nine pixels too early, and so on to the last row.
        assert made.numbers["last"] == 63
        shift = 9
        np.testing.assert_array_equal(resized[shift:], flat[9 * 784 : 10 * 784 - 1 - shift])

    def test_a_result_that_is_no_number_is_not_called_right(self) -> None:
        # One unit of the last layer is lost: of the softmax of every digit nothing is left.
        spec = NetworkSpec(hidden=())
        layer = Layer("fc1", torch.zeros(10, 784), torch.full((10,), math.inf))
        made = break_shape("dim", spec, (layer,), images(), 0)
        assert made.broken[0].error == ""
        assert math.isnan(made.broken[0].distance or 0)

    def test_a_slip_that_is_not_there(self) -> None:
        with pytest.raises(KeyError):
            broken("none", LESSON)


class TestFigure:
    @pytest.mark.parametrize("slip", SLIPS)
    def test_the_two_sizes_are_written_and_thick(self, slip: str) -> None:
        made = broken(slip, LESSON)
        for met, color, sign in [
            (made.meeting, theme.NEGATIVE, "≠"),
            (made.mended_meeting, theme.POSITIVE, "="),
        ]:
            layout = figures.meeting(met).layout
            thick = [shape for shape in layout.shapes if shape.type == "line"]
            assert [shape.line.color for shape in thick] == [color, color]
            left, right = met.sizes
            texts = [note.text for note in layout.annotations]
            assert f"<b>{left:,} {sign} {right:,}</b>" in texts
            assert all(note.font.size >= 14 for note in layout.annotations)
            assert str(met.left.shape) in figures.meeting_alt(met)

    def test_no_rectangle_leaves_the_figure(self) -> None:
        box = Box("a", 64 * 28, 1024, (64, 28, 1024))
        figure = figures.meeting(Meeting(box, Box("b", 1, 1, ()), 1, 0))
        (low, high), top = figure.layout.xaxis.range, figure.layout.yaxis.range[1]
        for shape in figure.layout.shapes:
            assert low < shape.x0 <= shape.x1 < high
            assert 0 < shape.y0 <= shape.y1 < top - 0.7


class TestScript:
    @spec_of
    def test_it_prints_the_numbers_of_the_page(self, name: str) -> None:
        spec, digit = NETWORKS[name], DigitSpec(image=4)
        unit = spec.sizes[1] - 1
        said = run(script.script(spec, digit, unit))
        lines = dict(line.split(": ", 1) for line in said.splitlines())
        got = taken(spec, 4, unit)
        near = 1e-6 * float(np.abs(got.products).sum())
        for key, value in [
            ("products", got.sum),
            ("bias", got.bias),
            ("total", got.total),
            ("torch.mm", got.total),
        ]:
            assert float(lines[key]) == pytest.approx(value, abs=near)
        assert float(lines["output"]) == pytest.approx(got.output, abs=near)
        steps = hand_steps(spec, layers(spec), mnist.flatten(images()), 4)
        logits = [float(value) for value in steps[-1].values]
        printed = [float(text) for text in lines["logits"].split()]
        assert printed == pytest.approx(logits, rel=1e-4, abs=1e-5 * max(map(abs, logits)))
        for step in steps:
            if step.name in lines and step.name != "logits":
                assert lines[step.name] == str(step.shape)


MINUS_2E32 = "\N{MINUS SIGN}2.09 \N{MULTIPLICATION SIGN} 10³²"


class TestNumbersThatFloat32DoesNotHold:
    """What the weights of a training that has exploded make of the page."""

    @pytest.mark.parametrize(
        ("weight", "written"),
        [(math.nan, "NaN"), (math.inf, "NaN"), (1e30, MINUS_2E32)],
    )
    def test_a_sum_is_written_all_the_same(self, weight: float, written: str) -> None:
        # Half of the inputs are -1, the other half 0.5: 392 · 1e30 · (0.5 - 1) = -1.96e32, and with
        # a bias of -1.3e31 it is -2.09e32.
        layer = Layer("fc1", torch.full((10, 784), weight), torch.full((10,), -1.3e31))
        inputs = torch.tensor([[-1.0, 0.5] * 392])
        taken = unit_sum(NetworkSpec(hidden=()), (layer,), inputs, 0, 3)
        assert not taken.is_plain
        assert (
            taken.written(taken.rounded_terms["total"]).replace("\N{NO-BREAK SPACE}", " ")
            == written
        )
        assert taken.decimals == 5
        assert math.isfinite(taken.limit)
        assert set(taken.rounded_terms) == {"positive", "negative", "sum", "bias", "total"}
