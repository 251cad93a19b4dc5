"""The lesson: a digit is numbers; one of them looked at, and a batch taken apart."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import digit_picker, digits, digits_under, pages, question, show
from mnistviz.ui.state import current

lesson = read("digits")


@st.fragment
def page() -> None:
    """Show the digit in hand as picture and as numbers, and what lies under it."""
    hand = current()
    with st.container(key="digits_controls", horizontal=True, vertical_alignment="center"):
        digit_picker.go_to()
        form = digits.choose_form(lesson)
        index = digits.choose_index(lesson)
    digits.stage(hand, form, index, lesson)
    digits.sentence(hand, index, lesson)
    question.ask(lesson, "digits", **digits.answer(index))
    digits_under.axes(hand, index, lesson)
    digits_under.flatten(hand, lesson)
    digits_under.histograms(hand, lesson)
    digits_under.loader(hand, lesson)
    digits_under.counts(hand, lesson)
    digits_under.code(hand, index, lesson)


show.heading(lesson)
page()
pages.link_to_next("digits")
