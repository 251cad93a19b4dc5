"""The lab: predict, break, measure, mend."""

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
    with answer:
        if view.is_shown:
            stage.stage(view, lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    stage.sentence(view, lesson)
    measure.ask(view, lesson)
    under.occlusion(view, lesson)
    under.code(view, lesson)


show.heading(lesson)
page()
