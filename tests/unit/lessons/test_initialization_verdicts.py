"""The words for what becomes of spreads and gradients, against their numbers and plain numpy."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mnistviz.lessons.initialization import spreading, verdicts
from mnistviz.lessons.initialization.verdicts import CUT_OFF, Course
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Bias, Init
from mnistviz.spec.specs import NetworkSpec
from mnistviz.words import read
from tests.helpers.passage import (
    GREATEST,
    INPUTS,
    LABELS,
    Oracle,
    between_digits,
    root_mean_square,
)

FOUR = (128,) * 4
NORMAL = {"init": Init.NORMAL, "bias": Bias.ZEROS}
KINDS = {
    "fades": (0.0, 0.5),
    "fades_slowly": (0.5, 0.8),
    "steady": (0.8, 1.25),
    "grows": (1.25, math.inf),
    "explodes": (2.0, math.inf),
}
"""Between which factors per layer a word holds."""


MIXED = [
    (Activation.TANH, Activation.SIGMOID),
    (Activation.RELU, Activation.NONE, Activation.TANH),
]
"""Functions that differ from layer to layer."""


def swept() -> list[NetworkSpec]:
    """Every activation under every scheme, narrow to wide, shallow to deep."""
    found = []
    every = [*Activation, *MIXED]
    for activation, hidden in itertools.product(every, [(128, 64), (40,) * 4, (1, 300, 2)]):
        for bias, init in itertools.product(Bias, Init):
            settings = [{}]
            if Init.NORMAL is init or bias is Bias.NORMAL:
                settings = [{"std": std} for std in (1e-4, 0.01, 0.3, 100.0)]
            if init is Init.CONSTANT:
                settings = [{"constant": value} for value in (-100.0, -0.1, 0.0, 1e-4, 100.0)]
            base = NetworkSpec(hidden=hidden, activation=activation, init=init, bias=bias)
            found += [replace(base, **each) for each in settings]
    return found


def judged(spec: NetworkSpec) -> tuple[spreading.Passage, Course, Course]:
    way = spreading.passage(spec, parameters(spec), INPUTS, LABELS)
    return way, verdicts.there(spec, way), verdicts.back(spec, way)


def test_only_layers_that_can_saturate_count() -> None:
    both = (Activation.TANH, Activation.SIGMOID)
    one = (Activation.RELU, Activation.TANH, Activation.RELU)
    for activation, mostly in [(both, True), (one, False)]:
        spec = NetworkSpec(hidden=FOUR, activation=activation, std=1.0, **NORMAL)
        way, there, _ = judged(spec)
        flat = [
            layer.flat * layer.outputs
            for layer, function in zip(way.hidden, spec.activations, strict=True)
            if function is not Activation.RELU
        ]
        share = verdicts.saturated_share(spec, way)
        assert share == pytest.approx(sum(flat) / sum(FOUR))
        assert (there is Course.SATURATED) is mostly


class TestVerdicts:
    @pytest.mark.parametrize(
        ("settings", "spreads", "there", "back"),
        [
            # Over units and digits together these three would seem to keep their spread.
            (
                {"activation": Activation.SIGMOID, "std": 0.01, **NORMAL},
                (0.035, 7.9e-7),
                *(Course.FADES, Course.FADES),
            ),
            (
                {"activation": Activation.SIGMOID},
                (0.067, 0.00019),
                *(Course.FADES, Course.FADES),
            ),
            (
                {"activation": Activation.SILU, "init": Init.CONSTANT, "constant": -0.1},
                (7.26, 0),
                *(Course.NOTHING, Course.ALIKE),
            ),
            (
                {"activation": Activation.TANH, "std": 1.0, **NORMAL},
                (0.69, 0.86),
                *(Course.SATURATED, Course.SATURATED),
            ),
            (
                {"activation": Activation.TANH, "std": 100.0, **NORMAL},
                (0.72, 0.91),
                *(Course.SATURATED, Course.SATURATED),
            ),
            (
                {"activation": Activation.SIGMOID, "std": 1e-4, **NORMAL},
                (0.00036, 0),
                *(Course.NOTHING, Course.FADES),
            ),
            (
                {"activation": Activation.RELU, "init": Init.CONSTANT, "constant": 0.1},
                (0, 0),
                *(Course.NOTHING, Course.ALIKE),
            ),
            (
                {"activation": Activation.RELU, "init": Init.CONSTANT, "constant": 0.0},
                (0, 0),
                *(Course.ZEROS, Course.ZEROS),
            ),
            ({"std": 100.0, **NORMAL}, (949, 3.76e11), *(Course.EXPLODES, Course.EXPLODES)),
            ({"std": 0.01, **NORMAL}, (0.095, 3.8e-5), *(Course.FADES, Course.FADES)),
            (
                {"init": Init.KAIMING_UNIFORM, "bias": Bias.ZEROS},
                (0.45, 0.315),
                *(Course.STEADY, Course.STEADY),
            ),
        ],
        ids=str,
    )
    def test_what_is_seen(
        self,
        settings: dict[str, Any],
        spreads: tuple[float, float],
        there: Course,
        back: Course,
    ) -> None:
        way, *found = judged(NetworkSpec(hidden=FOUR, **settings))
        ends = (way.hidden[0].leaving, way.hidden[-1].leaving)
        assert ends == pytest.approx(spreads, rel=0.02)
        assert found == [there, back]

    def test_no_word_contradicts_another_or_the_numbers(self) -> None:
        for spec in swept():
            way, there, back = judged(spec)
            first, last = way.hidden[0].leaving, way.hidden[-1].leaving
            gradients = (way.hidden[-1].gradient, way.hidden[0].gradient)
            assert all(map(math.isfinite, (last, *gradients))), spec
            zeros = all(not layer.weight.any() for layer in parameters(spec))
            assert zeros == (there is Course.ZEROS) == (back is Course.ZEROS), spec
            assert (there is Course.SATURATED) <= (back in (*CUT_OFF, Course.SATURATED)), spec
            assert (back is Course.SATURATED) <= (there in (Course.NOTHING, Course.SATURATED)), spec
            assert (gradients[1] == 0) <= (back in CUT_OFF), spec
            if there.value in KINDS:
                low, high = KINDS[there]
                assert low <= (last / first) ** (1 / (len(spec.hidden) - 1)) <= high, spec
            if back.value in KINDS:
                low, high = KINDS[back]
                assert (
                    low <= (gradients[1] / gradients[0]) ** (1 / (len(spec.hidden) - 1)) <= high
                ), spec

    @pytest.mark.parametrize("std", [1e-4, 0.01, 0.3, 100.0])
    @pytest.mark.parametrize("activation", list(Activation), ids=str)
    def test_the_words_hold_in_float64_by_hand(self, activation: Activation, std: float) -> None:
        spec = NetworkSpec(hidden=(40,) * 4, activation=activation, std=std, **NORMAL)
        _, there, back = judged(spec)
        with np.errstate(over="ignore", divide="ignore"):
            wanted = Oracle(spec, parameters(spec))
        spreads = [between_digits(values) for values in wanted.leaving[:-1]]
        sizes = [root_mean_square(values) for values in wanted.deltas]
        saturating = activation in (Activation.SIGMOID, Activation.TANH)
        limit = 0.01 * GREATEST.get(activation, 1.0)
        share = np.mean([(slopes < limit).mean() for slopes in wanted.slopes[:-1]])
        stuck = saturating and share >= 0.5
        assert (there is Course.SATURATED) == stuck
        assert (back in (Course.SATURATED, *CUT_OFF)) == stuck
        if there in (Course.LOST, Course.NOTHING):
            assert spreads[-1] < 2e-6 * root_mean_square(wanted.leaving[-2])
        elif not stuck:
            low, high = KINDS[there]
            assert low <= (spreads[-1] / spreads[0]) ** (1 / 3) <= high
        if not stuck:
            low, high = KINDS[back]
            assert low <= (sizes[0] / sizes[-2]) ** (1 / 3) <= high

    def test_where_gradients_end(self) -> None:
        spec = NetworkSpec(hidden=(1, 5), init=Init.NORMAL, std=100.0, bias=Bias.ZEROS)
        spec = replace(spec, activation=Activation.TANH)
        way, _, back = judged(spec)
        assert back is Course.FLAT
        assert verdicts.flat_layer(way) == max(
            n for n, layer in enumerate(way.hidden, start=1) if layer.slope == 0
        )

    def test_each_word_has_a_sentence(self) -> None:
        parts = read("initialization").parts
        there = set(Course) - set(CUT_OFF)
        assert {f"there_{course}" for course in there} <= set(parts)
        assert {f"back_{course}" for course in set(Course) - {Course.LOST}} <= set(parts)
