"""The lab: a person's own digits and own weights."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import draw, draw_steps, pages, show
from mnistviz.ui.state import current

lesson, steps_lesson = read("draw"), read("draw_steps")


@st.fragment
def stage() -> None:
    """Show the picture, what is read in it, and each step on the way there."""
    import numpy as np

    from mnistviz import drawing
    from mnistviz import reading as rd
    from mnistviz.ui import reading

    hand = current()
    answer, below = st.container(key="stage"), st.container()
    with below:
        st.subheader(steps_lesson.parts["heading"], anchor=False)
        st.markdown(steps_lesson.parts["intro"])
        steps = draw_steps.choose(steps_lesson)
    with answer:
        d = (drawing.Stroke(drawing.Tool.PEN, 22, ((60, 60), (150, 55), (100, 200))),)
        ink = drawing.raster(d)
        found = rd.find(255 - ink, ink, True, steps)
        seen = draw.Seen(
            found, reading.probabilities(hand.network, np.stack([f.prepared.inputs for f in found]))
        )
        st.markdown(draw.sentence(seen.rows, lesson))
    with below:
        chosen = draw.which(seen.rows, lesson)
        draw_steps.cards(hand.network, seen.found[chosen].prepared, steps, steps_lesson)
        draw_steps.measure(hand, steps_lesson)
        draw.under(hand, seen, chosen, steps, lesson)


show.heading(lesson)
draw.offer(current(), lesson)
stage()
pages.link_to_next("draw")
