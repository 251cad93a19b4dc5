"""The ways on from the landing page: train it, start the lesson, draw, teach."""

import streamlit as st

from mnistviz.ui import pages
from mnistviz.ui.classify import live
from mnistviz.ui.session.state import InHand
from mnistviz.ui.top import TOP
from mnistviz.words import Lesson, read

_README = TOP / "README.md"

_HEADING = read("classify").parts["teachers"]
"""Under this heading of the README teachers find what they need."""


def draw(hand: InHand, lesson: Lesson) -> None:
    """Draw the button that trains the network on the page, and the ways to other pages."""
    words = lesson.parts
    trains = live.trains(hand)
    with st.container(key="ways_from_here", horizontal=True, gap="small"):
        st.button(
            words["train"] if trains else words["untrained"],
            key="train_this",
            type="primary",
            icon=":material/play_arrow:" if trains else ":material/undo:",
            on_click=live.press,
        )
        st.page_link(
            pages.page(pages.SECTIONS[pages.LESSON][0]),
            label=words["start_lesson"].format(minutes=pages.lesson_minutes()),
            icon=":material/school:",
        )
        st.page_link(pages.page(pages.LOADS), label=words["draw_own"], icon=":material/draw:")
        if st.button(words["teachers"], key="teachers", icon=":material/groups:"):
            _teachers()


def teachers_text() -> str:
    """Return what the README says for teachers, Markdown; empty where it does not come along."""
    try:
        text = _README.read_text(encoding="utf-8")
    except OSError:
        return ""
    _, _, rest = text.partition(f"\n## {_HEADING}\n")
    return rest.partition("\n## ")[0].strip()


@st.dialog(_HEADING, width="large")
def _teachers() -> None:
    st.markdown(teachers_text() or read("classify").parts["teachers_none"])
