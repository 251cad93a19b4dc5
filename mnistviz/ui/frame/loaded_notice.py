"""The notice where loaded weights are requested and cannot be shown, with what helps."""

from enum import StrEnum

import streamlit as st

from mnistviz.spec.fields import CLASSES, INPUTS, Weights
from mnistviz.ui import pages
from mnistviz.ui.session import loaded, state
from mnistviz.words import read


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


def show() -> None:
    """Say what is the matter, for as long as it lasts, and offer what helps."""
    problem = find_trouble()
    if problem is None:
        return
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
