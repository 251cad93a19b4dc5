"""How much of a page jumps: while it loads, and after a click."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page, TimeoutError

from .visit import FOLDER, run, settle

ANSWER_MS = 400
"""How long a click may take until the server is seen to run."""

STARTED = (
    "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'running'"
)


@dataclass(frozen=True)
class Shift:
    """The sum of the layout's shifts, and what has moved in each."""

    total: float
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return "\n    ".join((f"layout shift {self.total:.3f}", *self.steps))


def keep_shifts(at: BrowserContext | Page) -> None:
    """Let every page that is opened from now on keep its shifts."""
    at.add_init_script(path=FOLDER / "shift.js")


def shift_on_load(page: Page) -> Shift:
    """Return the shifts since the page began, but for those that follow an input."""
    return _read(page, since=0, load=True)


def shift_after(page: Page, act: Callable[[], object], opened: str | None = None) -> Shift:
    """Return what jumps after a click.

    The browser leaves out what moves within half a second after an input, as it may be what the
    person wanted. Here a click changes numbers, not places: every shift counts, but for what lies
    below a part that was opened on purpose.

    Args:
        page: The tab.
        act: The click.
        opened: The selector of what it opens.
    """
    since = page.evaluate("performance.now()")
    act()
    # A click that the browser answers by itself never starts the server.
    with suppress(TimeoutError):
        page.wait_for_function(STARTED, timeout=ANSWER_MS, polling="raf")
    settle(page)
    return _read(page, since=since, opened=opened)


def _read(page: Page, since: float, opened: str | None = None, load: bool = False) -> Shift:
    given = {"since": since, "opened": opened, "load": load}
    entries = run(page, "dom", "shifts", call="shifts(given)", arg=given)
    steps = [
        f"{entry['value']:.3f} at {entry['time']} ms: {'; '.join(entry['moved'])}"
        for entry in entries
        if entry["value"] >= 0.002
    ]
    return Shift(sum(entry["value"] for entry in entries), tuple(steps))
