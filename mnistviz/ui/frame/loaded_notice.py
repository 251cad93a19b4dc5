"""The notice where loaded weights are requested and cannot be shown, with what helps.

Above the page for who comes by a link; in the sidebar for who has set there what cannot be shown.
"""

from enum import StrEnum

import streamlit as st

from mnistviz.spec.fields import CLASSES, INPUTS, Weights
from mnistviz.ui import pages
from mnistviz.ui.session import loaded, state
from mnistviz.words import read

BY_LINK = "loaded_notice_by_link"
"""The session's key of whether one has come by a link that cannot be shown."""


class Trouble(StrEnum):
    """What is the matter; each is a part of the lesson of the frame."""

    NOTHING = "loaded_nothing"
    OTHER_LAYERS = "loaded_other_layers"
    GONE = "loaded_gone"


def find_trouble() -> Trouble | None:
    """Return why requested loaded weights are not in hand; None if nothing is amiss."""
    wants_loaded = state.settings()["weights"] == Weights.LOADED
    if not wants_loaded or state.current().network.loaded:
        return None
    mine = loaded.mine()
    if mine is None:
        return Trouble.NOTHING
    return Trouble.GONE if mine.layers is None else Trouble.OTHER_LAYERS


def show_above(arrives: bool) -> None:
    """Say above the page what no setting of this visit has led to, for as long as it lasts.

    Args:
        arrives: whether this run is the first one of the visit.
    """
    problem = find_trouble()
    if problem is None:
        st.session_state.pop(BY_LINK, None)
        return
    if arrives:
        st.session_state[BY_LINK] = True
    if _is_above(problem):
        _draw(problem)


def show_in_sidebar() -> None:
    """Say beside the settings what they have led to: there it pushes nothing."""
    problem = find_trouble()
    if problem is not None and not _is_above(problem):
        with st.sidebar:
            _draw(problem)


def _is_above(problem: Trouble) -> bool:
    return problem is Trouble.GONE or BY_LINK in st.session_state


def _draw(problem: Trouble) -> None:
    words = read("frame").parts
    with st.container(key="loaded_notice"):
        st.warning(_describe(problem), icon=":material/folder_off:")
        with st.container(key="loaded_ways", horizontal=True, vertical_alignment="center"):
            if problem is Trouble.OTHER_LAYERS:
                st.button(
                    words["loaded_layers"], key="loaded_use_layers", on_click=loaded.use_layers
                )
            else:
                label = words["loaded_load" if problem is Trouble.NOTHING else "loaded_again"]
                st.page_link(pages.page(pages.LOADS), label=label, icon=":material/upload_file:")
            st.button(
                words["loaded_initial"],
                key="loaded_initial",
                on_click=state.apply,
                args=({"weights": Weights.INITIAL.value},),
                disabled=state.is_refused({"weights": Weights.INITIAL.value}),
            )


def _describe(problem: Trouble) -> str:
    mine = loaded.mine()
    return (
        read("frame")
        .parts[problem]
        .format(
            name=loaded.name(),
            file=_architecture(mine.hidden) if mine else "",
            asked=_architecture(state.current().network.hidden),
        )
    )


def _architecture(hidden: tuple[int, ...]) -> str:
    return f"`{' → '.join(str(size) for size in (INPUTS, *hidden, CLASSES))}`"
