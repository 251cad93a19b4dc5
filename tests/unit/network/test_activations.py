"""Tests of the activations: each stands wherever it has to, and its derivative is autograd's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch

from mnistviz.network import by_hand, slopes
from mnistviz.network.activations import FORMS
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import parameters
from mnistviz.network.styles import functional
from mnistviz.network.styles.tensors import TensorNetwork
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec

ROOT = Path(__file__).resolve().parents[3]


def in_the_browser() -> set[str]:
    source = (ROOT / "mnistviz/ui/draw/network.js").read_text(encoding="utf-8")
    table = re.search(r"^const ACTIVATIONS = \{$(.*?)^\};$", source, re.MULTILINE | re.DOTALL)
    assert table, "network.js has no table of activations"
    return set(re.findall(r"^  (\w+):", table[1], re.MULTILINE))


PLACES = {
    "FORMS in mnistviz/network/activations.py": {activation.value for activation in FORMS},
    # `none` leaves x as it is: there is no formula to write by hand.
    "mnistviz/network/by_hand.py": {*vars(by_hand), "none"},
    "ACTIVATIONS in mnistviz/ui/draw/network.js": in_the_browser(),
}


def forgotten(activations: Iterable[str]) -> list[str]:
    return [
        f"{activation} is missing in {place}"
        for activation in activations
        for place, names in PLACES.items()
        if activation not in names
    ]


def test_no_activation_is_forgotten_anywhere() -> None:
    assert forgotten(activation.value for activation in Activation) == []


def test_a_forgotten_activation_is_named_with_the_place() -> None:
    assert forgotten(["relu", "elu"]) == [f"elu is missing in {place}" for place in PLACES]


def test_the_browser_has_no_activation_of_its_own() -> None:
    assert in_the_browser() == {activation.value for activation in Activation}


@pytest.mark.parametrize("activation", [each for each in Activation if each != "none"])
def test_the_hand_written_form_is_the_one_that_is_shown(activation: Activation) -> None:
    form = FORMS[activation]
    assert form.by_hand is getattr(by_hand, activation.value)
    assert form.stable is getattr(by_hand, f"stable_{activation.value}", form.by_hand)


@pytest.mark.parametrize("activation", Activation)
def test_a_slope_is_what_autograd_says_bit_for_bit(activation: Activation) -> None:
    edges = [0.0, -0.0, 1e-30, 20.0, 89.0, -104.0, 1e30, -1e30]
    x = torch.cat([torch.linspace(-30, 30, 1_001), torch.tensor(edges)])
    out, found = slopes.apply(activation, x)
    leaf = x.clone().requires_grad_()
    expected = FORMS[activation].functional(leaf)
    (slope,) = torch.autograd.grad(expected.sum(), leaf)
    assert torch.equal(out, expected)
    assert torch.equal(found, slope)


class TestLayerByLayer:
    @pytest.mark.parametrize("hidden", [(), (6,), (7, 5)])
    @pytest.mark.parametrize("activation", [Activation.TANH, Activation.NONE])
    def test_it_ends_in_the_numbers_of_the_styles(
        self, activation: Activation, hidden: tuple[int, ...]
    ) -> None:
        spec = NetworkSpec(hidden=hidden, activation=activation)
        layers = parameters(spec)
        inputs = torch.randn(9, 784, generator=torch.Generator().manual_seed(1))
        *_, last = layer_by_layer(activation, layers, inputs)
        with torch.no_grad():
            probabilities = functional.build(spec, layers)(inputs)
        assert torch.equal(torch.softmax(last.outputs, dim=1), probabilities)
        assert last.outputs is last.sums
        *_, last = layer_by_layer(activation, layers, inputs, by_hand=True)
        assert torch.equal(last.outputs, TensorNetwork(activation, layers).logits(inputs))

    def test_a_layer_is_computed_when_it_is_asked_for(self) -> None:
        first, second = parameters(NetworkSpec(hidden=(4,)))
        broken = second.__class__(second.name, second.weight[:, :1], second.bias)
        passed = layer_by_layer(Activation.RELU, (first, broken), torch.zeros(2, 784))
        step = next(passed)
        assert step.layer is first
        assert torch.equal(step.outputs, step.sums.clamp(min=0))
        with pytest.raises(RuntimeError):
            next(passed)

    def test_autograd_goes_back_through_it(self) -> None:
        layers = parameters(NetworkSpec(hidden=(4,)))
        inputs = torch.zeros(2, 784, requires_grad=True)
        *_, last = layer_by_layer(Activation.SIGMOID, layers, inputs)
        (gradient,) = torch.autograd.grad(last.outputs.sum(), inputs)
        assert gradient.abs().max() > 0
