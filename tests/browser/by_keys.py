"""A page as it is walked through by keyboard."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from mnistviz.ui import pages
from tests.serving import Server

NAMES = [page.name for page in pages.PAGES]

IN_FOCUS = """() => {
  let element = document.activeElement;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}"""
"""What has the focus, in a component too."""

HOST = f"""() => {{
  const element = ({IN_FOCUS})();
  return element.getRootNode().host ?? element;
}}"""
"""The same, or the component that it is in."""

IS_CONTROL = f"""() => {{
  const help = "[data-testid=stTooltipHoverTarget] > button:not([data-testid])";
  return Boolean(({HOST})().closest("[data-testid=stMain]"))
    && !({IN_FOCUS})().matches(`h1, a, ${{help}}, .numbers-first`);
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


def button(page: Page, key: str) -> Locator:
    """The button of a key that is seen; Streamlit has a second one for narrow screens."""
    return page.locator(f".st-key-{key} button:visible")


def press(page: Page, key: str) -> None:
    """Press a button by keyboard."""
    button(page, key).press("Enter")


def expect_ring(part: Locator) -> None:
    """Wait until a part has the focus, and shows it."""
    expect(part).to_be_focused()
    expect(part).to_have_css("outline-style", "solid")
    expect(part).to_have_css("outline-width", "3px")
