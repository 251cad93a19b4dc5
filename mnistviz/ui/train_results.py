"""How good the network is at the step in hand; nothing is computed before it is opened."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import streamlit as st

from mnistviz import evaluation
from mnistviz.evaluation import Integers, Reliability, Results
from mnistviz.figures import pictures, theme
from mnistviz.figures import results as figures
from mnistviz.lessons import Lesson, read
from mnistviz.parameters import Parameters
from mnistviz.sentences import SURE, a_digit, percent
from mnistviz.spec import CLASSES, Data, NetworkSpec, Style
from mnistviz.ui import cached, components, links
from mnistviz.ui.show import figure, opened
from mnistviz.ui.state import InHand

SHOWN = 24
"""Digits of a cell that are shown at most."""

ERRORS = 12
"""Of the surest errors, how many are shown at most."""

CELL = "train_cell"
"""The key of the chosen cell, in the link too: what a digit is, a hyphen, what the network says."""

CELLS = tuple(f"{truth}-{says}" for truth in range(CLASSES) for says in range(CLASSES))

MATRIX = "train_confusion"

EVEN = 0.01
"""Up to this far apart, mean confidence and accuracy count as equal."""

EXAMPLE_BIN = 7
"""The bin that explains what the others are too."""


_matrix = components.make(
    "confusion_matrix",
    (
        f'<div class="box" style="--accent: {theme.ACCENT}">'
        '<div class="axes"><span class="down"></span><span class="across"></span></div>'
        '<div class="matrix" role="grid"></div></div>'
    ),
)

_cards = components.make("digit_cards", '<ul class="cards" role="list"></ul>')


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What is evaluated.

    Attributes:
        spec: the network, with its training.
        data: the set whose test digits are asked.
        layers: its parameters at the step.
        step: how many updates there have been.
        lesson: the words.
    """

    spec: NetworkSpec
    data: Data
    layers: Parameters
    step: int
    lesson: Lesson

    @property
    def when(self) -> str:
        """The beginning of each sentence: at which step this is."""
        part = {0: "when_start", 1: "when_one"}.get(self.step, "when_many")
        return self.lesson.parts[part].format(step=f"{self.step:,}")


def show(hand: InHand, layers: Parameters, step: int) -> None:
    """Draw the expanders that tell how good a network is on the test digits.

    Args:
        hand: the network in hand; its training says which set is asked.
        layers: its parameters at the step, which spec and step have to name: others with the same
            names would not be looked at.
        step: how many updates there have been, 0 for none.
    """
    view = View(hand.trained, hand.training.data, layers, step, read("train_results"))
    how_good(view)
    classes(view)
    sure_and_wrong(view)
    believed(view)


def results_of(view: View) -> Results:
    """Return what the network says to the test digits; computed once for all who ask."""
    spec = view.spec
    if spec.style is not Style.TENSORS:
        # As for the runs: one for all styles with modules.
        spec = replace(spec, style=Style.MODULE)
    kept = _kept(spec, view.step)
    if not kept:
        test = cached.examples(view.data)
        kept.append(evaluation.evaluate(spec, view.layers, test.test_inputs, test.test_labels))
    return kept[0]


@lru_cache(maxsize=64)
def _kept(spec: NetworkSpec, step: int) -> list[Results]:
    # A place for the results, to be filled: parameters are no key, and should not be kept alive.
    return []


@lru_cache(maxsize=512)
def _picture(chosen: Data, number: int) -> str:
    """Return a test digit as a picture of 28 by 28 pixels, a `data:` address."""
    return pictures.data_uri(cached.digits(chosen).test_pixels[number].numpy())


def _countable(view: View, results: Results) -> bool:
    """Tell whether there are probabilities to speak of; if not, say why."""
    if results.broken:
        st.markdown(
            view.lesson.parts["broken"].format(
                when=view.when, broken=f"{results.broken:,}", count=f"{results.count:,}"
            )
        )
    return not results.broken


def how_good(view: View) -> None:
    """Show the accuracy, the confusion matrix, and the digits of one of its cells."""
    words = view.lesson.parts
    with opened(view.lesson.title, "train_good_open") as is_open:
        if not is_open:
            return
        results = results_of(view)
        if not _countable(view, results):
            return
        st.markdown(seen(view, results))
        if results.tied:
            st.markdown(words["tied"].format(tied=f"{results.tied:,}", count=f"{results.count:,}"))
        table, digits = st.columns(2, gap="large")
        with digits:
            truth, says = _choose_cell(view.lesson, results)
            _digits_of_cell(view, results, truth, says)
        with table:
            st.markdown(words["matrix"])
            _confusion(view.lesson, results, truth, says)


