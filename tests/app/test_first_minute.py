"""Tests of the first minute: the landing page's button, the ways on, and what Draw starts with."""

from __future__ import annotations

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import Split, Value, Weights
from mnistviz.ui import pages
from mnistviz.ui.session import cached, state
from mnistviz.words import read
from tests.app.session import Session, assert_shows, expected, load
from tests.serving import ROOT

SHORT = {"epochs": "1", "w1": "16", "w2": "8", "batch_size": "200"}
"""A training that takes a moment."""

TRAINED: dict[str, Value] = {
    **{key: int(text) for key, text in SHORT.items()},
    "weights": "trained",
}
"""The same as settings."""


def settle(session: Session) -> Session:
    """Run the page as a browser does while it learns: again and again, until it is done."""
    for _ in range(200):
        if "Training: step" not in session.sentence:
            return session
        session.run()
    raise AssertionError(session.sentence)


class TestTrainInSight:
    def test_trains_and_leads_back(self) -> None:
        session = Session.open(**SHORT)
        before = session.bars
        session.click("train_this").run()
        settle(session)
        assert session.settings["weights"] == Weights.TRAINED
        assert session.bars == pytest.approx(expected(TRAINED).probabilities, rel=0, abs=0)
        assert "Trained for [1 epoch](#term-epoch)." in session.sentence
        session.click("train_this").run()
        assert session.settings["weights"] == Weights.INITIAL
        assert session.bars == before

    def test_says_what_it_is_on_the_way(self) -> None:
        # The page is there while the network learns: the digit can be changed, the bars follow.
        session = Session.open(**SHORT, seed="23").click("train_this").run()
        assert len(session.bars) == 10
        assert "digit_view" in {element.key for element in session.at.get("bidi_component")}
        settle(session)

    def test_a_link_to_the_trained_network_waits_for_it(self) -> None:
        session = Session.open(**SHORT, weights="trained", seed="5")
        assert "Trained for [1 epoch](#term-epoch)." in session.sentence

    def test_the_two_numbers_stand_side_by_side(self) -> None:
        session = Session.open(**SHORT, weights="trained")
        layers = cached.parameters(expected(TRAINED).network)
        digits = load(mnist.SAMPLE_ROOT)
        shares = [accuracy(layers, *digits.part(split)) for split in Split]
        (told,) = (text for text in session.texts if "of the [training digits]" in text)
        for share in shares:
            assert f"**{100 * share:.1f}\N{NO-BREAK SPACE}%**" in told


def accuracy(layers: Parameters, pixels: object, labels: object) -> float:
    """The share of right answers in plain numpy: ReLU between layers, the largest logit wins."""
    x = np.asarray(pixels, dtype=np.float64).reshape(len(np.asarray(labels)), -1) / 127.5 - 1
    for number, layer in enumerate(layers):
        x = x @ np.asarray(layer.weight, np.float64).T + np.asarray(layer.bias, np.float64)
        if number < len(layers) - 1:
            x = np.maximum(x, 0)
    return float((x.argmax(axis=1) == np.asarray(labels)).mean())


class TestWeightsOfAPage:
    def test_draw_is_trained_as_long_as_nobody_chooses(self) -> None:
        session = Session.arrive("draw", **SHORT)
        assert session.settings["weights"] == Weights.TRAINED
        session.at.switch_page("../../../pages/inside.py")
        assert session.run().settings["weights"] == Weights.INITIAL
        session.at.switch_page("../../../pages/draw.py")
        assert session.run().settings["weights"] == Weights.TRAINED

    def test_the_link_has_the_last_word(self) -> None:
        session = Session.arrive("draw", weights="initial")
        assert session.settings["weights"] == Weights.INITIAL

    @pytest.mark.parametrize(
        ("page", "chosen", "other"), [("inside", "trained", "draw"), ("draw", "initial", "inside")]
    )
    def test_what_somebody_has_chosen_stays(self, page: str, chosen: str, other: str) -> None:
        session = Session.arrive(page, **SHORT).set(weights=chosen)
        for name in (other, page):
            session.at.switch_page(f"../../../pages/{name}.py")
            assert session.run().settings["weights"] == chosen

    def test_who_goes_back_to_the_usual_has_chosen_nothing(self) -> None:
        # As with the link, in which what is usual on the page does not stand.
        session = Session.open(**SHORT).set(weights="trained").set(weights="initial")
        session.at.switch_page("../../../pages/draw.py")
        assert session.run().settings["weights"] == Weights.TRAINED

    def test_reset_forgets_what_was_chosen(self) -> None:
        session = Session.arrive("draw", weights="initial", **SHORT)
        session.click("reset")
        assert session.settings["weights"] == Weights.TRAINED


