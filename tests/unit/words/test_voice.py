"""The voice of the pages: what `mnistviz/words/README.md` rules out stands in no sentence."""

from __future__ import annotations

import re

import pytest

from mnistviz.words import read
from tests.unit.words.test_words import NAMES, ROOT, texts

GUIDE = (ROOT / "mnistviz" / "words" / "README.md").read_text(encoding="utf-8")

BANNED = {
    "waved away": r"\b(simply|just|obviously|easy|easily|trivial\w*)\b",
    "translated": r"\b(in hand|strong bars?|mend(s|ed|ing)?|under the glass)\b",
    "loud": r"!(?!=)",
    "British": (
        r"\b(colou?r(?<!color)\w*|greys?|centre[ds]?|behaviours?|neighbours?|favou?r(?<!favor)\w*"
        r"|honour\w*|learnt|whilst|amongst|metres?|programmes?|artefacts?|catalogues?"
        r"|(label|model|travel|cancel)l(ed|ing)|analys(e|ed|ing)"
        r"|(normal|initial|organ|recogn|optim|summar|visual|minim|maxim|real|general|memor|regular)"
        r"is(e|ed|es|ing|ation)s?)\b"
    ),
}
"""What no text of the words holds, as patterns."""

ON_PAPER = {"draw", "draw/photo_panel", "errors/photo"}
"""What speaks of photos: only what a person has photographed has paper, MNIST is white on black."""

PAPER = re.compile(r"(?<!\bon )\bpaper\b", re.IGNORECASE)
"""The word, but for what holds "on paper"."""

KEYS = re.compile(
    r"\barrow keys?\b|\bkeyboard\b|\bletter keys\b|\bclick|\bhover|\bthe key [A-Z]\b", re.I
)

FOR_KEYS = {
    "digits": {"table_how"},
    "draw/pad": {"canvas_keys", "keys"},
    "frame": {"present_letter", "present_keys", "present_keys_without", "letters"},
    "inside": {"map_hint"},
}
"""What speaks of keys, and is not shown where the screen is touched."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", BANNED)
def test_the_words_are_plain(name: str, kind: str) -> None:
    found = {
        part: match.group()
        for part, text in texts(read(name)).items()
        if (match := re.search(BANNED[kind], text, re.IGNORECASE))
    }
    assert found == {}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_finger_reads_is_not_about_keys(name: str) -> None:
    found = {part for part, text in texts(read(name)).items() if KEYS.search(text)}
    assert found - FOR_KEYS.get(name, set()) == set()


@pytest.mark.parametrize("name", sorted({*NAMES} - ON_PAPER))
def test_paper_is_only_on_photos(name: str) -> None:
    found = [part for part, text in texts(read(name)).items() if PAPER.search(text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It is just a number.", "waved away"),
        ("The digit in hand.", "translated"),
        ("It mends the weights.", "translated"),
        ("Done!", "loud"),
        ("A grey pixel.", "British"),
        ("Colour", "British"),
        ("It is labelled.", "British"),
        ("Normalising", "British"),
    ],
)
def test_what_is_ruled_out_is_found(text: str, kind: str) -> None:
    assert re.search(BANNED[kind], text, re.IGNORECASE)


@pytest.mark.parametrize(
    "text", ["The color gray.", "Initialization", "one of these", "recommended", "adjust", "a != b"]
)
def test_what_is_allowed_is_not(text: str) -> None:
    assert not any(re.search(pattern, text, re.IGNORECASE) for pattern in BANNED.values())


@pytest.mark.parametrize(
    "phrase",
    ["just", "simply", "obviously", "easily", "in hand", "strong bar", "mend", "under the glass"],
)
def test_the_guide_names_what_it_rules_out(phrase: str) -> None:
    assert phrase in GUIDE
