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
    # Where each part has its place is a matter of the room; see `page.css` beside the stage.
    with st.container(key="inside_stage"):
        with st.container(key="inside_digit"):
            digit_picker.in_hand(hand.digit)
            digit_picker.go_to()
        if not view.walk.broken:
            stage.draw_network(view)
            stage.draw_unit_sum(view)
        choice.draw_sentence(view)
        if not view.walk.broken:
            stage.draw_notes(view)
    if view.walk.broken:
        return
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
