"""The lab: a person's own digits, a set of them, and weights of one's own."""

import streamlit as st

from mnistviz.ui.draw import pad, preparation, stage
from mnistviz.ui.draw.own_set import kept, panel
from mnistviz.ui.elements import show
from mnistviz.ui.session.state import InHand, current
from mnistviz.words import read

lesson, steps_lesson = read("draw"), read("draw/preparation")


@st.fragment
def page(hand: InHand) -> None:
    """Show the picture, what is read in it, and each step on the way there.

    The network is that of the run that drew the whole page: the pad may speak before the sidebar
    has its new values, and would bring the old ones back.
    """
    if stage.is_gone(hand):
        st.rerun()
    answer, asked, below = st.container(key="stage"), st.container(), st.container()
    with below:
        steps = preparation.select_steps(steps_lesson)
    with answer:
        result = stage.read_picture(hand, steps, lesson)
        stage.draw_sentence(hand, result, lesson)
        stage.keep(result)
    with asked:
        preparation.ask(hand, lesson)
    with below:
        digit = stage.select_digit(result, lesson)
        if digit is not None:
            preparation.draw_steps(hand.network, digit.prepared, result.dark, steps, steps_lesson)
    show.deeper()
    preparation.draw_measurement(hand, steps_lesson)
    if digit is not None:
        stage.explain(hand, digit, steps, lesson)


with st.container(key="draw_head"):
    title, right = st.columns([6.6, 3.4], vertical_alignment="bottom")
    with title:
        show.heading(lesson)
    with right:
        stage.offer_hands(lesson)
stage.offer_training(current(), lesson)
pad.send_weights(current())
page(current())
panel.panel(current())
kept.draw(current())
stage.offer_weights(current(), lesson)
