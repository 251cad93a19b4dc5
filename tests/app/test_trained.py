"""Every page with trained weights, without a browser."""

from __future__ import annotations

import ast
import math

import pytest

from mnistviz.lessons.classify import script as classify_script
from mnistviz.spec.fields import Activation, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.ui import pages
from mnistviz.ui.pages import Shows
from mnistviz.ui.session import cached
from mnistviz.words import quantities, read
from tests.app.readable import assert_readable, words
from tests.app.session import Session, assert_shows, expected, link
from tests.helpers.lesson import opened

LESSON = pages.SECTIONS["lesson"]
INITIAL = [page.name for page in pages.PAGES if page.shows is Shows.INITIAL]
TRAINED = {"weights": "trained", "epochs": 1, "batch_size": 250, "w1": 20, "w2": 12}
EXPLODED = {**TRAINED, "optimizer": "sgd", "lr": 100.0, "activation": "leaky_relu"}
"""Huge first weights, and logits that are not numbers."""

BROKEN = {**EXPLODED, "init": "normal", "std": 100.0, "batch_size": 1, "layers": 4}


@pytest.mark.parametrize("style", [Style.TENSORS, Style.MODULE])
@pytest.mark.parametrize("page", ["classify", *LESSON, "inside"])
def test_each_page_in_each_style_with_everything_open(page: str, style: Style) -> None:
    settings = {**TRAINED, "style": style.value}
    session = Session.arrive(page, **link(settings), **opened(page))
    assert len(session.expanders) == len(opened(page))
    assert session.sentence
    assert session.warnings == [] or page == "tensors"
    assert_readable(session)
    scripts = [code.value for code in session.at.code if code.language == "python"]
    for script in scripts:
        ast.parse(script)
    # The script trains where the page shows what was learned; elsewhere the page says that it
    # shows something else, if one could take it for the trained network.
    trains = any("train()" in script for script in scripts)
    assert trains == (pages.shows(page) is not Shows.INITIAL)
    assert (read("frame").parts["code_trains"] in session.texts) == trains
    note = read("frame").parts["initial_shown"] in session.texts
    assert note == (page in ("modules", "initialization"))
    if page == "classify":
        assert "ntrained" not in words(session)


@pytest.mark.parametrize(
    ("settings", "style"),
    [(EXPLODED, Style.TENSORS), (BROKEN, Style.MODULE)],
    ids=["huge", "broken"],
)
@pytest.mark.parametrize("page", ["classify", *LESSON, "inside"])
def test_a_training_that_exploded_is_said_in_words(
    page: str, style: Style, settings: dict[str, str | int | float]
) -> None:
    chosen = {**settings, "style": style.value}
    session = Session.arrive(page, **link(chosen), **opened(page))
    assert_readable(session)
    if page == "classify":
        assert_shows(session, chosen)
        assert all(map(math.isnan, session.bars))
        assert "exploded" in session.sentence
        assert "[NaN](#term-nan)" in session.sentence
        assert "NaN" in session.chart.alt
        assert session.notes == []
    if page == "softmax":
        assert session.sentence == read("softmax").parts["broken"]
        assert session.component("softmax_sliders")["logits"].count(None) > 0
        assert session.component("softmax_sliders")["odd"].count("NaN") > 0


class TestClassify:
    @pytest.mark.parametrize("style", Style)
    def test_the_bars_are_those_of_the_trained_network(self, style: Style) -> None:
        settings = {**TRAINED, "style": style.value, "batch": 2, "image": 9, "seed": 5}
        session = Session.open(**link(settings))
        assert_shows(session, settings)
        plain = {key: value for key, value in settings.items() if key != "weights"}
        assert session.bars != pytest.approx(expected(plain).probabilities, abs=0.01)

    def test_the_sentence_says_what_the_network_says(self) -> None:
        seen = set()
        for image in range(24):
            settings = {**TRAINED, "image": image}
            session, wanted = Session.open(**link(settings)), expected(settings)
            says = max(range(10), key=wanted.probabilities.__getitem__)
            largest = wanted.probabilities[says]
            sure, right = largest >= quantities.SURE, says == wanted.label
            seen.add((sure, right))
            assert session.sentence.startswith("Trained for [1 epoch](#term-epoch). ")
            assert f"it answers **{says}**, with {quantities.percent(largest)}" in session.sentence
            start = session.sentence.removeprefix("Trained for [1 epoch](#term-epoch). ")
            assert start.startswith("Correct" if right else "Wrong")
            assert ("not confident" not in start) == sure
            if not right:
                share = quantities.percent(wanted.probabilities[wanted.label])
                assert f"The true digit, **{wanted.label}**, got {share}." in start
            assert start.endswith("This digit was in the training set.")
        assert len(seen) >= 2

    def test_the_script_is_the_one_that_trains(self) -> None:
        session = Session.open(**link(TRAINED), classify_code_open="true")
        (code,) = (block.value for block in session.at.code)
        training = TrainSpec(batch_size=250, epochs=1)
        spec = NetworkSpec(hidden=(20, 12), training=training)
        assert code == classify_script.script(spec, DigitSpec()).rstrip()

    def test_one_click_leads_to_the_trained_network_and_back(self) -> None:
        plain = {key: value for key, value in TRAINED.items() if key != "weights"}
        session = Session.open(**link(plain))
        before = session.bars, session.sentence
        assert_shows(session.set(weights="trained"), TRAINED)
        session.set(weights="initial")
        assert (session.bars, session.sentence) == before


@pytest.mark.parametrize("page", INITIAL)
def test_a_page_about_the_start_trains_nothing(page: str) -> None:
    settings = {**TRAINED, "seed": 321}
    session = Session.arrive(page, **link(settings), **opened(page))
    plain = Session.arrive(page, **link({**settings, "weights": "initial"}), **opened(page))
    assert session.sentence == plain.sentence
    # The run that is only asked for has not begun.
    training = TrainSpec(batch_size=250, epochs=1, seed=321)
    spec = NetworkSpec(hidden=(20, 12), seed=321, training=training)
    assert cached.run(spec).progress().step == 0


def test_the_page_by_hand_shows_what_was_learned_by_hand() -> None:
    texts = []
    for style in (Style.MODULE, Style.TENSORS):
        settings = {**TRAINED, "style": style.value}
        session = Session.arrive("tensors", **link(settings), tensors_check_open="true")
        texts.append(session.sentence)
        texts.append(next(text for text in session.texts if "torch.mm(inputs, weights_1)" in text))
    assert texts[:2] == texts[2:]


def test_other_functions_keep_the_learned_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[NetworkSpec] = []
    monkeypatch.setattr(cached, "run", lambda spec, run=cached.run: asked.append(spec) or run(spec))
    settings = {**TRAINED, "seed": 77}
    session = Session.arrive("activations", **link(settings), **opened("activations"))
    assert read("activations").parts["all_trained"].format(name="relu") in session.texts
    # One network has been trained, not one for each function.
    assert {spec.activation for spec in asked} == {Activation.RELU}
