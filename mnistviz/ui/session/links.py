"""The link: which widgets it holds, and what becomes of its bad values."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mnistviz.spec.fields import FIELDS, Allowed, SpecError, Value
from mnistviz.spec.link import read_link
from mnistviz.ui.pages import FLAGS
from mnistviz.ui.session import choices, lesson
from mnistviz.words import read
from mnistviz.words.untrusted import plain

PROBLEMS = "link_problems"
"""The session's list of what was wrong with its link; it exists once the link was read."""

REQUESTED = "link_asked"
"""The session's key of the values that its link requests, until the page has been drawn once."""

BOUND = "link_bound"
"""The session's keys of widgets that a link sets, of those that have been drawn."""

WEIGHTS_CHOSEN = "weights_chosen"
"""The session's key of whether somebody has chosen weights, by the link or by hand."""

FLAG_TEXTS = ("false", "true")

PRESENT = "present"
"""The key that has the page shown to a class. The browser alone reads and writes it."""

PRESENT_TEXTS = ("0", "1")

RESERVED = "$$ID"
"""What Streamlit's own names of elements begin with; its session state refuses such a key."""

SHOWN = 61
"""Characters of a bad value that are shown, with the `…` at the end of a long one."""


def check() -> None:
    """Read the link of a new session; if values are bad, take them out and begin anew.

    The widgets would drop most bad values in silence, round some, and break on others.
    """
    if PROBLEMS in st.session_state:
        return
    query = st.query_params.to_dict()
    settings, read_errors = read_link(query)
    errors = [*read_errors, *_flag_errors(query)]
    rules, unknown = lesson.read_rules(query)
    lesson.keep(rules)
    st.session_state[PROBLEMS] = [*(describe(error) for error in errors), *unknown]
    # A widget of several choices stands in the link once for each of them.
    written = {key: st.query_params.get_all(key) for key in query if key not in FIELDS}
    requested = {
        key: [choices.current_wording(key, text) for text in texts]
        for key, texts in written.items()
    }
    st.session_state[REQUESTED] = requested
    bad = {error.field for error in errors}
    if "activation" in query and "activation" not in bad:
        st.session_state[PROBLEMS] += _uneven(query["activation"], settings)
    st.session_state[WEIGHTS_CHOSEN] = "weights" in query and "weights" not in bad
    bad |= {
        key
        for key, texts in requested.items()
        if key not in lesson.KEYS and any(map(_breaks_a_widget, texts))
    }
    refused = [key for key in query if not key or key.startswith(RESERVED)]
    st.session_state[PROBLEMS] += [_describe_refused(key, query[key]) for key in refused[:1]]
    bad |= set(refused)
    # The widgets want each value once, and written in one way: 3, not 03.
    mended = {
        key: [str(settings[key])] if key in FIELDS else requested[key]
        for key in query
        if key not in bad
    }
    odd = any(
        FIELDS[key].choices or isinstance(FIELDS[key].default, int)
        for key in query
        if key in FIELDS and st.query_params.get_all(key) != mended.get(key)
    )
    if bad or odd or requested != written:
        st.query_params.from_dict(mended)
        st.rerun()


def check_page() -> bool:
    """Compare what the link requested of the page's own widgets with what they hold now.

    A page knows its limits only when it is drawn; its widgets pass over what they cannot hold, in
    silence.

    Returns:
        Whether there is something new to say.
    """
    requested: dict[str, list[str]] = st.session_state.pop(REQUESTED, {})
    passed_over = [
        _describe_passed_over(key, text)
        for key, texts in requested.items()
        # The session holds more than widgets: what is not a link's to set, no link asks about.
        if key in _bound() and key in st.session_state
        for text in (texts if isinstance(st.session_state[key], list) else texts[-1:])
        if not _holds(key, text)
    ]
    st.session_state[PROBLEMS].extend(passed_over)
    return bool(passed_over)


