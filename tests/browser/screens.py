"""A page on each screen that it has to hold together on, and whether it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.conftest import watched

PHONE = (390, 844)
SIZES = (PHONE, (1400, 900), (1920, 1080))

each_screen = pytest.mark.parametrize("size", SIZES)
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])

WIDER = """() => {
  const inner = (element) => element.scrollWidth > element.clientWidth + 1
    && getComputedStyle(element).overflowX === "auto";
  const scrolls = (element) =>
    element !== null && (inner(element) || scrolls(element.parentElement));
  return [...document.querySelectorAll("[data-testid=stMain] *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .filter((element) => !scrolls(element.parentElement))
    .map((element) => element.outerHTML.slice(0, 200));
}"""
"""What is wider than the screen and does not scroll by itself."""


@contextmanager
def screen(
    chromium: Browser, size: tuple[int, int] = PHONE, scheme: str = "light"
) -> Iterator[Page]:
    """Let a test use a page on a screen of its own; a narrow one is touched."""
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=width < 500,
    )
    with watched(context.new_page()) as page:
        yield page
    context.close()


def expect_nothing_wider(page: Page) -> None:
    """Check that nobody has to scroll sideways, and nothing is cut off at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(WIDER) == []


def expect_in_sight(part: Locator, size: tuple[int, int]) -> None:
    """Check that a part is seen without scrolling, on every screen but a phone's."""
    box = part.bounding_box()
    assert box is not None
    assert size == PHONE or box["y"] + box["height"] <= size[1]
