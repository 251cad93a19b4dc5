"""A page on paper: ink on white, whatever the screen shows, as wide as the sheet."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit.visit import link, visit
from tests.browser.screens import BACKGROUNDS
from tests.serving import Server

SHEET = 688
"""Pixels between the margins of A4."""

PALE = """() => {
  const parts = (root) => [...root.querySelectorAll('*')].flatMap((part) =>
    [part, ...(part.shadowRoot ? parts(part.shadowRoot) : [])]);
  const says = (part) => [...part.childNodes].some((node) =>
    node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const ink = (part) => getComputedStyle(part)[part instanceof SVGElement ? 'fill' : 'color'];
  return parts(document.querySelector('[data-testid=stMain]'))
    .filter((part) => part.checkVisibility() && says(part) && !part.closest('style, .table'))
    .filter((part) => Math.min(...ink(part).match(/[\\d.]+/g).slice(0, 3)) > 120)
    .map((part) => `${part.outerHTML.slice(0, 120)} ${ink(part)}`);
}"""
"""Words that would be too pale on white, in the page and in its components."""

GROUND = "getComputedStyle(document.documentElement).getPropertyValue('--ground')"

OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll(
    '[data-testid=stMain] [data-testid=stElementContainer]')]
    .map((part) => [part, part.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1);
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  return boxes.flatMap(([one, a], at) => boxes.slice(at + 1)
    .filter(([two, b]) => !one.contains(two) && !two.contains(one) && over(a, b))
    .map(([two]) => `${one.className} over ${two.className}`));
}"""

WIDE = f"""() => [...document.querySelectorAll('[data-testid=stColumn]')]
  .filter((part) => part.getBoundingClientRect().width > {SHEET} - 30).length"""
"""How many columns take a whole sheet's width."""


EMPTY = """() => [...document.querySelectorAll('[class*=_question] > *')]
  .filter((part) => part.checkVisibility())
  .filter((part) => part.querySelector('[data-testid=stRadio]'))
  .map((part) => part.parentElement.getBoundingClientRect().bottom
    - part.getBoundingClientRect().bottom)"""
"""Pixels that a question leaves empty below its answers."""

BOXED = """(part) => {
  const found = [];
  for (let at = part; at.dataset.testid !== 'stMainBlockContainer'; at = at.parentElement)
    if (at.matches('[data-testid=stVerticalBlock]') && getComputedStyle(at).display === 'flex')
      found.push(at.className);
  return found;
}"""
"""What a part lies in that a browser cannot break between two sheets."""


def lay_on_paper(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": SHEET, "height": 1000})


@pytest.mark.parametrize("name", ["classify", "softmax", "train", "initialization"])
def test_a_page_from_the_dark_screen_is_ink_on_white(page: Page, server: Server, name: str) -> None:
    page.emulate_media(color_scheme="dark")
    visit(page, link(server.url, name))
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS["dark"])
    block = page.get_by_test_id("stMainBlockContainer")
    columns = page.get_by_test_id("stColumn").count()
    lay_on_paper(page)
    try:
        expect(page.get_by_test_id("stSidebar")).to_be_hidden()
        expect(page.get_by_test_id("stHeader")).to_be_hidden()
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")
        # Of what lies over lines of the grid, and of the shades of what can be scrolled.
        assert page.evaluate(GROUND) == "#fff"
        page.wait_for_function(f"({PALE})().length === 0", timeout=5_000)
        assert page.evaluate(OVERLAPS) == []
        # As wide as the sheet, and side by side as on the screen.
        assert page.evaluate("document.documentElement.scrollWidth") <= SHEET
        box = block.bounding_box()
        assert box is not None
        assert SHEET - 4 <= box["width"] <= SHEET
        assert page.evaluate(WIDE) < columns
    finally:
        page.emulate_media(media="null")


def test_all_of_the_code_is_printed_and_nothing_that_is_closed(page: Page, server: Server) -> None:
    visit(page, link(server.url, "classify", query={"classify_code_open": "true"}))
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert 2 <= len(sheets) <= 3
    lay_on_paper(page)
    try:
        code = page.get_by_test_id("stCode").last
        expect(code).to_be_visible()
        cut = "part => part.scrollHeight > part.clientHeight + 1"
        assert not code.locator("pre").evaluate(cut)
        expect(page.get_by_text("The code", exact=True)).to_be_visible()
        expect(page.get_by_text("Layer by layer", exact=True)).to_be_hidden()
    finally:
        page.emulate_media(media="null")


def test_shown_as_on_paper_a_page_keeps_its_layout(page: Page, server: Server) -> None:
    visit(page, link(server.url, "softmax"))
    chain = page.get_by_test_id("stMain").locator(".st-key-softmax_knobs > *")
    tops = [box["y"] for part in chain.all() if (box := part.bounding_box())]
    page.emulate_media(media="print")
    try:
        on_paper = [box["y"] for part in chain.all() if (box := part.bounding_box())]
        assert len(set(on_paper)) == len(set(tops))
        assert page.evaluate(OVERLAPS) == []
        empty = page.evaluate(EMPTY)
        assert empty
        assert max(empty) < 40
        formula = page.locator("[data-testid=stMain] .katex-display").first
        assert formula.evaluate(BOXED) == []
    finally:
        page.emulate_media(media="null")
