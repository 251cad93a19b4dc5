"""The landing page: a digit beside its ten probabilities."""

import streamlit as st

from mnistviz.ui.classify import stage
from mnistviz.ui.elements import digit_picker, show
from mnistviz.ui.session.state import current
from mnistviz.words import read

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
        stage.bars(hand, lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
    with grid:
        stage.grid(hand, lesson)
    with whole:
        stage.sentence(hand, lesson)
    stage.under(hand, lesson)


show.heading(lesson)
page()
