"""Which pages there are, in which order, and the way from one to the next."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mnistviz.words import read

FOLDER = Path(__file__).parent.parent.parent / "pages"

SECTIONS: dict[str, tuple[str, ...]] = {
    "": ("classify",),
    "lesson": (
        "digits",
        "tensors",
        "softmax",
        "modules",
        "activations",
        "initialization",
    ),
    "lab": ("train", "inside", "clinic", "draw"),
}
"""The names of the pages, by the section of the navigation; the first page is the landing page."""


def section_title(section: str) -> str:
    """Return a section's name on the screen; nothing for the one without a name."""
    return read("frame").parts[f"section_{section}"] if section else ""


def page(name: str) -> StreamlitPage:
    """Return a page as Streamlit's navigation knows it."""
    return st.Page(FOLDER / f"{name}.py", title=read(name).title, default=name == "classify")


def place(name: str) -> str:
    """Say where a page stands in its section; nothing for a page that stands alone."""
    for section, names in SECTIONS.items():
        if section and name in names:
            words = read("frame").parts["place"]
            return words.format(
                section=section_title(section), number=names.index(name) + 1, of=len(names)
            )
    return ""


def link_to_next(name: str) -> None:
    """Show the way to the page after this one."""
    names = [name for section in SECTIONS.values() for name in section]
    after = names[(names.index(name) + 1) % len(names)]
    st.page_link(
        page(after),
        label=read("frame").parts["next"].format(title=read(after).title),
        icon=":material/arrow_forward:",
        icon_position="right",
    )
