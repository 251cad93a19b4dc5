"""The digits of one's own as cards, and the confusions of the network among them."""

import hashlib
from collections.abc import Mapping, Set
from typing import Any

import numpy as np
import streamlit as st

from mnistviz.digits.own_set import OwnDigit, OwnSet
from mnistviz.figures import pictures
from mnistviz.network.answers import NO_ANSWER, written
from mnistviz.results import kept
from mnistviz.spec.fields import CLASSES
from mnistviz.training import evaluation
from mnistviz.training.evaluation import Results
from mnistviz.ui.draw.own_set import state
from mnistviz.ui.elements import components, confusion, digit_cards
from mnistviz.ui.elements.show import opened
from mnistviz.ui.session import choices, links
from mnistviz.words import read
from mnistviz.words.quantities import percent

SHOWN = 48
"""Cards of one page of the set."""

MAX_DESCRIBED = 6
"""Confusions that are written out at most; all of them stand in the table."""

LEAST = "6rem"
"""How narrow a card may be."""

MATRIX, CELL = "draw_confusion", "draw_cell"
CARDS = "draw_set_cards"

_cards = components.make(
    "draw/own_set/cards",
    '<ul class="cards" role="list"></ul>',
    css=("elements/image", "elements/digit_cards", "elements/buttons"),
    js=("elements/dom", "elements/words"),
)


