"""Widgets bound to the URL by their key: those of the settings, and choices of the pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st

from mnistviz.spec.fields import FIELDS, Value
from mnistviz.ui.session import lesson, links, state
from mnistviz.words import read

Option = TypeVar("Option")

ON_CHANGE = {
    **dict.fromkeys(("data", "split", "batch", "image"), state.keep_place),
    "weights": state.choose_weights,
}
"""What runs when a setting has changed, before the page does."""

NUMBER_WIDTH = 122
"""Pixels of a number field: two stand side by side in the sidebar."""


def _words() -> Mapping[str, str]:
    return read("settings").parts


def _common(key: str) -> dict[str, Any]:
    """Return what the widgets of all settings have in common."""
    return {
        **links.bound(key),
        "help": _words()[f"{key}_help"],
        "on_change": ON_CHANGE.get(key),
        "disabled": lesson.is_locked(key),
    }


def pick(
    key: str, width: Literal["stretch", "content"] = "stretch", default: Value | None = None
) -> str | int:
    """Draw a setting of few choices as buttons in a row.

    Args:
        key: of the setting.
        width: of the row.
        default: what is selected as long as nobody selects anything; the setting's own default if
            it is not given.
    """
    field = FIELDS[key]
    options: list[str] | list[int] = list(field.choices)
    if not field.choices:
        options = list(range(int(field.minimum), int(field.maximum) + 1))
    picked: Any = st.segmented_control(
        _words()[key],
        options,
        default=field.default if default is None else default,
        required=True,
        width=width,
        **_common(key),
    )
    return str(picked) if field.choices else int(picked)


def select(key: str, more: str = "", on_select: Callable[[bool], None] | None = None) -> str:
    """Draw a setting of many choices as a list that opens; several chosen ones are one choice.

    Args:
        key: of the setting.
        more: a last option, if any, that is no value: whoever selects it leaves the setting as it
            is.
        on_select: runs when the person has selected something; whether it is `more`.
    """
    field, common = FIELDS[key], _common(key)
    index, now = field.choices.index(str(field.default)), str(state.settings()[key])
    options = [*field.choices, *([] if now in field.choices else [now]), *([more] if more else [])]

    def take() -> None:
        is_more = st.session_state[key] == more
        if is_more:
            st.session_state[key] = now
        if on_select is not None:
            on_select(is_more)

    if more:
        common["on_change"] = take
    return str(st.selectbox(_words()[key], options, index=index, **common))


def select_each(key: str, places: Sequence[str], chosen: Sequence[str]) -> None:
    """Draw a list for each of some places; what is chosen there is written under one key.

    Args:
        key: of the setting.
        places: what the person reads beside each choice.
        chosen: what is chosen now, for each place.
    """
    keys = [f"{key}_{number}" for number in range(1, len(places) + 1)]

    def take() -> None:
        named = ",".join(st.session_state[each] for each in keys)
        st.session_state[key] = FIELDS[key].check(named)

    for each, place, now in zip(keys, places, chosen, strict=True):
        # What is written closes a list that is open: only what differs is.
        if st.session_state.get(each) != now:
            st.session_state[each] = now
        st.selectbox(
            place,
            FIELDS[key].choices,
            key=each,
            on_change=take,
            disabled=lesson.is_locked(key),
        )


def number(key: str) -> None:
    """Draw a setting that is a number as a field with steps."""
    field, common = FIELDS[key], _common(key)
    # The widget wants its four numbers of one type; the field's default says which.
    if isinstance(field.default, int):
        st.number_input(
            _words()[key],
            min_value=int(field.minimum),
            max_value=int(field.maximum),
            value=field.default,
            step=int(field.step),
            width=NUMBER_WIDTH,
            **common,
        )
    else:
        st.number_input(
            _words()[key],
            min_value=float(field.minimum),
            max_value=float(field.maximum),
            value=float(field.default),
            step=float(field.step),
            format="%g",
            width=NUMBER_WIDTH,
            **common,
        )


def choose(
    key: str,
    label: str,
    options: Sequence[Option],
    more: str,
    default: Option | None = None,
    disabled: bool = False,
    on_change: Callable[[], None] | None = None,
) -> Option:
    """Draw a choice of a page as buttons in a row, one of them always selected.

    Args:
        key: of the widget, in the link too; it names the words of the options, see `choices`.
        label: what is chosen.
        options: what can be chosen.
        more: the help of the widget.
        default: what is selected at first; None for the first option.
        disabled: whether it can only be looked at.
        on_change: what runs when the person has selected another option, before the page does.

    Returns:
        The selected option.
    """
    selected: Option = st.segmented_control(
        label,
        options,
        default=options[0] if default is None else default,
        required=True,
        disabled=disabled,
        help=more,
        on_change=on_change,
        **links.worded(key),
    )
    return selected


def settings_to_try(
    label: str,
    presets: Mapping[str, Mapping[str, Value]],
    key: str,
    more: str | None = None,
) -> None:
    """Draw settings of the sidebar on a page too, as buttons; both always say the same.

    It belongs outside the page's fragment: a run of the fragment alone would leave sidebar and
    link as they were.

    Args:
        label: what is chosen.
        presets: what can be chosen: a name, and the settings that it stands for.
        key: of the widget.
        more: its help, if the names need one.
    """
    now = state.settings()
    fits = (
        name
        for name, preset in presets.items()
        if all(now[setting] == value for setting, value in preset.items())
    )
    st.session_state[key] = next(fits, None)

    def take() -> None:
        # A second press on the chosen one would leave none: there is nothing to take then.
        state.apply(presets.get(st.session_state[key], {}))

    # On a phone in several rows: what lies beside the screen would not be found.
    st.pills(label, list(presets), key=key, help=more, on_change=take, wrap=True)
