"""How weights and biases start, and what that does to everything behind them."""

import streamlit as st

from mnistviz.ui.elements import digit_picker, question, show
from mnistviz.ui.initialization import stage, twins, under
from mnistviz.ui.session import learning
from mnistviz.ui.session.state import shown_on
from mnistviz.words import read

lesson = read("initialization")


@st.fragment
def page() -> None:
    """Show the weights, and how the spread goes through the layers and back."""
    hand = shown_on("initialization")
    with st.container(key="stage"):
        digit, answer = st.columns([2.5, 7.5], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    with answer:
        with st.container(key="initialization_charts"):
            spread, weights = st.columns([4.2, 3.1], gap="medium")
        with spread:
            stage.spreads(hand, lesson)
        with weights:
            stage.weights(hand, lesson)
        stage.sentence(hand, lesson)
    question.ask(lesson, why=stage.reason(hand), **stage.numbers(hand))
    under.forms(hand, lesson)
    under.sure(hand, lesson)
    st.markdown(lesson.parts["comes_next"])
    show.deeper()
    under.why(hand, lesson)
    twins.zeros(hand, lesson)
    under.saturated(hand, lesson)
    under.code(hand, lesson)


show.heading(lesson, learning.note())
stage.to_try(lesson)
page()
