"""Back and Forward in a real browser: one entry for each page, with all that was set there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from mnistviz.words import read
from tests.browser.screens import DESK, PATIENCE_MS
from tests.browser.stage import expect_at_rest, expect_query
from tests.browser.through import arrive
from tests.serving import Server


@pytest.fixture
def tab(page: Page, server: Server) -> Iterator[Page]:
    """A new tab: a browser keeps 50 entries of one, and other tests have used the usual one."""
    with page.context.expect_page() as opened:
        page.evaluate("void open('about:blank')")
    opened.value.set_default_timeout(PATIENCE_MS)
    opened.value.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    yield opened.value
    opened.value.close()


def entries(page: Page) -> int:
    return int(page.evaluate("history.length"))


def expect_page(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(read(name).title)
    expect_at_rest(page)


def test_they_lead_through_pages_and_not_through_clicks(tab: Page, server: Server) -> None:
    arrive(tab, f"{server.url}/softmax")
    before = entries(tab)
    temperature = tab.locator(".st-key-softmax_temperature")
    temperature.locator("input").press("ArrowRight")
    expect_query(tab, softmax_temperature="1.1")
    # A preset changes what lies behind a closed button too.
    tab.locator(".st-key-presets button").first.click()
    expect_query(tab, softmax_temperature="1.1", layers="1", init="normal", bias="normal")
    assert entries(tab) == before
    tab.locator(".st-key-ways a").last.click()
    expect_page(tab, "modules")
    expect_query(tab, softmax_temperature=None, layers="1", init="normal", bias="normal")
    assert entries(tab) == before + 1
    tab.go_back()
    expect_page(tab, "softmax")
    everything = {"layers": "1", "init": "normal", "bias": "normal", "std": "1.0"}
    expect_query(tab, softmax_temperature="1.1", **everything)
    expect(temperature.get_by_test_id("stSliderThumbValue")).to_have_text("1.10")
    tab.go_forward()
    expect_page(tab, "modules")
    expect_query(tab, **everything)
    assert entries(tab) == before + 1


def test_what_was_chosen_on_draw_comes_back(tab: Page, server: Server) -> None:
    arrive(tab, f"{server.url}/draw?weights=initial")
    before = entries(tab)
    tab.locator(".st-key-draw_paper").get_by_text("white", exact=True).click()
    expect_query(tab, draw_paper="white")
    assert entries(tab) == before
    chosen = tab.url
    tab.locator(".st-key-ways a").first.click()
    expect_page(tab, "clinic")
    assert entries(tab) == before + 1
    tab.go_back()
    expect_page(tab, "draw")
    expect_query(tab, draw_paper="white", weights="initial")
    assert tab.url.split("?")[0] == chosen.split("?")[0]
    paper = tab.locator(".st-key-draw_paper").get_by_role("radio", name="white")
    expect(paper).to_be_checked()
