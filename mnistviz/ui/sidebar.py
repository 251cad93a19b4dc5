"""The sidebar: one widget per setting, each bound to the URL by its key.

All of them are always drawn: one that appeared only when it has an effect would not write into the
link what a preset has given it.
"""

from functools import partial
from typing import Any

import streamlit as st

from mnistviz.fields import FIELDS, MAX_LAYERS, Init
from mnistviz.spec import PRESETS
from mnistviz.ui import state

ON_CHANGE = dict.fromkeys(("data", "batch", "image"), state.keep_place)
"""What runs when a setting has changed, before the page does."""

NUMBER_WIDTH = 122
"""Pixels of a number field: two stand side by side."""


def draw() -> None:
    """Draw the whole sidebar."""
    with st.sidebar:
        _presets()
        st.subheader("Network", anchor=False)
        _pick("style")
        layers = int(_pick("layers"))
        with _row():
            for number in range(1, MAX_LAYERS + 1):
                _number(f"w{number}", disabled=number > layers)
        _select("activation", disabled=layers == 0)
        init, bias = _select("init"), _select("bias")
        with _row():
            _number("std", disabled=Init.NORMAL not in (init, bias))
            _number("constant", disabled=init != Init.CONSTANT)
            _number("seed")
        st.subheader("Digits", anchor=False)
        _pick("data")
        with _row():
            _number("batch")
            _number("image")


def _row() -> Any:
    return st.container(horizontal=True, gap="small")


def _presets() -> None:
    with st.container(key="presets", horizontal=True, gap="xsmall"):
        for number, (name, preset) in enumerate(PRESETS.items()):
            st.button(
                name,
                key=f"preset_{number + 1}",
                on_click=partial(state.apply, preset),
                width=NUMBER_WIDTH + 4,
            )
        st.button(
            "Reset all",
            key="reset",
            on_click=state.reset,
            help="Puts every setting to its default.",
            width=NUMBER_WIDTH + 4,
            type="tertiary",
        )


def _more(key: str) -> dict[str, Any]:
    """Return what the widgets of all settings have in common."""
    return {
        "key": key,
        "help": FIELDS[key].help,
        "on_change": ON_CHANGE.get(key),
        "bind": "query-params",
    }


def _pick(key: str) -> str | int:
    """Draw a setting of few choices as buttons in a row."""
    field = FIELDS[key]
    options: list[str] | list[int] = list(field.choices)
    if not field.choices:
        options = list(range(int(field.minimum), int(field.maximum) + 1))
    picked: Any = st.segmented_control(
        field.label,
        options,
        default=field.default,
        required=True,
        width="stretch",
        **_more(key),
    )
    return str(picked) if field.choices else int(picked)


def _select(key: str, disabled: bool = False) -> str:
    field = FIELDS[key]
    index = field.choices.index(str(field.default))
    return str(
        st.selectbox(field.label, field.choices, index=index, disabled=disabled, **_more(key))
    )


def _number(key: str, disabled: bool = False) -> None:
    field = FIELDS[key]
    # The widget wants its four numbers of one type; the field's default says which.
    if isinstance(field.default, int):
        st.number_input(
            field.label,
            min_value=int(field.minimum),
            max_value=int(field.maximum),
            value=field.default,
            step=int(field.step),
            width=NUMBER_WIDTH,
            disabled=disabled,
            **_more(key),
        )
    else:
        st.number_input(
            field.label,
            min_value=float(field.minimum),
            max_value=float(field.maximum),
            value=float(field.default),
            step=float(field.step),
            format="%g",
            width=NUMBER_WIDTH,
            disabled=disabled,
            **_more(key),
        )
