"""The landing page: the batch, the bars, the sentence and the expanders."""

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.figures.bars import softmax_bars_alt
from mnistviz.lessons.classify import script, sentences
from mnistviz.network.answers import prediction
from mnistviz.spec.fields import Style
from mnistviz.ui.elements import digit_picker, show
from mnistviz.ui.session import cached, links, loaded
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, quantities


def grid(hand: InHand, lesson: Lesson) -> None:
    """Show the batch to choose from, and the way to the batches before and after."""
    digit = hand.digit
    digit_picker.grid(
        digit,
        sheet=cached.sheet(digit),
        labels=cached.batch_of(digit).labels.tolist(),
        title=lesson.parts["grid"].format(batch=digit.batch, last=digit.batch_count - 1),
    )
    digit_picker.go_to()


def bars(hand: InHand, lesson: Lesson) -> None:
    """Show the ten probabilities."""
    digit, label = hand.digit, cached.label(hand.digit)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f"`{hand.network.architecture}`")
        zoom = st.toggle(
            lesson.parts["zoom"],
            help=lesson.parts["zoom_help"],
            **links.flag("zoom"),
        )
    show.figure(
        cached.softmax_bars(hand.network, digit, label, zoom),
        key="softmax_bars",
        alt=softmax_bars_alt(_probabilities(hand), label),
    )
    st.caption(lesson.parts["marks"])


def sentence(hand: InHand, lesson: Lesson) -> None:
    """Show the sentence about the digit, and where the softmax of the formula fails."""
    with st.container(key="sentence"):
        st.markdown(describe(hand, lesson))
        broken = np.isnan(_probabilities(hand)).any()
        if hand.network.style is Style.TENSORS and not broken:
            logit = cached.naive_overflow(hand.network, hand.digit)
            if logit is not None:
                st.info(sentences.naive_softmax_fails(logit), icon=":material/block:")


def describe(hand: InHand, lesson: Lesson) -> str:
    """Describe what the network says of the digit, and whether it is right."""
    row, truth, words = _probabilities(hand), cached.label(hand.digit), lesson.parts
    how = hand.network.training
    if np.isnan(row).any():
        form = "untrained_broken" if how is None else "trained_broken"
        if hand.network.loaded:
            form = "loaded_broken"
        return words[form].format(a_digit=quantities.a_digit(truth), name=loaded.name())
    if hand.network.loaded:
        began = words["loaded"].format(name=loaded.name())
        return f"{began} {trained(row, truth, lesson)}"
    if how is None:
        return sentences.untrained(row, truth)
    answer = trained(row, truth, lesson)
    if cached.run(hand.network).exploded:
        return f"{words['broke_off']} {answer}"
    began = words["trained"].format(epochs=quantities.epochs(how.epochs))
    return f"{began} {answer} {words['learned_from']}"


def trained(probabilities: Floats, truth: int, lesson: Lesson) -> str:
    """Say what a network that is not new makes of a digit: right or wrong, how sure, how much.

    Args:
        probabilities: float32 of shape (10,), a row of a softmax, each 0 to 1.
        truth: the label of the digit, 0 to 9.
        lesson: the page's words.
    """
    says = prediction(probabilities)
    second, first = np.argsort(probabilities, kind="stable")[-2:]
    numbers = {
        "says": first,
        "percent": quantities.percent(float(probabilities[first])),
        "second": second,
        "next": quantities.percent(float(probabilities[second])),
        "a_digit": quantities.a_digit(truth),
        "true": quantities.percent(float(probabilities[truth])),
    }
    if says is None:
        shared = int((probabilities == probabilities.max()).sum())
        return lesson.parts["trained_tie"].format(**numbers, shared=shared)
    outcome = "right" if says == truth else "wrong"
    sure = "sure" if probabilities[says] >= quantities.SURE else "unsure"
    return lesson.parts[f"trained_{outcome}_{sure}"].format(**numbers)


def under(hand: InHand, lesson: Lesson) -> None:
    """Draw the expanders of the page; nothing is computed until one is opened."""
    words = lesson.parts
    with show.opened(words["layers_title"], "classify_layers_open") as opened:
        if opened:
            _layers(hand, lesson)
    with show.opened(words["model_title"], "classify_model_open") as opened:
        if opened:
            tensors = hand.network.style is Style.TENSORS
            st.markdown(words["model_tensors" if tensors else "model"])
            if hand.network.training is not None and not tensors:
                st.markdown(words["model_trained"])
            st.code(cached.model_text(hand.network), language=None)
    show.script(
        lesson,
        lambda: script.script(hand.network, hand.digit),
        script.file_name(hand.network),
        network=hand.network,
    )


def _layers(hand: InHand, lesson: Lesson) -> None:
    st.markdown(lesson.parts["layers"])
    show.layers(cached.steps(hand.network, hand.digit))
    st.markdown(lesson.parts["in_all"].format(count=f"{hand.network.parameter_count:,}"))


def _probabilities(hand: InHand) -> Floats:
    return cached.row(hand.network, hand.digit)
