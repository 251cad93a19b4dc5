"""The lab: any unit of the network in hand, its sum taken apart."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import digit_picker, inside, inside_stage, pages, show
from mnistviz.ui.state import current

lesson = read("inside")


@st.fragment
def stage() -> None:
    """Show the network, the sum of the chosen unit, and what lies under it."""
    hand = current()
    view = inside.look(hand, lesson)
    with st.container(key="stage"):
        digit, network, unit = st.columns([2.2, 4.5, 3.3], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    if not view.walk.broken:
        with network:
            inside_stage.network(view)
        with unit:
            inside_stage.unit_sum(view)
    inside.sentence(view)


show.heading(lesson)
stage()
pages.link_to_next("inside")
