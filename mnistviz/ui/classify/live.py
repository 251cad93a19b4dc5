"""The training that one can watch on the landing page: its bars move while the network learns."""

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.network import styles
from mnistviz.spec.fields import Weights
from mnistviz.training.runs import Progress, Run
from mnistviz.ui.session import cached, learning, state
from mnistviz.ui.session.state import InHand

REDRAW_EVERY = 0.4
"""Seconds between two drawings of the bars while the network learns."""

_PRESSED = "classify_pressed"
"""The session's key of whether the button was pressed and the page has not been drawn since."""

_GLIDES = "classify_glides"
"""The session's key of how often the bars were to glide to what they show next."""


def trains(hand: InHand) -> bool:
    """Tell whether the button trains: the network on the page is untrained."""
    return hand.network.training is None and not hand.network.loaded


def press() -> None:
    """Train the network, or lead back to the untrained one."""
    trains_now = trains(state.current())
    state.apply({"weights": (Weights.TRAINED if trains_now else Weights.INITIAL).value})
    st.session_state[_PRESSED] = True
    if trains_now and not cached.run(state.current().trained).progress().finished:
        learning.go_live("classify")


def draw_anew_if_pressed() -> None:
    """Draw the whole page anew after the button: the sidebar and the link have to follow."""
    if st.session_state.pop(_PRESSED, False):
        _let_glide()
        st.rerun()


def _let_glide() -> None:
    st.session_state[_GLIDES] = glides() + 1


def glides() -> int:
    """Count how often the bars were to glide: after each press, not at a mere choice.

    A count, and no flag: the run that draws the chart may be followed by another at once.
    """
    count: int = st.session_state.get(_GLIDES, 0)
    return count


def run_of(hand: InHand) -> Run | None:
    """Return the run that the person watches; None where nobody does."""
    if hand.network.training is None or not learning.is_live("classify"):
        return None
    return cached.run(hand.network)


def redraw_every() -> float | None:
    """Return the seconds between two drawings; None where nothing is to come."""
    is_live = learning.is_live("classify")
    return REDRAW_EVERY if is_live and run_of(state.current()) is not None else None


def watch(run: Run) -> Progress:
    """Have the run go on; at its end, draw the page as it stays."""
    progress = run.go_on(learning.who())
    if progress.finished:
        learning.end_live()
        _let_glide()
        st.rerun()
    return progress


def probabilities(hand: InHand, run: Run) -> Floats:
    """Return the ten probabilities of the digit at the latest snapshot, float32 of shape (10,)."""
    recorded = [mark.layers for mark in list(run.marks.values()) if mark.layers is not None]
    if not recorded:
        return cached.row(hand.network.untrained, hand.digit)
    built = styles.build(hand.network, recorded[-1])
    row: Floats = styles.probabilities(built, cached.inputs(hand.digit)).numpy()[hand.digit.image]
    return np.asarray(row)