def draw_cards(own: OwnSet, results: Results) -> None:
    """Show the digits, the newest first; each label can be changed, each digit removed.

    Args:
        own: the set, not empty.
        results: what the network says to it.
    """
    words = read("draw/own_set").parts
    numbers = _select_numbers(own, results, words)
    pages = -(-len(numbers) // SHOWN)
    page = 1
    if pages > 1:
        page = st.number_input(
            words["page"].format(pages=pages),
            min_value=1,
            max_value=pages,
            key="draw_set_page",
            width=160,
        )
    if not numbers:
        st.markdown(words["none_wrong"])
        return
    _cards(
        key=CARDS,
        data={
            "name": words["cards_name"],
            "words": {"label": words["card_label"], "remove": words["card_remove"]},
            "cards": [
                _card(own, results, number, words)
                for number in numbers[(page - 1) * SHOWN : page * SHOWN]
            ],
        },
        on_changes_change=_change,
    )


def _select_numbers(own: OwnSet, results: Results, words: Mapping[str, str]) -> list[int]:
    """Let the person choose which digits are shown; return their numbers, the newest first."""
    numbers = list(range(len(own)))[::-1]
    wrong = [number for number in numbers if not results.right[number]]
    with links.drawn_late("draw_set_show"):
        selected = st.segmented_control(
            words["show"],
            choices.CHOICES["draw_set_show"].values,
            default="all",
            required=True,
            **links.worded("draw_set_show"),
        )
    return wrong if selected == "wrong" else numbers


def _card(
    own: OwnSet, results: Results, number: int, words: Mapping[str, str]
) -> dict[str, object]:
    digit, part = own.digits[number], "card_wrong"
    if results.answers[number] == NO_ANSWER:
        part = "card_none"
    elif results.right[number]:
        part = "card_right"
    values = {
        "number": number + 1,
        "label": digit.label,
        "says": written(int(results.answers[number])),
        "probability": percent(float(results.confidences[number])),
    }
    return {
        "id": identity(digit),
        "number": number + 1,
        "label": digit.label,
        "picture": picture(digit.pixels),
        "alt": words["card_alt"].format(**values),
        "says": words[part].format(**values),
        "lines": [values["probability"]],
    }


def identity(digit: OwnDigit) -> str:
    """Name a picture, whatever number it has in the set."""
    return hashlib.blake2b(digit.pixels, digest_size=8).hexdigest()


@kept(maxsize=2048)
def picture(pixels: bytes) -> str:
    """Return a digit as a picture, a `data:` address."""
    return pictures.data_uri(OwnDigit(pixels, 0).picture)


def _change() -> None:
    """Make the changes that the browser names: `id-label`, or `id-` for a digit that goes.

    It names all that it does not see done, so some may be done already.
    """
    held = before = state.current()
    for change in str(st.session_state[CARDS].changes).split():
        name, _, label = change.partition("-")
        place = _place(held, name)
        if place is None:
            continue
        if not label:
            held = held.without(place)
        elif label in map(str, range(CLASSES)):
            held = held.relabeled(place, int(label))
    if held != before:
        state.put(held, undo=len(held) < len(before))


def _place(own: OwnSet, name: str) -> int | None:
    """Find the picture that the browser names; it may be gone, or never have been there."""
    return next((at for at, digit in enumerate(own.digits) if identity(digit) == name), None)


def draw_confusions(own: OwnSet, results: Results) -> None:
    """Show which labels are read as what, and the digits of one cell.

    Args:
        own: the set, not empty.
        results: what the network says to it.
    """
    lesson = read("draw/own_set")
    words = lesson.parts
    with opened(words["confusions_title"], "draw_confusions_open") as is_open:
        if not is_open:
            return
        st.markdown(describe_confusions(results, words))
        table, digits = st.columns(2, gap="large")
        with digits:
            truth, says = confusion.choose_cell(CELL, results, words)
            numbers = evaluation.cell(results, truth, says).tolist()
            part = "cell_none" if not numbers else "cell_right" if truth == says else "cell_wrong"
            st.markdown(words[part].format(truth=truth, says=says))
            cards = [
                {
                    "picture": picture(own.digits[number].pixels),
                    "alt": words["cell_alt"].format(number=number + 1, truth=truth, says=says),
                    "lines": [percent(float(results.confidences[number]))],
                }
                for number in numbers[:SHOWN]
            ]
            digit_cards.draw("draw_cell_digits", words["cards_name"], cards, LEAST)
        with table:
            matrix_words = read("train/results").parts
            confusion.draw(MATRIX, results.confusion, (truth, says), matrix_words, CELL)


def describe_confusions(results: Results, words: Mapping[str, str]) -> str:
    """Write which labels were read as what, the most frequent first."""
    counts = results.confusion.copy()
    np.fill_diagonal(counts, 0)
    tied = words["confusions_tied"].format(tied=results.tied) if results.tied else ""
    if not counts.any():
        return tied or words["confusions_none"]
    cells = sorted(zip(*np.nonzero(counts), strict=True), key=lambda cell: -counts[cell])
    pairs = [
        words["confusion"].format(truth=cell[0], says=cell[1], count=counts[cell]) for cell in cells
    ]
    part = "confusions" if len(pairs) <= MAX_DESCRIBED else "confusions_some"
    text = words[part].format(
        pairs="; ".join(pairs[:MAX_DESCRIBED]), more=len(pairs) - MAX_DESCRIBED
    )
    return f"{text} {tied}".strip()


def draw_changed(own: OwnSet, before: Results, after: Results, held: Set[int]) -> None:
    """Show the digits that are read otherwise than before, first those that are right now.

    Args:
        own: the set.
        before: what the network said.
        after: what it says now.
        held: the numbers of the digits that were held back.
    """
    words = read("draw/own_set").parts
    numbers = np.flatnonzero(before.answers != after.answers).tolist()
    if not numbers:
        st.markdown(words["changed_none"])
        return
    part = "changed_one" if len(numbers) == 1 else "changed"
    st.markdown(words[part].format(count=len(numbers), of=len(own)))
    numbers.sort(key=lambda number: not after.right[number])

    def card(number: int) -> dict[str, Any]:
        values = {
            "number": number + 1,
            "label": own.digits[number].label,
            "before": written(int(before.answers[number])),
            "after": written(int(after.answers[number])),
        }
        marks = {
            name: "✓" if results.right[number] else "✗"
            for name, results in (("mark_before", before), ("mark_after", after))
        }
        lines = [words[part].format(**values, **marks) for part in ("was", "now")]
        lines += [words["line_held"]] if number in held else []
        return {
            "picture": picture(own.digits[number].pixels),
            "alt": words["changed_alt"].format(**values),
            "lines": [words["is"].format(**values), *lines],
        }

    cards = [card(number) for number in numbers[:SHOWN]]
    digit_cards.draw("draw_changed", words["changed_name"], cards, LEAST)
