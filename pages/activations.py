"""The lesson: the functions between the layers, their slopes, and what they are needed for."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import activations, activations_under, digit_picker, pages, question, show
from mnistviz.ui.state import current

lesson = read("activations")


@st.fragment
def page() -> None:
    """Show the function with the units of a layer on it, and what lies under it."""
    hand = current()
    with st.container(key="stage"):
        digit, answer = st.columns([2.5, 7.5], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    with answer:
        view = activations.look(hand, lesson)
        activations.curves(view, lesson)
    activations.sentence(view, lesson)
    question.ask(
        lesson, "activations", activations.reason(view), **activations.question_words(view)
    )
    activations_under.all_functions(view, lesson)
    activations_under.layer_by_layer(view, lesson)
    activations_under.why_relu(view, lesson)
    activations_under.fold(view, lesson)
    activations_under.code(view, lesson)


title, offer = st.columns([7.5, 2.5], vertical_alignment="bottom")
with title:
    show.heading(lesson)
with offer:
    activations.offer_layer(lesson)
activations.choose_function(lesson)
page()
pages.link_to_next("activations")
