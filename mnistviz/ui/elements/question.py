"""A question asked before the answer is shown: choose, then reveal. What is revealed stays.

What an answer brings has its place before it comes: what lies below it stays where it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import streamlit as st

from mnistviz.ui.elements import families
from mnistviz.ui.session import links
from mnistviz.words import Lesson, Question, read, spoken

_ANSWERED = "answered"
"""The session's key of what has been answered, by question."""

_ASKED = "asked"
"""The session's key of what was asked, for questions that are asked anew."""

_KEPT = "answered_before"
"""The session's key of what was answered to questions that have been asked anew since."""

_LINK = re.compile(r"\[([^]]+)\]\([^)]+\)")
_LETTER = re.compile(r"\w")
_MARKS = re.compile(r"[*`$\\#]")


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody has answered.

    Attributes:
        selected: which option, from 0.
        right: whether it was the right one; for one whose answer takes long to compute it is known
            once this has been done.
    """

    selected: int
    right: bool


def answered() -> Mapping[str, Answered]:
    """Return what has been answered in this session, by question: `PAGE_NAME`."""
    return MappingProxyType(_store())


def ask(
    lesson: Lesson,
    name: str = "question",
    *,
    why: str = "",
    again: str = "",
    right: int | None = None,
    button: str = "",
    follows: str = "",
    **numbers: object,
) -> bool:
    """Ask a question of the page; what was selected is locked once the answer is revealed.

    Args:
        lesson: the page's words, with the part of the question.
        name: this part.
        why: the part that explains the right answer; NAME_why if it is not given.
        again: what the question is about: once this is another, it is asked anew. What was revealed
            of the other stays, and is there again with it.
        right: which option is right, from 0, where this is computed; as the words mark it if not.
            It may be unknown as long as nothing is revealed; see `is_settled`.
        button: the part of the lesson that stands on the button, if it is a special one.
        follows: the question that has to be answered first: until then, this one can only be read.
        numbers: what is computed for the placeholders of the question, its options and reasons.

    Returns:
        Whether the answer is revealed.
    """
    question = lesson.question(name)
    right = question.right if right is None else right
    place, key = f"{lesson.name}_{name}", _key(lesson, name)
    families.check(families.QUESTIONS, key)
    _ask_anew(place, key, again)
    settled = _store().get(place)
    waits = bool(follows) and f"{lesson.name}_{follows}" not in _store()
    if settled is not None and right is not None:
        _store()[place] = Answered(settled.selected, settled.selected == right)

    def reveal() -> None:
        selected = st.session_state[f"{key}_answer"]
        if selected is not None:
            _store()[place] = Answered(selected, selected == right)

    text = question.text.format(**numbers)
    with st.container(key=f"{key}_question", border=True):
        st.header(text, anchor=False)
        selected = st.radio(
            # It is read out as it is written; what is seen is the heading.
            spoken(text),
            range(len(question.options)),
            format_func=lambda option: question.options[option].format(**numbers),
            index=None,
            disabled=settled is not None or waits,
            label_visibility="collapsed",
            **links.private(f"{key}_answer"),
        )
        if settled is None or right is None:
            words = read("frame").parts
            st.button(
                lesson.parts[button] if button else words["first" if waits else "reveal"],
                key=f"{key}_reveal",
                disabled=selected is None or settled is not None or waits,
                on_click=reveal,
            )
            with st.container(key=f"{key}_room"):
                st.markdown(_room(question, lesson.parts[why or f"{name}_why"], numbers))
            return False
        with st.container(key=f"{key}_reason"):
            st.markdown(_outcome(question, settled.selected, right).format(**numbers))
            st.markdown(lesson.parts[why or f"{name}_why"].format(**numbers))
    return True


def tell(text: str, key: str, awaited: str = "") -> None:
    """Say what comes with an answer, in a place that is there before it.

    Args:
        text: what is said, or will be; as long as it, before it is computed.
        key: of its place.
        awaited: what stands in its place until it may be said; nothing if it may.
    """
    families.check(families.TOLD, key)
    with st.container(key=f"{key}_{'awaited' if awaited else 'told'}"):
        st.markdown(awaited or text)
        st.markdown(_blank(text))


def is_settled(lesson: Lesson, name: str, again: str) -> bool:
    """Tell whether the answer to a question is revealed, before the page has come to asking it.

    Args:
        lesson: the page's words.
        name: the part of the question.
        again: what it is about; see `ask`.
    """
    place = f"{lesson.name}_{name}"
    _ask_anew(place, _key(lesson, name), again)
    return place in _store()


def _outcome(question: Question, selected: int, right: int) -> str:
    words = read("frame").parts
    if selected == right:
        return words["right"]
    # Words are read as Markdown; an option stands in them as it stands in the list.
    wrong = words["wrong"].replace("{answer}", question.options[right])
    return f"{wrong}\n\n{question.reasons[selected]}".strip()


class _Unknown(dict[str, Any]):
    """The numbers of a question; one that is computed with the answer is as long as most."""

    def __missing__(self, key: str) -> str:
        return "00,000"


def _room(question: Question, why: str, numbers: Mapping[str, object]) -> str:
    """Write what needs as much room as the longest answer, and says nothing of it.

    Nobody sees or hears it: it keeps the place of the reason, so that what lies below stays where
    it is. On a narrow page the selected option stands above the reason, so it has a line too.
    """
    outcomes = (
        _outcome(question, selected, right)
        for selected in range(len(question.options))
        for right in range(len(question.options))
    )
    known = _Unknown(numbers)
    parts = [
        max(found, key=len)
        for found in (
            [option.format_map(known) for option in question.options],
            [outcome.format_map(known) for outcome in outcomes],
        )
    ]
    return _blank("\n\n".join((*parts, why.format_map(known))))


def _blank(text: str) -> str:
    """Write a text that needs as much room as a text of the lesson, and says nothing."""
    return _LETTER.sub("e", _MARKS.sub("", _LINK.sub(r"\1", text)))


def _key(lesson: Lesson, name: str) -> str:
    return lesson.name if name == "question" else f"{lesson.name}_{name}"


def _ask_anew(place: str, key: str, again: str) -> None:
    """Put the answer to a question away that is now about something else."""
    asked: dict[str, str] = st.session_state.setdefault(_ASKED, {})
    before = asked.get(place, again)
    if before != again:
        kept: dict[tuple[str, str], Answered] = st.session_state.setdefault(_KEPT, {})
        settled = _store().pop(place, None)
        if settled is not None:
            kept[place, before] = settled
        known = kept.get((place, again))
        if known is not None:
            _store()[place] = known
        st.session_state[f"{key}_answer"] = known and known.selected
    asked[place] = again


def _store() -> dict[str, Answered]:
    store: dict[str, Answered] = st.session_state.setdefault(_ANSWERED, {})
    return store
