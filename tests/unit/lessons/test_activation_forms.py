"""Formulas that break in float32, their stable forms, and units that are off for every digit."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mnistviz.digits import mnist
from mnistviz.lessons.activations.dead import dead_units
from mnistviz.lessons.activations.stable import FLOAT32_END, breaks, stable_code
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Bias, Init
from mnistviz.spec.specs import NetworkSpec

X = torch.cat([torch.linspace(-1000, 1000, 4001), torch.linspace(-30, 30, 6001)])


def stable() -> dict[str, object]:
    names: dict[str, object] = {"torch": torch}
    exec(stable_code(), names)
    return names


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("sigmoid", torch.sigmoid),
        ("tanh", torch.tanh),
        ("silu", F.silu),
        ("softplus", F.softplus),
    ],
)
def test_the_stable_code_on_the_screen_is_pytorchs_function(name: str, wanted: object) -> None:
    found = stable()[name](X)
    assert torch.isfinite(found).all()
    torch.testing.assert_close(found, wanted(X), rtol=1e-6, atol=1e-6)


def test_each_formula_breaks_where_the_page_says_so() -> None:
    found = {each.activation: each for each in breaks()}
    with np.errstate(over="ignore", invalid="ignore"):
        up = np.exp(np.float32(100))
        assert [found[Activation.SIGMOID].output, found[Activation.SILU].output] == [0, 0]
        assert math.isnan((up - 0) / (up + 0)) == math.isnan(found[Activation.TANH].output)
        assert np.log(1 + up) == found[Activation.SOFTPLUS].output == math.inf
    for each in found.values():
        assert math.isnan(each.slope)
        assert math.isfinite(each.true_output + each.true_slope)


def test_where_exp_leaves_float32() -> None:
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(np.float32(FLOAT32_END - 0.01)))
        assert np.isinf(np.exp(np.float32(FLOAT32_END + 0.01)))
    assert math.isclose(FLOAT32_END, 88.72, abs_tol=0.01)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_dead_units_are_off_for_every_digit(number: int) -> None:
    spec = NetworkSpec(
        hidden=(30, 20, 10), init=Init.KAIMING_NORMAL, bias=Bias.NORMAL, std=1.5, seed=3
    )
    layers = parameters(spec)
    pixels = mnist.load(mnist.SAMPLE_ROOT).train_pixels[:300]
    x = pixels.reshape(-1, 784).numpy().astype(np.float64) / 127.5 - 1
    for layer in layers[:number]:
        x = np.maximum(x @ layer.weight.numpy().T.astype(np.float64) + layer.bias.numpy(), 0)
    assert dead_units(layers, pixels, number) == (x == 0).all(axis=0).sum() > 0


def test_many_digits_are_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = parameters(NetworkSpec())
    pixels = mnist.load(mnist.SAMPLE_ROOT).train_pixels[:500]
    whole = dead_units(layers, pixels, 1)
    monkeypatch.setattr("mnistviz.lessons.activations.dead.AT_ONCE", 64)
    assert dead_units(layers, pixels, 1) == whole
