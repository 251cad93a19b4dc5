"""Tests of the four styles side by side: code that is run, numbers against numpy, real errors."""

from __future__ import annotations

import math
import warnings
from functools import cache
from itertools import combinations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mnistviz.digits import mnist
from mnistviz.lessons.modules import compare, exercise, script, table, tries
from mnistviz.lessons.modules.tries import Ran
from mnistviz.network import styles
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.spec.fields import Activation, Bias, Init, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from tests.helpers.scripts import run

NETWORKS = {
    "default": NetworkSpec(),
    "lesson": NetworkSpec(
        Style.TENSORS, (256,), Activation.SIGMOID, Init.NORMAL, std=1.0, bias=Bias.NORMAL
    ),
    "none hidden": NetworkSpec(hidden=()),
    "four": NetworkSpec(hidden=(9, 1, 7, 5), activation=Activation.TANH),
    "linear": NetworkSpec(hidden=(6, 5), activation=Activation.NONE, bias=Bias.ZEROS),
    "mixed": NetworkSpec(
        hidden=(9, 8, 7), activation=(Activation.TANH, Activation.NONE, Activation.RELU)
    ),
    "wide": NetworkSpec(hidden=(1024,), activation=Activation.GELU, init=Init.XAVIER_UNIFORM),
    "zeros": NetworkSpec(hidden=(3,), init=Init.ZEROS, bias=Bias.ZEROS, seed=999_999),
    "kaiming": NetworkSpec(hidden=(8, 8), init=Init.KAIMING_NORMAL, activation=Activation.SILU),
}
HUGE = NetworkSpec(hidden=(64, 64, 64, 64), init=Init.NORMAL, std=100.0, bias=Bias.NORMAL)
spec_of = pytest.mark.parametrize("name", NETWORKS)


@cache
def inputs() -> torch.Tensor:
    return mnist.flatten(mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 0, 7).images)


@cache
def layers(spec: NetworkSpec) -> Parameters:
    return parameters(spec)


def rows_of(spec: NetworkSpec, style: Style) -> np.ndarray:
    styled = NetworkSpec(
        style,
        spec.hidden,
        spec.activation,
        spec.init,
        spec.std,
        spec.constant,
        spec.bias,
        spec.seed,
    )
    return styles.probabilities(styles.build(styled, layers(spec)), inputs()).numpy()


def executed(spec: NetworkSpec, style: Style) -> dict[str, object]:
    """Run one column of the page as it stands there, after the functions that it calls."""
    space: dict[str, object] = {
        "torch": torch, "nn": nn, "F": F, "math": math, "inputs": inputs()
    }  # fmt: skip
    with torch.random.fork_rng(), torch.no_grad():
        exec(table.helpers(spec), space)
        exec(table.column(spec, style), space)
    return space


class TestColumns:
    @spec_of
    @pytest.mark.parametrize("style", Style)
    def test_each_column_is_the_network_of_the_page(self, name: str, style: Style) -> None:
        spec = NETWORKS[name]
        space = executed(spec, style)
        got = space["probabilities"]
        assert isinstance(got, torch.Tensor)
        np.testing.assert_allclose(got.numpy(), rows_of(spec, style), atol=1e-5)

    @spec_of
    def test_the_addresses_hold_the_same_numbers(self, name: str) -> None:
        spec = NETWORKS[name]
        spaces = {style: executed(spec, style) for style in Style}
        for tensor in table.tensor_names(spec):
            number, kind = table.split(tensor)
            wanted = getattr(layers(spec)[number - 1], kind)
            for style, reached in table.access(spec, tensor).items():
                found = eval(reached.code, spaces[style])
                assert tuple(found.shape) == reached.shape
                one = float(found.detach()[reached.place])
                shown = compare.number_at(spec, layers(spec), tensor, style)
                assert one == pytest.approx(shown, rel=1e-6)
                turned = style is Style.TENSORS and kind == "weight"
                stored = found.detach().t() if turned else found.detach()
                torch.testing.assert_close(stored, wanted, rtol=1e-6, atol=1e-7)

    def test_the_default_network_is_lined_up(self) -> None:
        rows = {row.part: row.code for row in table.rows(NetworkSpec())}
        made, used = ["start", "fc1", "fc2", "fc3", "functions"], ["run_1", "run_2", "run_3"]
        assert list(rows) == [*made, "forward", *used, "model"]
        assert rows["fc2"][Style.TENSORS] == ("weights_2, bias_2 = draw(128, 64)",)
        assert rows["fc2"][Style.MODULE] == rows["fc2"][Style.FUNCTIONAL]
        first = [" ".join(line.strip() for line in rows["run_1"][style]) for style in Style]
        assert first == [
            "x = relu(torch.mm(inputs, weights_1) + bias_1)",
            "x = self.fc1(x) x = self.relu(x)",
            "x = self.fc1(x) x = F.relu(x)",
            "nn.Linear(784, 128), nn.ReLU(),",
        ]

    @spec_of
    def test_the_pieces_are_the_line_and_name_its_tensors(self, name: str) -> None:
        spec = NETWORKS[name]
        last = len(spec.shapes)
        found: dict[Style, list[tuple[int, str]]] = {style: [] for style in Style}
        for row in table.rows(spec):
            for style in Style:
                for line in row.code[style]:
                    pieces = table.pieces(row, style, line)
                    assert "".join(piece.text for piece in pieces) == line.strip()
                    found[style] += [(p.layer, kind) for p in pieces for kind in p.kinds]
        each = {(number, kind) for number in range(1, last + 1) for kind in ("weight", "bias")}
        for style in Style:
            # Made in one line and used in another; in a list both are one.
            times = 1 if style is Style.SEQUENTIAL else 2
            assert sorted(found[style]) == sorted(list(each) * times)


