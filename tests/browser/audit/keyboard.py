"""The way of the Tab key through a page."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

from .faults import Fault
from .visit import run

MOST_TABS = 60
LINE = 3
"""How many pixels wide the line has to be that shows the focus."""


@dataclass(frozen=True)
class Way:
    """The Tabs to the first control of the page, all stops, and those where focus is not seen."""

    tabs: int
    stops: tuple[str, ...]
    pale: tuple[Fault, ...]


def walk(page: Page, tabs: int = MOST_TABS, beyond: int = 0) -> Way:
    """Press Tab from the top of a page that has just been opened.

    Args:
        page: The tab.
        tabs: How often at most.
        beyond: How often more, once the first control is reached: to see more of the focus.
    """
    page.evaluate("document.activeElement?.blur(), document.querySelector('#root')?.scrollTo(0, 0)")
    stops, pale, first, last = [], [], 0, tabs
    for count in range(1, tabs + 1):
        page.keyboard.press("Tab")
        at = run(page, "dom", "keyboard", call="focused()")
        if at is None:
            stops.append("(nothing)")
            continue
        stops.append(f"{at['path']} “{at['text']}”")
        if at["line"] < LINE:
            pale.append(Fault("focus", at["path"], at["text"], f"line of {at['line']:g} px"))
        counts = at["inMain"] and not (at["isLink"] or at["isHelp"] or at["isScroller"])
        if counts and not first:
            first, last = count, count + beyond
        if count >= last:
            break
    return Way(first or tabs + 1, tuple(stops), tuple(dict.fromkeys(pale)))
