"""The lab: a network learns, and can be taken back in time."""

import streamlit as st

from mnistviz.ui.elements import digit_picker, show
from mnistviz.ui.frame import sidebar
from mnistviz.ui.session import learning
from mnistviz.ui.session.state import shown_on
from mnistviz.ui.train import presets, stage, under
from mnistviz.words import read

lesson = read("train")


def page(redrawn: bool) -> None:
    """Show the run as far as it is, and the expanders below it."""
    hand = shown_on("train")
    run, progress = stage.watch(hand)
    stage.draw_status(hand, run, progress, lesson)
    digit, player, film = st.columns([2.5, 5.5, 2], gap="medium")
    with film:
        pictures = st.container()
        frame = stage.select_snapshot(run, lesson)
    with player:
        stage.draw_player(hand, run, frame, lesson)
    with pictures:
        stage.draw_film(hand, run, frame, lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    stage.draw_sentence(hand, run, progress, lesson)
    presets.explain(hand, lesson)
    under.show_all(hand, run, frame, lesson)
    stage.redraw_page(hand, progress, redrawn)


title, right = st.columns([5.4, 4.6], vertical_alignment="bottom")
with title:
    show.heading(lesson, learning.start_note())
with right:
    presets.draw(lesson)
settings, go = st.columns([6.6, 3.4], vertical_alignment="bottom")
with settings:
    sidebar.training_settings()
with go:
    stage.draw_buttons(shown_on("train"), lesson)
every = stage.redraw_every(shown_on("train"))
st.fragment(page, run_every=every)(every is not None)
