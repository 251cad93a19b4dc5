"""The lab: a network learns, and can be taken back in time."""

import streamlit as st

from mnistviz.lessons import read
from mnistviz.ui import (
    digit_picker,
    learning,
    pages,
    show,
    sidebar,
    train,
    train_presets,
    train_under,
)
from mnistviz.ui.state import current

lesson = read("train")


def stage(looking: bool) -> None:
    """Show the run as far as it is, and what lies under it."""
    hand = current()
    run, progress = train.look(hand)
    train.status(hand, run, progress, lesson)
    frame = train.snapshot(hand, run)
    digit, player, film = st.columns([2.5, 5.5, 2], gap="medium")
    with player:
        train.player(hand, run, frame, lesson)
    with film:
        train.film(hand, run, frame, lesson)
        train.go_to(lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    train.sentence(hand, run, progress, lesson)
    train_presets.why(hand, lesson)
    if run is not None and progress is not None and progress.finished:
        train_under.compare(hand, run, lesson)
        train_under.take_home(hand, lesson)
    train.look_again(progress, looking)


hand = current()
title, presets = st.columns([5.4, 4.6], vertical_alignment="bottom")
with title:
    show.heading(lesson)
with presets:
    train_presets.draw(lesson)
settings, go = st.columns([6.6, 3.4], vertical_alignment="bottom")
with settings:
    sidebar.training_settings()
with go:
    train.buttons(hand, lesson)
every = train.pause_between_looks(hand)
st.fragment(stage, run_every=every)(every is not None)
pages.link_to_next(learning.PAGE)
