"""Back and Forward in a real browser: one entry for each page, with all that was set there."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from mnistviz.words import read
from tests.browser.stage import expect_at_rest, expect_query
from tests.browser.through import arrive
from tests.serving import Server


def entries(page: Page) -> int:
    return int(page.evaluate("history.length"))


def expect_page(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(read(name).title)
    expect_at_rest(page)


def test_they_lead_through_pages_and_not_through_clicks(page: Page, server: Server) -> None:
    arrive(page, f"{server.url}/softmax")
    before = entries(page)
    temperature = page.locator(".st-key-softmax_temperature")
    temperature.locator("input").press("ArrowRight")
    expect_query(page, softmax_temperature="1.1")
    # A preset changes what lies behind a closed button too.
    page.locator(".st-key-presets button").first.click()
    expect_query(page, softmax_temperature="1.1", layers="1", init="normal", bias="normal")
    assert entries(page) == before
    page.locator(".st-key-ways a").last.click()
    expect_page(page, "modules")
    expect_query(page, softmax_temperature=None, layers="1", init="normal", bias="normal")
    assert entries(page) == before + 1
    page.go_back()
    expect_page(page, "softmax")
    everything = {"layers": "1", "init": "normal", "bias": "normal", "std": "1.0"}
    expect_query(page, softmax_temperature="1.1", **everything)
    expect(temperature.get_by_test_id("stSliderThumbValue")).to_have_text("1.10")
    page.go_forward()
    expect_page(page, "modules")
    expect_query(page, **everything)
    assert entries(page) == before + 1


def test_what_was_chosen_on_draw_comes_back(page: Page, server: Server) -> None:
    arrive(page, f"{server.url}/draw?weights=initial")
    before = entries(page)
    page.locator(".st-key-draw_paper").get_by_text("white", exact=True).click()
    expect_query(page, draw_paper="white")
    assert entries(page) == before
    chosen = page.url
    page.locator(".st-key-ways a").first.click()
    expect_page(page, "clinic")
    assert entries(page) == before + 1
    page.go_back()
    expect_page(page, "draw")
    expect_query(page, draw_paper="white", weights="initial")
    assert page.url.split("?")[0] == chosen.split("?")[0]
    paper = page.locator(".st-key-draw_paper").get_by_role("radio", name="white")
    expect(paper).to_be_checked()
