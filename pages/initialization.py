"""How weights and biases start, and what that does to everything behind them."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import (
    digit_picker,
    initialization,
    initialization_under,
    initialization_units,
    learning,
    pages,
    question,
    show,
)
from mnistviz.ui.state import current

lesson = read("initialization")


@st.fragment
def page() -> None:
    """Show the weights, and how the spread goes through the layers and back."""
    hand = current().initial
    with st.container(key="stage"):
        digit, spread, weights = st.columns([2.7, 4.2, 3.1], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    with spread:
        initialization.spreads(hand, lesson)
    with weights:
        initialization.weights(hand, lesson)
    initialization.sentence(hand, lesson)
    question.ask(lesson, "initialization", **initialization.numbers(hand))
    initialization_under.why(hand, lesson)
    initialization_units.zeros(hand, lesson)
    initialization_under.saturated(hand, lesson)
    initialization_under.sure(hand, lesson)
    initialization_under.forms(hand, lesson)
    initialization_under.code(hand, lesson)
    st.markdown(lesson.parts["comes_next"])


show.heading(lesson, learning.note())
initialization.to_try(lesson)
page()
pages.link_to_next("initialization")
