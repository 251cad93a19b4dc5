"""The landing page: the batch, the bars, the sentence and the expanders."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.figures.bars import softmax_bars, softmax_bars_alt
from mnistviz.lessons.classify import script, sentences
from mnistviz.network.answers import prediction
from mnistviz.spec.fields import TRAINING_DIGITS, Split, Style
from mnistviz.training.runs import Progress, Run
from mnistviz.ui.classify import live
from mnistviz.ui.elements import components, digit_picker, question, show
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
    digit_picker.choose_split()


_glide = components.make("classify/glide", '<div class="glide"></div>')
"""It shows nothing; it moves the bars of the chart."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the network answers now.

    Attributes:
        probabilities: float32 of shape (10,).
        progress: of the training that the person watches; None where the network is as it stays.
    """

    probabilities: Floats
    progress: Progress | None = None


def answer(hand: InHand, run: Run | None) -> Answer:
    """Return what the network answers, as far as it has learned.

    Args:
        hand: the network and the digit.
        run: the training that the person watches; None where there is none.
    """
    if run is None:
        return Answer(cached.row(hand.network, hand.digit))
    progress = live.watch(run)
    return Answer(live.probabilities(hand, run), progress)


def bars(hand: InHand, now: Answer, lesson: Lesson) -> None:
    """Show the ten probabilities."""
    digit, label = hand.digit, cached.label(hand.digit)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f"[`{hand.network.architecture}`](#term-architecture)")
        zoom = st.toggle(
            lesson.parts["zoom"],
            help=lesson.parts["zoom_help"],
            **links.flag("zoom"),
        )
    if now.progress is None:
        figure = cached.softmax_bars(hand.network, digit, label, zoom)
    else:
        figure = softmax_bars(now.probabilities, label, zoom)
    # It goes first: it has to know before the chart is drawn anew.
    _glide(key="bars_glide", data={"glides": live.glides(), "live": now.progress is not None})
    show.figure(figure, key="softmax_bars", alt=softmax_bars_alt(now.probabilities, label))
    st.caption(lesson.parts["marks"])


def sentence(hand: InHand, now: Answer, lesson: Lesson) -> None:
    """Show the sentence about the digit, and where the softmax of the formula fails."""
    with st.container(key="sentence"):
        if now.progress is not None:
            st.markdown(_learning(now.probabilities, now.progress, lesson))
            return
        st.markdown(describe(hand, lesson))
        broken = np.isnan(now.probabilities).any()
        if hand.network.style is Style.TENSORS and not broken:
            logit = cached.naive_overflow(hand.network, hand.digit)
            if logit is not None:
                st.info(sentences.naive_softmax_fails(logit), icon=":material/block:")


def generalization(hand: InHand, now: Answer, lesson: Lesson) -> None:
    """Say how many training digits and how many test digits a trained network gets right."""
    network = hand.network
    with st.container(key="generalization"):
        if now.progress or network.training is None or cached.run(network).exploded:
            return
        both = cached.generalization(network)
        all_digits = TRAINING_DIGITS[network.training.data]
        part = "asked_all" if both.train_count == all_digits else "asked_first"
        st.markdown(
            lesson.parts[f"learned_{both.kind}"].format(
                asked=lesson.parts[part].format(count=f"{both.train_count:,}"),
                train=quantities.percent(both.train),
                test=quantities.percent(both.test),
            )
        )


def _learning(probabilities: Floats, progress: Progress, lesson: Lesson) -> str:
    """Say how far the training is, and what the network answers so far."""
    says = prediction(probabilities)
    return lesson.parts["learning_tie" if says is None else "learning"].format(
        step=f"{progress.step:,}",
        steps=f"{progress.steps:,}",
        says=says,
        percent=quantities.percents(probabilities)[int(probabilities.argmax())],
    )


def describe(hand: InHand, lesson: Lesson) -> str:
    """Describe what the network says of the digit, and whether it is right."""
    row, truth, words = cached.row(hand.network, hand.digit), cached.label(hand.digit), lesson.parts
    how = hand.network.training
    if np.isnan(row).any():
        form = "untrained_broken" if how is None else "trained_broken"
        if hand.network.loaded:
            form = "loaded_broken"
        return words[form].format(a_digit=quantities.a_digit(truth), name=loaded.name())
    if hand.network.loaded:
        began = words["loaded"].format(name=loaded.name())
        return f"{began} {sentences.trained(row, truth)}"
    if how is None:
        return sentences.untrained(row, truth)
    told = sentences.trained(row, truth)
    if cached.run(hand.network).exploded:
        return f"{words['broke_off']} {told}"
    began = words["trained"].format(epochs=quantities.epochs(how.epochs))
    seen = words["not_seen" if hand.digit.split is Split.TEST else "seen"]
    return f"{began} {told} {seen}"


def ask(hand: InHand, lesson: Lesson) -> None:
    """Ask how much an untrained network gets right; not of one that answers nothing."""
    right = cached.right_answers(hand.initial.network, hand.digit)
    if right:
        question.ask(lesson, right_answers=right, count=hand.digit.batch_length)


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
