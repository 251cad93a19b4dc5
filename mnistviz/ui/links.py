"""A link with a bad value: said to the person, and mended before the widgets see it."""

from collections.abc import Mapping

import streamlit as st

from mnistviz.spec import FIELDS, SpecError, read_link

PROBLEMS = "link_problems"
"""The session's list of what was wrong with its link; it exists once the link was read."""

FLAGS = ("zoom", "layers_open", "model_open", "code_open")
"""Keys of what is on or off on a page; off is the default."""

FLAG_TEXTS = ("false", "true")

SHOWN = 60
"""Characters of a bad value that are shown."""


def check() -> None:
    """Read the link of a new session; if values are bad, take them out and begin anew.

    The widgets would drop most bad values in silence, round some, and break on others.
    """
    if PROBLEMS in st.session_state:
        return
    query = st.query_params.to_dict()
    settings, read_errors = read_link(query)
    errors = [*read_errors, *_flag_errors(query)]
    st.session_state[PROBLEMS] = [sentence(error) for error in errors]
    bad = {error.field for error in errors}
    # The widgets want each value once, and written in one way: 3, not 03.
    mended = {
        key: str(settings.get(key, text)) if key in FIELDS else text
        for key, text in query.items()
        if key not in bad
    }
    odd = any(
        FIELDS[key].choices or isinstance(FIELDS[key].default, int)
        for key in query
        if key in FIELDS and st.query_params.get_all(key) != [mended.get(key)]
    )
    if errors or odd:
        st.query_params.from_dict(mended)
        st.rerun()


def _flag_errors(query: Mapping[str, str]) -> list[SpecError]:
    return [
        SpecError(key, query[key], ", ".join(FLAG_TEXTS))
        for key in FLAGS
        if key in query and query[key] not in FLAG_TEXTS
    ]


def sentence(error: SpecError) -> str:
    """Say what was wrong with one value of a link, and what the page took instead."""
    # The value is a stranger's text: as code, on one line, without what would end the code.
    value = " ".join(str(error.value).splitlines())
    shown = value.replace("`", "'")[:SHOWN] + ("…" if len(value) > SHOWN else "")
    default = FIELDS[error.field].default if error.field in FIELDS else FLAG_TEXTS[0]
    return (
        f"The link asks for `{error.field}={shown}`, which is not possible. Allowed: "
        f"{error.allowed}. The page uses {default}, the default."
    )


def show() -> None:
    """Show what was wrong with the link, until the person closes it."""
    problems = st.session_state[PROBLEMS]
    if problems:
        with st.container(horizontal=True, vertical_alignment="top", key="link_notice"):
            st.warning("\n\n".join(problems), icon=":material/link_off:")
            st.button("Close", key="close_link_notice", on_click=problems.clear)
