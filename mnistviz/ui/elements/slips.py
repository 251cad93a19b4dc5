"""The choice of a slip, and the switch that mends it."""

from collections.abc import Iterable

import streamlit as st

from mnistviz.ui.session import links
from mnistviz.words import Lesson


def choose(lesson: Lesson, name: str, slips: Iterable[str]) -> tuple[str, bool]:
    """Let the person choose a slip; each is shown before it is mended.

    Args:
        lesson: the page's words, with the parts NAME and `mend`.
        name: what the slips are, the end of the widget's key: PAGE_NAME.
        slips: their names, the first of them at first.

    Returns:
        The slip, and whether it is mended.
    """
    names, mended_key = list(slips), f"{lesson.name}_mended"

    def break_again() -> None:
        st.session_state[mended_key] = False

    with st.container(horizontal=True, vertical_alignment="bottom"):
        slip = st.pills(
            lesson.parts[name],
            names,
            default=names[0],
            required=True,
            on_change=break_again,
            **links.worded(f"{lesson.name}_{name}"),
        )
        mended = st.toggle(lesson.parts["mend"], persist_state="session", **links.flag(mended_key))
    # A link with nothing behind the key leaves even required pills without a choice.
    return str(slip or names[0]), mended
