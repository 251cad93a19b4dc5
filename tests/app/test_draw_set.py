"""A set of one's own as a person uses it, without a browser: kept, read, trained on, taken home."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from mnistviz.digits import mnist
from mnistviz.digits.own_set import MOST, OwnDigit, OwnSet
from mnistviz.digits.own_set_zip import from_zip, to_zip
from mnistviz.network.files.loading import LoadedNetwork
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Data, Optimizer, Value, defaults
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import fine_tuning
from mnistviz.training.fine_tuning import Epoch, Settings
from mnistviz.training.outcomes import Outcome, Outcomes
from mnistviz.ui.draw import reading
from mnistviz.ui.draw.own_set import panel, train
from mnistviz.ui.draw.own_set.cards import identity
from mnistviz.ui.session import loaded
from mnistviz.words import quantities, read
from mnistviz.words.quantities import percent
from tests.app.session import PATIENCE, Session, link
from tests.helpers.networks import learned, load

WORDS = read("draw/own_set").parts
QUICK: dict[str, Value] = {"layers": 1, "w1": 16}
SPEC = NetworkSpec.from_settings({**defaults(), **QUICK})


def page() -> None:
    """Show both parts, with test digits in the place of a drawing: as many as are asked for."""
    import streamlit as st

    from mnistviz.digits import preparation
    from mnistviz.spec.fields import Data
    from mnistviz.ui.draw.own_set import panel
    from mnistviz.ui.session import cached, links
    from mnistviz.ui.session.state import current

    links.check()
    hand = current()
    count = st.number_input("count", 0, 9, int(st.query_params.get("found", "0")), key="count")
    first = st.number_input("first", 0, 900, 0, key="first")
    said = st.text_input("said", key="said")
    pictures = cached.digits(Data.SAMPLE).test_pixels[first : first + count].numpy()
    as_they_are = preparation.Steps(line=False)
    prepared = [preparation.prepare(one, one, as_they_are) for one in pictures]
    panel.keep(prepared, [int(one) for one in said or "3" * count])
    panel.panel(hand)
    links.check_page()
    st.warning("\n".join(st.session_state[links.PROBLEMS]))


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Each test trains anew."""
    yield
    train.outcomes.clear()


def visit(own: OwnSet | None = None, **query: str) -> Session:
    """Open the page, with a set that is there already."""
    at = AppTest.from_function(page, default_timeout=PATIENCE)
    at.query_params.update({**link(QUICK), **query})
    if own is not None:
        pairs = tuple((digit.pixels, digit.label) for digit in own.digits)
        at.session_state["own_set"] = {"digits": pairs, "before": None, "note": "", "bad": False}
    return Session(at).run()


@cache
def digits(count: int) -> OwnSet:
    sample = load(mnist.SAMPLE_ROOT)
    pairs = zip(sample.test_pixels[:count].numpy(), sample.test_labels.tolist(), strict=False)
    return OwnSet(tuple(OwnDigit(pixels.tobytes(), label) for pixels, label in pairs))


def held(session: Session) -> OwnSet:
    pairs = session.at.session_state["own_set"]["digits"]
    return OwnSet(tuple(OwnDigit(*pair) for pair in pairs))


def number(session: Session, key: str, value: int) -> None:
    session.at.number_input(key=key).set_value(value)
    session.run()


def label(session: Session) -> Any:
    return session.at.segmented_control(key="draw_label")


def keep_button(session: Session) -> Any:
    return session.at.button(key="draw_keep")


def says(own: OwnSet) -> np.ndarray:
    """What the network answers, with numpy alone."""
    x = own.pixels.reshape(len(own), 784) / 127.5 - 1
    layers = parameters(SPEC)
    for layer in layers:
        x = x @ layer.weight.numpy().astype(np.float64).T + layer.bias.numpy()
        if layer is not layers[-1]:
            x = np.maximum(x, 0)
    return x.argmax(axis=1)


