"""The pages that are built as those of the lesson are, and how a link opens all of one."""

from __future__ import annotations

from mnistviz.ui import pages

LESSON = pages.SECTIONS["lesson"]

PAGES = (*LESSON, "inside")
"""The pages of the lesson, and those of the lab that are built as they are."""


def opened(name: str) -> dict[str, str]:
    """The keys of a link by which every expander of a page is open."""
    (page,) = (page for page in pages.PAGES if page.name == name)
    return {f"{name}_{expander}_open": "true" for expander in page.expanders}
