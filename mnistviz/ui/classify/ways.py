"""The ways on from the landing page: train it, start the lesson, draw, teach."""

import streamlit as st

from mnistviz.ui import pages
from mnistviz.ui.classify import live
from mnistviz.ui.session import state
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson


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
            disabled=state.is_refused({"weights": "trained" if trains else "initial"}),
        )
        st.page_link(
            pages.page(pages.SECTIONS[pages.LESSON][0]),
            label=words["start_lesson"].format(minutes=pages.lesson_minutes()),
            icon=":material/school:",
        )
        st.page_link(pages.page(pages.LOADS), label=words["draw_own"], icon=":material/draw:")
        # The browser opens the panel, see `ui/share/teachers.js`.
        st.button(words["teachers"], key="teachers", icon=":material/groups:")