def complete() -> None:
    """Write into the link what each setting holds, where the address has lost it.

    Each run begins with the address that the browser had when it asked for the run. After a press
    that was quicker than the answer to the one before, that is the address before both, and what
    the first one alone has set would be missing from then on. And the browser does not tell of a
    widget behind a closed button, so Streamlit takes that for gone when a page comes out of the
    history, and at times when one follows another on a slow machine, though it is drawn and holds
    what the link said.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as params:
        for key, field in FIELDS.items():
            binding, value = params.get_binding_for_param(key), st.session_state.get(key)
            # Those of a page's own default are in sight wherever they are drawn.
            is_usual = key == "weights" or value in (None, field.default)
            if binding and not is_usual and not params.has_param(key):
                text = str(value) if field.choices else value
                params.set_corrected_value(key, text, binding.value_type)


@contextmanager
def drawn_late(key: str) -> Iterator[None]:
    """Stand around a widget that a page may draw long after it was opened, as in an expander.

    The link's word for it is compared here if the page's own check has been before.
    """
    unknown = key not in st.session_state and REQUESTED not in st.session_state
    requested = st.query_params.get(key) if unknown else None
    yield
    if requested is not None and not _holds(key, requested):
        st.session_state[PROBLEMS].append(_describe_passed_over(key, requested))
        st.rerun()


def flag(key: str) -> dict[str, Any]:
    """Return what binds an expander or a switch to the link, to be given to Streamlit.

    A link is checked before its page is drawn, so `pages.PAGES` has to name the key.

    Raises:
        LookupError: it does not.
    """
    if key not in FLAGS:
        raise LookupError(f"{key} is no flag of a page in mnistviz/ui/pages.py")
    return {"key": key, "bind": "query-params"}


def bound(key: str) -> dict[str, Any]:
    """Return what binds a widget to the link and keeps it for its session.

    It is to be given to Streamlit. A page without the widget must not forget its value.
    """
    _bound().add(key)
    return {"key": key, "bind": "query-params", "persist_state": "session"}


def worded(key: str) -> dict[str, Any]:
    """Return what `bound` does, and what gives the options their words; see `choices`."""
    return {**bound(key), "format_func": partial(choices.text, key)}


def private(key: str) -> dict[str, Any]:
    """Return what keeps a widget for its session, to be given to Streamlit; no link sets it.

    What a person has answered to a question stays while other pages are looked at, and no link
    gives it away; what a link asks of it is passed over in silence.
    """
    return {"key": key, "persist_state": "session"}


def _bound() -> set[str]:
    keys: set[str] = st.session_state.setdefault(BOUND, set())
    return keys


def _describe_refused(key: str, text: str) -> str:
    link = plain(f"{key}={text}", SHOWN)
    return read("frame").parts["link_refused"].format(link=link)


def _describe_passed_over(key: str, text: str) -> str:
    value = _as_text(key, st.session_state[key])
    return (
        read("frame")
        .parts["link_passed_over"]
        .format(key=key, text=plain(text, SHOWN), value=value)
    )


def _holds(key: str, text: str) -> bool:
    value = st.session_state[key]
    if isinstance(value, str | list):
        values = [value] if isinstance(value, str) else value
        return text in [choices.text(key, one) for one in values]
    try:
        return float(text) == float(value)
    except (TypeError, ValueError):
        return False


def _as_text(key: str, value: object) -> str:
    if isinstance(value, list):
        return (
            ", ".join(choices.text(key, one) for one in value) or read("frame").parts["link_none"]
        )
    return f"{value:g}" if isinstance(value, float) else choices.text(key, value)


def _breaks_a_widget(text: str) -> bool:
    """Tell whether Streamlit's widgets fail on a text, where they pass over any other.

    Empty, it leaves a choice that has to be made without one; a number that is not finite does not
    become a whole number.
    """
    try:
        return not text or not math.isfinite(float(text))
    except ValueError:
        return False


def _texts(key: str) -> tuple[str, ...]:
    """Return what a link may say of what is on or off; first what it is by default."""
    return PRESENT_TEXTS if key == PRESENT else FLAG_TEXTS


def _flag_errors(query: Mapping[str, str]) -> list[SpecError]:
    return [
        SpecError(key, text, Allowed(_texts(key)))
        for key, text in query.items()
        if (key in FLAGS or key == PRESENT) and text not in _texts(key)
    ]


def describe(error: SpecError) -> str:
    """Describe what was wrong with one value of a link, and what the page took instead."""
    text = plain(str(error.value), SHOWN)
    is_setting = error.field in FIELDS
    default = FIELDS[error.field].default if is_setting else _texts(error.field)[0]
    return (
        read("frame")
        .parts["link_value"]
        .format(
            key=error.field, text=text, allowed=_describe_allowed(error.allowed), default=default
        )
    )


def _uneven(text: str, settings: Mapping[str, Value]) -> list[str]:
    """Describe a list of activations that has not one for each hidden layer, if it is such a one.

    Args:
        text: what the link asks for, without an error.
        settings: what the page uses.
    """
    named, layers = text.split(","), settings["layers"]
    if len(set(named)) == 1 or len(named) == layers:
        return []
    say, used = read("frame").parts["link_uneven"], settings["activation"]
    return [say.format(key="activation", text=text, named=len(named), layers=layers, used=used)]


def _describe_allowed(allowed: Allowed) -> str:
    """Describe what a setting may be."""
    if allowed.choices:
        listed = ", ".join(allowed.choices)
        if allowed.several == 1:
            return listed
        return read("settings").parts["several"].format(listed=listed, most=allowed.several)
    part = "whole" if allowed.whole else "real"
    return (
        read("settings")
        .parts[f"{part}_with" if allowed.condition else part]
        .format(minimum=allowed.minimum, maximum=allowed.maximum, given=allowed.condition)
    )


def show() -> None:
    """Show what was wrong with the link, until the person closes it."""
    problems = st.session_state[PROBLEMS]
    if problems:
        with st.container(horizontal=True, vertical_alignment="top", key="link_notice"):
            st.warning("\n\n".join(problems), icon=":material/link_off:")
            st.button(
                read("frame").parts["close"], key="close_link_notice", on_click=problems.clear
            )
