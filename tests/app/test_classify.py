"""Tests of the landing page as a person uses it, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.lessons.classify import script as classify_script
from mnistviz.lessons.classify import sentences
from mnistviz.network import forward, styles
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import FIELDS, Style, Value
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.words import read
from mnistviz.words.quantities import number, percent
from tests.app.session import (
    CONTEXT,
    OTHERS,
    Session,
    assert_shows,
    expected,
    good_texts,
    link,
    load,
)


class TestDefault:
    def test_the_bars_are_the_probabilities_of_the_default_network(self) -> None:
        session = Session.open()
        assert_shows(session, {})
        assert sum(session.bars) == pytest.approx(1)
        assert session.warnings == session.errors == session.notes == []

    def test_the_words_say_the_numbers_of_the_bars(self) -> None:
        session, wanted = Session.open(), expected({})
        says = max(range(10), key=wanted.probabilities.__getitem__)
        percents = [percent(p) for p in wanted.probabilities]
        assert session.sentence == (
            "An untrained network has no idea: all ten are near 10\N{NO-BREAK SPACE}%. "
            f"It answers **{says}**, with {percents[says]}. The digit is a **{wanted.label}**."
        )
        for digit in range(10):
            assert f"{digit}: {percents[digit]}" in session.chart.alt
        assert f"prediction {says}" in session.chart.alt

    def test_the_grid_holds_the_labels_of_the_batch(self) -> None:
        batch = mnist.batch(load(mnist.SAMPLE_ROOT), 0, 7)
        assert Session.open().component("digit_grid")["labels"] == batch.labels.tolist()

    def test_nothing_below_is_computed_before_it_is_opened(self) -> None:
        at = Session.open().at
        assert [len(at.table), len(at.code), len(at.download_button)] == [0, 0, 0]

    def test_a_second_run_changes_nothing(self) -> None:
        session = Session.open()
        before = session.chart.spec, session.sentence, session.settings
        session.run()
        assert (session.chart.spec, session.sentence, session.settings) == before


class TestWidgets:
    @pytest.mark.parametrize(("key", "text"), good_texts())
    def test_each_value_can_be_set(self, key: str, text: str) -> None:
        value = text if FIELDS[key].choices else type(FIELDS[key].default)(text)
        session = Session.open().set(**CONTEXT.get(key, {})).set(**{key: value})
        assert_shows(session, {**CONTEXT.get(key, {}), key: value})

    def test_a_setting_of_the_link_waits_until_it_has_an_effect(self) -> None:
        waiting: dict[str, Value] = {"w3": 100, "std": 3.0, "constant": 2.0}
        session = Session.open(**link(waiting))
        assert session.bars == expected({}).probabilities
        assert_shows(session, waiting)
        assert_shows(session.set(layers=3), {**waiting, "layers": 3})
        assert_shows(session.set(init="normal"), {**waiting, "layers": 3, "init": "normal"})
        assert_shows(session.set(init="constant"), {**waiting, "layers": 3, "init": "constant"})

    def test_a_setting_that_loses_its_effect_is_kept(self) -> None:
        session = Session.open().set(layers=4, w4=9, activation="tanh", init="normal", std=0.7)
        session.set(layers=0, init="default").set(seed=3)
        session.set(layers=4, init="normal")
        kept = {"layers": 4, "w4": 9, "activation": "tanh", "init": "normal", "std": 0.7, "seed": 3}
        assert_shows(session, kept)

    def test_each_style_shows_the_same_bars(self) -> None:
        session = Session.open(seed="5", activation="silu", classify_code_open="true")
        first, codes = session.bars, set()
        for style in Style:
            session.set(style=style.value)
            assert session.bars == pytest.approx(first, abs=1e-6)
            codes.add(code(session))
        assert len(codes) == len(Style)

    def test_zoom_changes_the_axis_and_not_the_bars(self) -> None:
        session = Session.open()
        bars, end = session.bars, session.axis_end
        session.at.toggle(key="zoom").set_value(True)
        session.run()
        assert end == 1
        assert max(bars) <= session.axis_end < 0.2
        assert session.bars == bars
        assert Session.open(zoom="true").axis_end == session.axis_end

    def test_a_batch_or_image_that_is_not_there_becomes_the_last_one(self) -> None:
        session = Session.open().set(batch=500)
        assert_shows(session, {"batch": 62})
        assert_shows(session.set(image=63), {"batch": 62, "image": 31})
        assert_shows(session.set(batch=3, image=63), {"batch": 3, "image": 63})
        assert_shows(session.set(batch=62), {"batch": 62, "image": 31})


def code(session: Session) -> str:
    """Return the one script on the page."""
    (text,) = (code.value for code in session.at.code if code.language == "python")
    return str(text)


class TestPresets:
    @pytest.mark.parametrize("number", range(1, len(PRESETS) + 1))
    @pytest.mark.parametrize("before", [{}, OTHERS])
    def test_sets_what_it_names_and_nothing_else(
        self, number: int, before: dict[str, Value]
    ) -> None:
        preset = list(PRESETS.values())[number - 1]
        session = Session.open(**link(before)).click(f"preset_{number}")
        settings = {**before, **preset}
        assert_shows(session, settings)
        wanted = expected(settings)
        rows = torch.tensor(wanted.probabilities).numpy()
        assert session.sentence == sentences.untrained(rows, wanted.label)

    @pytest.mark.parametrize(("number", "name"), list(enumerate(PRESETS, start=1)))
    def test_has_its_name_on_the_button(self, number: int, name: str) -> None:
        label = read("settings").parts[f"preset_{name}"]
        assert Session.open().at.button(key=f"preset_{number}").label == label

    def test_reset_puts_everything_to_its_default(self) -> None:
        session = Session.open(**link(OTHERS)).click("reset")
        assert_shows(session, {})
        # What is not on the page has its default too.
        session.set(layers=4, init="normal")
        assert_shows(session, {"layers": 4, "init": "normal"})
        assert_shows(session.set(init="constant"), {"layers": 4, "init": "constant"})


class TestPlace:
    """The grid and the buttons to the neighbors say the number that they go to."""

    def test_a_digit_of_the_grid(self) -> None:
        session = Session.open(batch="4").press("digit_grid", "image", 17)
        assert_shows(session, {"batch": 4, "image": 17})

    @pytest.mark.parametrize(
        ("batch", "asked", "shown"),
        [(0, 1, 1), (0, 64, 0), (0, -1, 63), (62, 32, 0), (62, -1, 31)],
    )
    def test_the_neighbors_of_an_image_are_counted_past_either_end(
        self, batch: int, asked: int, shown: int
    ) -> None:
        session = Session.open(batch=str(batch)).press("digit_view", "image", asked)
        assert_shows(session, {"batch": batch, "image": shown})

    @pytest.mark.parametrize(("batch", "asked", "shown"), [(0, 1, 1), (62, 63, 0), (0, -1, 62)])
    def test_the_neighbors_of_a_batch_are_counted_past_either_end(
        self, batch: int, asked: int, shown: int
    ) -> None:
        session = Session.open(batch=str(batch), image="7").press("digit_grid", "batch", asked)
        assert_shows(session, {"batch": shown, "image": 7})

    def test_the_short_last_batch_has_no_image_beyond_its_end(self) -> None:
        session = Session.open(batch="61", image="50").press("digit_grid", "batch", 62)
        assert_shows(session, {"batch": 62, "image": 31})
        assert session.component("digit_view")["count"] == 32
        assert len(session.component("digit_grid")["labels"]) == 32

    @pytest.mark.parametrize("event", ["image", "batch"])
    @pytest.mark.parametrize("value", ["5", None, 1.5, [], {"a": 1}])
    def test_what_is_no_number_changes_nothing(self, event: str, value: object) -> None:
        session = Session.open(batch="2", image="3").press("digit_grid", event, value)
        assert_shows(session, {"batch": 2, "image": 3})


class TestSentence:
    def test_of_equal_weights(self) -> None:
        session = Session.open(init="zeros", bias="zeros")
        assert session.bars == [pytest.approx(0.1)] * 10
        assert "no single answer: all ten are equal, 10.0\N{NO-BREAK SPACE}%" in session.sentence
        assert "no single prediction" in session.chart.alt

    def test_of_large_weights(self) -> None:
        session = Session.open(init="normal", std="1")
        assert max(session.bars) > 0.9
        assert "yet confident" in session.sentence

    def test_of_a_right_guess(self) -> None:
        images = range(64)
        right = next(
            image
            for image in images
            if (one := expected({"image": image})).probabilities.index(max(one.probabilities))
            == one.label
        )
        assert "Correct, by chance." in Session.open(image=str(right)).sentence


class TestNaiveSoftmax:
    """The lesson's formula, exp(x) / sum(exp(x)), overflows where logits are large."""

    @staticmethod
    def logits(settings: dict[str, Value]) -> torch.Tensor:
        wanted = expected(settings)
        batch = mnist.batch(load(mnist.SAMPLE_ROOT), wanted.digit.batch, wanted.digit.seed)
        layers, inputs = parameters(wanted.network), mnist.flatten(batch.images)
        return forward.logits(wanted.network, layers, inputs)[wanted.digit.image]

    @pytest.mark.parametrize(
        ("std", "outcomes"), [(1.0, {True}), (5.0, {True, False}), (30.0, {False})]
    )
    def test_is_told_where_it_fails_and_only_there(self, std: float, outcomes: set[bool]) -> None:
        settings: dict[str, Value] = {**PRESETS["by_hand"], "std": std}
        session = Session.open(**link(settings))
        seen = set()
        for image in range(0, 64, 4):
            session.set(image=image)
            logits = self.logits({**settings, "image": image})
            naive = torch.exp(logits) / torch.exp(logits).sum()
            holds = bool(torch.isfinite(naive).all())
            seen.add(holds)
            assert len(session.notes) == (not holds)
            for note in session.notes:
                assert "**NaN**" in note
                assert f"largest logit is {number(float(logits.max()))}," in note
            # The page's own bars are finite in both cases.
            assert sum(session.bars) == pytest.approx(1)
        assert seen == outcomes

    def test_is_the_affair_of_bare_tensors(self) -> None:
        settings: dict[str, Value] = {**PRESETS["by_hand"], "std": 100.0}
        session = Session.open(**link(settings))
        assert len(session.notes) == 1
        for style in (Style.MODULE, Style.FUNCTIONAL, Style.SEQUENTIAL):
            assert session.set(style=style.value).notes == []


