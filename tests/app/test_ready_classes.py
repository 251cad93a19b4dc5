"""Tests of the ready classes: every link leads where its words say, and the README has them all."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from mnistviz.spec.fields import FIELDS
from mnistviz.ui.share import teachers
from mnistviz.ui.share.classes import CLASSES, ReadyClass, table
from mnistviz.words import read
from tests.app.session import Session
from tests.serving import ROOT


@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one.name)
def test_every_link_opens_what_it_says(one: ReadyClass) -> None:
    query = dict(parse_qsl(urlsplit(one.address).query))
    # A training takes long; what it starts from is the same.
    session = Session.follow(one.page, {**query, "weights": "initial"})
    assert not session.at.exception
    assert session.warnings == []
    assert session.at.title[0].value == read(one.page).title
    for key, text in query.items():
        if key in FIELDS and key != "weights":
            assert str(session.settings[key]) in (text, f"{text}.0")
        elif key not in FIELDS:
            assert session.at.session_state[key] is True


def test_they_fill_a_class_and_are_in_the_readme() -> None:
    assert len(CLASSES) >= 6
    assert sum(one.minutes for one in CLASSES) == 45
    assert table() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_each_has_two_sentences_and_a_question() -> None:
    for one in CLASSES:
        assert one.text("say").count(". ") == 1
        assert one.text("ask").endswith("?")


def test_all_that_the_panel_shows_has_words() -> None:
    told = json.loads(teachers.told())
    assert [one["address"] for one in told["classes"]] == [one.address for one in CLASSES]
    labels = [each["label"] for each in (*told["settings"], *told["parts"])]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    # Words, and no names of the program but those that PyTorch has.
    known = ("state_dict", "resize_")
    assert not any("_" in label for label in labels if not any(one in label for one in known))
    assert not any("{" in label or "#term" in label for label in labels)
