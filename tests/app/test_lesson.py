"""What all pages of the lesson have in common, without a browser."""

from __future__ import annotations

import re

import pytest

from mnistviz.ui import pages
from mnistviz.ui.elements.question import Answered
from mnistviz.words import read
from tests.app.readable import assert_readable
from tests.app.session import NETWORKS, SMALL, Session, link
from tests.helpers.lesson import LESSON, PAGES, opened


def test_the_lesson_is_in_its_order() -> None:
    assert LESSON == (
        "digits",
        "tensors",
        "softmax",
        "modules",
        "activations",
        "initialization",
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", SMALL)
def test_each_network_with_everything_open(page: str, name: str) -> None:
    session = Session.visit(page, **link(NETWORKS[name]), **opened(page))
    assert len(session.expanders) == len(opened(page))
    assert session.sentence
    assert session.warnings == [] or page == "tensors"
    assert_readable(session)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_below_is_computed_before_it_is_opened(page: str) -> None:
    session = Session.visit(page)
    assert len(session.at.code) == 0
    assert all(not expander.children for expander in session.expanders)


@pytest.mark.parametrize("page", PAGES)
def test_the_question_is_asked_before_its_answer_is_shown(page: str) -> None:
    lesson = read(page)
    question = lesson.question()
    # The part of the answer that holds no number is the same whatever is computed.
    (fixed, *_) = sorted(re.split(r"\{\w+\}", lesson.parts["question_why"]), key=len, reverse=True)
    for number in range(len(question.options)):
        session = Session.visit(page)
        assert session.at.button(key=f"{page}_reveal").disabled
        session.at.radio(key=f"{page}_answer").set_value(number)
        session.run()
        assert not any(fixed.strip() in text for text in session.texts)
        session.at.button(key=f"{page}_reveal").click()
        session.run()
        (why,) = (text for text in session.texts if fixed.strip() in text)
        assert re.search(r"\{\w+\}", why) is None
        assert any("✓" in text for text in session.texts) == (number == question.right)
        # What was answered stays as it is, and other pages can ask for it.
        assert session.at.radio(key=f"{page}_answer").disabled
        held = session.at.session_state["answered"][f"{page}_question"]
        assert held == Answered(number, number == question.right)


def test_an_answer_is_kept_while_other_pages_are_looked_at() -> None:
    session = Session.visit("digits")
    session.at.radio(key="digits_answer").set_value(0)
    session.run()
    session.at.button(key="digits_reveal").click()
    session.run()
    session.at.switch_page("../../../pages/tensors.py")
    session.run()
    session.at.switch_page("../../../pages/digits.py")
    session.run()
    assert session.at.radio(key="digits_answer").value == 0
    assert session.at.radio(key="digits_answer").disabled


@pytest.mark.parametrize("page", PAGES)
def test_what_was_set_on_one_page_is_there_on_the_next(page: str) -> None:
    session = Session.visit("classify", w1="33", batch="2", image="5")
    session.at.switch_page(f"../../../pages/{page}.py")
    session.run()
    assert session.settings["w1"] == 33
    assert session.settings["image"] == 5
    # The page of the digits shows the digit in its own way.
    shown = session.component("digits_pixels" if page == "digits" else "digit_view")
    assert re.search(r"\b5\b", shown["words"]["title"] if page == "digits" else shown["title"])


@pytest.mark.parametrize("text", ["", "-1", "1e400"])
@pytest.mark.parametrize("page", PAGES)
def test_a_link_may_ask_anything_of_a_page(page: str, text: str) -> None:
    held = Session.arrive(page, **opened(page)).at.session_state._state.filtered_state
    keys = [key for key, value in held.items() if key.startswith(f"{page}_") and value is not None]
    asked = {key: text for key in keys if not key.endswith("_open")}
    session = Session.arrive(page, **asked, **opened(page))
    session.run()
    assert session.at.radio(key=f"{page}_answer").value is None


@pytest.mark.parametrize("page", ["tensors", "softmax", "modules"])
def test_a_solution_is_shown_when_it_is_asked_for(page: str) -> None:
    session = Session.visit(page, **{f"{page}_exercise_open": "true"}, batch="62")
    assert len(session.at.code) == 0
    session.at.toggle(key=f"{page}_solution").set_value(True)
    session.run()
    code, printed = (block.value for block in session.at.code)
    assert "exp(" in code or "nn.Linear(784, 128)" in code
    assert "(32, 10)" in printed
    assert "False" not in printed
    assert session.errors == []


def words_in_sight(page: str) -> int:
    """Count the words of a page's core: all that is above "Deeper", with its expanders open."""
    session, count = Session.arrive(page, weights="initial", **opened(page)), 0
    for element in session.elements:
        if getattr(element, "key", None) == "deeper":
            return count
        if element.type in ("markdown", "caption", "radio"):
            asked = element.type == "radio"
            text = " ".join([element.label, *element.options]) if asked else element.value
            without_addresses = re.sub(r"\(#term-[a-z0-9-]+\)", "", str(text))
            words = re.findall(r"[A-Za-z]{2,}", without_addresses)
            # What keeps the room of an answer is not read.
            count += sum(set(word) != {"e"} for word in words)
    raise AssertionError(f"{page} has no place from which on it is deeper")


@pytest.mark.parametrize("page", [page.name for page in pages.PAGES])
def test_the_core_is_brief(page: str) -> None:
    # A hundred words a minute leave time to look, to try, and to answer.
    assert words_in_sight(page) <= 100 * (pages.about(page).minutes or 9)
