"""The sidebar: the network and the set of digits, one widget per setting.

Which digit is in hand stands on the pages, beside the digit itself. All widgets are always drawn:
one that appeared only when it has an effect would not write into the link what a preset has given
it.
"""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistviz.spec.fields import MAX_LAYERS, Init
from mnistviz.spec.presets import PRESETS
from mnistviz.ui.elements import widgets
from mnistviz.ui.session import state
from mnistviz.words import read
from mnistviz.words.quantities import epochs


def draw(with_training: bool = False) -> None:
    """Draw the whole sidebar.

    Args:
        with_training: whether the page has drawn the settings of the training already.
    """
    with st.sidebar:
        _presets()
        st.subheader(read("frame").parts["network"], anchor=False)
        widgets.pick("style")
        layers = int(widgets.pick("layers"))
        with _row():
            for number in range(1, MAX_LAYERS + 1):
                widgets.number(f"w{number}", disabled=number > layers)
        widgets.select("activation", disabled=layers == 0)
        _start_values()
        widgets.number("seed")
        widgets.pick("data")
        widgets.pick("weights")
        if not with_training:
            _training()


def _row() -> DeltaGenerator:
    return st.container(horizontal=True, gap="small")


def _start_values() -> None:
    """Draw how weights and biases start, behind a button that says it.

    A closed popover costs the browser nothing at a click, and its widgets are read from the
    link and written into it all the same.
    """
    now = state.settings()
    label = read("frame").parts["start_values"].format(init=now["init"], bias=now["bias"])
    with st.popover(label, key="start_values", width="stretch"):
        init, bias = widgets.select("init"), widgets.select("bias")
        with _row():
            widgets.number("std", disabled=Init.NORMAL not in (init, bias))
            widgets.number("constant", disabled=init != Init.CONSTANT)


def _training() -> None:
    """Draw how the network is trained, behind a button that says it."""
    now = state.settings()
    label = (
        read("frame")
        .parts["how_trained"]
        .format(optimizer=now["optimizer"], lr=f"{now['lr']:g}", epochs=epochs(int(now["epochs"])))
    )
    with st.popover(label, key="training", width="stretch"):
        training_settings()


def training_settings() -> None:
    """Draw the settings of the training, one beside the other."""
    with st.container(key="training_settings", horizontal=True, gap="small"):
        widgets.pick("optimizer", width="content")
        for key in ("lr", "batch_size", "epochs"):
            widgets.number(key)


def _presets() -> None:
    settings, words = read("settings").parts, read("frame").parts
    with st.container(key="presets", horizontal=True, gap="xsmall"):
        for number, (name, preset) in enumerate(PRESETS.items()):
            st.button(
                settings[f"preset_{name}"],
                key=f"preset_{number + 1}",
                on_click=partial(state.apply, preset),
                width=widgets.NUMBER_WIDTH + 4,
            )
        st.button(
            words["reset"],
            key="reset",
            on_click=state.reset,
            help=words["reset_help"],
            width=widgets.NUMBER_WIDTH + 4,
            type="tertiary",
        )