class TestKeep:
    def test_nothing_is_drawn(self) -> None:
        session = visit()
        assert keep_button(session).disabled
        assert label(session).disabled
        assert any("Draw or load a digit, then keep it" in text for text in session.texts)
        assert any("press **Keep**" in text for text in session.texts)
        assert {"draw_set_empty", "draw_set_undo"} <= session.buttons
        assert session.at.button(key="draw_set_empty").disabled
        assert session.at.button(key="draw_set_undo").disabled

    def test_one_digit_with_another_label(self) -> None:
        session = visit(found="1")
        assert label(session).value == 3
        label(session).set_value(7)
        session.run()
        session.click("draw_keep")
        assert held(session) == OwnSet((OwnDigit(digits(1).digits[0].pixels, 7),))
        assert any(
            "✓ Kept, with the label **7**. The set holds 1 digit." in t for t in session.texts
        )
        # Kept twice, it is there once.
        session.click("draw_keep")
        assert len(held(session)) == 1
        # Said otherwise, it is the same digit with another label.
        label(session).set_value(5)
        session.run()
        session.click("draw_keep")
        assert [digit.label for digit in held(session).digits] == [5]

    def test_the_label_follows_the_network_unless_it_was_chosen(self) -> None:
        session = visit(found="1")
        session.at.text_input(key="said").set_value("4")
        session.run()
        assert label(session).value == 4
        label(session).set_value(9)
        session.run()
        session.at.text_input(key="said").set_value("6")
        session.run()
        assert label(session).value == 9
        number(session, "first", 5)
        assert label(session).value == 6

    def test_no_label_is_no_keeping(self) -> None:
        session = visit(found="1")
        label(session).set_value(None)
        session.run()
        assert keep_button(session).disabled
        assert any("Say what each one is" in text for text in session.texts)

    def test_several_at_once(self) -> None:
        session = visit(found="3")
        text = session.at.text_input(key="draw_labels")
        assert text.value == "333"
        for bad in ("33", "33x", "", "3333", "٣٣٣"):
            session.at.text_input(key="draw_labels").set_value(bad)
            session.run()
            assert keep_button(session).disabled, bad
        session.at.text_input(key="draw_labels").set_value("1 2 3")
        session.run()
        session.click("draw_keep")
        assert [digit.label for digit in held(session).digits] == [1, 2, 3]
        assert held(session).pixels.tobytes() == digits(3).pixels.tobytes()
        assert any("labels **123**. The set holds 3 digits." in t for t in session.texts)

    def test_a_full_set(self) -> None:
        session = visit(digits(MOST), found="2")
        # These two are in it already.
        assert not keep_button(session).disabled
        number(session, "first", 499)
        assert keep_button(session).disabled
        assert any("no more room" in t and "500 digits, as many" in t for t in session.texts)


