"""Tests of the functions by hand: where a script has the lesson's formula, and where it cannot."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from mnistviz.codegen import functions
from mnistviz.codegen.parts import source
from mnistviz.digits import mnist
from mnistviz.lessons.classify import script
from mnistviz.network import by_hand
from mnistviz.network.activations import FORMS
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Bias, Init, Style, defaults
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from tests.helpers.networks import learned, load, shown
from tests.helpers.scripts import printed, run

LESSON = NetworkSpec.from_settings({**defaults(), **PRESETS["by_hand"]})
ACTIVE = [activation for activation in Activation if activation is not Activation.NONE]
SHORT = TrainSpec(lr=0.05, batch_size=500, epochs=1)

STARTS: list[dict[str, object]] = [
    {},
    {"init": Init.XAVIER_UNIFORM, "bias": Bias.ZEROS},
    {"init": Init.KAIMING_NORMAL},
    {"init": Init.ZEROS, "bias": Bias.ZEROS},
    {"init": Init.CONSTANT, "constant": 0.01},
    {"init": Init.CONSTANT, "constant": -1.0},
    {"init": Init.NORMAL, "std": 0.05, "bias": Bias.NORMAL},
    {"init": Init.NORMAL, "std": 0.5, "bias": Bias.NORMAL},
    {"init": Init.NORMAL, "std": 1.0, "bias": Bias.NORMAL},
    {"init": Init.NORMAL, "std": 30.0, "bias": Bias.NORMAL},
]


def specs() -> list[NetworkSpec]:
    """Start networks of every activation small and large."""
    return [
        NetworkSpec(Style.TENSORS, (20, 10), activation, seed=5, **start)
        for activation, start in itertools.product(ACTIVE, STARTS)
    ]


def written(spec: NetworkSpec) -> list[str]:
    """Write the one activation of a network."""
    (lines,) = functions.activation_functions(spec)
    return lines


def is_formula(lines: list[str], formula: Callable[..., object]) -> bool:
    return lines == source(formula)


@pytest.mark.parametrize("spec", specs(), ids=lambda s: f"{s.activation}-{s.init}-{s.std}")
def test_a_script_prints_what_the_page_shows(spec: NetworkSpec) -> None:
    digit = DigitSpec(image=9, seed=5)
    found = printed(run(script.script(spec, digit)))
    assert found == pytest.approx(shown(spec, digit), abs=1e-6)


@pytest.mark.parametrize("spec", specs(), ids=lambda s: f"{s.activation}-{s.init}-{s.std}")
def test_where_the_formula_stands_it_is_right_for_every_digit(spec: NetworkSpec) -> None:
    """Ask all 5,000 digits of the sample, of which the rule has tried 200."""
    pixels = torch.cat([load().train_pixels, load().test_pixels])
    form = FORMS[spec.activation]
    passed = list(
        layer_by_layer(spec.activation, parameters(spec), mnist.flatten(mnist.normalize(pixels)))
    )
    if is_formula(written(spec), form.by_hand):
        for step in passed[:-1]:
            torch.testing.assert_close(
                form.by_hand(step.sums), form.stable(step.sums), rtol=1e-6, atol=3e-7
            )
    if is_formula(functions.softmax_lines(spec), by_hand.softmax):
        logits = passed[-1].sums
        torch.testing.assert_close(
            by_hand.softmax(logits), by_hand.stable_softmax(logits), rtol=0, atol=1e-6
        )


class TestRule:
    @pytest.mark.parametrize("activation", ACTIVE)
    def test_the_usual_starts_have_the_formulas(self, activation: Activation) -> None:
        for start in STARTS[:5]:
            spec = NetworkSpec(Style.TENSORS, activation=activation, **start)
            assert is_formula(written(spec), FORMS[activation].by_hand)
            assert is_formula(functions.softmax_lines(spec), by_hand.softmax)

    def test_so_has_the_network_of_the_lesson(self) -> None:
        # Its sums reach 130; of those the formula of sigmoid is right.
        assert is_formula(written(LESSON), by_hand.sigmoid)
        assert is_formula(functions.softmax_lines(LESSON), by_hand.softmax)

    @pytest.mark.parametrize("activation", [Activation.TANH, Activation.SOFTPLUS])
    def test_large_sums_have_the_stable_forms(self, activation: Activation) -> None:
        spec = NetworkSpec(Style.TENSORS, (20,), activation, Init.NORMAL, 30.0)
        text = script.script(spec, DigitSpec())
        stable = FORMS[activation].stable
        assert "\n".join(source(stable, activation.value)) in text
        assert "\n".join(source(by_hand.stable_softmax, "softmax")) in text
        assert "def stable" not in text
        assert "    # " in "\n".join(written(spec)), "it says why"
        assert "    # " in "\n".join(functions.softmax_lines(spec)), "it says why"

    @pytest.mark.parametrize("activation", ACTIVE)
    def test_what_is_trained_has_the_form_that_the_app_trains_with(
        self, activation: Activation
    ) -> None:
        spec = NetworkSpec(Style.TENSORS, (20,), activation, training=SHORT)
        lines = written(spec)
        assert lines == source(FORMS[activation].stable, activation.value)
        assert functions.softmax_lines(spec) == source(by_hand.stable_softmax, "softmax")

    def test_nothing_is_known_of_loaded_weights(self) -> None:
        spec = NetworkSpec(Style.TENSORS, activation=Activation.TANH, loaded="0123456789abcdef")
        assert written(spec) == source(by_hand.stable_tanh, "tanh")
        assert functions.softmax_lines(spec) == source(by_hand.stable_softmax, "softmax")
        spec = replace(spec, activation=Activation.SIGMOID)
        assert written(spec) == source(by_hand.sigmoid)


@pytest.mark.parametrize("activation", ACTIVE)
def test_a_script_that_trains_prints_what_the_page_shows(activation: Activation) -> None:
    training = replace(SHORT, lr=0.02, batch_size=100)
    spec = NetworkSpec(Style.TENSORS, (12, 8), activation, training=training)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    learned(spec)
    found = printed(run(script.script(spec, DigitSpec(image=3))))
    torch.set_num_threads(before)
    assert found == pytest.approx(shown(spec, DigitSpec(image=3)), abs=1e-6)