class TestUnder:
    def test_the_layers_in_numbers(self) -> None:
        session = Session.open(classify_layers_open="true")
        (table,) = (table.value for table in session.at.table)
        assert list(zip(table["Step"], table["Shape"], table["How many"], strict=True)) == [
            ("`images`", "`(64, 1, 28, 28)`", ""),
            ("`flatten`", "`(64, 784)`", ""),
            ("`fc1`", "`(64, 128)`", "100,480"),
            ("`relu`", "`(64, 128)`", ""),
            ("`fc2`", "`(64, 64)`", "8,256"),
            ("`relu`", "`(64, 64)`", ""),
            ("`fc3`", "`(64, 10)`", "650"),
            ("`softmax`", "`(64, 10)`", ""),
        ]
        assert [words for words in table["Parameters"] if words] == [
            "weight (128, 784), bias (128,)",
            "weight (64, 128), bias (64,)",
            "weight (10, 64), bias (10,)",
        ]
        assert "**109,386** parameters in all." in [text.value for text in session.at.markdown]
        ranges = list(table["Values of this digit"])
        assert ranges[:2] == ["\N{MINUS SIGN}1 to 1"] * 2
        assert ranges[-1] == f"{number(min(session.bars))} to {number(max(session.bars))}"

    def test_the_layers_follow_the_settings(self) -> None:
        session = Session.open(classify_layers_open="true", layers="0", batch="62")
        (table,) = (table.value for table in session.at.table)
        assert list(table["Step"]) == ["`images`", "`flatten`", "`fc1`", "`softmax`"]
        assert table["Shape"].iloc[0] == "`(32, 1, 28, 28)`"
        session.set(layers=1, activation="none")
        (table,) = (table.value for table in session.at.table)
        assert list(table["Step"]) == ["`images`", "`flatten`", "`fc1`", "`fc2`", "`softmax`"]

    @pytest.mark.parametrize("style", Style)
    def test_the_model_as_text(self, style: Style) -> None:
        session = Session.open(classify_model_open="true", style=style.value, w1="9")
        spec = NetworkSpec(style=style, hidden=(9, 64))
        (text,) = (code.value for code in session.at.code)
        assert text == str(styles.build(spec, parameters(spec)))

    @pytest.mark.parametrize("style", Style)
    def test_the_code(self, style: Style) -> None:
        session = Session.open(
            classify_code_open="true", style=style.value, batch="2", image="5", seed="3"
        )
        spec = NetworkSpec(style=style, seed=3)
        script = classify_script.script(spec, DigitSpec(batch=2, image=5, seed=3))
        # Streamlit shows code without the end of its last line.
        assert code(session) == script.removesuffix("\n")
        assert len(session.at.download_button) == 1

    def test_stays_open_when_a_setting_changes(self) -> None:
        session = Session.open(
            classify_layers_open="true", classify_model_open="true", classify_code_open="true"
        )
        session.set(layers=1)
        assert [len(session.at.table), len(session.at.code)] == [1, 2]


class TestTwoSessions:
    def test_the_choice_of_one_is_not_seen_by_the_other(self) -> None:
        one, other = Session.open(**link(OTHERS)), Session.open()
        assert_shows(other, {})
        one.set(seed=12).press("digit_view", "image", 40)
        assert_shows(other.run(), {})
        other.click("preset_1")
        assert_shows(one.run(), {**OTHERS, "seed": 12, "image": 40})

    def test_the_bad_link_of_one_is_not_told_to_the_other(self) -> None:
        one, other = Session.open(layers="9"), Session.open(layers="8")
        assert "`layers=9`" in one.warnings[0]
        other.click("close_link_notice")
        assert (len(one.run().warnings), other.warnings) == (1, [])
        assert Session.open().warnings == []

    def test_they_may_look_at_different_sets(self, root: Path, full_set: Path) -> None:
        root.symlink_to(full_set)
        one, other = Session.open(data="full"), Session.open()
        assert one.bars != other.bars
        for _ in range(2):
            assert_shows(one.run(), {"data": "full"}, full_set)
            assert_shows(other.run(), {})