class TestCards:
    def test_what_stands_on_them(self) -> None:
        own = digits(60)
        session = visit(own)
        answers = says(own)
        right = int((answers == own.labels.numpy()).sum())
        assert any(f"**{right} of your 60 digits**" in t and percent(right / 60) in t
                   for t in session.texts)  # fmt: skip
        shown = session.component("draw_set_cards")["cards"]
        assert [card["number"] for card in shown] == list(range(60, 12, -1))
        for card in shown:
            digit, answer = own.digits[card["number"] - 1], answers[card["number"] - 1]
            assert card["label"] == digit.label
            assert card["id"] == identity(digit)
            assert card["says"] == ("✓ right" if answer == digit.label else f"✗ read as {answer}")
        number(session, "draw_set_page", 2)
        shown = session.component("draw_set_cards")["cards"]
        assert [card["number"] for card in shown] == list(range(12, 0, -1))

    def test_those_read_wrongly(self) -> None:
        own = digits(40)
        session = visit(own, draw_set_show="read wrongly")
        wrong = np.flatnonzero(says(own) != own.labels.numpy())[::-1] + 1
        shown = session.component("draw_set_cards")["cards"]
        assert [card["number"] for card in shown] == wrong.tolist()
        only_right = OwnSet(
            tuple(OwnDigit(d.pixels, int(s)) for d, s in zip(own.digits, says(own), strict=True))
        )
        session = visit(only_right, draw_set_show="read wrongly")
        assert WORDS["none_wrong"] in session.texts

    @pytest.mark.parametrize(("label", "word"), [(0, "differently from"), (1, "as its label")])
    def test_one_alone(self, label: int, word: str) -> None:
        (answer,) = says(digits(1))
        session = visit(digits(1).relabeled(0, (int(answer) + 1 - label) % 10))
        assert any("**your digit**" in text and word in text for text in session.texts)

    def test_another_label_and_one_less(self) -> None:
        own = digits(3)
        session = visit(own)
        session.press("draw_set_cards", "changes", f"{identity(own.digits[1])}-9")
        assert held(session) == own.relabeled(1, 9)
        session.press("draw_set_cards", "changes", f"{identity(own.digits[0])}-")
        assert held(session) == own.relabeled(1, 9).without(0)
        session.click("draw_set_undo")
        assert held(session) == own.relabeled(1, 9)

    def test_changes_that_wait_come_together(self) -> None:
        own = digits(4)
        session = visit(own)
        names = [identity(digit) for digit in own.digits]
        session.press("draw_set_cards", "changes", f"{names[3]}-")
        # The first one again: the browser had not seen it done.
        session.press("draw_set_cards", "changes", f"{names[3]}- {names[0]}-9 {names[1]}-")
        assert held(session) == OwnSet(own.relabeled(0, 9).digits[::2])
        session.click("draw_set_undo")
        assert held(session) == own.without(3)

    @pytest.mark.parametrize("sent", ["", "x", "x-", "x-1", "-", None, 7, [1], {"a": 1}])
    def test_what_a_browser_may_send_too(self, sent: object) -> None:
        own = digits(2)
        session = visit(own)
        session.press("draw_set_cards", "changes", sent)
        session.press("draw_set_cards", "changes", f"{identity(own.digits[0])}-10")
        assert held(session) == own

    def test_confusions(self) -> None:
        own = digits(40)
        session = visit(own, draw_confusions_open="true", draw_cell="4-4")
        counts = np.zeros((10, 10), int)
        np.add.at(counts, (own.labels.numpy(), says(own)), 1)
        assert session.component("draw_confusion")["counts"] == counts.tolist()
        assert session.component("draw_confusion")["chosen"] == [4, 4]
        errors = counts * (1 - np.eye(10, dtype=int))
        truth, answer = np.unravel_index(errors.argmax(), errors.shape)
        said = f"**{truth}** read as **{answer}**: {errors.max()}"
        assert any(said in text for text in session.texts)
        session.press("draw_confusion", "cell", f"{truth}-{answer}")
        assert len(session.component("draw_cell_digits")["cards"]) == errors.max()
        session.press("draw_confusion", "cell", "99")
        assert session.component("draw_confusion")["chosen"] == [truth, answer]

    def test_a_tie_is_no_answer(self) -> None:
        at = AppTest.from_function(page, default_timeout=PATIENCE)
        zeros = {"layers": "0", "init": "zeros", "bias": "zeros"}
        at.query_params.update({**zeros, "draw_confusions_open": "true"})
        pairs = tuple((digit.pixels, digit.label) for digit in digits(3).digits)
        at.session_state["own_set"] = {"digits": pairs, "before": None, "note": "", "bad": False}
        session = Session(at).run()
        cards = session.component("draw_set_cards")["cards"]
        assert {card["says"] for card in cards} == {WORDS["card_none"]}
        assert WORDS["confusions_tied"].format(tied=3) in session.texts
        session.press("draw_set_cards", "changes", f"{cards[0]['id']}- {cards[1]['id']}-")
        assert any(text.startswith("The network has no single answer") for text in session.texts)


