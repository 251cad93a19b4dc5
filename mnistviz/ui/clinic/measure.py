"""Predict, measure, understand, fix: the question of the clinic."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
import torch

from mnistviz.lessons.clinic import figures, measure, operations, softmaxes
from mnistviz.lessons.clinic.measure import Measured, Outcome, Part
from mnistviz.lessons.clinic.operations import CHUNK, Change, Operation
from mnistviz.results import kept
from mnistviz.spec.fields import CLASSES, Weights
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.clinic import shuffled_labels
from mnistviz.ui.clinic.stage import QUESTION, Trouble, View, layers_of, subject
from mnistviz.ui.elements import components, question
from mnistviz.ui.session import cached, state
from mnistviz.ui.session.measured import measured
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import number, percent

SUFFERING = 3
"""How many classes are named that lose most."""

UNAWARE = 0.2
"""How far the mean confidence has to lie above the accuracy to be worth a sentence."""

_TAKEN = "clinic_offer_taken"
"""The session's key: whether the network was trained by the page's own button."""

_pairs = components.make(
    "clinic/pairs",
    '<div class="groups"></div>',
    js=("elements/dom",),
)


def offer(lesson: Lesson) -> None:
    """Offer to train the network while it is untrained: then there is something to lose.

    It stands outside the fragment of the page: the sidebar and the training follow. Once it was
    taken, what it brought about is said in its place: what lies below stays where it is.
    """
    weights = state.current().network.weights
    taken = weights is Weights.TRAINED and _TAKEN in st.session_state
    if weights is not Weights.INITIAL and not taken:
        return
    with st.container(key="clinic_offer", horizontal=True, vertical_alignment="center"):
        st.markdown(lesson.parts["trained" if taken else "untrained"])
        if not taken:
            st.button(
                lesson.parts["train"],
                key="clinic_train",
                type="primary",
                on_click=_train,
                disabled=state.is_refused({"weights": Weights.TRAINED.value}),
            )


def _train() -> None:
    st.session_state[_TAKEN] = True
    state.apply({"weights": Weights.TRAINED.value})


def ask(view: View, lesson: Lesson) -> None:
    """Ask what will happen; once an answer is selected, measure it, say why, and what helps."""
    weights = view.hand.network.weights
    if view.trouble in (Trouble.BROKEN, Trouble.NO_UNITS) or weights is Weights.INITIAL:
        return
    before = _measure(view.hand, None, lesson)
    known: dict[str, Any] = {
        "count": f"{test_digits(view.hand):,}",
        "before": percent(before.accuracy),
        "guessing": percent(before.guessed),
        "stays": f"{100 * measure.STAYS:g}",
    }
    if not before.can_fall:
        mixed = weights is Weights.LOADED and view.hand.network.is_mixed
        part = "guessing_loaded_mixed" if mixed else f"guessing_{weights}"
        st.markdown(lesson.parts[part].format(**known))
        return
    about = subject(view.hand, view.selected)
    # The question keeps its place while the answer is measured: the progress shows over it.
    asked, measuring = st.container(), st.container(key="clinic_measuring")
    after = None
    # Still to do after it was asked for: the training has failed, and has said so.
    if view.trouble is not Trouble.TO_DO and question.is_settled(lesson, QUESTION, about):
        with measuring:
            after = _measure(view.hand, view.selected, lesson)
    right = None if after is None else list(Outcome).index(measure.outcome(before, after))
    with asked:
        learned = _learned(before, after or _worst(before), known, view, lesson)
        question.ask(
            lesson, QUESTION, again=about, right=right, button="measure", **known, **learned
        )
    _draw(before, after, view.hand.network, lesson)
    _show_reason(view, lesson, "" if after else lesson.parts["why_awaited"])


def _worst(before: Measured) -> Measured:
    """Return what takes the most words to tell: what is told has its room before it is known."""
    classes = np.zeros_like(before.classes)
    return replace(before, accuracy=before.guessed, classes=classes, confidence=1.0)


def _learned(
    before: Measured, after: Measured, known: Mapping[str, str], view: View, lesson: Lesson
) -> dict[str, str]:
    learned = {
        "after": percent(after.accuracy),
        "points": _points(abs(after.accuracy - before.accuracy), lesson),
        "low": percent(max(before.accuracy - measure.STAYS, 0.0)),
        "high": percent(min(before.accuracy + measure.STAYS, 1.0)),
    }
    summary = _summarize(before, after, {**known, **learned}, view, lesson)
    return {**learned, "summary": summary}


def _points(share: float, lesson: Lesson) -> str:
    return lesson.parts["points"].format(points=f"{100 * share:.1f}")


def test_digits(hand: InHand) -> int:
    """Return how many test digits the set has."""
    return len(cached.digits(hand.digit.data).test_labels)


@kept(maxsize=64)
def _parts(hand: InHand, change: Change | None) -> dict[int, Part]:
    """Return what has been measured so far, by the number of the chunk; more is put in here."""
    return {}


def _measure(hand: InHand, change: Change | None, lesson: Lesson) -> Measured:
    """Measure the network after an operation, with progress where it takes more than one chunk."""
    count, digits = test_digits(hand), cached.digits(hand.digit.data)
    # Of the digit only the set matters.
    parts = _parts(replace(hand, digit=DigitSpec(hand.digit.data)), change)
    chunks = torch.split(digits.test_pixels, CHUNK)
    place, text = st.empty(), lesson.parts["measuring"].format(count=f"{count:,}")
    for at, pixels in enumerate(chunks):
        if at in parts:
            continue
        network, layers = hand.network, layers_of(hand, change)
        # Each chunk has noise of its own.
        parts[at] = measure.answer_digits(network, layers, change, pixels, network.seed + at)
        if len(chunks) > 1:
            place.progress((at + 1) / len(chunks), text=text)
    place.empty()
    together = (parts[at] for at in range(len(chunks)))
    return measure.measured(digits.test_labels.numpy(), together)


def _summarize(
    before: Measured, after: Measured, shares: Mapping[str, str], view: View, lesson: Lesson
) -> str:
    words = lesson.parts
    lines = [words["summary"].format(**shares), _describe_suffering(before, after, lesson)]
    if after.accuracy < before.accuracy and after.confidence - after.accuracy > UNAWARE:
        lines.append(
            words["unaware"].format(
                after=percent(after.confidence), accuracy=percent(after.accuracy)
            )
        )
    if view.hand.network.weights is Weights.LOADED:
        lines.append(words["loaded_note"])
    return " ".join(filter(None, lines))


def _describe_suffering(before: Measured, after: Measured, lesson: Lesson) -> str:
    """Name the classes that lose most; nothing where none loses more than what counts as the same.

    Where the whole accuracy does not fall, they are the exception, and are called so.
    """
    words, fall = lesson.parts, measure.falls(before, after)
    if not fall.any():
        return ""
    classes = measure.largest_falls(fall, SUFFERING)
    if not classes:
        return words["suffer_alike"]
    each = (
        words["suffer_each"].format(
            digit=digit,
            before=percent(float(before.classes[digit])),
            after=percent(float(after.classes[digit])),
        )
        for digit in classes
    )
    falls = measure.outcome(before, after) in (Outcome.FALLS, Outcome.GUESSES)
    return words["suffer" if falls else "suffer_some"].format(digits=", ".join(each))


def _draw(before: Measured, after: Measured | None, network: NetworkSpec, lesson: Lesson) -> None:
    """Draw what is measured; before it is, all that is known, so that it comes in its place."""
    words, note = lesson.parts, ""
    # What is not measured yet is written as None.
    accuracy, confidence, off = (
        (after.accuracy, after.confidence, after.off) if after else (None, None, None)
    )
    whole = [
        figures.pair(words["row_accuracy"], before.accuracy, accuracy),
        figures.pair(words["row_confidence"], before.confidence, confidence),
    ]
    if before.off is not None:
        whole.append(figures.pair(words["row_off"], before.off, off))
        note = words["off_note_mixed" if network.is_mixed else "off_note"]
    after_each = after.classes.tolist() if after else [None] * CLASSES
    classes = [
        figures.pair(str(digit), *shares)
        for digit, shares in enumerate(zip(before.classes.tolist(), after_each, strict=True))
    ]
    groups = ((words["all_title"], whole), (words["classes_title"], classes))
    _pairs(
        key="clinic_pairs",
        data={
            "names": [words["before"], words["after"]],
            "groups": [
                {"title": title, "rows": rows, "alt": _alt(title, rows, lesson)}
                for title, rows in groups
            ],
            "note": note,
        },
    )


def _alt(title: str, rows: list[dict[str, Any]], lesson: Lesson) -> str:
    each = (
        lesson.parts["pair_alt"].format(
            name=row["name"], before=row["bars"][0]["text"], after=row["bars"][1]["text"]
        )
        for row in rows
    )
    return lesson.parts["pairs_alt"].format(title=title, rows="; ".join(each))


def _show_reason(view: View, lesson: Lesson, awaited: str = "") -> None:
    words, network = lesson.parts, view.hand.network
    operation = view.selected.operation
    name = operation.name.lower()
    shuffled = operation is Operation.SHUFFLED_LABELS
    twice = operation is Operation.DOUBLE_SOFTMAX
    numbers = {
        "count": f"{sum(outputs for _, outputs in network.shapes):,}",
        "weights": f"{sum(inputs * outputs for inputs, outputs in network.shapes):,}",
        # The second softmax of (1, 0, …, 0): e / (e + 9).
        "most": percent(math.e / (math.e + CLASSES - 1)),
        "strength": operations.TEST_SHIFT,
        "guess": percent(1 / CLASSES),
        "train": shuffled_labels.learned(view.hand) if shuffled and not awaited else "",
        "compared": _describe_softmaxes(view.hand, lesson, awaited) if twice else "",
    }
    cause, cure = (words[f"{part}_{name}"].format(**numbers) for part in ("cause", "cure"))
    told = f"{words['why']} {cause}\n\n{words['mend_words']} {cure}"
    question.tell(told, "clinic_why", awaited)


def _describe_softmaxes(hand: InHand, lesson: Lesson, awaited: str) -> str:
    """Say what one more softmax in front of the loss does to the training of this network."""
    if awaited:
        return lesson.parts["softmax_compared"]
    found = _softmaxes(cached.same_numbers(hand.trained))
    if found is None or not found.once.gradient:
        return lesson.parts["softmax_usual"]
    return lesson.parts["softmax_compared"].format(
        ratio=number(found.twice.gradient / found.once.gradient),
        steps=found.steps,
        once=percent(found.once.accuracy),
        twice=percent(found.twice.accuracy),
    )


@measured(maxsize=16)
def _softmaxes(network: NetworkSpec) -> softmaxes.Comparison | None:
    assert network.training is not None
    return softmaxes.compare(network, cached.examples(network.training.data))
