"""The expanders about accuracy by digit, the surest errors and how reliable probabilities are."""

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Doubles, Integers
from mnistviz.lessons.train import results_figures
from mnistviz.spec.fields import CLASSES
from mnistviz.training import evaluation
from mnistviz.training.evaluation import Reliability, Results
from mnistviz.ui.elements.show import figure
from mnistviz.ui.train.results.view import View, draw_cards, opened_results, sureness
from mnistviz.words import Lesson
from mnistviz.words.quantities import SURE, a_digit, percent

ERRORS = 12
"""Of the surest errors, how many are shown at most."""

EVEN = 0.01
"""Up to this far apart, mean confidence and accuracy count as equal."""

EXAMPLE_BIN = 7
"""The bin that explains what the others are too."""


def draw_classes(view: View) -> None:
    """Show the accuracy of each of the ten digits."""
    words = view.lesson.parts
    with opened_results(view, words["classes_title"], "train_classes_open") as results:
        if results is None:
            return
        right, count = results.confusion.diagonal(), results.class_counts
        with np.errstate(invalid="ignore"):
            shares = right / count
        st.markdown(describe_classes(view, shares))
        values, hover = (
            [_describe_class(view.lesson, part, digit, right, count) for digit in range(CLASSES)]
            for part in ("class_value", "class_hover")
        )
        figure(
            results_figures.class_bars(shares, values, hover),
            key="train_classes",
            alt=words["classes_alt"].format(rows="; ".join(hover)),
        )
        st.markdown(words["classes_note"])


def _describe_class(lesson: Lesson, part: str, digit: int, right: Integers, count: Integers) -> str:
    if not count[digit]:
        return lesson.parts["class_empty"]
    return lesson.parts[part].format(
        digit=digit,
        right=f"{right[digit]:,}",
        count=f"{count[digit]:,}",
        share=percent(right[digit] / count[digit]),
    )


def describe_classes(view: View, shares: Doubles) -> str:
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


def draw_sure_errors(view: View) -> None:
    """Show the wrong answers with the greatest probability."""
    words = view.lesson.parts
    with opened_results(view, words["sure_title"], "train_sure_open") as results:
        if results is None:
            return
        numbers = evaluation.surest_errors(results, ERRORS).tolist()
        wrong = int(results.wrong.sum())
        st.markdown(describe_sure_errors(view, results, numbers, wrong))
        if not numbers:
            return
        note = "sure_note_one" if wrong == 1 else "sure_note"
        if is_even(results, wrong, len(numbers)):
            note = "sure_note_equal"
        st.markdown(words[note].format(shown=len(numbers), wrong=f"{wrong:,}"))
        draw_cards(view, results, numbers, key="train_sure", name=words["sure_name"], whole=True)


def describe_sure_errors(view: View, results: Results, numbers: list[int], wrong: int) -> str:
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
    sure = int((results.confidences[results.wrong] >= SURE).sum())
    part = "sure_one" if wrong == 1 else "sure"
    if is_even(results, wrong, len(numbers)):
        part = "sure_equal"
    return words[part].format(
        when=view.when,
        number=surest,
        a_truth=a_digit(int(results.labels[surest])),
        says=int(results.answers[surest]),
        probability=sureness(float(results.confidences[surest])),
        wrong=f"{wrong:,}",
        sure=f"{sure:,}",
        limit=percent(SURE),
    )


def is_even(results: Results, wrong: int, shown: int) -> bool:
    """Tell whether all wrong answers have one probability, so that those shown are no surer."""
    return wrong > shown and bool(np.ptp(results.confidences[results.wrong]) == 0)


def draw_reliability(view: View) -> None:
    """Show confidence against accuracy, and how far they lie apart."""
    words = view.lesson.parts
    with opened_results(view, words["believed_title"], "train_believed_open") as results:
        if results is None:
            return
        reliability = evaluation.reliability(results.confidences, results.right)
        st.markdown(describe_reliability(view, reliability))
        chart, note = st.columns(2, gap="large")
        rows = [
            _describe_bin(view.lesson, reliability, place)
            for place in range(len(reliability.counts))
        ]
        with chart:
            figure(
                results_figures.reliability(
                    reliability,
                    rows,
                    across=words["believed_across"],
                    up=words["believed_up"],
                    counted=words["believed_counts"],
                ),
                key="train_believed",
                alt=words["believed_alt"].format(rows="; ".join(rows)),
            )
        low, high = reliability.edges[EXAMPLE_BIN], reliability.edges[EXAMPLE_BIN + 1]
        note.markdown(words["believed_note"].format(low=percent(low), high=percent(high)))


def describe_reliability(view: View, reliability: Reliability) -> str:
    """Write the sentence about confidence and accuracy."""
    apart = reliability.mean_confidence - reliability.accuracy
    part = "believed_over" if apart > 0 else "believed_under"
    return view.lesson.parts["believed_even" if abs(apart) <= EVEN else part].format(
        when=view.when,
        confidence=percent(reliability.mean_confidence),
        accuracy=percent(reliability.accuracy),
        error=percent(reliability.error),
    )


def _describe_bin(lesson: Lesson, reliability: Reliability, place: int) -> str:
    return lesson.parts["believed_hover" if reliability.counts[place] else "believed_empty"].format(
        low=percent(reliability.edges[place]),
        high=percent(reliability.edges[place + 1]),
        count=f"{reliability.counts[place]:,}",
        confidence=percent(reliability.confidences[place]),
        accuracy=percent(reliability.accuracies[place]),
    )
