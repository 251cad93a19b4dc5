"""The lesson: one network written in four styles, over the same parameters."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import digit_picker, learning, modules, modules_under, pages, question, show
from mnistviz.ui.state import current

lesson = read("modules")


@st.fragment
def page() -> None:
    """Show the four styles, one tensor marked in all of them, and what comes out."""
    hand = current().initial
    tensor = modules.choose_tensor(hand, lesson)
    modules.code_table(hand, tensor, lesson)
    modules.sentence(hand, tensor, lesson)
    with st.container(key="modules_outputs"):
        digit, outputs = st.columns([2.5, 7.5], gap="medium")
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    with outputs:
        modules.outputs(hand, lesson)
    question.ask(lesson, "modules", **modules.numbers(hand))
    modules_under.names(hand, lesson)
    modules_under.linear(hand, lesson)
    modules_under.printed(hand, lesson)
    modules_under.omissions(hand, lesson)
    modules_under.orders(hand, lesson)
    modules_under.functions(hand, lesson)
    modules_under.exercise(hand, lesson)
    modules_under.code(hand, lesson)


title, networks = st.columns([6.6, 3.4], vertical_alignment="bottom")
with title:
    show.heading(lesson, learning.note())
with networks:
    modules.networks(lesson)
page()
pages.link_to_next("modules")