class TestFiles:
    def upload(self, session: Session, content: bytes, name: str = "own.zip") -> Session:
        session.at.file_uploader(key="draw_set_file").set_value((name, content, "application/zip"))
        return session.run()

    def test_emptied_and_brought_back(self) -> None:
        session = visit(digits(4))
        session.click("draw_set_empty")
        assert len(held(session)) == 0
        assert any("brings its digits back" in text for text in session.notes)
        session.click("draw_set_undo")
        assert held(session) == digits(4)
        session.click("draw_set_undo")
        assert len(held(session)) == 0

    def test_loaded_once(self) -> None:
        session = self.upload(visit(digits(2)), to_zip(digits(5)))
        assert held(session) == digits(5)
        assert any("holds 5 digits. New in the set: 3." in text for text in session.notes)
        session.press("draw_set_cards", "changes", f"{identity(digits(5).digits[4])}-")
        session.run()
        assert held(session) == digits(4)

    @pytest.mark.parametrize("content", [b"", b"text", to_zip(OwnSet()), to_zip(digits(3))[:99]])
    def test_a_bad_file_changes_nothing(self, content: bytes) -> None:
        session = self.upload(visit(digits(2)), content)
        assert held(session) == digits(2)
        assert len(session.errors) == 1
        assert session.errors[0].startswith("This file was not loaded.")
        # The error goes with the next change.
        session.click("draw_set_empty")
        assert session.errors == []

    def test_too_many_together(self) -> None:
        other = OwnSet(
            tuple(
                OwnDigit(one.tobytes(), 1)
                for one in load(mnist.SAMPLE_ROOT).test_pixels[MOST - 1 : 2 * MOST - 1].numpy()
            )
        )
        session = self.upload(visit(digits(MOST)), to_zip(other))
        assert held(session) == digits(MOST)
        assert "999 digits; 500 is the limit" in session.errors[0]

    def test_what_goes_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        written: list[Any] = []
        real = panel.st.download_button

        def button(*args: Any, **more: Any) -> bool:
            written.append(args[1])
            return real(*args, **more)

        monkeypatch.setattr(panel.st, "download_button", button)
        visit(digits(7))
        assert from_zip(written[0]()) == digits(7)


