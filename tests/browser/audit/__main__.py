"""Print what is wrong with the pages of a running server.

python -m tests.browser.audit http://localhost:8501 --pages softmax,train --widths 390,820
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator

from playwright.sync_api import Browser, Page

from mnistviz.ui import pages
from mnistviz.words import read
from tests.serving import browser

from . import visit
from .contrast import pale
from .faults import brief, heading_faults, overlaps, small_targets
from .keyboard import walk
from .motion import keep_shifts, shift_on_load
from .rules import violations

CHECKS = ("overlap", "touch", "shift", "axe", "contrast", "keyboard", "headings")
WIDTHS = (360, 390, 768, 820, 1024, 1280, 1400, 1920)
MOST_TABS = 12
FINGER = 820
"""Up to this width a window is one that is touched."""


def options(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""

    def words(text: str) -> list[str]:
        return [one for one in text.split(",") if one]

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="where the server listens, as http://localhost:8501")
    parser.add_argument("--pages", type=words, default=[page.name for page in pages.PAGES])
    parser.add_argument("--widths", type=words, default=[str(width) for width in WIDTHS])
    parser.add_argument("--checks", type=words, default=list(CHECKS))
    parser.add_argument("--open", action="store_true", help="with all expanders open")
    parser.add_argument("--query", action="append", default=[], help="more of the link: k=v")
    parser.add_argument("--scheme", choices=("light", "dark"), default="light")
    parser.add_argument("--sidebar", choices=("open", "closed"), help="else as the app has it")
    parser.add_argument("--stops", action="store_true", help="list the stops of the Tab key")
    return parser.parse_args(given)


def main() -> int:
    """Print the faults; return how the command ended."""
    given = options()
    total = 0
    with browser() as launched:
        for name in given.pages:
            for line in page_faults(launched, given, name):
                print(f"{name} {line}", flush=True)
                total += 1
    print(f"{total} faults")
    return 1 if total else 0


def page_faults(launched: Browser, given: argparse.Namespace, name: str) -> Iterator[str]:
    """Open a page, with a mouse and with touch as its widths ask for it, and give its faults."""
    widths = [int(width) for width in given.widths]
    for is_touched in (False, True):
        mine = [width for width in widths if (width <= FINGER) == is_touched]
        if not mine:
            continue
        context = launched.new_context(
            viewport={"width": mine[0], "height": visit.height_for(mine[0])},
            has_touch=is_touched,
            is_mobile=is_touched,
            color_scheme=given.scheme,
        )
        keep_shifts(context)
        try:
            yield from _faults(context.new_page(), given, name, mine)
        finally:
            context.close()


def _faults(page: Page, given: argparse.Namespace, name: str, widths: list[int]) -> Iterator[str]:
    query = dict(one.split("=", 1) for one in given.query)
    visit.visit(page, visit.link(given.url, name, given.open, query))
    yield from _once(page, given, name, widths[0])
    for width in widths:
        visit.resize(page, width)
        if given.sidebar:
            visit.set_sidebar(page, given.sidebar)
        if "overlap" in given.checks:
            yield from _said(width, brief(overlaps(page)))
        if "touch" in given.checks and width <= FINGER:
            yield from _said(width, brief(small_targets(page)))
        if "axe" in given.checks:
            yield from _said(width, brief(violations(page)))
        if "contrast" in given.checks:
            yield from _said(width, brief(pale(page)))


def _once(page: Page, given: argparse.Namespace, name: str, width: int) -> Iterator[str]:
    """Give what does not change with the width, and what only a page just opened can tell."""
    if "shift" in given.checks:
        shift = shift_on_load(page)
        if shift.total >= 0.05:
            yield from _said(width, [shift])
    if "headings" in given.checks:
        yield from _said(width, heading_faults(page, read(name).title))
    if "keyboard" in given.checks:
        way = walk(page, beyond=10)
        if way.tabs > MOST_TABS:
            yield from _said(width, [f"keyboard: {way.tabs} Tabs to the first control"])
        yield from _said(width, way.pale)
        if given.stops:
            yield from _said(width, way.stops)


def _said(width: int, found: Iterable[object]) -> Iterator[str]:
    return (f"{width}: {one}" for one in found)


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(code)
