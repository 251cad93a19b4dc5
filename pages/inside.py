"""The lab: any unit of the network, its sum taken apart."""

import streamlit as st

from mnistviz.ui.elements import digit_picker, question, show
from mnistviz.ui.inside import choice, layers, stage, under
from mnistviz.ui.session.state import current
from mnistviz.words import read

lesson = read("inside")


@st.fragment
def page() -> None:
    """Show the network, the sum of the selected unit, and the expanders below it."""
    hand = current()
    view = choice.choose_view(hand, lesson)
    box = st.container(key="stage")
    with box:
        digit, network, unit = st.columns([2.2, 4.5, 3.3], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    if view.walk.broken:
        with box:
            choice.draw_sentence(view)
        return
    with network:
        stage.draw_network(view)
    with unit:
        stage.draw_unit_sum(view)
    with box:
        choice.draw_sentence(view)
    question.ask(lesson, **under.question_words(view))
    under.fires(view)
    layers.wall(view)
    show.deeper()
    under.classes(view)
    under.saliency(view)
    layers.digit_map(view)
    under.code(view, lesson)


show.heading(lesson)
page()
