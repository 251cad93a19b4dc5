"""What the eye and the hand find wrong: text that is cut, parts that overlap, small targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from .visit import run


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        kind: What is wrong with it.
        path: Where on the page: its nearest key, and the element.
        text: How the text there begins.
        more: Figures, or what it lies over.
    """

    kind: str
    path: str
    text: str = ""
    more: str = ""

    def __str__(self) -> str:
        text = f" “{self.text}”" if self.text else ""
        return f"{self.kind}: {self.path}{text} {self.more}".rstrip()


@dataclass(frozen=True)
class Equal:
    """A small target that has an equal one, large enough, on the same page."""

    path: str
    instead: str


EQUALS: tuple[Equal, ...] = ()
"""Small targets whose size is their content, and what does the same."""


def brief(found: Iterable[Fault]) -> list[str]:
    """Say each kind of fault in a place once, and how often it is there."""
    groups: dict[tuple[str, str], list[Fault]] = {}
    for one in found:
        groups.setdefault((one.kind, one.path), []).append(one)
    return [
        f"{group[0]} (and {len(group) - 1} more here)" if len(group) > 1 else str(group[0])
        for group in groups.values()
    ]


def overlaps(page: Page) -> list[Fault]:
    """Find what is cut, laid over something else, or beyond the side of the window."""
    return [_read(found) for found in run(page, "dom", "overlap", call="overlap()")]


def small_targets(page: Page) -> list[Fault]:
    """Find what is under 44 x 44 pixels to a finger, in a tab that has touch; see `EQUALS`."""
    found = [_read(one) for one in run(page, "dom", "touch", call="touch()")]
    return [one for one in found if not any(equal.path in one.path for equal in EQUALS)]


def small_letters(page: Page, least: float) -> list[Fault]:
    """Find texts of the main block's first screen that are written smaller than `least` pixels."""
    found = run(page, "letters", call=f"letters({least})")
    return [Fault("small letters", text) for text in found]


def heading_faults(page: Page, title: str) -> list[Fault]:
    """Check the headings, and the title of the document.

    Args:
        page: The tab.
        title: What the page calls itself.

    Returns:
        What is wrong: not one first heading, a level left out, another title.
    """
    told = run(page, "dom", "headings", call="headings()")
    faults = []
    if told["title"] != f"{title} · mnistviz":
        faults.append(Fault("title", "document", told["title"]))
    found: Sequence[dict[str, Any]] = told["found"]
    first = [one for one in found if one["level"] == 1]
    if len(first) != 1:
        faults.append(Fault("headings", "document", more=f"{len(first)} of level 1"))
    before = 0
    for one in found:
        if one["level"] > before + 1:
            more = f"h{one['level']} after {f'h{before}' if before else 'nothing'}"
            faults.append(Fault("headings", one["path"], one["text"], more))
        before = one["level"]
    return faults


def _read(found: dict[str, Any]) -> Fault:
    more = f"{found.get('size', '')} at {found['rect']}"
    if "over" in found:
        over = found["over"]
        more += f" and {over['path']} “{over['text']}” at {over['rect']}"
    return Fault(found["kind"], found["path"], found["text"], more.strip())
