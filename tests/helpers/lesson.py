"""The pages that are built as those of the lesson are, and how a link opens all of one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from mnistviz.ui import pages
from mnistviz.words import read

ROOT = Path(__file__).resolve().parents[2]

LESSON = pages.SECTIONS["The lesson"]

PAGES = (*LESSON, "inside")
"""The pages of the lesson, and those of the lab that are built as they are."""


@cache
def opened(page: str) -> dict[str, str]:
    """The keys of a link by which every expander of a page is open."""
    sources = (ROOT / "mnistviz" / "ui" / page).rglob("*.py")
    keys = {
        key
        for source in sources
        for key in re.findall(rf'"({page}_\w+_open)"', source.read_text(encoding="utf-8"))
    }
    assert keys
    if "exercise" in read(page).parts:
        keys.add(f"{page}_exercise_open")
    # The one that all pages have.
    keys.add(f"{page}_code_open")
    return dict.fromkeys(sorted(keys), "true")


def every(page: str) -> dict[str, str]:
    """The keys of a link by which every expander of a page is open, the landing page too."""
    if page != "classify":
        return opened(page)
    return dict.fromkeys([f"classify_{name}_open" for name in ("layers", "model", "code")], "true")
