"""The expanders that evaluate the network at the step in hand; closed, they compute nothing."""

import numpy as np
import streamlit as st

from mnistviz.network.parameters import Parameters
from mnistviz.training import evaluation
from mnistviz.training.evaluation import Results
from mnistviz.ui.elements import confusion
from mnistviz.ui.session.state import InHand
from mnistviz.ui.train.results.under import draw_classes, draw_reliability, draw_sure_errors
from mnistviz.ui.train.results.view import View, draw_cards, opened_results
from mnistviz.words import read
from mnistviz.words.quantities import percent

SHOWN = 24
"""Digits of a cell that are shown at most."""

NAMED = 3
"""Up to so many errors that are equally frequent are all named."""

CELL = "train_cell"
"""The key of the selected cell, in the link too: true digit, hyphen, what the network says."""

MATRIX = "train_confusion"


def titles() -> tuple[tuple[str, str], ...]:
    """Return title and key of each of the expanders, in their order."""
    lesson = read("train/results")
    more = ("classes", "sure", "believed")
    return (
        (lesson.title, "train_good_open"),
        *((lesson.parts[f"{name}_title"], f"train_{name}_open") for name in more),
    )


def show(hand: InHand, layers: Parameters, step: int) -> None:
    """Draw the expanders that tell how good a network is on the test digits.

    Args:
        hand: the network in hand; its training says which set is asked.
        layers: its parameters at the step, which spec and step have to name: others with the same
            names would not be looked at.
        step: how many updates there have been, 0 for none.
    """
    view = View(hand.trained, hand.training.data, layers, step, read("train/results"))
    draw_accuracy(view)
    draw_classes(view)
    draw_sure_errors(view)
    draw_reliability(view)


def draw_accuracy(view: View) -> None:
    """Show the accuracy, the confusion matrix, and the digits of one of its cells."""
    words = view.lesson.parts
    with opened_results(view, view.lesson.title, "train_good_open") as results:
        if results is None:
            return
        st.markdown(describe_accuracy(view, results))
        if results.tied:
            st.markdown(words["tied"].format(tied=f"{results.tied:,}", count=f"{results.count:,}"))
        table, digits = st.columns(2, gap="large")
        with digits:
            truth, says = confusion.choose_cell(CELL, results, words, words["cell_help"])
            _draw_digits_of_cell(view, results, truth, says)
        with table:
            st.markdown(words["matrix"])
            confusion.draw(MATRIX, results.confusion, (truth, says), words, CELL)


def describe_accuracy(view: View, results: Results) -> str:
    """Write the sentence about accuracy and the most frequent error."""
    words, right = view.lesson.parts, int(results.right.sum())
    numbers = {
        "when": view.when,
        "right": f"{right:,}",
        "count": f"{results.count:,}",
        "accuracy": percent(right / results.count),
    }
    if right == results.count:
        return words["seen_perfect"].format(**numbers)
    error = evaluation.most_frequent_error(results.confusion)
    if error is None:
        return words["seen_bare"].format(**numbers)
    pairs = [
        words["seen_pair"].format(truth=truth, says=says)
        for truth, says in np.argwhere(results.confusion == results.confusion[error])
        if truth != says
    ]
    part = "seen" if len(pairs) == 1 else "seen_tied" if len(pairs) <= NAMED else "seen_tied_many"
    return words[part].format(
        **numbers,
        truth=error[0],
        says=error[1],
        errors=f"{results.confusion[error]:,}",
        of=f"{results.class_counts[error[0]]:,}",
        pairs="; ".join(pairs),
        kinds=len(pairs),
    )


def _draw_digits_of_cell(view: View, results: Results, truth: int, says: int) -> None:
    words = view.lesson.parts
    numbers = evaluation.cell(results, truth, says)
    count, visible = len(numbers), numbers[:SHOWN]
    part = "cell_none"
    if count:
        many = "one" if count == 1 else "all" if count <= SHOWN else "some"
        part = f"cell_{'right' if truth == says else 'wrong'}_{many}"
    st.markdown(words[part].format(truth=truth, says=says, count=f"{count:,}", shown=len(visible)))
    name = words["cards_name"].format(truth=truth, says=says)
    draw_cards(view, results, visible.tolist(), key="train_cell_digits", name=name)
