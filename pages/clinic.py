"""The lab: predict, break, measure, fix."""

import streamlit as st

from mnistviz.ui.clinic import controls, measure, stage, under
from mnistviz.ui.elements import digit_picker, show
from mnistviz.ui.session.state import current
from mnistviz.words import read

lesson = read("clinic")


@st.fragment
def page() -> None:
    """Show the digit before and after an operation, and the expanders below it."""
    hand = current()
    view = stage.compute_view(hand, controls.draw(hand.network, lesson), lesson)
    with st.container(key="stage"):
        digit, answer = st.columns([2.5, 7.5], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
    with answer:
        if view.is_shown:
            stage.stage(view, lesson)
        # Below the digit it would push the sentence out of sight.
        with st.container(key="clinic_digits", horizontal=True, vertical_alignment="bottom"):
            digit_picker.go_to()
    stage.sentence(view, lesson)
    measure.ask(view, lesson)
    show.deeper()
    under.occlusion(view, lesson)
    under.code(view, lesson)


show.heading(lesson)
measure.offer(lesson)
page()
