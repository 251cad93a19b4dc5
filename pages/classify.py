"""The landing page: a digit beside its ten probabilities, and the way to everything else."""

import streamlit as st

from mnistviz.ui.classify import live, stage, ways
from mnistviz.ui.elements import digit_picker, show
from mnistviz.ui.session.state import current
from mnistviz.words import read

lesson = read("classify")


def page() -> None:
    """Show the digit in hand and what the network says of it, while it learns too."""
    live.draw_anew_if_pressed()
    hand = current()
    answer = stage.answer(hand, live.run_of(hand))
    whole = st.container(key="stage")
    with whole:
        grid, digit, bars = st.columns([3, 3, 4.4], gap="medium")
    # What changes most comes first, so that the browser has it first.
    with bars:
        stage.bars(hand, answer, lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.choose_number()
    with grid:
        stage.grid(hand, lesson)
    with whole:
        stage.sentence(hand, answer, lesson)
        ways.draw(hand, lesson)
        stage.generalization(hand, answer, lesson)
    stage.ask(hand, lesson)
    show.deeper()
    stage.under(hand, lesson)


show.heading(lesson)
st.fragment(page, run_every=live.redraw_every())()
