"""The lesson: the network by hand, the sum of one unit, and shapes that break."""

import streamlit as st

from mnistviz.ui.elements import digit_picker, show
from mnistviz.ui.session.state import shown_on
from mnistviz.ui.tensors import stage
from mnistviz.words import read

lesson = read("tensors")


@st.fragment
def page() -> None:
    """Show the digit in hand, one unit's sum, the questions, and the expanders below them."""
    hand = shown_on("tensors")
    whole = st.container(key="stage")
    with whole:
        digit, answer = st.columns([2.5, 7.5], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    with answer:
        unit = stage.choose_unit(hand, lesson)
        drawn = st.container()
    with whole:
        stage.sentence(hand, unit, lesson)
    revealed = stage.ask(hand, unit, lesson)
    with drawn:
        stage.pictures(hand, unit, lesson, asks=not revealed)
    shown = stage.ask_shape(hand, lesson)
    stage.steps(hand, unit, lesson, asks=not shown)
    stage.ask_parameters(hand, lesson)
    show.deeper()
    stage.breaks(hand, lesson)
    stage.under(hand, unit, lesson)


title, offer = st.columns([7.5, 2.5], vertical_alignment="bottom")
with title:
    show.heading(lesson)
with offer:
    stage.lesson_network(lesson)
page()
