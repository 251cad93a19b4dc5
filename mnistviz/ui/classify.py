"""What stands on the landing page, slot by slot."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnistviz import codegen, sentences
from mnistviz.figures.bars import softmax_bars_alt
from mnistviz.lessons import Lesson
from mnistviz.spec import Style, batch_count
from mnistviz.ui import cached, digit_picker, show
from mnistviz.ui.state import InHand


def grid(hand: InHand, lesson: Lesson) -> None:
    """Show the batch to choose from, and the way to the batches before and after."""
    chosen = hand.digit
    batches = batch_count(chosen.data)
    digit_picker.grid(
        chosen,
        sheet=cached.sheet(chosen.data, chosen.batch, chosen.seed),
        labels=cached.batch(chosen.data, chosen.batch, chosen.seed).labels.tolist(),
        title=lesson.parts["grid"].format(batch=chosen.batch, last=batches - 1),
    )
    digit_picker.go_to()


def bars(hand: InHand, lesson: Lesson) -> None:
    """Show the ten probabilities."""
    chosen, label = hand.digit, cached.label(hand.digit)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f"`{hand.network.architecture}`")
        zoom = st.toggle(
            "Zoom in",
            key="zoom",
            help="Ends the axis a little above the longest bar. Without it, the axis always "
            "goes from 0 to 100 %.",
            bind="query-params",
        )
    show.figure(
        cached.softmax_bars(hand.network, chosen, label, zoom),
        key="softmax_bars",
        alt=softmax_bars_alt(_probabilities(hand), label),
    )
    st.caption(lesson.parts["marks"])


def sentence(hand: InHand) -> None:
    """Say what is seen, and where the softmax of the formula fails."""
    with st.container(key="sentence"):
        st.markdown(sentences.untrained(_probabilities(hand), cached.label(hand.digit)))
        if hand.network.style is Style.TENSORS:
            logit = cached.naive_overflow(hand.network, hand.digit)
            if logit is not None:
                st.info(sentences.naive_softmax_fails(logit), icon=":material/block:")


def under(hand: InHand, lesson: Lesson) -> None:
    """Offer what lies under the stage; nothing is computed until it is opened."""
    words = lesson.parts
    with show.opened(words["layers_title"], "classify_layers_open") as opened:
        if opened:
            _layers(hand, lesson)
    with show.opened(words["model_title"], "classify_model_open") as opened:
        if opened:
            tensors = hand.network.style is Style.TENSORS
            st.markdown(words["model_tensors" if tensors else "model"])
            st.code(cached.model_text(hand.network), language=None)
    show.script(
        lesson,
        lambda: codegen.script(hand.network, hand.digit),
        codegen.file_name(hand.network),
    )


def _layers(hand: InHand, lesson: Lesson) -> None:
    st.markdown(lesson.parts["layers"])
    rows = [
        {
            "Step": f"`{step.name}`",
            "Shape": f"`{step.shape}`",
            "Parameters": step.parameters,
            "How many": f"{step.count:,}" if step.count else "",
            "Values of this digit": sentences.span(step.values),
        }
        for step in cached.steps(hand.network, hand.digit)
    ]
    st.table(rows)
    st.markdown(f"**{hand.network.parameter_count:,}** parameters in all.")


def _probabilities(hand: InHand) -> npt.NDArray[np.float32]:
    chosen = hand.digit
    rows = cached.probabilities(hand.network, chosen.data, chosen.batch, chosen.seed)
    row: npt.NDArray[np.float32] = rows[chosen.image]
    return row