class TestDifferences:
    def test_against_numpy(self) -> None:
        generator = np.random.default_rng(7)
        outputs = [generator.random((64, 10), dtype=np.float32) for _ in Style]
        found = compare.differences(outputs)
        for (row, one), (column, other) in combinations(enumerate(outputs), 2):
            wanted = max(
                abs(float(a) - float(b)) for a, b in zip(one.flat, other.flat, strict=True)
            )
            assert found[row, column] == found[column, row] == wanted
        assert not found.diagonal().any()

    def test_nan_is_nan(self) -> None:
        outputs = [np.zeros((2, 10), np.float32), np.zeros((2, 10), np.float32)]
        outputs[1][1, 3] = np.nan
        found = compare.differences(outputs)
        assert found[0, 0] == 0
        assert np.isnan(found[0, 1])

    def test_moderate_weights_differ_by_a_rounding(self) -> None:
        found = compare.differences([rows_of(NetworkSpec(), style) for style in Style])
        assert found.max() < 1e-6 < compare.ROUNDING

    def test_huge_weights_are_finite_or_named(self) -> None:
        found = compare.differences([rows_of(HUGE, style) for style in Style])
        assert found.shape == (4, 4)
        assert np.nanmax(found) <= 1


class TestRegistered:
    @spec_of
    def test_names_keys_and_counts(self, name: str) -> None:
        spec = NETWORKS[name]
        found = {style: compare.registered(spec, layers(spec), style) for style in Style}
        names = table.tensor_names(spec)
        count = sum((before + 1) * after for before, after in spec.shapes)
        assert all(known.count == count for known in found.values())
        assert found[Style.TENSORS].keys == ()
        assert found[Style.MODULE].keys == found[Style.FUNCTIONAL].keys == names
        for tensor, key in zip(names, found[Style.SEQUENTIAL].keys, strict=True):
            place = table.access(spec, tensor)[Style.SEQUENTIAL].code
            at, _, kind = key.partition(".")
            assert place == f"model[{at}].{kind}"
        linears = [f"fc{number}" for number in range(1, len(spec.shapes) + 1)]
        assert list(found[Style.FUNCTIONAL].parts) == linears
        functions = [activation.value for activation in spec.functions]
        assert list(found[Style.MODULE].parts) == [*linears, *functions, "softmax"]

    @spec_of
    @pytest.mark.parametrize("style", [Style.MODULE, Style.FUNCTIONAL, Style.SEQUENTIAL])
    def test_the_code_on_the_stage_prints_the_same(self, name: str, style: Style) -> None:
        spec = NETWORKS[name]
        known = compare.registered(spec, layers(spec), style)
        assert str(executed(spec, style)["model"]) == known.printed

    def test_no_activation_is_printed_in_the_functional_style(self) -> None:
        known = compare.registered(NetworkSpec(), layers(NetworkSpec()), Style.FUNCTIONAL)
        assert "relu" not in known.printed.lower()
        assert "softmax" not in known.printed.lower()


def omit(name: str, mended: bool) -> Ran:
    return tries.omission(name, NetworkSpec(), inputs(), mended)


