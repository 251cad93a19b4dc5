"""The lab: a person's own digits, a set of them, and weights of one's own."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import draw, draw_pad, draw_set, draw_steps, pages, show
from mnistviz.ui.state import InHand, current

lesson, steps_lesson = read("draw"), read("draw_steps")


@st.fragment
def page(hand: InHand) -> None:
    """Show the picture, what is read in it, and each step on the way there.

    The network is that of the run that drew the whole page: the pad may speak before the sidebar
    has its new values, and would bring the old ones back.
    """
    if draw.is_gone(hand):
        st.rerun()
    answer, below = st.container(key="stage"), st.container()
    with below:
        steps = draw_steps.choose(steps_lesson)
    with answer:
        seen = draw.picture(hand, steps, lesson)
        draw.sentence(seen, lesson)
        draw.keep(seen)
    with below:
        chosen = draw.which(seen, lesson)
        if chosen is not None:
            draw_steps.cards(hand.network, chosen.prepared, chosen.dark, steps, steps_lesson)
        draw_steps.measure(hand, steps_lesson)
        if chosen is not None:
            draw.under(hand, chosen, steps, lesson)


show.heading(lesson)
draw.offer(current(), lesson)
draw_pad.weights(current())
page(current())
draw_set.panel(current())
draw.weights(current(), lesson)
pages.link_to_next("draw")
