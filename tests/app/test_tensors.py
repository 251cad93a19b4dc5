"""Tests of the page of the network by hand as a person uses it, without a browser."""

from __future__ import annotations

import base64
import re
from typing import Any

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.lessons.tensors.by_hand import UnitSum, hand_steps, unit_sum
from mnistviz.lessons.tensors.slips import SLIPS, break_shape
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Value, defaults
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.elements.question import Answered
from mnistviz.words import read
from mnistviz.words.quantities import number
from tests.app.session import NETWORKS, SMALL, Session, link
from tests.helpers.networks import load

WORDS = read("tensors")


def parts(settings: dict[str, Value]) -> tuple[NetworkSpec, DigitSpec, Any, mnist.Batch]:
    complete = {**defaults(), **settings}
    spec, digit = NetworkSpec.from_settings(complete), DigitSpec.from_settings(complete)
    batch = mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed, digit.split)
    return spec, digit, parameters(spec), batch


def assert_shows(session: Page, settings: dict[str, Value], unit: int) -> UnitSum:
    """Check pictures, equation, sentence and steps against the core."""
    spec, digit, layers, batch = parts(settings)
    inputs = mnist.flatten(batch.images)
    wanted = unit_sum(spec, layers, inputs, digit.image, unit)
    drawn = session.component("tensors_pictures")
    for key, values in (("inputs", wanted.inputs), ("weights", wanted.weights)):
        shown = np.frombuffer(base64.b64decode(drawn[key]), dtype="<f4")
        np.testing.assert_array_equal(shown, values)
    terms = [term["value"] for term in drawn["equation"] if "value" in term]
    names = ("positive", "negative", "bias", "total")
    numbers = [wanted.rounded_terms[name] for name in names]
    texts = [wanted.written(value) for value in numbers]
    if wanted.activation:
        # A sigmoid is never 0, and is not written so.
        lost = wanted.output and not float(f"{wanted.output:.{wanted.decimals}f}")
        texts.append(number(wanted.output) if lost else wanted.written(wanted.output))
    assert terms == texts
    assert f"**{wanted.written(wanted.total)}**" in session.sentence
    rows = session.component("tensors_steps")["rows"]
    steps = hand_steps(spec, layers, inputs, digit.image)
    # The shape that a question asks for is not shown before it is answered.
    open_question = "tensors_shape" not in answered(session)
    assert [row[2] for row in rows] == [
        ["?" if open_question and number and step.shape == steps[1].shape else str(step.shape)]
        for number, step in enumerate(steps)
    ]
    assert [row[0] for row in rows] == [[f"{step.name} = {step.formula}"] for step in steps]
    assert session.widget_unit.value == unit
    return wanted


def answered(session: Session) -> dict[str, Answered]:
    """What has been answered in this session, by question."""
    state = session.at.session_state
    return dict(state["answered"]) if "answered" in state else {}


class Page(Session):
    """A visit of this page."""

    @property
    def widget_unit(self) -> Any:
        return self.at.number_input(key="tensors_unit")


def visit(**query: str) -> Page:
    return Page(Session.visit("tensors", **query).at)


CASES: dict[str, dict[str, Value]] = {
    **{name: NETWORKS[name] for name in SMALL},
    "by_hand": dict(PRESETS["by_hand"]),
    "square": {"w1": 784},
    "test digits": {"split": "test", "batch": 15, "image": 39},
}


