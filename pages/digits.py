"""The lesson: a digit is numbers; one of them looked at, and a batch taken apart."""

import streamlit as st

from mnistviz.ui.digits import stage, under
from mnistviz.ui.elements import digit_picker, show
from mnistviz.ui.session.state import current
from mnistviz.words import read

lesson = read("digits")


@st.fragment
def page() -> None:
    """Show the digit in hand as picture and as numbers, and the expanders below it."""
    hand = current()
    with st.container(key="digits_controls", horizontal=True, vertical_alignment="center"):
        digit_picker.go_to()
        form = stage.choose_form(lesson)
        index = stage.choose_index(lesson)
    with st.container(key="digits_stage"):
        stage.stage(hand, form, index, lesson)
        stage.sentence(hand, index, lesson)
    under.data(hand, lesson)
    under.axes(hand, index, lesson)
    stage.ask(hand, lesson)
    under.flatten(hand, index, lesson)
    show.deeper()
    under.histograms(hand, lesson)
    under.loader(hand, lesson)
    under.counts(hand, lesson)
    under.old(hand, lesson)
    under.code(hand, index, lesson)


show.heading(lesson)
page()
