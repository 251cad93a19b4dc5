"""The lab: predict, break, measure, mend."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import (
    clinic,
    clinic_knobs,
    clinic_measure,
    clinic_under,
    digit_picker,
    pages,
    show,
)
from mnistviz.ui.state import current

lesson = read("clinic")


@st.fragment
def page() -> None:
    """Show the digit before and after an operation, and what lies under it."""
    hand = current()
    view = clinic.look(hand, clinic_knobs.draw(hand.network, lesson), lesson)
    with st.container(key="stage"):
        digit, answer = st.columns([2.5, 7.5], gap="medium")
    with answer:
        if view.is_shown:
            clinic.stage(view, lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    clinic.sentence(view, lesson)
    clinic_measure.ask(view, lesson)
    clinic_under.where_it_looks(view, lesson)
    clinic_under.code(view, lesson)


show.heading(lesson)
page()
pages.link_to_next("clinic")
