"""What goes on around every page, in a real browser: where the focus is, and what is said."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from mnistviz.ui import pages
from mnistviz.words import read
from tests.serving import Server

NAMES = [page.name for page in pages.PAGES]

MOST_TABS = 12
"""Presses of Tab until the first control of a page has the focus."""

IN_FOCUS = """() => {
  let element = document.activeElement;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}"""
"""What has the focus, in a component too."""

IS_CONTROL = f"""() => {{
  const element = ({IN_FOCUS})();
  const host = element.getRootNode().host ?? element;
  return Boolean(host.closest("[data-testid=stMain]"))
    && !element.matches("h1, a, [data-testid=stTooltipIcon] *");
}}"""


def open_page(page: Page, server: Server, name: str, query: str = "") -> Locator:
    """Open a page; return its heading, where the keyboard begins."""
    page.goto(f"{server.url}/{'' if name == pages.LANDING else name}{query}")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_be_focused()
    return heading


def press_until(page: Page, key: str, script: str, most: int) -> int:
    """Press a key until a script says so; return how many times."""
    for presses in range(1, most + 1):
        page.keyboard.press(key)
        if page.evaluate(script):
            return presses
    raise AssertionError(f"{key} was pressed {most} times")


class TestHeading:
    def test_of_each_page_is_where_the_keyboard_begins(self, page: Page, server: Server) -> None:
        heading = open_page(page, server, NAMES[0])
        expect(heading).to_have_css("outline-style", "none")
        for name in NAMES:
            expect(heading).to_have_text(read(name).title)
            expect(heading).to_be_focused()
            press_until(page, "Tab", IS_CONTROL, MOST_TABS)
            page.locator(".st-key-ways a").last.press("Enter")

    def test_what_is_around_the_page_comes_before_it(self, page: Page, server: Server) -> None:
        open_page(page, server, "softmax")
        skips = f"() => ({IN_FOCUS})().dataset.testid === 'stSkipToContent'"
        press_until(page, "Shift+Tab", skips, 60)

    def test_the_keys_scroll_the_page(self, page: Page, server: Server) -> None:
        open_page(page, server, "softmax")
        for key in ("ArrowDown", "Space", "PageDown"):
            before = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
            page.keyboard.press(key)
            page.wait_for_function(
                "before => document.querySelector('[data-testid=stMain]').scrollTop > before",
                arg=before,
            )

    def test_the_next_page_begins_at_its_heading(self, page: Page, server: Server) -> None:
        open_page(page, server, "digits")
        page.locator(".st-key-ways a").last.focus()
        page.keyboard.press("Enter")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(read("tensors").title)
        expect(heading).to_be_focused()
        page.go_back()
        expect(heading).to_have_text(read("digits").title)
        expect(heading).to_be_focused()
