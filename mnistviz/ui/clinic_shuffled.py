"""The one operation that is a training: the same network, learning labels dealt out by chance."""

import streamlit as st

from mnistviz import clinic, diagnosis
from mnistviz.lessons import Lesson
from mnistviz.parameters import Parameters
from mnistviz.runs import Run, Runs
from mnistviz.sentences import percent
from mnistviz.ui import cached, learning
from mnistviz.ui.state import InHand

LOOK_EVERY = 0.1
"""Seconds between two looks at a training."""

BYTES = 64_000_000
"""What the runs on shuffled labels may take together, on a server."""


@st.cache_resource(max_entries=1, show_spinner=False)
def runs() -> Runs:
    """Return the runs on shuffled labels that this server has, apart from those of the pages."""
    return Runs(
        lambda training: clinic.shuffled(cached.examples(training.data), training.seed), BYTES
    )


def run_of(hand: InHand) -> Run:
    """Return the run of the network in hand on shuffled labels."""
    return runs().get(hand.trained)


def is_done(hand: InHand) -> bool:
    """Tell whether the network in hand has been trained on shuffled labels."""
    progress = run_of(hand).progress()
    return progress.finished and not progress.error


def layers(hand: InHand) -> Parameters:
    """Return what the network in hand has learned from shuffled labels, once it is done."""
    return run_of(hand).layers


def learned(hand: InHand) -> str:
    """Return, in words, the share of the dealt labels that it knew in the last epoch."""
    run = run_of(hand)
    return percent(diagnosis.last_epoch_accuracy(run)) if run.losses else percent(float("nan"))


def wait(hand: InHand, lesson: Lesson) -> bool:
    """Train, and show how far it is.

    Returns:
        Whether it is done: not if the training has failed.
    """
    words, run, who = lesson.parts, run_of(hand), learning.who()
    bar = st.empty()
    try:
        progress = run.go_on(who)
        while not progress.finished:
            text = words["training"].format(step=f"{progress.step:,}", steps=f"{progress.steps:,}")
            bar.progress(progress.step / progress.steps, text=text)
            progress = run.wait(LOOK_EVERY)
            run.watch(who)
    finally:
        run.leave(who)
    bar.empty()
    if progress.error:
        st.error(words["training_failed"].format(error=progress.error), icon=":material/error:")
    return not progress.error
