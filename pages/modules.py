"""The lesson: one network written in four styles, over the same parameters."""

import streamlit as st

from mnistviz.ui.elements import digit_picker, show
from mnistviz.ui.modules import stage, under
from mnistviz.ui.session import learning
from mnistviz.ui.session.state import shown_on
from mnistviz.words import read

lesson = read("modules")


@st.fragment
def page() -> None:
    """Show the four styles, one tensor marked in all of them, and what comes out."""
    hand = shown_on("modules")
    tensor = stage.choose_tensor(hand, lesson)
    # Under what chooses the tensor: the table below is higher than a window may be.
    stage.sentence(hand, tensor, lesson)
    stage.code_table(hand, tensor, lesson)
    with st.container(key="modules_outputs"):
        digit, outputs = st.columns([2.5, 7.5], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    with outputs:
        stage.outputs(hand, lesson)
    st.markdown(lesson.parts["names_of_parts"])
    stage.ask_order(hand, lesson)
    under.orders(hand, lesson)
    stage.ask_parameters(hand, lesson)
    under.names(hand, lesson)
    under.omissions(hand, lesson)
    under.printed(hand, lesson)
    under.which(lesson)
    under.set_exercise(hand, lesson)
    show.deeper()
    under.free(lesson)
    under.sizes(hand, lesson)
    under.linear(hand, lesson)
    under.functions(lesson)
    under.old(hand, lesson)
    under.code(hand, lesson)


title, networks = st.columns([6.6, 3.4], vertical_alignment="bottom")
with title:
    show.heading(lesson, learning.note())
with networks:
    stage.networks(lesson)
page()
