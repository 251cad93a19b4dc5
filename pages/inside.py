"""The lab: any unit of the network in hand, its sum taken apart."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import (
    digit_picker,
    inside,
    inside_layers,
    inside_stage,
    inside_under,
    pages,
    question,
    show,
)
from mnistviz.ui.state import current

lesson = read("inside")


@st.fragment
def page() -> None:
    """Show the network, the sum of the chosen unit, and what lies under it."""
    hand = current()
    view = inside.look(hand, lesson)
    box = st.container(key="stage")
    with box:
        digit, network, unit = st.columns([2.2, 4.5, 3.3], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    if view.walk.broken:
        with box:
            inside.sentence(view)
        return
    with network:
        inside_stage.network(view)
    with unit:
        inside_stage.unit_sum(view)
    with box:
        inside.sentence(view)
    question.ask(lesson, "inside", **inside_under.question_words(view))
    inside_under.fires(view)
    inside_under.classes(view)
    inside_under.saliency(view)
    inside_layers.wall(view)
    inside_layers.digit_map(view)
    inside_under.code(view, lesson)


show.heading(lesson)
page()
pages.link_to_next("inside")
