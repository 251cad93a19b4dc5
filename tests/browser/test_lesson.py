"""What all pages of the lesson have in common, in a real browser, at every width."""

import re

import pytest
from playwright.sync_api import Page, expect

from mnistviz.ui import pages
from mnistviz.words import read
from tests.helpers.lesson import PAGES
from tests.serving import Server


def open_page(page: Page, server: Server, name: str, query: str = "") -> None:
    page.goto(f"{server.url}/{name}{query}")
    expect(page.get_by_test_id("stPageLink").first).to_be_visible(timeout=30_000)
    expect(page.locator(".st-key-sentence")).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_on_by_keyboard_choose_then_reveal_then_go_on(
    page: Page, server: Server, name: str
) -> None:
    open_page(page, server, name, "?image=62")
    page.get_by_role("button", name="Next image").focus()
    page.keyboard.press("Enter")
    # The page of the digits shows the digit in its own way.
    own = ".st-key-digits_pixels .digit .title"
    title = page.locator(own if name == "digits" else ".st-key-digit_view .title")
    expect(title).to_contain_text("Image 63")
    page.keyboard.press("Enter")
    expect(title).to_contain_text("Image 0")
    asked = read(name).question()
    question = page.locator(f".st-key-{name}_question")
    question.locator("label").filter(has=page.locator("input[type=radio]")).nth(asked.right).click()
    question.get_by_text("Reveal the answer").click()
    expect(question).to_contain_text("✓ Right.")
    names = [name for section in pages.SECTIONS.values() for name in section]
    after = names[(names.index(name) + 1) % len(names)]
    page.get_by_role("link", name=re.compile("^Next: ")).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(read(after).title)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("softmax?softmax_scale=", "softmax_scale="),
        ("activations?layers=7", "layers=7"),
    ],
)
def test_a_link_that_is_mended_stays_on_its_page(
    page: Page, server: Server, link: str, said: str
) -> None:
    name = link.partition("?")[0]
    page.goto(f"{server.url}/{link}")
    notice = page.locator(".st-key-link_notice")
    expect(notice).to_contain_text(said, timeout=30_000)
    expect(page.get_by_role("heading", level=1)).to_have_text(read(name).title)