class TestSplit:
    @pytest.mark.parametrize(("batch", "image"), [(0, 0), (15, 39)])
    def test_test_digits_are_shown(self, batch: int, image: int) -> None:
        session = Session.open(split="test", batch=str(batch), image=str(image))
        assert_shows(session, {"split": "test", "batch": batch, "image": image})
        assert session.place == (batch, image)

    def test_a_batch_that_the_test_digits_do_not_have_becomes_their_last(self) -> None:
        session = Session.open(batch="62").set(split="test")
        assert session.place[0] == 15
        assert session.warnings == []

    def test_what_was_learned_is_said(self) -> None:
        shown = Session.open(**SHORT, weights="trained")
        assert "was in the training set" in shown.sentence
        assert "was not in the training set" in shown.set(split="test").sentence

    def test_the_order_is_the_seeds(self) -> None:
        # What a shuffling loader of the test digits would give first.
        session, digits = Session.open(split="test", seed="3"), load(mnist.SAMPLE_ROOT)
        order = mnist.order(1_000, 3)[:64]
        labels = session.component("digit_grid")["labels"]
        assert labels == digits.test_labels[order].tolist()


class TestWays:
    @pytest.mark.parametrize("name", [page.name for page in pages.PAGES])
    def test_before_and_after_stand_above_and_below(self, name: str) -> None:
        names = [page.name for page in pages.PAGES]
        at = names.index(name)
        wanted = [
            *([f"Previous: {read(names[at - 1]).title}"] if at else []),
            *([f"Next: {read(names[at + 1]).title}"] if at + 1 < len(names) else []),
        ]
        session = Session.arrive(name, weights="initial")
        labels = [link.proto.label for link in session.at.get("page_link")]
        assert [label for label in labels if label in wanted] == wanted * 2

    def test_the_lesson_takes_forty_minutes(self) -> None:
        assert pages.lesson_minutes() == 40
        first = pages.SECTIONS[pages.LESSON][0]
        assert "about 7 minutes" in " ".join(Session.arrive(first).texts)

    def test_teachers_find_each_page_in_the_readme(self) -> None:
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        for page in pages.PAGES:
            if page.section == pages.LESSON:
                assert f"\n| {read(page.name).title} | {page.minutes} minutes |" in text
        assert "teachers" in Session.open().buttons


class TestSidebar:
    @pytest.mark.parametrize("name", [page.name for page in pages.PAGES])
    def test_what_the_page_is_about_comes_first(self, name: str) -> None:
        session = Session.arrive(name, weights="initial")
        (more,) = session.at.sidebar.expander
        folded = {widget.key for widget in [*more.segmented_control, *more.number_input]}
        page = pages.about(name)
        for key in ("weights", "layers", "style", "seed", "data"):
            assert (key in folded) == (key not in page.uses), key
        # Nothing is lost: every setting of the network is somewhere, bound to the link.
        network = state.FIELDS.keys() - {"split", "batch", "image"}
        assert network <= session.settings.keys() & session.bound.keys()


def test_draw_is_trained_for_whoever_led_the_landing_page_back() -> None:
    session = Session.open(**SHORT, weights="trained").click("train_this").run()
    assert session.settings["weights"] == Weights.INITIAL
    session.at.switch_page("../../../pages/draw.py")
    assert session.run().settings["weights"] == Weights.TRAINED


def test_weights_that_nobody_has_loaded_do_not_look_trained() -> None:
    session = Session.open(weights="loaded")
    (button,) = [one for one in session.at.button if one.key == "train_this"]
    assert button.label == read("classify").parts["train"]
    assert "No weights are loaded" in " ".join(session.warnings)
