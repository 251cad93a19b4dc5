"""The sidebar: one widget per setting, each bound to the URL by its key."""

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistviz.fields import FIELDS, MAX_LAYERS, Bias, Init
from mnistviz.spec import PRESETS
from mnistviz.ui import state

ON_CHANGE = dict.fromkeys(("data", "batch", "image"), state.keep_place)
"""What runs when a setting has changed, before the page does."""


def draw() -> None:
    """Draw the whole sidebar. Every setting is always there, so that none is ever forgotten."""
    with st.sidebar:
        _presets()
        st.subheader("Network", anchor=False)
        _pick("style")
        _pick("layers")
        layers = int(st.session_state["layers"])
        for row in range(1, MAX_LAYERS, 2):
            left, right = st.columns(2)
            _number("w" + str(row), left, disabled=layers < row)
            _number("w" + str(row + 1), right, disabled=layers < row + 1)
        _select("activation", disabled=layers == 0)
        _select("init")
        _select("bias")
        normal = st.session_state["init"] == Init.NORMAL or st.session_state["bias"] == Bias.NORMAL
        left, right = st.columns(2)
        _number("std", left, disabled=not normal)
        _number("constant", right, disabled=st.session_state["init"] != Init.CONSTANT)
        _number("seed", st.container())
        st.subheader("Digits", anchor=False)
        _pick("data")
        left, right = st.columns(2)
        _number("batch", left)
        _number("image", right)


def _presets() -> None:
    with st.container(key="presets"):
        st.caption("Start from")
        columns = st.columns(2, gap="xsmall")
        for number, (name, preset) in enumerate(PRESETS.items()):
            columns[number % 2].button(
                name,
                key=f"preset_{number + 1}",
                on_click=partial(state.apply, preset),
                width="stretch",
            )
        columns[1].button(
            "Reset all",
            key="reset",
            on_click=state.reset,
            help="Puts every setting to its default.",
            width="stretch",
            type="tertiary",
        )


def _pick(key: str) -> None:
    """Draw a setting of few choices as buttons in a row."""
    field = FIELDS[key]
    options: list[str] | list[int] = list(field.choices)
    if not field.choices:
        options = list(range(int(field.minimum), int(field.maximum) + 1))
    st.segmented_control(
        field.label,
        options,
        default=field.default,
        required=True,
        key=key,
        help=field.help,
        on_change=ON_CHANGE.get(key),
        bind="query-params",
        width="stretch",
    )


def _select(key: str, disabled: bool = False) -> None:
    field = FIELDS[key]
    st.selectbox(
        field.label,
        field.choices,
        index=field.choices.index(str(field.default)),
        key=key,
        help=field.help,
        disabled=disabled,
        bind="query-params",
    )


def _number(key: str, place: DeltaGenerator, disabled: bool = False) -> None:
    field = FIELDS[key]
    more: dict[str, Any] = {
        "key": key,
        "help": field.help,
        "on_change": ON_CHANGE.get(key),
        "disabled": disabled,
        "bind": "query-params",
    }
    # The widget wants its four numbers of one type; the field's default says which.
    if isinstance(field.default, int):
        place.number_input(
            field.label,
            min_value=int(field.minimum),
            max_value=int(field.maximum),
            value=field.default,
            step=int(field.step),
            **more,
        )
    else:
        place.number_input(
            field.label,
            min_value=float(field.minimum),
            max_value=float(field.maximum),
            value=float(field.default),
            step=float(field.step),
            format="%g",
            **more,
        )
