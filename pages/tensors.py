"""The lesson: the network by hand, the sum of one unit, and shapes that break."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import digit_picker, pages, show, tensors
from mnistviz.ui.state import current

lesson = read("tensors")


@st.fragment
def page() -> None:
    """Show the digit in hand, one unit's sum, and what lies under it."""
    hand = current().by_hand
    with st.container(key="stage"):
        digit, answer = st.columns([2.5, 7.5], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    with answer:
        unit = tensors.choose_unit(hand, lesson)
        tensors.pictures(hand, unit, lesson)
    tensors.sentence(hand, unit, lesson)
    tensors.steps(hand, unit, lesson)
    tensors.question(hand, unit, lesson)
    tensors.breaks(hand, lesson)
    tensors.under(hand, unit, lesson)


title, offer = st.columns([7.5, 2.5], vertical_alignment="bottom")
with title:
    show.heading(lesson)
with offer:
    tensors.lesson_network(lesson)
page()
pages.link_to_next("tensors")
