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


def page(looking: bool) -> None:
    """Show the run as far as it is, and what lies under it."""
    hand = current().unloaded
    run, progress = train.look(hand)
    train.status(hand, run, progress, lesson)
    digit, player, film = st.columns([2.5, 5.5, 2], gap="medium")
    with film:
        pictures = st.container()
        frame = train.go_to(run, lesson)
    with player:
        train.player(hand, run, frame, lesson)
    with pictures:
        train.film(hand, run, frame, lesson)
    with digit:
        digit_picker.in_hand(hand.digit)
        digit_picker.go_to()
    train.sentence(hand, run, progress, lesson)
    train_presets.why(hand, lesson)
    train_under.show_all(hand, run, frame, lesson)
    train.look_again(hand, progress, looking)


title, right = st.columns([5.4, 4.6], vertical_alignment="bottom")
with title:
    show.heading(lesson, learning.start_note())
with right:
    train_presets.draw(lesson)
settings, go = st.columns([6.6, 3.4], vertical_alignment="bottom")
with settings:
    sidebar.training_settings()
with go:
    train.buttons(current().unloaded, lesson)
every = train.pause_between_looks(current().unloaded)
st.fragment(page, run_every=every)(every is not None)
pages.link_to_next(learning.PAGE)
