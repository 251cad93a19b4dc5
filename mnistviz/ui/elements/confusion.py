"""The confusion matrix as a table in which one cell is chosen."""

from collections.abc import Callable, Mapping

import streamlit as st

from mnistviz.digits.arrays import Integers
from mnistviz.figures import theme
from mnistviz.spec.fields import CLASSES
from mnistviz.ui.elements import components

CELLS = tuple(f"{truth}-{says}" for truth in range(CLASSES) for says in range(CLASSES))
"""The cells by name: what a digit is, a hyphen, what the network says."""

_matrix = components.make(
    "elements/confusion",
    (
        f'<div class="box" style="--accent: {theme.ACCENT}">'
        '<div class="axes"><span class="down"></span><span class="across"></span></div>'
        '<div class="matrix" role="grid"></div></div>'
    ),
)


def draw(
    key: str,
    counts: Integers,
    chosen: tuple[int, int],
    words: Mapping[str, str],
    on_change: Callable[[], None],
) -> None:
    """Draw the table.

    Args:
        key: of the component.
        counts: a confusion matrix, int64 of shape (10, 10).
        chosen: the cell that is framed: what a digit is, and what the network says.
        words: `matrix_down`, `matrix_across`, `matrix_name`, `cell_right`, `cell_wrong`.
        on_change: called when another cell is chosen; `cell` tells which.
    """
    _matrix(
        key=key,
        data={
            "counts": counts.tolist(),
            "chosen": list(chosen),
            "words": {
                "down": words["matrix_down"],
                "across": words["matrix_across"],
                "name": words["matrix_name"],
                "right": words["cell_right"],
                "wrong": words["cell_wrong"],
            },
        },
        on_cell_change=on_change,
    )


def cell(key: str) -> str | None:
    """Return the cell that the person has chosen; None if the browser sends anything else."""
    sent = st.session_state[key].cell
    return sent if sent in CELLS else None