def seen(view: View, results: Results) -> str:
    """Write the sentence about accuracy and the most frequent error."""
    words, counts = view.lesson.parts, results.confusion
    error = evaluation.most_frequent_error(counts)
    count = f"{results.count:,}"
    if error is None:
        return words["seen_perfect"].format(when=view.when, count=count)
    right = int(counts.trace())
    return words["seen"].format(
        when=view.when,
        right=f"{right:,}",
        count=count,
        accuracy=percent(right / results.count),
        truth=error[0],
        says=error[1],
        errors=f"{counts[error]:,}",
        of=f"{counts[error[0]].sum():,}",
    )


def _choose_cell(lesson: Lesson, results: Results) -> tuple[int, int]:
    words = lesson.parts
    with links.drawn_late(CELL):
        chosen = st.selectbox(
            words["cell"],
            (words["cell_most"], *CELLS),
            key=CELL,
            help=words["cell_help"],
            bind="query-params",
            persist_state="session",
        )
    if chosen in CELLS:
        return divmod(CELLS.index(chosen), CLASSES)
    most = evaluation.most_frequent_error(results.confusion)
    return most or divmod(int(results.confusion.argmax()), CLASSES)


def _confusion(lesson: Lesson, results: Results, truth: int, says: int) -> None:
    words = lesson.parts
    _matrix(
        key=MATRIX,
        data={
            "counts": results.confusion.tolist(),
            "chosen": [truth, says],
            "words": {
                "down": words["matrix_down"],
                "across": words["matrix_across"],
                "name": words["matrix_name"],
                "right": words["cell_right"],
                "wrong": words["cell_wrong"],
            },
        },
        on_cell_change=_take_cell,
    )


def _take_cell() -> None:
    # What comes from a browser may be anything.
    cell = st.session_state[MATRIX].cell
    if cell in CELLS:
        st.session_state[CELL] = cell


def _digits_of_cell(view: View, results: Results, truth: int, says: int) -> None:
    words = view.lesson.parts
    numbers = evaluation.cell(results, truth, says)
    count, shown = len(numbers), numbers[:SHOWN]
    part = "cell_none"
    if count:
        many = "one" if count == 1 else "all" if count <= SHOWN else "some"
        part = f"cell_{'right' if truth == says else 'wrong'}_{many}"
    st.markdown(words[part].format(truth=truth, says=says, count=f"{count:,}", shown=len(shown)))
    _cards(
        key="train_cell_digits",
        data={
            "name": words["cards_name"].format(truth=truth, says=says),
            "least": "4rem",
            "cards": [_card(view, results, number) for number in shown.tolist()],
        },
    )


def _card(view: View, results: Results, number: int, whole: bool = False) -> dict[str, object]:
    """Return a test digit for the browser; `whole` with what it is and what the network says."""
    words = view.lesson.parts
    told = {
        "number": number,
        "truth": int(results.labels[number]),
        "says": int(results.answers[number]),
        "probability": percent(float(results.confidences[number])),
    }
    above = ("card_truth", "card_says") if whole else ()
    return {
        "picture": _picture(view.data, number),
        "alt": words["card_alt"].format(**told),
        "lines": [
            *(words[part].format(**told) for part in above),
            told["probability"],
            words["card_number"].format(**told),
        ],
    }


def classes(view: View) -> None:
    """Show the accuracy of each of the ten digits."""
    words = view.lesson.parts
    with opened(words["classes_title"], "train_classes_open") as is_open:
        if not is_open:
            return
        results = results_of(view)
        if not _countable(view, results):
            return
        right, count = results.confusion.diagonal(), results.confusion.sum(axis=1)
        with np.errstate(invalid="ignore"):
            shares = right / count
        st.markdown(seen_classes(view, shares))
        values = [
            _class_words(view.lesson, "class_value", digit, right, count)
            for digit in range(CLASSES)
        ]
        hover = [
            _class_words(view.lesson, "class_hover", digit, right, count)
            for digit in range(CLASSES)
        ]
        figure(
            figures.class_bars(shares, values, hover),
            key="train_classes",
            alt=words["classes_alt"].format(rows="; ".join(hover)),
        )
        st.markdown(words["classes_note"])


