"""Open a page of the app in one of its states, and wait until nothing moves on it any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from playwright.sync_api import Page

from mnistviz.ui import pages

FOLDER = Path(__file__).parent
PATIENCE_MS = 60_000
STILL_PICTURES = 4
MOST_PICTURES = 600
CHART_PICTURES = 40
HIGHEST = 16_000
"""What the browser can draw at once."""

HEIGHTS = {1280: 720, 1920: 1080, 820: 1180, 768: 1024, 390: 844, 360: 800}
"""The heights of the windows whose width is not that of a desk."""

Sidebar = Literal["open", "closed"]

RUN_TO_ITS_END = """() =>
  document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
  && document.querySelector('.st-key-ways_on a')
  && !document.querySelector('[data-testid=stSkeleton]')
  && document.fonts.status === 'loaded'"""
"""The main script draws the ways on at its end."""

STILL = """([still, most, charts]) => new Promise((done) => {
  const box = (part) => {
    const { left, top, width, height } = part.getBoundingClientRect();
    return [left, top, width, height].map(Math.round);
  };
  const look = () => [...document.querySelectorAll(
    '[data-testid=stMainBlockContainer], [data-testid=stElementContainer], .main-svg,'
    + '[data-testid=stSidebar]')].map((part) => box(part).join()).join(';');
  const isAsLarge = (chart) => {
    const drawn = chart.querySelector('.main-svg');
    return !drawn || box(drawn).slice(2).join() === box(chart).slice(2).join();
  };
  const areDrawn = () => [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
    .every(isAsLarge);
  let [before, same, pictures] = ['', 0, 0];
  const next = () => {
    const now = look();
    same = now === before && (pictures >= charts || areDrawn()) ? same + 1 : 0;
    before = now;
    pictures += 1;
    if (same >= still || pictures >= most) done(pictures);
    else requestAnimationFrame(next);
  };
  next();
})"""
"""Plotly draws a chart anew some pictures after its place has another size; some never fit."""

UNSCROLLED = """() => {
  document.activeElement?.blur();
  const scrolled = [...document.querySelectorAll('html, body, #root, #root *')]
    .filter((part) => part.scrollLeft || part.scrollTop);
  for (const part of scrolled) part.scrollTo({ left: 0, top: 0, behavior: 'instant' });
}"""
"""The focus may have scrolled what nobody else can scroll."""


def height_for(width: int) -> int:
    """Return how high a window of this width usually is."""
    return HEIGHTS.get(width, 900 if width > 700 else 844)


def link(base: str, name: str, opened: bool = False, query: Mapping[str, str] | None = None) -> str:
    """Return the link to a page, on request with all its expanders open."""
    about = pages.about(name)
    keys = {f"{name}_{one}_open": "true" for one in about.expanders} if opened else {}
    path = "" if name == pages.LANDING else name
    return f"{base.rstrip('/')}/{path}?{urlencode({**keys, **(query or {})})}".rstrip("?")


def rest(page: Page) -> None:
    """Wait until nothing moves any more."""
    page.evaluate(STILL, [STILL_PICTURES, MOST_PICTURES, CHART_PICTURES])


def settle(page: Page) -> None:
    """Wait until the server has run the page to its end, and nothing moves on it."""
    page.wait_for_function(RUN_TO_ITS_END, timeout=PATIENCE_MS, polling="raf")
    rest(page)


def visit(page: Page, url: str) -> None:
    """Open a link, and wait until the page rests."""
    page.goto(url)
    settle(page)


def set_sidebar(page: Page, state: Sidebar) -> None:
    """Open or close the sidebar with Streamlit's own buttons, where it is not so yet."""
    if is_open(page) == (state == "open"):
        return
    button = "stExpandSidebarButton" if state == "open" else "stSidebarCollapseButton"
    page.evaluate(
        """id => {
          const part = document.querySelector(`[data-testid=${id}]`);
          (part.matches('button') ? part : part.querySelector('button')).click();
        }""",
        button,
    )
    page.wait_for_function(
        "collapsed => document.querySelector('[data-testid=stSidebar]')"
        ".dataset.collapsed === collapsed",
        arg="false" if state == "open" else "true",
    )
    rest(page)


def is_open(page: Page) -> bool:
    """Whether the sidebar is open."""
    sidebar = page.get_by_test_id("stSidebar")
    return sidebar.count() > 0 and sidebar.get_attribute("data-collapsed") == "false"


def resize(page: Page, width: int, height: int | None = None) -> None:
    """Give the window a size, and wait until the page has found its shape in it."""
    page.set_viewport_size({"width": width, "height": height or height_for(width)})
    page.evaluate(UNSCROLLED)
    rest(page)


@contextmanager
def whole(page: Page) -> Iterator[None]:
    """Make the window as high as the page for a while, so that nothing lies below the fold."""
    size = page.viewport_size
    assert size is not None
    high = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    high = min(int(high), HIGHEST)
    if high <= size["height"]:
        yield
        return
    resize(page, size["width"], high)
    try:
        yield
    finally:
        page.set_viewport_size(size)


def run(page: Page, *files: str, call: str, arg: Any = None) -> Any:
    """Run functions of the JavaScript files of this folder, and return what the call gives."""
    text = "\n".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in files)
    return page.evaluate(f"(given) => {{ {text}\n return {call}; }}", arg)
