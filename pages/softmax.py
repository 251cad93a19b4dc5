"""From ten logits to ten probabilities, and every way to get it wrong."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import digit_picker, pages, question, show, softmax, softmax_under
from mnistviz.ui.state import current

lesson = read("softmax")


@st.fragment
def page() -> None:
    """Show the way from logits to probabilities, with the knobs that change it."""
    hand = current()
    with st.container(key="stage"):
        digit, logits, answers = st.columns([2.7, 3.1, 4.6], gap="medium")
    knobs = softmax.knobs(lesson)
    row = softmax.row(hand, knobs)
    with answers:
        softmax.answers(row, lesson)
    with logits:
        softmax.sliders(row, lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    softmax.sentence(row, lesson)
    question.ask(lesson, "softmax", softmax.reason(row), **softmax.numbers(row))
    softmax_under.untrained(hand, lesson)
    softmax_under.dims(hand, lesson)
    softmax_under.broadcasting(hand, lesson)
    softmax_under.too_large(lesson)
    softmax_under.loss(row, lesson)
    softmax_under.exercise(hand, lesson)
    softmax_under.code(row, lesson)


show.heading(lesson)
page()
pages.link_to_next("softmax")
