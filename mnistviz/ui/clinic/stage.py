"""The stage of the clinic: the operation, the digit, its bars and the sentence."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import streamlit as st
import torch

from mnistviz.digits.arrays import Floats
from mnistviz.figures import pictures
from mnistviz.lessons.clinic import figures, measure, operations
from mnistviz.lessons.clinic.operations import Change, Operation
from mnistviz.network.answers import prediction
from mnistviz.network.parameters import Parameters
from mnistviz.results import kept
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.clinic import controls, shuffled_labels
from mnistviz.ui.elements import components, digit_picker, question
from mnistviz.ui.session import cached, state
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import a_digit, epochs, number, percents

STAGE_KEY = "clinic_stage"

QUESTION = "prediction"
"""The part of the lesson that asks what an operation will do."""

_stage = components.make(
    "clinic/stage",
    (
        '<div class="clinic">'
        '<div class="seen"><h2 class="title"></h2><div class="field"><img class="picture">'
        '<div class="square finger" role="slider" tabindex="0" hidden></div></div>'
        '<div class="place"></div></div><div class="bars" role="img"></div>'
        '<div class="marks"></div></div>'
    ),
    css=("elements/stage", "elements/columns", "elements/finger"),
    js=("elements/dom", "elements/words", "elements/pixels", "elements/columns"),
)


class Trouble(StrEnum):
    """What stands in the way of an operation; each is a part of the lesson."""

    BROKEN = "broken"
    NO_UNITS = "seen_no_units"
    TO_DO = "seen_to_do"


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the page shows.

    Attributes:
        hand: the network and the digit that are set.
        selected: the operation that is set, done or put back.
        change: what is done; None while all is put back or there is something in the way.
        mended: whether the person has put everything back.
        trouble: what stands in the way; None if nothing does.
        before: float32 of shape (10,), the probabilities of the digit as it is.
        after: the same after the operation.
        pixels: uint8 of shape (28, 28), the picture after the operation.
    """

    hand: InHand
    selected: Change
    change: Change | None
    mended: bool
    trouble: Trouble | None
    before: Floats
    after: Floats
    pixels: torch.Tensor

    @property
    def is_shown(self) -> bool:
        """Whether there are probabilities to show."""
        return self.trouble is not Trouble.BROKEN

    @property
    def truth(self) -> int:
        """Which digit it is, 0 to 9."""
        return cached.label(self.hand.digit)


def layers_of(hand: InHand, change: Change | None) -> Parameters:
    """Return the parameters after an operation. Shared: read-only."""
    if change is None or change.on_digit:
        return cached.parameters(hand.network)
    if change.operation is Operation.SHUFFLED_LABELS:
        return shuffled_labels.layers(hand)
    return _layers(hand.network, change)


@kept(maxsize=3)
def _layers(network: NetworkSpec, change: Change) -> Parameters:
    return operations.layers_of(change, cached.parameters(network), network.seed)


@kept(maxsize=512)
def probabilities(hand: InHand, change: Change | None) -> Floats:
    """Return the digit's ten probabilities after an operation, float32 of shape (10,)."""
    network, layers = hand.network, layers_of(hand, change)
    pixels = cached.pixels(hand.digit)
    return measure.probabilities(network, layers, change, pixels, network.seed)


def compute_view(hand: InHand, knobs: controls.Knobs, lesson: Lesson) -> View:
    """Compute what the page shows; train on shuffled labels first where the person wants it."""
    before = probabilities(hand, None)
    if knobs.change.operation is Operation.SHUFFLED_LABELS and np.isfinite(before).all():
        asked = question.is_settled(lesson, QUESTION, subject(hand, knobs.change))
        if asked:
            shuffled_labels.train(hand, knobs.place, lesson)
    trouble = _trouble(hand, knobs.change, before)
    change = None if knobs.mended or trouble else knobs.change
    after = before if change is None else probabilities(hand, change)
    stored = cached.pixels(hand.digit)
    pixels = operations.pixels_of(change, stored.unsqueeze(0), hand.network.seed)[0]
    return View(hand, knobs.change, change, knobs.mended, trouble, before, after, pixels)


def _trouble(hand: InHand, change: Change, before: Floats) -> Trouble | None:
    if not np.isfinite(before).all():
        return Trouble.BROKEN
    if change.operation is Operation.UNITS_OFF and not hand.network.hidden:
        return Trouble.NO_UNITS
    if change.operation is Operation.SHUFFLED_LABELS and not shuffled_labels.is_done(hand):
        return Trouble.TO_DO
    return None


def stage(view: View, lesson: Lesson) -> None:
    """Show the digit after the operation, and the probabilities before and after."""
    words, covers = lesson.parts, view.change and view.change.operation is Operation.COVER
    pixels = cached.pixels(view.hand.digit) if covers else view.pixels
    _stage(
        key=STAGE_KEY,
        data={
            "title": digit_picker.bold(words["after_title"]),
            "picture": pictures.data_uri(pixels.numpy()),
            "alt": words["after_alt"],
            "square": _square(view.change, lesson) if covers and view.change else None,
            "truth": view.truth,
            "columns": [
                {"title": words["before_bars"], "bars": _bars(view.before, view.truth, lesson)},
                {"title": words["after_bars"], "bars": _bars(view.after, view.truth, lesson)},
            ],
            "bars_alt": words["bars_alt"].format(
                before=_describe_bars(view.before, lesson),
                after=_describe_bars(view.after, lesson),
                truth=view.truth,
            ),
            "marks": words["marks"],
        },
        on_place_change=_take_place,
    )