class TestPage:
    @pytest.mark.parametrize("name", CASES)
    def test_the_first_and_the_last_unit(self, name: str) -> None:
        settings = CASES[name]
        last = NetworkSpec.from_settings({**defaults(), **settings}).sizes[1] - 1
        session = visit(**link(settings))
        assert_shows(session, settings, 0)
        if last:
            session.widget_unit.set_value(last)
            session.run()
            assert_shows(session, settings, last)

    def test_a_link_brings_the_unit_back(self) -> None:
        assert_shows(visit(tensors_unit="127"), {}, 127)

    @pytest.mark.parametrize("text", ["128", "-1", "x", "999999999"])
    def test_a_unit_that_is_not_there_becomes_the_first(self, text: str) -> None:
        assert_shows(visit(tensors_unit=text), {}, 0)

    def test_a_unit_that_is_gone_becomes_the_first(self) -> None:
        session = visit(tensors_unit="100")
        session.set(w1=50)
        assert_shows(session, {"w1": 50}, 0)

    def test_the_button_takes_the_network_of_the_lesson(self) -> None:
        session = visit(seed="3", layers="4")
        session.click("tensors_preset")
        preset = dict(PRESETS["by_hand"])
        assert_shows(session, {**preset, "seed": 3}, 0)
        assert session.settings["w1"] == 256
        assert session.at.button(key="tensors_preset").disabled

    def test_the_same_total_from_pytorch(self) -> None:
        session = visit(tensors_check_open="true")
        wanted = assert_shows(session, {}, 0)
        assert any(f"`{wanted.total:.9g}`" in text.value for text in session.at.markdown)

    def test_the_code_is_of_this_unit(self) -> None:
        at = visit(tensors_code_open="true", tensors_unit="9").at
        (script,) = (code.value for code in at.code)
        assert "weights_1[:, 9]" in script


def answer(session: Page, name: str, option: int) -> None:
    session.at.radio(key=f"tensors{name}_answer").set_value(option)
    session.run()
    session.at.button(key=f"tensors{name}_reveal").click()
    session.run()


def right_options(options: list[str], right: str) -> list[int]:
    return [number for number, option in enumerate(options) if option == right]


class TestSteps:
    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"init": "zeros", "bias": "zeros"}, "all 0; unit 0: 0"),
            ({"init": "constant", "constant": 100.0, "bias": "zeros"}, None),
            ({"w1": 1, "layers": 1}, None),
        ],
    )
    def test_equal_numbers_are_said_once(
        self, settings: dict[str, Value], said: str | None
    ) -> None:
        session = visit(**link(settings))
        spec, digit, layers, batch = parts(settings)
        _, sums, *_ = hand_steps(spec, layers, mnist.flatten(batch.images), digit.image)
        assert len({number(float(value)) for value in sums.values}) == 1
        value = number(float(sums.values[0]))
        (text,) = session.component("tensors_steps")["rows"][1][3]
        assert text == (said or f"all {value}; unit 0: {value}")


