"""The confusion matrix as a table in which one cell is selected."""

from collections.abc import Mapping

import streamlit as st

from mnistviz.digits.arrays import Integers
from mnistviz.spec.fields import CLASSES
from mnistviz.training import evaluation
from mnistviz.training.evaluation import Results
from mnistviz.ui.elements import components
from mnistviz.ui.session import links

CELLS = tuple(f"{truth}-{says}" for truth in range(CLASSES) for says in range(CLASSES))
"""The cells by name: what a digit is, a hyphen, what the network says."""

_matrix = components.make(
    "elements/confusion",
    (
        '<div class="box">'
        '<div class="axes"><span class="down"></span><span class="across"></span></div>'
        '<div class="matrix" role="grid"></div></div>'
    ),
    js=("elements/dom", "elements/words", "elements/answers"),
)


def draw(
    key: str,
    counts: Integers,
    cell: tuple[int, int],
    words: Mapping[str, str],
    cell_key: str,
) -> None:
    """Draw the table.

    Args:
        key: of the component.
        counts: a confusion matrix, int64 of shape (10, 10).
        cell: the cell to frame: what a digit is, and what the network says.
        words: `matrix_down`, `matrix_across`, `matrix_name`, `cell_right`, `cell_wrong`.
        cell_key: of the widget of `choose_cell`, which another cell is put into.
    """
    _matrix(
        key=key,
        data={
            "counts": counts.tolist(),
            "chosen": list(cell),
            "words": {
                "down": words["matrix_down"],
                "across": words["matrix_across"],
                "name": words["matrix_name"],
                "right": words["cell_right"],
                "wrong": words["cell_wrong"],
            },
        },
        on_cell_change=lambda: _take_cell(key, cell_key),
    )


def _take_cell(key: str, cell_key: str) -> None:
    # What comes from a browser may be anything.
    sent = st.session_state[key].cell
    if sent in CELLS:
        st.session_state[cell_key] = sent


def choose_cell(
    key: str, results: Results, words: Mapping[str, str], more: str | None = None
) -> tuple[int, int]:
    """Let the person choose a cell; the most frequent error at first.

    Args:
        key: of the widget, in the link too: what a digit is, a hyphen, what the network says.
        results: what the network says.
        words: `cell`; that of the first option is in the words of `key`, see `choices`.
        more: the help of the widget.

    Returns:
        What a digit is, and what the network says.
    """
    with links.drawn_late(key):
        selected = st.selectbox(
            words["cell"],
            ("most", *CELLS),
            help=more,
            **links.worded(key),
        )
    if selected in CELLS:
        return divmod(CELLS.index(selected), CLASSES)
    most = evaluation.most_frequent_error(results.confusion)
    return most or divmod(int(results.confusion.argmax()), CLASSES)
