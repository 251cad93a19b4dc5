"""Tests of what is found in a picture, and of what the preparation is worth."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mnistviz.digits import finding, mnist
from mnistviz.digits.preparation import Steps, inputs, prepare
from mnistviz.lessons.draw import redrawn, script
from mnistviz.network import answers, styles
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Data, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from tests.helpers.networks import learned
from tests.helpers.scripts import printed, run


@pytest.fixture(scope="module")
def digits() -> mnist.Digits:
    return mnist.load(mnist.root_of(Data.SAMPLE), 4_000)


def canvas(*placed: tuple[np.ndarray, int, int]) -> np.ndarray:
    """Lay digits of MNIST, five times as large, on a canvas, by their corners."""
    ink = np.zeros((280, 280), np.uint8)
    for digit, top, left in placed:
        ink[top : top + 140, left : left + 140] = np.kron(digit, np.ones((5, 5), np.uint8))
    return ink


def test_a_digit_alone_has_the_whole_canvas_and_comes_out_as_it_was(digits: mnist.Digits) -> None:
    digit = digits.test_pixels[0].numpy()
    ink = canvas((digit, 100, 30))
    ink[3:5, 270:275] = 200  # a speck
    (found,) = finding.find(ink, ink, 0, Steps(line=False))
    assert found.prepared.gray.shape == (280, 280)
    assert found.prepared.ink[3, 270] == 0
    assert np.abs(found.prepared.pixels.astype(int) - digit).mean() < 0.5


def test_several_digits_come_in_reading_order_each_on_its_sheet(digits: mnist.Digits) -> None:
    three = [digits.test_pixels[n].numpy() for n in (0, 1, 2)]
    ink = canvas((three[2], 140, 70), (three[1], 0, 140), (three[0], 0, 0))
    found = finding.find(255 - ink, ink, 255, Steps(line=False))
    assert len(found) == 3
    for one, digit in zip(found, three, strict=True):
        assert one.prepared.gray.shape[0] == one.prepared.gray.shape[1] < 280
        assert one.prepared.gray.max() == 255  # white paper, beyond the edge too
        assert one.prepared.gray.shape == one.prepared.ink.shape
        assert (one.prepared.ink <= 255 - one.prepared.gray).all()  # neighbors may stand there
        assert np.abs(one.prepared.pixels.astype(int) - digit).mean() < 0.5


def test_nothing_is_found_on_an_empty_canvas() -> None:
    empty = np.zeros((280, 280), np.uint8)
    assert finding.find(empty, empty, 0, Steps()) == ()


def test_what_is_read_is_text_with_a_sign_for_no_answer() -> None:
    seven, tie, broken = (np.full(10, 0.1, np.float32) for _ in range(3))
    seven[7], broken[0] = 0.5, np.nan
    assert answers.text([seven, tie, broken]) == "7??"


def test_inputs_are_those_of_totensor_and_normalize(digits: mnist.Digits) -> None:
    pixels = digits.test_pixels[:3]
    expected = mnist.examples(digits).test_inputs[:3].numpy()
    assert np.array_equal(inputs(pixels.numpy()), expected)
    assert np.array_equal(
        inputs(pixels.numpy(), False), pixels.reshape(3, -1).numpy() / np.float32(255)
    )


def test_redrawn_digits_stand_where_they_were_put(digits: mnist.Digits) -> None:
    ink = redrawn.redrawn(digits.test_pixels[0].numpy(), 100, 0.0, 1.0)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    assert rows[0] == 0
    assert columns[-1] == 279
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 100


def test_each_step_left_out_costs_answers(digits: mnist.Digits) -> None:
    """A trained network reads drawn digits as the original ones; without a step it does worse."""
    spec = NetworkSpec(hidden=(32,), training=TrainSpec(epochs=4))
    layers = learned(spec)
    built = styles.build(spec, layers)
    pixels, labels = digits.test_pixels[:60].numpy(), digits.test_labels[:60].numpy()
    right = {}
    for way in (redrawn.PLAIN, *redrawn.WAYS):
        drawn = redrawn.prepared(pixels, labels, 7, way)
        predicted = styles.probabilities(built, torch.from_numpy(drawn.inputs)).argmax(1).numpy()
        right[way] = (predicted == drawn.labels).mean()
    assert right["all"] >= right["plain"] - 0.02
    # The digits that are drawn anew have MNIST's own lines: there is next to nothing to do.
    assert abs(right["line"] - right["all"]) < 0.02
    assert max(right[way] for way in redrawn.WAYS if way not in ("all", "line")) < right["all"]
    assert right["none"] < 0.3
    assert right["shrunk"] < 0.6


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("normalized", [True, False])
def test_the_script_prints_the_probabilities_of_the_digit(
    style: Style,
    normalized: bool,
    digits: mnist.Digits,
) -> None:
    spec = NetworkSpec(style=style, hidden=(32, 16), activation=Activation.TANH)
    ink = canvas((digits.test_pixels[4].numpy(), 60, 90))
    prepared = prepare(ink, ink, Steps(normalize=normalized))
    said = run(script.script(spec, prepared.pixels, normalized))
    built = styles.build(spec, parameters(spec))
    expected = styles.probabilities(built, torch.from_numpy(prepared.inputs[None]))[0]
    assert printed(said) == pytest.approx(expected.tolist(), abs=1e-6)


def test_the_script_of_a_trained_network_trains_it_first(digits: mnist.Digits) -> None:
    spec = NetworkSpec(hidden=(8,), training=TrainSpec(epochs=1, batch_size=512))
    layers = learned(spec)
    pixels = digits.test_pixels[4].numpy()
    said = run(script.script(spec, pixels, True))
    built = styles.build(spec, layers)
    expected = styles.probabilities(built, torch.from_numpy(inputs(pixels)[None]))[0]
    assert printed(said) == pytest.approx(expected.tolist(), abs=1e-6)
