"""Predict, measure, understand, mend: the question of the clinic."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import streamlit as st

from mnistviz.lessons.clinic import figures, measure, operations
from mnistviz.lessons.clinic.measure import Measured, Outcome, Part
from mnistviz.lessons.clinic.operations import CHUNK, Change, Operation
from mnistviz.spec.fields import CLASSES
from mnistviz.ui.clinic import shuffled_labels
from mnistviz.ui.clinic.stage import Trouble, View, layers_of
from mnistviz.ui.elements import components
from mnistviz.ui.session import cached, links
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, read
from mnistviz.words.quantities import percent

SUFFERING = 3
"""How many classes are named that lose most."""

UNAWARE = 0.2
"""How far the mean confidence has to lie above the accuracy to be worth a sentence."""

_pairs = components.make(
    "clinic/pairs",
    '<div class="groups"></div>',
    js=("elements/dom",),
)


def ask(view: View, lesson: Lesson) -> None:
    """Ask what will happen; once an answer is selected, measure it, say why, and what helps."""
    if view.trouble in (Trouble.BROKEN, Trouble.NO_UNITS):
        return
    words, name = lesson.parts, view.selected.operation.name.lower()
    options = [line.removeprefix("- ") for line in words["predictions"].splitlines()]
    with st.container(key="clinic_question", border=True):
        # Each operation is a question of its own, and keeps its answer.
        selected = st.radio(
            words["prediction"],
            options,
            index=None,
            horizontal=True,
            **links.private(f"clinic_{name}_answer"),
        )
        revealed = st.toggle(
            words["measure"],
            disabled=selected is None,
            **links.private(f"clinic_{name}_reveal"),
        )
        # Still to do after it was asked for: the training has failed, and has said so.
        if selected is None or not revealed or view.trouble is Trouble.TO_DO:
            return
        before, after = _measure(view, lesson)
        _show_verdict(options, options.index(selected), before, after, view, lesson)
        _draw(before, after, lesson)
        _show_reason(view, lesson)


def test_digits(hand: InHand) -> int:
    """Return how many test digits the set in hand has."""
    return len(cached.digits(hand.digit.data).test_labels)


@lru_cache(maxsize=256)
def _part(hand: InHand, change: Change | None, number: int) -> Part:
    pixels = cached.digits(hand.digit.data).test_pixels[number * CHUNK : (number + 1) * CHUNK]
    network, layers = hand.network, layers_of(hand, change)
    # Each chunk has noise of its own.
    return measure.answer_digits(network, layers, change, pixels, network.seed + number)


def _parts(hand: InHand, change: Change | None) -> Iterator[Part]:
    # Of the digit in hand only the set matters.
    whole = replace(hand, digit=replace(hand.digit, batch=0, image=0))
    for number in range(math.ceil(test_digits(hand) / CHUNK)):
        yield _part(whole, change, number)


def _measure(view: View, lesson: Lesson) -> tuple[Measured, Measured]:
    """Measure before and after, with progress where it takes more than one chunk."""
    hand, count = view.hand, test_digits(view.hand)
    labels = cached.digits(hand.digit.data).test_labels.numpy()
    place, text = st.empty(), lesson.parts["measuring"].format(count=f"{count:,}")
    done, results = 0, []
    for change in (None, view.change):
        parts = []
        for part in _parts(hand, change):
            parts.append(part)
            done += len(part.answers)
            if count > CHUNK:
                place.progress(done / (2 * count), text=text)
        results.append(measure.measured(hand.network, labels, parts))
    place.empty()
    return results[0], results[1]


def _show_verdict(
    options: list[str],
    answer: int,
    before: Measured,
    after: Measured,
    view: View,
    lesson: Lesson,
) -> None:
    words, common = lesson.parts, read("frame").parts
    right = list(Outcome).index(measure.outcome(before, after))
    verdict = common["right"] if answer == right else common["wrong"].format(answer=options[right])
    summary = words["verdict"].format(
        verdict=verdict,
        count=f"{test_digits(view.hand):,}",
        before=percent(before.accuracy),
        after=percent(after.accuracy),
    )
    lines = [summary, _describe_suffering(before, after, lesson)]
    if after.accuracy < before.accuracy and after.confidence - after.accuracy > UNAWARE:
        lines.append(
            words["unaware"].format(
                after=percent(after.confidence), accuracy=percent(after.accuracy)
            )
        )
    network = view.hand.network
    starts = network.training is None and not network.loaded
    if before.accuracy <= measure.GUESSING and starts:
        lines.append(words["initial_note"])
    st.markdown(" ".join(lines))


def _describe_suffering(before: Measured, after: Measured, lesson: Lesson) -> str:
    words = lesson.parts
    classes = measure.largest_falls(before, after, SUFFERING)
    if not classes:
        return words["suffer_none"]
    each = (
        words["suffer_each"].format(
            digit=digit,
            before=percent(float(before.classes[digit])),
            after=percent(float(after.classes[digit])),
        )
        for digit in classes
    )
    return words["suffer"].format(digits=", ".join(each))


def _draw(before: Measured, after: Measured, lesson: Lesson) -> None:
    words = lesson.parts
    whole = [
        figures.pair(words["row_accuracy"], before.accuracy, after.accuracy),
        figures.pair(words["row_confidence"], before.confidence, after.confidence),
    ]
    if before.dead is not None and after.dead is not None:
        whole.append(figures.pair(words["row_dead"], before.dead, after.dead))
    classes = [
        figures.pair(str(digit), float(before.classes[digit]), float(after.classes[digit]))
        for digit in range(CLASSES)
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
            "note": words["dead_note"] if before.dead is not None else "",
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


def _show_reason(view: View, lesson: Lesson) -> None:
    words, network = lesson.parts, view.hand.network
    operation = view.selected.operation
    name = operation.name.lower()
    shuffled = operation is Operation.SHUFFLED_LABELS
    numbers = {
        "count": f"{sum(outputs for _, outputs in network.shapes):,}",
        "weights": f"{sum(inputs * outputs for inputs, outputs in network.shapes):,}",
        # The second softmax of (1, 0, …, 0): e / (e + 9).
        "most": percent(math.e / (math.e + CLASSES - 1)),
        "strength": operations.TEST_SHIFT,
        "guess": percent(1 / CLASSES),
        "train": shuffled_labels.learned(view.hand) if shuffled else "",
    }
    cause = words[f"cause_{name}"].format(**numbers)
    st.markdown(f"{words['why']} {cause}\n\n{words['mend_words']} {words[f'cure_{name}']}")
