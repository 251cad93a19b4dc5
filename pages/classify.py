"""The landing page: a digit beside its ten probabilities."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import classify, digit_picker, show
from mnistviz.ui.state import current

lesson = read("classify")


@st.fragment
def page() -> None:
    """Show the digit in hand and what the network says of it."""
    hand = current()
    whole = st.container(key="stage")
    with whole:
        grid, digit, bars = st.columns([3, 3, 4.4], gap="medium")
    # What changes most comes first, so that the browser has it first.
    with bars:
        classify.bars(hand, lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
    with grid:
        classify.grid(hand, lesson)
    with whole:
        classify.sentence(hand, lesson)
    classify.under(hand, lesson)


show.heading(lesson)
page()