class TestTries:
    def test_without_super_python_s_own_words(self) -> None:
        class Network(nn.Module):
            def __init__(self) -> None:
                self.fc1 = nn.Linear(784, 128)

        with pytest.raises(AttributeError) as raised:
            Network()
        assert omit("super", False).error == f"AttributeError: {raised.value}"
        assert omit("super", True).printed == "fc1.weight (128, 784)\nfc1.bias (128,)"

    def test_without_forward_python_s_own_words(self) -> None:
        class Network(nn.Module):
            pass

        with pytest.raises(NotImplementedError) as raised:
            Network()(inputs())
        assert omit("forward", False).error == f"NotImplementedError: {raised.value}"
        assert omit("forward", True).printed == "(64, 128)"

    def test_a_plain_list_registers_nothing(self) -> None:
        assert omit("registering", False).printed == "Network()\n0 tensors to train"
        assert omit("registering", True).printed.endswith("2 tensors to train")

    def test_a_class_that_is_no_module(self) -> None:
        class Network:
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x

        with pytest.raises(TypeError) as raised:
            Network()(inputs())
        assert omit("module", False).error == f"TypeError: {raised.value}"
        assert omit("module", False).printed == "(64, 128)"
        assert omit("module", True).printed == "(64, 128)\n(64, 128)"
        assert not hasattr(Network(), "parameters")
        assert not hasattr(Network(), "state_dict")

    def test_the_books(self) -> None:
        empty, full = tries.books(NetworkSpec()).printed.splitlines()
        assert empty == "{}"
        assert full == str({"fc1": nn.Linear(784, 128)})

    @spec_of
    def test_the_order_in_init_does_not_matter(self, name: str) -> None:
        spec = NETWORKS[name]
        ran = tries.init_order(spec, layers(spec), inputs())
        difference, printed = ran.printed.split("\n", 1)
        assert (ran.error, difference) == ("", "largest difference: 0")
        assert tries.difference_of(ran) == 0
        known = compare.registered(spec, layers(spec), Style.MODULE)
        assert sorted(printed.splitlines()) == sorted(known.printed.splitlines())
        assert printed != known.printed

    @spec_of
    def test_the_order_in_forward_does(self, name: str) -> None:
        spec = NETWORKS[name]
        ran = tries.forward_order(spec, layers(spec), inputs())
        if not spec.hidden:
            logits = F.linear(inputs().softmax(dim=1), layers(spec)[0].weight, layers(spec)[0].bias)
            apart = (logits - torch.from_numpy(rows_of(spec, Style.MODULE))).abs().max()
            assert ran.printed == f"largest difference: {apart:.3g}"
            return
        with pytest.raises(RuntimeError) as raised:
            nn.Linear(*spec.shapes[1])(inputs())
        assert ran.error == f"RuntimeError: {raised.value}"

    def test_a_silent_exchange(self) -> None:
        spec = NetworkSpec(hidden=(784, 784))
        ran = tries.forward_order(spec, layers(spec), inputs())
        x = inputs()
        for number in (1, 0):
            x = torch.relu(F.linear(x, layers(spec)[number].weight, layers(spec)[number].bias))
        wrong = F.linear(x, layers(spec)[2].weight, layers(spec)[2].bias).softmax(dim=1)
        apart = (wrong - torch.from_numpy(rows_of(spec, Style.MODULE))).abs().max()
        assert ran.error == ""
        assert float(ran.printed.split(": ")[1]) == pytest.approx(float(apart), rel=0.01)

    @spec_of
    def test_linear_is_x_w_t_plus_b(self, name: str) -> None:
        spec = NETWORKS[name]
        ran = tries.linear(spec, layers(spec), inputs(), 5)
        _, outputs = spec.shapes[0]
        *shapes, difference = ran.printed.splitlines()
        assert shapes == [
            f"W ({outputs}, 784) b ({outputs},)",
            f"one digit: ({outputs},)",
            f"the batch: (64, {outputs})",
        ]
        weight, bias = (
            t.numpy().astype(np.float64) for t in (layers(spec)[0].weight, layers(spec)[0].bias)
        )
        largest = np.abs(inputs().numpy() @ weight.T + bias).max()
        assert float(difference.split(": ")[1]) <= 1e-5 * max(largest, 1)

    @spec_of
    def test_names_in_a_list(self, name: str) -> None:
        spec = NETWORKS[name]
        ran = tries.named_list(spec, layers(spec), inputs())
        difference, same, keys = ran.printed.splitlines()
        assert (ran.error, difference, same) == ("", "largest difference: 0", "True")
        assert keys == str(list(table.tensor_names(spec)))

    def test_names_are_free(self) -> None:
        lines = tries.free_names().printed.splitlines()
        assert lines[0] == "DigitClassifier("
        assert lines[1] == "  (hidden): Linear(in_features=784, out_features=256, bias=True)"
        assert lines[-2:] == ["(256, 784)", "(256,)"]

    def test_one_operation_on_each_line_is_the_same(self) -> None:
        code = tries.free_names().code
        space: dict[str, object] = {"nn": nn, "print": lambda *_: None}
        exec(code, space)
        net = space["net"]
        assert isinstance(net, nn.Module)
        with torch.no_grad():
            hidden, output = (part.double() for part in list(net.double().children())[:2])
            x = inputs().double().numpy()
            weights = [t.detach().numpy() for t in (*hidden.parameters(), *output.parameters())]
            logits = 1 / (1 + np.exp(-(x @ weights[0].T + weights[1]))) @ weights[2].T + weights[3]
            wanted = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            np.testing.assert_allclose(net(inputs().double()).numpy(), wanted, atol=1e-9)

    @spec_of
    def test_the_sizes_of_a_list_are_named_at_its_top(self, name: str) -> None:
        spec = NETWORKS[name]
        ran = tries.sized_list(spec, layers(spec), inputs())
        assert (ran.error, ran.printed) == ("", "largest difference: 0")
        assert f"hidden_sizes = {list(spec.hidden)}" in ran.code

    @spec_of
    def test_a_part_of_a_list(self, name: str) -> None:
        spec = NETWORKS[name]
        first, shape, last = tries.part_of_list(spec, layers(spec)).printed.splitlines()
        assert first == str(nn.Linear(*spec.shapes[0]))
        assert shape == str((spec.shapes[0][1], 784))
        assert last == "Softmax(dim=1)"

    @pytest.mark.parametrize("count", [64, 40, 32])
    @spec_of
    def test_one_digit_as_old_notebooks_and_as_today(self, name: str, count: int) -> None:
        spec = NETWORKS[name]
        images = inputs().view(64, 1, 28, 28)[:count].clone()
        kept = images.clone()
        ran = tries.old_forward(spec, layers(spec), images, resized=False)
        with pytest.raises(RuntimeError) as raised:
            nn.Linear(784, spec.shapes[0][1])(images[0, :])
        assert (ran.printed, ran.error) == ("(1, 28, 28)", f"RuntimeError: {raised.value}")
        ran = tries.old_forward(spec, layers(spec), images, resized=True)
        assert (ran.printed, ran.error) == ("(1, 784)\n(1, 10)", "")
        assert f"images.resize_({count}, 1, 784)" in ran.code
        ran = tries.today_forward(spec, layers(spec), images)
        assert ran.error == ""
        assert ran.printed.splitlines() == ["(1, 10)", f"({count}, 10)", f"({count}, 1, 28, 28)"]
        # The batch is every session's: what is resized is a copy.
        torch.testing.assert_close(images, kept, rtol=0, atol=0)

    def test_a_size_that_does_not_fit(self) -> None:
        ran = tries.resized_wrongly()
        assert ran.printed.split() == ["tensor([[0,", "1],", "[2,", "3]])"]
        assert ran.error == "RuntimeError: shape '[2, 2]' is invalid for input of size 6"

    def test_a_difference_that_was_printed(self) -> None:
        assert tries.difference_of(Ran("", "largest difference: 0.0123\nNetwork()", "")) == 0.0123

    def test_the_old_name_still_works_without_a_warning(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ran = tries.function_forms()
        relu, *sigmoids = ran.printed.splitlines()
        assert relu == " ".join(["tensor([0., 0., 2.])"] * 3)
        low = 1 / (1 + math.exp(2))
        assert sigmoids == [f"tensor([{low:.4f}, 0.5000, {1 - low:.4f}])"] * 3

    def test_the_exercise(self) -> None:
        printed = exercise.exercise(inputs()).printed
        wanted = (784 + 1) * 128 + (128 + 1) * 64 + (64 + 1) * 10
        assert f"\n{wanted} parameters\n(64, 10)\nTrue" in printed
        for number, shape in enumerate([(784, 128), (128, 64), (64, 10)], start=1):
            assert (
                f"(fc{number}): Linear(in_features={shape[0]}, out_features={shape[1]}" in printed
            )

    def test_what_is_run_leaves_the_shared_tensors_as_they_are(self) -> None:
        spec = NetworkSpec(seed=5)
        before = [layer.weight.clone() for layer in layers(spec)]
        for tried in (
            tries.init_order,
            tries.forward_order,
            tries.named_list,
        ):
            tried(spec, layers(spec), inputs())
        for layer, weight in zip(layers(spec), before, strict=True):
            torch.testing.assert_close(layer.weight, weight, rtol=0, atol=0)


class TestScript:
    @spec_of
    def test_it_prints_the_numbers_of_the_page(self, name: str) -> None:
        spec, digit = NETWORKS[name], DigitSpec(image=4)
        said = run(script.script(spec, digit))
        lines = dict(line.split(": ", 1) for line in said.splitlines())
        for style in Style:
            printed = [float(text) for text in lines[style.value].split()]
            assert printed == pytest.approx(rows_of(spec, style)[4].tolist(), abs=1e-5)
        pairs = [f"{one} - {other}" for one, other in combinations(Style, 2)]
        assert all(0 <= float(lines[pair]) <= 1e-4 for pair in pairs)