class TestTrainOn:
    def records(self, own: OwnSet, settings: Settings) -> list[Epoch]:
        sample = mnist.examples(load(mnist.SAMPLE_ROOT))
        return list(fine_tuning.train_on(SPEC, parameters(SPEC), own, settings, sample))

    def test_before_and_after(self, monkeypatch: pytest.MonkeyPatch) -> None:
        own = digits(40)
        session = visit(own, draw_train_open="true", draw_epochs="5")
        assert session.warnings == [""]
        assert "draw_train_use" not in session.buttons
        session.click("draw_train_go")
        first, *_, last = self.records(own, Settings(5))
        (table,) = [text for text in session.texts if text.startswith("| Right answers")]
        count = int((own.pixels.sum((1, 2), dtype=int) % 5 == 0).sum())
        for row, (many, name) in zip(
            table.splitlines()[2:],
            ((40 - count, "learned"), (count, "held"), ("1,000", "test")),
            strict=True,
        ):
            assert row.startswith(f"| {many} ")
            assert percent(getattr(first, name)) in row
            assert f"**{percent(getattr(last, name))}**" in row
        assert session.progress == []
        # It is there still when something else has been done, and can be used.
        taken: list[LoadedNetwork] = []
        monkeypatch.setattr(loaded, "take", taken.append)
        session.click("draw_train_use")
        (network,) = taken
        assert network.hidden == (16,)
        assert network.activation is SPEC.activation
        assert last.layers is not None
        for one, other in zip(network.layers, last.layers, strict=True):
            assert torch.equal(one.weight, other.weight)
        assert [toast.value for toast in session.at.toast] == [WORDS["used"]]

    def test_what_the_server_has_let_go_is_the_same_once_more(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = digits(20)
        session = visit(own, draw_train_open="true", draw_mix="left out", draw_optimizer="adam")
        session.click("draw_train_go")
        train.outcomes.clear()
        taken: list[LoadedNetwork] = []
        monkeypatch.setattr(loaded, "take", taken.append)
        session.click("draw_train_use")
        *_, last = self.records(own, Settings(optimizer=Optimizer.ADAM, mixed=False))
        assert last.layers is not None
        assert torch.equal(taken[0].layers[0].weight, last.layers[0].weight)

    def test_nothing_is_held_back(self) -> None:
        session = visit(digits(20), draw_train_open="true", draw_held="learned too")
        session.click("draw_train_go")
        (table,) = [text for text in session.texts if text.startswith("| Right answers")]
        assert len(table.splitlines()) == 4
        assert any("learned these digits by heart" in text for text in session.texts)

    def test_nothing_is_left_to_learn(self) -> None:
        only = OwnSet((OwnDigit(bytes([5] + [0] * 783), 1),))
        session = visit(only, draw_train_open="true", draw_set_code_open="true")
        assert session.at.button(key="draw_train_go").disabled
        assert sum("There is nothing to learn" in text for text in session.texts) == 2

    def test_numbers_that_are_none(self) -> None:
        at = AppTest.from_function(page, default_timeout=PATIENCE)
        query = {"layers": "4", "init": "normal", "bias": "normal", "std": "100.0"}
        at.query_params.update({**query, "activation": "none", "draw_train_open": "true"})
        at.session_state["own_set"] = {
            "digits": tuple((digit.pixels, digit.label) for digit in digits(20).digits),
            "before": None,
            "note": "",
            "bad": False,
        }
        session = Session(at).run()
        session.click("draw_train_go")
        (warning,) = [text for text in session.warnings if "nothing was kept" in text]
        # Its first weights are the cause: no step is small enough.
        assert warning.endswith(WORDS["no_rate"])
        assert "draw_train_use" not in session.buttons

    def test_a_smaller_rate_that_is_advised_helps(self) -> None:
        spec, own = replace(SPEC, training=TrainSpec(epochs=2)), digits(40)
        sample, layers = mnist.examples(load(mnist.SAMPLE_ROOT)), learned(spec)

        def shares(lr: float) -> tuple[float, float]:
            settings = Settings(lr=lr)
            first, *_, last = fine_tuning.train_on(spec, layers, own, settings, sample)
            return first.learned, last.learned

        before, after = shares(1.0)
        assert after < before
        rate = train.find_rate((spec, own, Settings(lr=1.0)))
        assert rate is not None
        before, after = shares(rate)
        assert after >= before
        text = train.describe_advice((spec, own, Settings(lr=1.0)), WORDS)
        assert text.startswith(f"Try {quantities.number(rate)}:")

    def test_below_the_smallest_rate_there_is_none(self) -> None:
        assert train.find_rate((SPEC, digits(4), Settings(lr=fine_tuning.RATES[0]))) is None

    @pytest.mark.parametrize(
        ("key", "text"), [("draw_epochs", "99"), ("draw_lr", "7"), ("draw_mix", "x")]
    )
    def test_a_link_with_a_bad_value_is_told(self, key: str, text: str) -> None:
        session = visit(digits(3), draw_train_open="true", **{key: text})
        assert any(f"`{key}={text}`" in said for said in session.warnings)

    def test_the_code(self) -> None:
        session = visit(
            digits(20), draw_set_code_open="true", draw_train_open="true", draw_lr="0.1"
        )
        (code,) = session.at.code
        assert "lr=0.1)" in code.value
        assert "class Network" in code.value


@pytest.mark.parametrize(
    ("spec", "part"),
    [
        (replace(SPEC, training=TrainSpec()), ""),
        (replace(SPEC, training=TrainSpec(data=Data.FULL)), "tests_full"),
        (NetworkSpec(loaded="0" * 16), "tests_loaded"),
    ],
)
def test_whether_the_test_digits_are_a_test(spec: NetworkSpec, part: str) -> None:
    assert reading.note_on_tests(spec) == (read("draw").parts[part] if part else "")


def test_words_for_better_and_worse() -> None:
    def epoch(learned: float, test: float, number: int = 3) -> Epoch:
        return Epoch(number, 1.0, learned, math.nan, test, None)

    start = epoch(0.5, 0.8, 0)
    assert "up from 50.0" in train.describe_outcome(start, epoch(0.9, 0.8), WORDS)
    assert "about as well on" in train.describe_outcome(start, epoch(0.9, 0.805), WORDS)
    assert "as many of the digits" in train.describe_outcome(start, epoch(0.5, 0.8), WORDS)
    assert "fewer of the digits" in train.describe_outcome(start, epoch(0.4, 0.8), WORDS)
    assert "**forgotten**" in train.describe_outcome(start, epoch(0.9, 0.7), WORDS)
    assert "does better on" in train.describe_outcome(start, epoch(0.9, 0.9), WORDS)


def test_what_a_server_keeps_is_bounded() -> None:
    spec = NetworkSpec(hidden=(5,))
    keys = [(spec, digits(3), Settings(seed=seed)) for seed in range(3)]
    size = 8 * spec.parameter_count + 3 * 784
    kept = Outcomes(2 * size)
    outcome = Outcome((), None, None)
    for key in keys[:2]:
        kept.put(key, outcome)
    assert kept.get(keys[0]) is outcome
    kept.put(keys[2], outcome)
    assert [kept.get(key) is not None for key in keys] == [True, False, True]
