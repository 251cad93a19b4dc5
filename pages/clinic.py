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
    top, shown = st.container(key="clinic_controls", gap="xsmall"), st.container(key="stage")
    below = st.container(key="clinic_digits", horizontal=True, vertical_alignment="bottom")
    with below:
        digit_picker.go_to()
    with top:
        knobs = controls.draw(hand.network, lesson, below)
    view = stage.compute_view(hand, knobs, lesson)
    with shown:
        digit, answer = st.columns([2, 8], gap="medium")
        with digit:
            digit_picker.in_hand(hand.digit)
        if view.is_shown:
            with answer:
                stage.stage(view, lesson)
        stage.sentence(view, lesson)
    # An untrained network is asked nothing about: what follows has its place all the same.
    with st.container():
        measure.ask(view, lesson)
    show.deeper()
    under.occlusion(view, lesson)
    under.code(view, lesson)


with st.container(key="clinic_head"):
    title, right = st.columns([6.3, 3.7], vertical_alignment="bottom")
with title:
    show.heading(lesson)
with right:
    measure.offer(lesson)
page()
