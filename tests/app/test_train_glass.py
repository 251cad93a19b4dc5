"""One training step, magnified, as a person sees it, without a browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnistviz.digits import mnist
from mnistviz.lessons.train import one_step as step_records
from mnistviz.lessons.train.one_step import DigitLoss, Replay, StepDetails
from mnistviz.lessons.train.update_lines import distinct_texts
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import Optimizer, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.ui.elements.question import Answered
from mnistviz.words import read
from mnistviz.words.quantities import number
from tests.app.session import PATIENCE, Session
from tests.helpers.networks import load

WORDS = read("train/one_step").parts

STEP = 3
"""The step that is looked at: one training is four updates here."""


def script(step: int) -> None:
    """Draw the expander alone, with the link's own words, as the page does."""
    import streamlit as st

    from mnistviz.ui import pages
    from mnistviz.ui.frame import sidebar
    from mnistviz.ui.session import links
    from mnistviz.ui.session.state import current
    from mnistviz.ui.train import one_step

    links.check()
    links.show()

    @st.fragment
    def stage() -> None:
        one_step.take_apart(current(), step)

    stage()
    sidebar.draw(pages.about("train"))
    if links.check_page():
        st.rerun()


def visit(step: int = STEP, answered: bool = True, **link: str) -> Session:
    at = AppTest.from_function(script, args=(step,), default_timeout=PATIENCE)
    at.query_params.update(
        {
            "train_glass_open": "true",
            "batch_size": "1000",
            "epochs": "1",
            "w1": "12",
            "w2": "7",
            **link,
        }
    )
    # What the page asks about a gradient is answered: only then does it show the numbers.
    if answered:
        at.session_state["answered"] = {"train/one_step_question": Answered(0, False)}
    return Session(at).run()


def parts(step: int, **settings: Any) -> tuple[NetworkSpec, StepDetails, DigitLoss]:
    """What shall be seen, by the core alone."""
    style = Style(settings.pop("style", "module"))
    lr = settings.pop("lr", 0.02)
    training = TrainSpec(settings.pop("optimizer", Optimizer.MOMENTUM), lr, 1000, 1)
    spec = NetworkSpec(style, settings.pop("hidden", (12, 7)), training=training, **settings)
    replay = Replay(spec, mnist.examples(load(mnist.SAMPLE_ROOT)))
    for _ in replay.go_to(step):
        pass
    moment = replay.take()
    batch = mnist.batch(load(mnist.SAMPLE_ROOT), 0, 7)
    inputs, label = mnist.flatten(batch.images)[0], int(batch.labels[0])
    return spec, moment, step_records.digit_loss(spec, moment.layers, inputs, label)


def codes(session: Session) -> list[str]:
    return [code.value for code in session.at.code]


def text(session: Session) -> str:
    return "\n".join(session.texts)


def keys(session: Session, kind: str) -> set[str]:
    return {element.key for element in session.at.get(kind)}


class TestClosed:
    def test_nothing_is_computed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> Parameters:
            raise AssertionError

        monkeypatch.setattr(step_records, "parameters", fail)
        session = visit(train_glass_open="false", seed="123")
        assert codes(session) == []
        assert keys(session, "bidi_component") == set()