def _class_words(lesson: Lesson, part: str, digit: int, right: Integers, count: Integers) -> str:
    if not count[digit]:
        return lesson.parts["class_empty"]
    return lesson.parts[part].format(
        digit=digit,
        right=f"{right[digit]:,}",
        count=f"{count[digit]:,}",
        share=percent(right[digit] / count[digit]),
    )


def seen_classes(view: View, shares: evaluation.Floats) -> str:
    """Write the sentence about the classes that are read best and worst.

    Args:
        view: what is evaluated.
        shares: float64 of shape (10,), the accuracy of each; not a number without digits.
    """
    best, worst = np.nanmax(shares), np.nanmin(shares)
    return view.lesson.parts["classes_same" if best == worst else "classes"].format(
        when=view.when,
        best=", ".join(str(digit) for digit in np.flatnonzero(shares == best)),
        worst=", ".join(str(digit) for digit in np.flatnonzero(shares == worst)),
        best_share=percent(best),
        worst_share=percent(worst),
    )


def sure_and_wrong(view: View) -> None:
    """Show the wrong answers with the greatest probability."""
    words = view.lesson.parts
    with opened(words["sure_title"], "train_sure_open") as is_open:
        if not is_open:
            return
        results = results_of(view)
        if not _countable(view, results):
            return
        numbers = evaluation.surest_errors(results, ERRORS).tolist()
        wrong = int((~results.right).sum())
        st.markdown(seen_sure(view, results, numbers, wrong))
        if not numbers:
            return
        st.markdown(words["sure_note"].format(shown=len(numbers), wrong=f"{wrong:,}"))
        _cards(
            key="train_sure",
            data={
                "name": words["sure_name"],
                "least": "6rem",
                "cards": [_card(view, results, number, whole=True) for number in numbers],
            },
        )


def seen_sure(view: View, results: Results, numbers: list[int], wrong: int) -> str:
    """Write the sentence about the surest error.

    Args:
        view: what is evaluated.
        results: what the network says.
        numbers: the surest errors, from the surest on.
        wrong: how many errors there are.
    """
    words = view.lesson.parts
    if not numbers:
        return words["sure_none"].format(when=view.when, count=f"{results.count:,}")
    surest = numbers[0]
    sure = int((results.confidences[~results.right] >= SURE).sum())
    return words["sure_one" if wrong == 1 else "sure"].format(
        when=view.when,
        number=surest,
        a_truth=a_digit(int(results.labels[surest])),
        says=int(results.answers[surest]),
        probability=percent(float(results.confidences[surest])),
        wrong=f"{wrong:,}",
        sure=f"{sure:,}",
        limit=percent(SURE),
    )


def believed(view: View) -> None:
    """Show confidence against accuracy, and how far they lie apart."""
    words = view.lesson.parts
    with opened(words["believed_title"], "train_believed_open") as is_open:
        if not is_open:
            return
        results = results_of(view)
        if not _countable(view, results):
            return
        found = evaluation.reliability(results.confidences, results.right)
        st.markdown(seen_believed(view, found))
        chart, note = st.columns(2, gap="large")
        rows = [_bin_words(view.lesson, found, place) for place in range(len(found.counts))]
        with chart:
            figure(
                figures.reliability(
                    found,
                    rows,
                    across=words["believed_across"],
                    up=words["believed_up"],
                    counted=words["believed_counts"],
                ),
                key="train_believed",
                alt=words["believed_alt"].format(rows="; ".join(rows)),
            )
        low, high = found.edges[EXAMPLE_BIN], found.edges[EXAMPLE_BIN + 1]
        note.markdown(words["believed_note"].format(low=percent(low), high=percent(high)))


def seen_believed(view: View, found: Reliability) -> str:
    """Write the sentence about confidence and accuracy."""
    apart = found.mean_confidence - found.accuracy
    part = "believed_over" if apart > 0 else "believed_under"
    return view.lesson.parts["believed_even" if abs(apart) <= EVEN else part].format(
        when=view.when,
        confidence=percent(found.mean_confidence),
        accuracy=percent(found.accuracy),
        error=percent(found.error),
    )


def _bin_words(lesson: Lesson, found: Reliability, place: int) -> str:
    return lesson.parts["believed_hover" if found.counts[place] else "believed_empty"].format(
        low=percent(found.edges[place]),
        high=percent(found.edges[place + 1]),
        count=f"{found.counts[place]:,}",
        confidence=percent(found.confidences[place]),
        accuracy=percent(found.accuracies[place]),
    )
