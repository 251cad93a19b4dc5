"""The rules of axe-core, and those of their violations that are Streamlit's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from playwright.sync_api import Page

from .faults import Fault
from .visit import FOLDER, run, whole


@dataclass(frozen=True)
class Known:
    """A violation that Streamlit's own markup causes, whatever the page holds."""

    rule: str
    target: str
    reason: str

    def holds(self, rule: str, target: str, html: str) -> bool:
        """Whether this is it: the pattern is in its selector or in its markup."""
        return rule == self.rule and re.search(self.target, f"{target}\n{html}") is not None


STREAMLITS = (
    Known(
        "presentation-role-conflict",
        "stFileUploaderDropzone",
        "the area to drop a file on has a role without a meaning, and a name all the same; the"
        " button in it is what the keyboard and a screen reader use",
    ),
    Known(
        "list",
        'data-testid="stSidebarNavItems"',
        "where the window is too narrow for the bar, the pages stand in the sidebar; the list of"
        " each section is a box in the list of all",
    ),
    Known(
        "listitem",
        r'\n<li class="st-emotion-cache',
        "the pages of a section, in that box",
    ),
)
"""Streamlit's own violations: each was seen on a page, and no word or style of ours causes it."""


@cache
def _source() -> str:
    return (FOLDER / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, rules: tuple[str, ...] = ()) -> list[Fault]:
    """Return the violations of ours, with the window as high as the page; see `visit.whole`.

    Args:
        page: The tab.
        rules: Only these; without any, all rules, best practice too.
    """
    with whole(page):
        if not page.evaluate("'axe' in window"):
            page.evaluate(_source())
        found = run(page, "dom", "rules", call="rules(given)", arg=list(rules) or None)
    return [_read(one) for one in found if not is_streamlits(one)]


def is_streamlits(one: dict[str, Any]) -> bool:
    """Whether a violation is on the list of Streamlit's own."""
    return any(known.holds(one["id"], one["target"], one["html"]) for known in STREAMLITS)


def _read(one: dict[str, Any]) -> Fault:
    html = re.sub(r"\s+", " ", one["html"])
    why = re.sub(r"\s+", " ", one["why"])
    return Fault(f"axe {one['id']}", one["path"], one["text"], f"{why} {html}")
