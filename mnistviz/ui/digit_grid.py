"""The batch as a grid of digits: choose one by mouse, by touch or by the arrow keys."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from mnistviz.ui import state

KEY = "digit_grid"

_FOLDER = Path(__file__).parent

_component = st.components.v2.component(
    "mnistviz.digit_grid",
    html='<div class="grid" role="radiogroup"></div>',
    css=(_FOLDER / "digit_grid.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "digit_grid.js").read_text(encoding="utf-8"),
)


def draw(sheet: str, labels: Sequence[int], chosen: int, name: str) -> None:
    """Draw the grid.

    Args:
        sheet: the batch as one picture of 8 by 8 digits, a `data:` address.
        labels: the label of each digit in the batch.
        chosen: which digit is framed.
        name: what the grid is, for those who do not see it.
    """
    _component(
        key=KEY,
        data={"sheet": sheet, "labels": list(labels), "chosen": chosen, "name": name},
        on_chosen_change=_choose,
    )


def _choose() -> None:
    chosen = st.session_state[KEY].chosen
    if isinstance(chosen, int):
        state.choose(chosen)
