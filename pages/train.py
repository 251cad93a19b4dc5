"""The lab: a network learns, and can be taken back in time."""

import streamlit as st

from mnistviz.ui.elements import digit_picker, show
from mnistviz.ui.frame import sidebar
from mnistviz.ui.session import learning
from mnistviz.ui.session.state import shown_on
from mnistviz.ui.train import presets, result, stage, too_fast, under
from mnistviz.words import read

lesson = read("train")


def page(redrawn: bool) -> None:
    """Show the run as far as it is, and the expanders below it."""
    hand = shown_on("train")
    run, progress = stage.watch(hand)
    stage.draw_status(hand, run, progress, lesson)
    # Under the buttons that bring it about; what it says takes longest to compute.
    said = st.container(key="sentence")
    with st.container(key="train_stage"):
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
    verdict = st.container(key="train_verdict")
    with verdict:
        result.draw(said, verdict, result.describe(hand, run, progress, lesson))
    too_fast.ask(hand, run, lesson)
    presets.explain(hand, lesson, awaited=too_fast.waits(hand, run))
    under.show_all(hand, run, frame, lesson)
    stage.redraw_page(hand, progress, redrawn)


with st.container(key="train_head"):
    title, right = st.columns([5.4, 4.6], vertical_alignment="bottom")
    with title:
        show.heading(lesson, learning.start_note())
    with right:
        presets.draw(lesson)
with st.container(key="train_controls"):
    settings, go = st.columns([7.2, 2.8], vertical_alignment="bottom")
    with settings:
        sidebar.training_settings()
    # Before the buttons: a run that ends while they are drawn has them drawn anew.
    every = stage.redraw_every(shown_on("train"))
    with go:
        stage.draw_buttons(shown_on("train"), lesson)
st.fragment(page, run_every=every)(every is not None)