def _square(change: Change, lesson: Lesson) -> dict[str, Any]:
    return {
        "row": change.row,
        "column": change.column,
        "side": int(change.strength),
        "last": operations.last_place(int(change.strength)),
        "name": lesson.parts["square"],
        "at": lesson.parts["square_at"],
    }


def _take_place() -> None:
    place = st.session_state[STAGE_KEY].place
    if isinstance(place, list) and len(place) == 2 and all(isinstance(at, int) for at in place):
        most = controls.LAST_PLACE
        row, column = (min(max(at, 0), most) for at in place)
        state.apply({"clinic_cover_row": row, "clinic_cover_column": column})


def _bars(row: Floats, truth: int, lesson: Lesson) -> list[dict[str, Any]]:
    return figures.probability_bars(row, truth, lesson.parts["wrong_mark"])


def _describe_bars(row: Floats, lesson: Lesson) -> str:
    one = lesson.parts["bar_alt"]
    return ", ".join(
        one.format(digit=digit, percent=share) for digit, share in enumerate(percents(row))
    )


def sentence(view: View, lesson: Lesson) -> None:
    """Show the sentence about the operation."""
    with st.container(key="sentence"):
        st.markdown(describe(view, lesson))


def describe(view: View, lesson: Lesson) -> str:
    """Describe what the operation has done to the answer."""
    words, after = lesson.parts, view.after
    if view.trouble is Trouble.BROKEN:
        return describe_broken(view, lesson)
    if view.trouble is Trouble.NO_UNITS:
        return words[view.trouble]
    did = describe_operation(view, lesson)
    if not np.isfinite(after).all():
        return words["seen_no_number"].format(did=did)
    says = prediction(after)
    part = "seen_same" if prediction(view.before) == says else "seen_other"
    if view.mended:
        part = "seen_mended"
    elif view.trouble is Trouble.TO_DO:
        did = words[f"to_do_shuffled_{view.hand.network.weights}"]
        part = "seen_to_do"
    elif part == "seen_same" and says is None:
        part = "seen_same_none"
    return words[part].format(
        did=did,
        before=_describe_answer(view.before, lesson),
        after=_describe_answer(after, lesson),
        p_before=_largest(view.before),
        p_after=_largest(after),
        tied=_tied(after),
        a_digit=a_digit(view.truth),
    )


def _largest(row: Floats) -> str:
    return percents(row)[int(row.argmax())]


def _describe_answer(row: Floats, lesson: Lesson) -> str:
    says, largest = prediction(row), _largest(row)
    part = lesson.parts["answer_none" if says is None else "answer"]
    return part.format(says=says, percent=largest, tied=_tied(row))


def _tied(row: Floats) -> int:
    """Count the digits that share the largest probability."""
    return int((row == row.max()).sum())


def describe_broken(view: View, lesson: Lesson) -> str:
    """Say that there is nothing to measure, and what helps."""
    words = lesson.parts
    return words[Trouble.BROKEN].format(reason=words[f"broken_{view.hand.network.weights}"])


def describe_operation(view: View, lesson: Lesson) -> str:
    """Say in a few words what the operation has done."""
    words, change, network = lesson.parts, view.selected, view.hand.network
    name = change.operation.name.lower()
    strength = number(abs(change.strength))
    if change.operation is Operation.ROTATE:
        name += "_with" if change.strength < 0 else "_against"
    if change.operation is Operation.MOVED_TEST:
        strength = number(operations.TEST_SHIFT)
    hidden = network.hidden[change.layer - 1] if change.layer <= len(network.hidden) else 0
    across = words["across_left" if change.strength < 0 else "across_right"]
    along = words["along_up" if change.down < 0 else "along_down"]
    across = across.format(pixels=strength)
    along = along.format(pixels=number(abs(change.down)))
    if change.operation is Operation.SHIFT and not (change.strength and change.down):
        name += "_one" if change.strength or change.down else "_none"
    return words[f"did_{name}"].format(
        strength=strength,
        across=across,
        along=along,
        way=across if change.strength else along,
        row=change.row,
        column=change.column,
        count=f"{sum(outputs for _, outputs in network.shapes):,}",
        layer=change.layer,
        off=f"{operations.operated_units(network, change):,}",
        units=f"{hidden:,}",
        values=_count_values(change),
        epochs=epochs(view.hand.training.epochs),
    )


def subject(hand: InHand, change: Change) -> str:
    """Name all that the question is about: once this is another, it is asked anew."""
    learns = hand.training if change.operation is Operation.SHUFFLED_LABELS else None
    return repr((change, hand.network, learns, hand.digit.data))


def _count_values(change: Change) -> str:
    """Write how many values a rounded weight can have."""
    return f"{2 ** int(change.strength) - 1:,}" if change.operation is Operation.ROUND else ""
