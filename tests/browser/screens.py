"""A page on each screen that it has to hold together on, and whether it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.stage import settled_box

Size = tuple[int, int]

PATIENCE_MS = 40_000
"""How long something may take on a machine that has much else to do."""

PHONE: Size = (390, 844)
DESK: Size = (1400, 900)
LOW: Size = (1280, 720)
"""What many a projector shows."""
BAR = 60
"""Pixels of Streamlit's bar, which lies over what is scrolled below it."""

BACKGROUNDS = {"light": "rgb(253, 252, 250)", "dark": "rgb(20, 19, 26)"}

WIDER = """() => {
  const inner = (element) => element.scrollWidth > element.clientWidth + 1
    && getComputedStyle(element).overflowX === "auto";
  const scrolls = (element) =>
    element !== null && (inner(element) || scrolls(element.parentElement));
  return [...document.querySelectorAll("[data-testid=stMain] *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .filter((element) => !scrolls(element.parentElement))
    .filter((element) => !element.closest(".katex-mathml, .katex svg"))
    .filter((element) => !element.matches("[data-testid=stSlider] input"))
    .map((element) => element.outerHTML.slice(0, 200));
}"""
"""What is wider than the screen and does not scroll by itself. A formula's words for screen
readers, and the field in the thumb of a slider, are clipped to one pixel, and the line of a root is
cut where the root ends: they do not count."""

SETTLED = """() => new Promise((done) => {
  const picture = () => new Promise(requestAnimationFrame);
  picture().then(picture).then(picture).then(done);
})"""


@dataclass(frozen=True)
class Device:
    """A tab, and the sizes that its screen may have."""

    page: Page
    sizes: tuple[Size, ...]

    @property
    def is_phone(self) -> bool:
        """Whether it is touched and narrow."""
        return self.sizes == (PHONE,)

    def walk(self, height: int | None = None) -> Iterator[Size]:
        """Give what is open each size, in light and in dark; return the size at hand.

        Args:
            height: That of all sizes, instead of their own.

        Yields:
            Width and height of the screen.
        """
        app = self.page.get_by_test_id("stApp")
        for scheme, background in BACKGROUNDS.items():
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            expect(app).to_have_css("background-color", background)
            for width, own in self.sizes:
                size = (width, height or own)
                self.page.set_viewport_size({"width": size[0], "height": size[1]})
                self.page.evaluate(SETTLED)
                yield size


def expect_nothing_wider(page: Page) -> None:
    """Wait until nobody has to scroll sideways, and nothing is cut off at the side."""
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    try:
        page.wait_for_function(f"() => ({WIDER})().length === 0", timeout=3_000)
    finally:
        assert page.evaluate(WIDER) == []


def bottom(part: Locator) -> float:
    """Where a part ends, from the top of the screen."""
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def top(part: Locator) -> float:
    """Where a part begins, from the top of the screen."""
    box = part.bounding_box()
    assert box is not None
    return box["y"]


def expect_in_sight(part: Locator, size: Size) -> None:
    """Check that a part is seen without scrolling, on every screen but a phone's."""
    box = part.bounding_box()
    assert box is not None
    assert size[0] == PHONE[0] or box["y"] + box["height"] <= size[1]


def has_in_window(part: Locator, size: Size) -> None:
    """Check that a part lies in the window, below the page's own bar, without further scrolling."""
    box = settled_box(part)
    assert box["y"] >= BAR
    assert box["y"] + box["height"] <= size[1]
