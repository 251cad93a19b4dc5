"""The lesson: the functions between the layers, their slopes, and what they are needed for."""

import streamlit as st

from mnistviz.ui.activations import stage, under
from mnistviz.ui.elements import digit_picker, question, show
from mnistviz.ui.session.state import current
from mnistviz.words import read

lesson = read("activations")


@st.fragment
def page() -> None:
    """Show the function with the units of a layer on it, and the expanders below it."""
    hand = current()
    with st.container(key="stage"):
        digit, answer = st.columns([2.5, 7.5], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    with answer:
        view = stage.choose_view(hand, lesson)
        stage.curves(view, lesson)
        stage.sentence(view, lesson)
    question.ask(lesson, **stage.question_numbers(view, lesson))
    under.all_functions(view, lesson)
    under.why_relu(view, lesson)
    show.deeper()
    under.fold(view, lesson)
    under.layer_by_layer(view, lesson)
    under.stable(lesson)
    under.code(view, lesson)


title, offer = st.columns([7.5, 2.5], vertical_alignment="bottom")
with title:
    show.heading(lesson)
with offer:
    stage.offer_layer(lesson)
stage.choose_function(lesson)
page()
