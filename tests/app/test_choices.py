"""Tests of choices whose options are words: fixed values, and links of any wording."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import pytest

from mnistviz.digits.preparation import Steps
from mnistviz.lessons.clinic.operations import ON_DIGIT, ON_NETWORK
from mnistviz.lessons.modules.tries import OMISSIONS
from mnistviz.lessons.tensors.slips import SLIPS
from mnistviz.ui.clinic.controls import PARTS
from mnistviz.ui.inside.layers import ORDERS
from mnistviz.ui.session import choices
from mnistviz.ui.session.choices import CHOICES, current_wording, text
from mnistviz.words import Lesson, read
from tests.app.session import Session

OPTIONS = [(key, value) for key, choice in CHOICES.items() for value in choice.values]

OLD = {
    "inside_other": {"the strongest other": "strongest", "none": "none", "3": "3"},
    "train_cell": {"the most frequent error": "most", "3-5": "3-5"},
    "draw_cell": {"the most frequent": "most", "7-9": "7-9"},
    "draw_set_show": {"all": "all", "read wrongly": "wrong"},
    "draw_mix": {"mixed in": "yes", "left out": "no"},
    "draw_held": {"held back": "yes", "learned too": "no"},
    "draw_photo_threshold_by": {"automatic": "automatic", "by hand": "by hand"},
}
"""What links hold that people have sent, and what it stands for: never to be changed."""

SENT = [(key, old, value) for key, texts in OLD.items() for old, value in texts.items()]


@pytest.mark.parametrize(("key", "value"), OPTIONS)
def test_each_option_has_words(key: str, value: str) -> None:
    said = text(key, value)
    assert said == said.strip() != ""
    # A link may hold the words or the value.
    assert current_wording(key, said) == current_wording(key, value) == said


@pytest.mark.parametrize("key", CHOICES)
def test_no_two_options_have_the_same_words(key: str) -> None:
    values = CHOICES[key].values
    assert len({text(key, value) for value in values}) == len(values)


@pytest.mark.parametrize(("key", "old", "value"), SENT)
def test_a_text_that_was_sent_stands_for_its_value(key: str, old: str, value: str) -> None:
    assert current_wording(key, old) == text(key, value)


@pytest.mark.parametrize(("key", "old", "value"), SENT)
def test_it_does_so_in_another_language(
    monkeypatch: pytest.MonkeyPatch, key: str, old: str, value: str
) -> None:
    def translated(name: str) -> Lesson:
        lesson = read(name)
        parts = {part: f"« {said} »" for part, said in lesson.parts.items()}
        return Lesson(name, lesson.title, lesson.idea, MappingProxyType(parts))

    today = text(key, value)
    monkeypatch.setattr(choices, "read", translated)
    assert current_wording(key, old) == text(key, value)
    assert text(key, value) == (f"« {today} »" if value in CHOICES[key].values else value)


@pytest.mark.parametrize(("key", "asked"), [("draw_mix", "x"), ("train_cell", ""), ("other", "x")])
def test_any_other_text_stays(key: str, asked: str) -> None:
    assert current_wording(key, asked) == asked


@pytest.mark.parametrize(("asked", "held"), [("none", "none"), ("strongest", "strongest")])
def test_a_link_may_hold_the_value(asked: str, held: str) -> None:
    link = {"inside_layer": "fc3", "inside_other": asked}
    session = Session.visit("inside", **link)
    assert session.at.selectbox(key="inside_other").value == held
    assert session.warnings == []


def test_a_bad_text_is_named_with_the_words_of_what_is_used() -> None:
    (warning,) = Session.arrive("inside", inside_layer="fc3", inside_other="x").warnings
    assert warning == (
        "The link asks for `inside_other=x`, which is not possible on this page. "
        "The page uses the strongest other."
    )


def test_what_the_code_can_do_has_words() -> None:
    wanted = {
        "clinic_part": PARTS,
        "clinic_digit": ON_DIGIT,
        "clinic_network": ON_NETWORK,
        "modules_omission": OMISSIONS,
        "tensors_slip": SLIPS,
        "draw_left_out": [one.name for one in dataclasses.fields(Steps)],
        "inside_sort": ORDERS,
    }
    assert {key: list(CHOICES[key].values) for key in wanted} == {
        key: [str(value) for value in values] for key, values in wanted.items()
    }