class TestOpen:
    @pytest.mark.parametrize("style", Style)
    @pytest.mark.parametrize("optimizer", Optimizer)
    def test_each_part_shows_its_numbers(self, optimizer: Optimizer, style: Style) -> None:
        lr = 0.001 if optimizer is Optimizer.ADAM else 0.02
        link = {"optimizer": optimizer.value, "style": style.value, "lr": str(lr)}
        session = visit(**link, train_glass_unit="5", train_glass_input="300")
        spec, moment, digit = parts(STEP, optimizer=optimizer, style=style, lr=lr)
        shown = text(session)
        assert f"After **{STEP}** of 4 [steps]" in shown
        assert f"one number: **{number(moment.loss)}**" in shown
        before, after = distinct_texts(moment.loss, moment.loss_after)
        way = "down" if moment.loss_after < moment.loss else "up"
        assert f"**{before}** {way} to **{after}**" in shown
        # The code's own words for the step.
        tensors = style is Style.TENSORS
        assert ("`w -= lr * w.grad`" in shown) == tensors
        assert ("`optimizer.step()`" in shown) == (not tensors)
        assert ("`(784, 12)`" in shown) == tensors
        for place in moment.indices[:6].tolist():
            assert f"number {place:,} is" in shown
        look = step_records.weight_details(spec, moment, 1, 5, 300)
        assert codes(session)[1] == "\n".join(look.lines)
        assert f"`{look.name}`" in shown
        rows = session.component("train_glass_gradient")["rows"]
        assert [row["bar"] for row in rows] == [float(value) for value in digit.by_formula]
        assert [row["truth"] for row in rows] == [n == digit.label for n in range(10)]
        assert rows[digit.label]["cells"][0] == f"✓ {digit.label}"
        for row, value in zip(rows, digit.by_formula, strict=True):
            assert row["cells"][-1][0] == ("+" if value >= 0 else "\N{MINUS SIGN}")
        bars = [row["bar"] for row in session.component("train_glass_forward")["rows"]]
        assert bars == [float(value) for value in digit.probabilities]
        (chart,) = session.at.get("plotly_chart")
        (trace,) = json.loads(chart.proto.spec)["data"]
        assert trace["x"] == [each.gradient for each in step_records.layer_sizes(moment)]
        assert number(trace["x"][0]) in chart.proto.alt

    @pytest.mark.parametrize("step", [0, 4])
    def test_at_either_end(self, step: int) -> None:
        session = visit(step)
        _, moment, _ = parts(step)
        shown = text(session)
        wanted = "After **0** of 4" if step == 0 else "After all **4** [steps]"
        assert wanted in shown
        assert f"**{number(moment.loss)}**" in shown

    def test_a_small_learning_rate_is_written_as_it_is_set(self) -> None:
        session = visit(lr="0.00001", optimizer="sgd")
        assert "with lr = 0.00001." in text(session)
        assert "e-0" not in text(session)

    def test_no_hidden_layer(self) -> None:
        session = visit(layers="0", train_glass_unit="9")
        spec, moment, _ = parts(STEP, hidden=())
        assert session.at.number_input(key="train_glass_layer").disabled
        assert codes(session)[1] == "\n".join(
            step_records.weight_details(spec, moment, 1, 9, 406).lines
        )

    def test_another_layer_has_no_pictures(self) -> None:
        session = visit(train_glass_layer="2", train_glass_unit="6", train_glass_input="11")
        spec, moment, _ = parts(STEP)
        assert codes(session)[1] == "\n".join(
            step_records.weight_details(spec, moment, 2, 6, 11).lines
        )
        assert "train_glass_pixels" not in keys(session, "bidi_component")
        assert session.warnings == []

    def test_another_digit_changes_the_digit_alone(self) -> None:
        one, other = visit(), visit(image="5")
        assert codes(one)[1:] == codes(other)[1:]
        rows = [session.component("train_glass_forward")["rows"] for session in (one, other)]
        assert rows[0] != rows[1]

    def test_a_test_digit_is_an_example_that_no_step_learns_from(self) -> None:
        learned, new = visit(), visit(split="test")
        assert WORDS["source_training"] in text(learned)
        assert WORDS["source_test"] in text(new)
        # The batch of the step is one of training digits, whichever digit is looked at.
        assert codes(learned)[1:] == codes(new)[1:]
        assert "of the 4,000 training digits" in text(new)

    def test_a_small_share_is_not_rounded_to_nothing(self) -> None:
        session = visit(lr="0.00001")
        _, moment, _ = parts(STEP, lr=0.00001)
        sizes = step_records.layer_sizes(moment)
        whole = [
            step_records.whole(tuple(getattr(each, name) for each in sizes))
            for name in ("update", "parameters")
        ]
        share = 100 * whole[0] / whole[1]
        assert 0 < share < 0.05
        assert f"{number(share)}\N{NO-BREAK SPACE}% of it" in text(session)

    def test_it_asks_before_it_tells(self) -> None:
        session = visit(answered=False)
        _, _, digit = parts(STEP)
        key = "train/one_step"
        rows = session.component("train_glass_gradient")["rows"]
        assert [row["cells"][-1] for row in rows] == ["?"] * 10
        assert not any(row["bar"] for row in rows)
        assert not any("the loss falls when" in said for said in session.texts)
        session.at.radio(key=f"{key}_answer").set_value(0)
        session.run()
        session.click(f"{key}_reveal")
        assert session.at.radio(key=f"{key}_answer").disabled
        p = digit.probabilities[digit.label]
        shown = text(session).replace("\N{MINUS SIGN}", "-")
        assert f"For the true digit, {digit.label}, p - y is {p:.3f} - 1 = -" in shown

    @pytest.mark.parametrize("optimizer", Optimizer)
    def test_a_step_that_hurts_was_too_large_for_sgd(self, optimizer: Optimizer) -> None:
        session = visit(optimizer=optimizer.value, lr="5", activation="leaky_relu", step=0)
        assert "Did the step help? For this batch, no" in text(session)
        assert ("carried along" in text(session)) == (optimizer is not Optimizer.SGD)

    def test_all_zeros_say_so(self) -> None:
        session = visit(init="zeros", bias="zeros")
        assert WORDS["unit_still_all"] in text(session)
        assert WORDS["weight_still"] in text(session)

    def test_a_training_that_explodes(self) -> None:
        session = visit(optimizer="sgd", lr="100", init="normal", std="100", activation="none")
        assert "so there is no gradient" in " ".join(session.warnings).lower()
        assert codes(session) == []


class TestPlace:
    def test_a_press_on_a_picture_takes_its_weight(self) -> None:
        session = visit()
        assert session.component("train_glass_pixels")["input"] == 406
        session.press("train_glass_pixels", "index", 123)
        assert session.at.number_input(key="train_glass_input").value == 123
        assert session.component("train_glass_pixels")["input"] == 123
        assert "fc1.weight[0, 123]" in text(session)

    @pytest.mark.parametrize("odd", [-1, 784, "7", None, 1.5, [3]])
    def test_what_is_no_place_is_not_taken(self, odd: object) -> None:
        session = visit()
        session.press("train_glass_pixels", "index", odd)
        assert session.at.number_input(key="train_glass_input").value == 406

    @pytest.mark.parametrize(
        ("key", "value", "instead"),
        [
            ("train_glass_layer", "4", 1),
            ("train_glass_layer", "0", 1),
            ("train_glass_unit", "12", 0),
            ("train_glass_unit", "x", 0),
            ("train_glass_input", "784", 406),
            ("train_glass_input", "-1", 406),
        ],
    )
    def test_beyond_the_limits_of_the_network(self, key: str, value: str, instead: int) -> None:
        session = visit(**{key: value})
        assert session.at.number_input(key=key).value == instead
        (said,) = session.warnings
        assert f"`{key}={value}`" in said

    def test_limits_follow_the_network(self) -> None:
        session = visit(train_glass_unit="11", train_glass_input="783")
        session.set(train_glass_layer=3)
        assert session.at.number_input(key="train_glass_unit").max == 9
        assert session.at.number_input(key="train_glass_input").max == 6
        session.set(w1=4)
        session.set(train_glass_layer=1)
        assert session.at.number_input(key="train_glass_unit").max == 3
        assert session.at.number_input(key="train_glass_unit").value <= 3
