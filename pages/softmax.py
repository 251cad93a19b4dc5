"""From ten logits to ten probabilities, and every way to get it wrong."""

import streamlit as st

from mnistviz.ui.elements import digit_picker, question, show
from mnistviz.ui.session.state import current
from mnistviz.ui.softmax import stage, under
from mnistviz.words import read

lesson = read("softmax")


@st.fragment
def page() -> None:
    """Show the way from logits to probabilities, with the knobs that change it."""
    hand = current()
    with st.container(key="stage"):
        digit, answer = st.columns([2.5, 7.5], gap="medium")
        knobs = stage.knobs(lesson)
    row = stage.row(hand, knobs)
    with answer:
        stage.chain(row, lesson)
        stage.sentence(row, lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    stage.formula(lesson)
    question.ask(lesson, **stage.numbers(row, lesson))
    batch = hand.digit.batch_length
    question.ask(lesson, "sums", batch=batch)
    # The answer to the second question names what the first one asks for.
    question.ask(lesson, "division", follows="sums", batch=batch)
    under.dims(hand, lesson)
    under.broadcasting(hand, lesson)
    under.untrained(hand, lesson)
    under.set_exercise(hand, lesson)
    show.deeper()
    under.too_large(lesson)
    under.loss(row, lesson)
    under.code(row, lesson)


show.heading(lesson)
page()
