"""The page that reads a person's own digits: what is chosen, what is said, what lies under."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st
import torch

from mnistviz import inspection, reading
from mnistviz.drawing import SIDE, Steps
from mnistviz.figures import bars
from mnistviz.lessons import Lesson
from mnistviz.reading import Found
from mnistviz.sentences import percent
from mnistviz.snippets import drawing as snippet
from mnistviz.softmax import prediction
from mnistviz.ui import cached, show, state
from mnistviz.ui.state import InHand

SOURCES = ("drawing", "photo")
"""Where the digits come from; as in the link."""

FILE_NAME = "own_digit.py"


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The digits of a picture and what the network says of them.

    Attributes:
        found: the digits, in reading order.
        rows: float32 of shape (N, 10), their probabilities.
    """

    found: tuple[Found, ...]
    rows: npt.NDArray[np.float32]


def offer(hand: InHand, lesson: Lesson) -> None:
    """Say that the weights have learned nothing, if so, and offer those that have.

    It belongs outside the fragment: the sidebar has to follow.
    """
    if hand.network.untrained == hand.network:
        with st.container(key="draw_offer", horizontal=True, vertical_alignment="center"):
            st.markdown(lesson.parts["untrained"])
            st.button(
                lesson.parts["train"],
                key="draw_train",
                icon=":material/model_training:",
                on_click=state.apply,
                args=({"weights": "trained"},),
            )


def source(lesson: Lesson) -> str:
    """Let the person choose where the digits come from."""
    words = lesson.parts
    return str(
        st.segmented_control(
            words["source"],
            SOURCES,
            default=SOURCES[0],
            required=True,
            key="draw_source",
            help=words["source_help"],
            bind="query-params",
            persist_state="session",
        )
    )


def sentence(rows: npt.NDArray[np.float32], lesson: Lesson) -> str:
    """Say what the network reads.

    Args:
        rows: float32 of shape (N, 10), N at least 1.
        lesson: the page's words.
    """
    words = lesson.parts
    if len(rows) > 1:
        each = ", ".join(_each(row, lesson) for row in rows)
        return words["says_many"].format(text=reading.text(list(rows)), each=each)
    row = rows[0]
    if np.isnan(row).any():
        return words["says_broken"]
    says = prediction(row)
    if says is None:
        shared = int((row == row.max()).sum())
        return words["says_tie"].format(shared=shared, percent=percent(float(row.max())))
    second, first = np.argsort(row, kind="stable")[-2:]
    return words["says"].format(
        says=first,
        percent=percent(float(row[first])),
        second=second,
        next=percent(float(row[second])),
    )


def _each(row: npt.NDArray[np.float32], lesson: Lesson) -> str:
    says = prediction(row)
    if says is None:
        return lesson.parts["each_open"]
    return lesson.parts["each"].format(says=says, percent=percent(float(row[says])))


def which(rows: npt.NDArray[np.float32], lesson: Lesson) -> int:
    """Let the person choose one of several digits; return its place in reading order, from 0."""
    if len(rows) == 1:
        return 0
    words, says = lesson.parts, reading.text(list(rows))
    names = [words["which_name"].format(number=n + 1, says=says[n]) for n in range(len(rows))]
    chosen = st.segmented_control(
        words["which"],
        range(len(rows)),
        default=0,
        required=True,
        format_func=names.__getitem__,
        key=f"draw_which_{len(rows)}",
        help=words["which_help"],
    )
    return int(chosen or 0)


def under(hand: InHand, seen: Seen, chosen: int, steps: Steps, lesson: Lesson) -> None:
    """Offer PyTorch's own account of the chosen digit: bars, layers and code."""
    words, prepared = lesson.parts, seen.found[chosen].prepared
    with show.opened(words["bars_title"], "draw_bars_open") as opened:
        if opened:
            st.markdown(words["bars"])
            row = seen.rows[chosen]
            show.figure(
                bars.softmax_bars(row, None),
                key="draw_bars",
                alt=bars.softmax_bars_alt(row, None),
            )
    with show.opened(words["layers_title"], "draw_layers_open") as opened:
        if opened:
            _layers(hand, prepared.inputs, lesson)
    show.script(
        lesson,
        lambda: snippet.script(hand.network, prepared.pixels, steps.normalize),
        FILE_NAME,
        hand.network,
    )


def _layers(hand: InHand, inputs: npt.NDArray[np.float32], lesson: Lesson) -> None:
    st.markdown(lesson.parts["layers"])
    images = torch.from_numpy(inputs).view(1, 1, SIDE, SIDE)
    show.layers(inspection.steps(hand.network, cached.parameters(hand.network), images, 0))
