"""Tests of the clinic's scripts: run, each of them prints what the page shows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from mnistviz.digits import mnist
from mnistviz.lessons.clinic import measure, operations, script
from mnistviz.lessons.clinic.operations import LIMITS, Change, Limits, Operation
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.spec.fields import Activation, Bias, Init, Split, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.training import loop
from tests.helpers.networks import learned
from tests.helpers.scripts import run

DIGIT = DigitSpec(image=4)

SMALL = NetworkSpec(hidden=(9, 6))
LESSON = NetworkSpec(Style.TENSORS, (8,), Activation.SIGMOID, Init.NORMAL, 1.0, bias=Bias.NORMAL)
SINGLE = NetworkSpec(Style.SEQUENTIAL, hidden=())


@cache
def digits() -> mnist.Digits:
    return mnist.load(mnist.SAMPLE_ROOT)


def changes() -> list[Change]:
    """Each operation with what it is at first, and where something else is special."""
    made = []
    for operation in Operation:
        limits = LIMITS.get(operation, Limits(0, 0, 0, 1))
        place = {"row": 3, "column": 18} if operation is Operation.COVER else {}
        made.append(Change(operation, limits.default, **place))
    return [
        *(change for change in made if change.operation is not Operation.SHUFFLED_LABELS),
        Change(Operation.SHIFT, -3.0, down=5),
        Change(Operation.BLUR, 0.0),
        Change(Operation.ZERO_LAYER, layer=2),
        Change(Operation.UNITS_OFF, 0.0, layer=2),
    ]


def assert_prints(
    lines: list[str],
    network: NetworkSpec,
    layers: Parameters,
    change: Change,
    digit: DigitSpec = DIGIT,
) -> None:
    pixels = mnist.batch(digits(), digit.batch, 7, digit.split).pixels[digit.image]
    changed = operations.layers_of(change, layers, network.seed)
    found = [
        measure.probabilities(network, each, done, pixels, network.seed)
        for each, done in ((layers, None), (changed, change))
    ]
    *ten, right = lines
    for place, line in enumerate(ten):
        name, *numbers = line.split()
        assert name == f"{place}:"
        wanted = [float(row[place]) for row in found]
        assert [float(number) for number in numbers] == pytest.approx(wanted, abs=2e-6)
    labels, tests = digits().test_labels.numpy(), digits().test_pixels
    wanted = [
        measure.measured(
            labels, [measure.answer_digits(network, each, done, tests, network.seed)]
        ).accuracy
        for each, done in ((layers, None), (changed, change))
    ]
    # Among 1,000 digits one or two may have two logits that a rounding decides between.
    shares = [float(number) for number in right.removeprefix("right answers:").split()]
    assert shares == pytest.approx(wanted, abs=2.5e-3)


@pytest.mark.parametrize("network", [SMALL, LESSON, SINGLE], ids=["module", "tensors", "single"])
@pytest.mark.parametrize("change", changes(), ids=str)
def test_it_prints_the_numbers_of_the_page(network: NetworkSpec, change: Change) -> None:
    lines = run(script.script(network, DIGIT, change)).splitlines()
    assert_prints(lines, network, parameters(network), change)


@pytest.mark.parametrize("style", Style)
def test_each_style(style: Style) -> None:
    network, change = replace(SMALL, style=style), Change(Operation.ROUND, 2.0)
    lines = run(script.script(network, DIGIT, change)).splitlines()
    assert_prints(lines, network, parameters(network), change)


def test_a_trained_network_is_trained_first() -> None:
    training = TrainSpec(epochs=1, batch_size=1000)
    network, change = replace(SMALL, training=training), Change(Operation.ROTATE, 40.0)
    lines = run(script.script(network, DIGIT, change)).splitlines()
    assert_prints(lines, network, learned(network), change)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("split", Split)
def test_shuffled_labels_are_learned_from(style: Style, split: Split) -> None:
    training = TrainSpec(seed=11, batch_size=250, epochs=2)
    network = replace(SMALL, style=style, training=training)
    digit = DigitSpec(image=4, split=split)
    text = script.script(network, digit, Change(Operation.SHUFFLED_LABELS))
    *ten, right = run(text).splitlines()
    examples = operations.shuffled(mnist.examples(digits()), 11)
    # The labels of the training digits have changed places, and no other.
    assert not examples.train_labels.equal(digits().train_labels)
    assert examples.train_labels.bincount().equal(digits().train_labels.bincount())
    *_, last = loop.train(network, training, examples)
    assert last.mark is not None
    assert last.mark.layers is not None
    pixels = mnist.batch(digits(), 0, 7, split).pixels[digit.image]
    wanted = measure.probabilities(network, last.mark.layers, None, pixels, 7)
    found = [float(line.partition(": ")[2]) for line in ten]
    assert found == pytest.approx(wanted.tolist(), abs=1e-4)
    share = float(right.removeprefix("right answers: "))
    assert share == pytest.approx(last.mark.test_accuracy, abs=2.5e-3)


def test_shuffled_labels_need_a_training() -> None:
    with pytest.raises(ValueError, match="without a training"):
        script.script(SMALL, DIGIT, Change(Operation.SHUFFLED_LABELS))


@pytest.mark.parametrize("split", Split)
def test_a_digit_of_either_part(split: Split) -> None:
    digit, change = DigitSpec(image=4, split=split, batch=1), Change(Operation.ROTATE, 40.0)
    lines = run(script.script(SMALL, digit, change)).splitlines()
    assert_prints(lines, SMALL, parameters(SMALL), change, digit)


def test_a_tie_is_no_answer() -> None:
    change = Change(Operation.ZERO_LAYER, layer=3)
    lines = run(script.script(SMALL, DIGIT, change)).splitlines()
    assert lines[-1].endswith(" 0.0000")
    assert_prints(lines, SMALL, parameters(SMALL), change)
