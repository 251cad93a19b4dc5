"""The one operation that is a training: the same network, learning labels dealt out by chance."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistviz import limits
from mnistviz.lessons.clinic import operations
from mnistviz.network.parameters import Parameters
from mnistviz.training import diagnosis
from mnistviz.training.runs import Progress, Run, Runs
from mnistviz.ui.session import cached, learning
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import percent


@st.cache_resource(max_entries=1, show_spinner=False)
def runs() -> Runs:
    """Return the runs on shuffled labels that this server has, apart from those of the pages."""
    return Runs(
        lambda training: operations.shuffled(cached.examples(training.data), training.seed),
        limits.current().shuffled,
    )


def run_of(hand: InHand) -> Run:
    """Return the run of the network on shuffled labels."""
    return runs().get(hand.trained)


def is_done(hand: InHand) -> bool:
    """Tell whether the network has been trained on shuffled labels."""
    progress = run_of(hand).progress()
    return progress.finished and not progress.error


def layers(hand: InHand) -> Parameters:
    """Return what the network has learned from shuffled labels, once it is done."""
    return run_of(hand).layers


def learned(hand: InHand) -> str:
    """Return, in words, the share of the dealt labels that it knew in the last epoch."""
    run = run_of(hand)
    return percent(diagnosis.last_epoch_accuracy(run)) if run.losses else percent(float("nan"))


def train(hand: InHand, place: DeltaGenerator, lesson: Lesson) -> None:
    """Train the network on shuffled labels; do nothing where that has been done.

    Args:
        hand: what is set.
        place: where to show how far it is.
        lesson: the page's words.
    """
    if is_done(hand):
        return
    words = lesson.parts

    def draw(progress: Progress) -> None:
        text = words["training"].format(step=f"{progress.step:,}", steps=f"{progress.steps:,}")
        place.progress(progress.step / progress.steps, text=text)

    progress = learning.follow(run_of(hand), draw)
    if progress.error:
        error = words["training_failed"].format(error=progress.error)
        place.error(error, icon=":material/error:")
    else:
        place.markdown(words["no_strength"])