class TestQuestion:
    @pytest.mark.parametrize("option", range(len(WORDS.question().options)))
    def test_choose_then_reveal(self, option: int) -> None:
        session = visit(tensors_unit="4")
        assert session.at.button(key="tensors_reveal").disabled
        answer(session, "", option)
        wanted = assert_shows(session, {}, 4)
        (why,) = (text.value for text in session.at.markdown if "Normalize((0.5,)" in text.value)
        right = option == WORDS.question().right
        assert any("✓" in text for text in session.texts) == right
        black = wanted.inputs == -1
        minus = -wanted.weights[black].sum(dtype=np.float64)
        assert f"these {black.sum()} products alone add up to {number(minus)}." in why
        assert why.endswith("every color is swapped.")

    @pytest.mark.parametrize("name", ["default", "zeros", "huge"])
    def test_nothing_above_gives_the_answer_away(self, name: str) -> None:
        session = visit(**link(NETWORKS.get(name, {})))
        drawn, captions = session.component("tensors_pictures"), session.at.caption
        assert drawn["asks"]
        above = [session.sentence, drawn["pixel"], drawn["alt"], *(one.value for one in captions)]
        for text in above:
            assert "\N{MINUS SIGN}1 " not in text
            assert "black" not in text
        assert "{input}" not in drawn["pixel"]
        assert "{product}" not in drawn["pixel"]
        assert sum("digit's 784 pixels are black" in one.label for one in session.at.radio) == 1
        answer(session, "", 0)
        drawn = session.component("tensors_pictures")
        assert not drawn["asks"]
        assert "{product}" in drawn["pixel"]
        assert any("black \N{MINUS SIGN}1" in caption.value for caption in session.at.caption)

    def test_weights_of_zero_show_nothing(self) -> None:
        session = visit(**link(NETWORKS["zeros"]))
        answer(session, "", 1)
        assert any("alone add up to 0. That is because" in text for text in session.texts)

    @pytest.mark.parametrize("name", CASES)
    def test_a_shape_is_asked_for(self, name: str) -> None:
        session = visit(**link(CASES[name]))
        spec, _, layers, batch = parts(CASES[name])
        inputs, weights_1 = mnist.flatten(batch.images), layers[0].weight.t()
        options = session.at.radio(key="tensors_shape_answer").options
        shape = (inputs.numpy() @ weights_1.numpy()).shape
        (right,) = right_options(options, f"`{shape}`")
        assert right == WORDS.question("shape").right
        assert len(set(options)) == len(options)
        answer(session, "_shape", right)
        # Only now does the table of the steps show it.
        assert session.component("tensors_steps")["rows"][1][2] == [f"({shape[0]}, {shape[1]})"]
        said = f"{shape[0]} \N{MULTIPLICATION SIGN} {shape[1]} = {shape[0] * shape[1]:,} of them"
        assert any(said in text for text in session.texts)
        assert shape[1] == spec.sizes[1]

    @pytest.mark.parametrize("name", CASES)
    def test_the_parameters_are_counted(self, name: str) -> None:
        session = visit(**link(CASES[name]))
        _, digit, layers, _ = parts(CASES[name])
        weights = sum(layer.weight.numel() for layer in layers)
        biases = sum(layer.bias.numel() for layer in layers)
        options = session.at.radio(key="tensors_parameters_answer").options
        (right,) = right_options(options, f"{weights + biases:,}")
        assert right == WORDS.question("parameters").right
        assert {f"{weights:,}", f"{biases:,}"} < set(options)
        assert f"{digit.batch_length * (weights + biases):,}" in options
        assert len(set(options)) == len(options)
        answer(session, "_parameters", 0)
        (why,) = (text for text in session.texts if text.startswith("A layer has a weight"))
        sums = re.findall(r"([\d,]+) \N{MULTIPLICATION SIGN} ([\d,]+) \+ ([\d,]+) = ([\d,]+)", why)
        counted = [[int(part.replace(",", "")) for part in one] for one in sums]
        assert len(counted) == len(layers)
        assert all(one * two + three == four for one, two, three, four in counted)
        assert sum(one[3] for one in counted) == weights + biases
        assert (f"That makes {weights + biases:,} in all." in why) == (len(layers) > 1)


class TestBreaks:
    @pytest.mark.parametrize("slip", SLIPS)
    @pytest.mark.parametrize("name", ["by_hand", "linear", "least", "square"])
    def test_broken_and_fixed(self, slip: str, name: str) -> None:
        settings = CASES[name]
        session = visit(**link(settings), tensors_breaks_open="true", tensors_slip=slip)
        spec, digit, layers, batch = parts(settings)
        made = break_shape(slip, spec, layers, batch.images, digit.image)
        shown = [code.value for code in session.at.code]
        wanted = [text for a in made.broken for text in (a.code, a.error) if text]
        assert shown == wanted
        assert len(session.at.warning) == sum(not a.error for a in made.broken)
        assert not any("{" in text.value for text in session.at.markdown)
        session.at.toggle(key="tensors_mended").set_value(True)
        session.run()
        before = [attempt.code for attempt in made.broken]
        assert [code.value for code in session.at.code] == [made.mended.code, *before]
        assert len(session.at.success) == 1
        assert session.errors == session.warnings == []

    def test_the_next_mistake_is_not_fixed(self) -> None:
        session = visit(tensors_breaks_open="true", tensors_mended="true")
        assert len(session.at.success) == 1
        session.at.pills(key="tensors_slip").set_value("bias")
        session.run()
        assert not session.at.toggle(key="tensors_mended").value
        assert "torch.zeros(129)" in session.at.code[0].value

    def test_a_slip_that_is_not_there_becomes_the_first(self) -> None:
        session = visit(tensors_breaks_open="true", tensors_slip="nothing")
        assert "images" in session.at.code[0].value
