"""What goes on around every page in the browser alone; the server is not asked.

One component for all of it, as each costs: the terms and their panel, where the focus goes, what is
said aloud, and the way in which a page is presented. The JavaScript is by matter in `around/`.
"""

import re

import streamlit as st

from mnistviz.ui import pages
from mnistviz.ui.elements import components
from mnistviz.ui.frame import glossary
from mnistviz.ui.session import lesson, state
from mnistviz.ui.share import panel, teachers
from mnistviz.words import read, spoken


def _keys(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<kbd>\1</kbd>", text)


def _presenting() -> str:
    words = read("frame").parts
    return (
        f'<div class="presenting"><p class="keys">{_keys(words["present_keys"])}</p>'
        f'<p class="keys-without" hidden>{_keys(words["present_keys_without"])}</p>'
        f'<button type="button" class="leave">{words["present_leave"]}</button></div>'
    )


def _letters() -> str:
    """Return the box that switches the keys that are letters off: speech input presses them."""
    text = read("frame").parts["letters"]
    return f'<label class="letters"><input type="checkbox" checked>{text}</label>'


def _share() -> str:
    share, teach = read("share"), read("teachers")
    return glossary.dialog(
        "share", share.title, share.title, share.idea, panel.body()
    ) + glossary.dialog("teachers", teach.title, teach.title, teach.idea, teachers.body())


_around = components.make(
    "frame/around",
    _presenting() + glossary.panels(_share() + _letters()),
    css=(
        "elements/buttons",
        "frame/dialog",
        "frame/twins",
        "frame/glossary",
        "share/panel",
        "share/teachers",
    ),
    js=(
        "elements/dom",
        "elements/words",
        "elements/numbers",
        "frame/dialog",
        "frame/tables",
        "frame/twins",
        "frame/names",
        "frame/glossary",
        "frame/around/deep",
        "frame/around/watch",
        "frame/around/heading",
        "frame/around/focus",
        "frame/around/popovers",
        "frame/around/opening",
        "frame/around/said",
        "frame/around/held",
        "frame/around/paper",
        "frame/around/bar",
        "frame/around/present",
        "frame/around/pointer",
        "frame/around/keys",
        "frame/around/lesson",
        "frame/around/section",
        "frame/around/connection",
        "share/panel",
        "share/teachers",
    ),
)


_KEY = "glossary"

_AGAIN = "connection_again"
"""The session's key of the number with which a browser has asked for a run of the whole page."""

_WORDS = (
    "present",
    "present_help",
    "present_letter",
    "offline",
    "forgotten",
    "too_many_keys",
    "close",
)
"""The words of the button that presents the page, and of what the connection does not carry."""


def draw(page: str) -> None:
    """Draw the button that opens the glossary; with it, all else begins.

    Args:
        page: the name of the page: a new one is shown from its top.
    """
    words = read("frame").parts
    _around(
        key=_KEY,
        data={
            "page": page,
            "title": read(page).title,
            "idea": spoken(read(page).idea),
            "landing": page == pages.LANDING,
            "share": read("share").title,
            "section": pages.section_title(pages.about(page).section),
            "session": state.name(),
            "lesson": lesson.for_browser(),
            "words": {name: words[name] for name in _WORDS},
            "again": st.session_state.get(_AGAIN, 0),
        },
        on_again_change=_answer_again,
    )


def _answer_again() -> None:
    """Say that the whole page runs, for which a browser asks after its connection was gone."""
    asked = st.session_state[_KEY].again
    st.session_state[_AGAIN] = asked if isinstance(asked, int) else 0
