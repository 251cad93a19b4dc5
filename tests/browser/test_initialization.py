"""The page about initialization in a real browser: schemes, weights to point at, every width."""

import re

from playwright.sync_api import Page, expect

from tests.browser.stage import expect_query, open_classify
from tests.serving import Server

SPREADS = ".st-key-initialization_spreads"
POINTS = f"{SPREADS} .point"
WEIGHTS = ".st-key-initialization_weights"
EXPANDERS = ("why", "zeros", "saturated", "sure", "forms", "code")


def open_page(page: Page, url: str) -> None:
    """Come from the landing page: what a link said goes along."""
    open_classify(page, url)
    page.get_by_test_id("stTopNavSection").filter(has_text="The lesson").click()
    page.get_by_role("menuitem", name="Initialization").click()
    page.wait_for_url(re.compile(r"/initialization(\?|$)"))
    expect(page.locator(POINTS).first).to_be_visible(timeout=30_000)


def test_a_scheme_changes_the_page_the_sidebar_and_the_link(page: Page, server: Server) -> None:
    open_page(page, server.url)
    sentence = page.locator(".st-key-sentence")
    expect(page.locator(POINTS)).to_have_count(7)
    page.get_by_role("radio", name="4 of 128, ReLU").click()
    expect(page.locator(POINTS)).to_have_count(11)
    # The sidebar, from which the link comes, is drawn after the page.
    expect_query(page, layers="4")
    page.get_by_role("radio", name="std 0.01").click()
    expect(sentence).to_contain_text("They fade.")
    expect_query(page, init="normal", std=None, bias="zeros", layers="4")
    page.get_by_role("radio", name="kaiming").click()
    expect(sentence).to_contain_text("keep their size")
    expect_query(page, init="kaiming_uniform")
    expect(page.get_by_text("Start: kaiming_uniform weights, zeros biases")).to_be_visible()


def test_a_layer_by_pointer_and_by_keyboard(page: Page, server: Server) -> None:
    open_page(page, server.url)
    picture, reading = page.locator(f"{SPREADS} svg"), page.locator(f"{SPREADS} .reading")
    expect(reading).to_contain_text("fc3: spread")
    picture.hover(position={"x": 55, "y": 100})
    expect(reading).to_contain_text("Spread of the pixels: 0.512")
    picture.press("ArrowRight")
    expect(reading).to_contain_text("fc1: spread 0.184")
    slider = page.get_by_role("slider", name="Layer to read out")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^fc1: spread 0.184"))
    expect(slider).to_have_attribute("aria-valuenow", "1")
    slider.press("End")
    expect(reading).to_contain_text("fc3: spread")


def test_weights_by_pointer_and_by_keyboard(page: Page, server: Server) -> None:
    open_page(page, f"{server.url}/?init=zeros&bias=zeros")
    reading, group = page.locator(f"{WEIGHTS} .reading"), page.locator(f"{WEIGHTS} .layers")
    expect(reading).to_contain_text("100,352 in fc1, 8,192 in fc2, 640 in fc3")
    box = page.locator(f"{WEIGHTS} svg").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 10)
    expect(reading).to_contain_text("to 0.05: 0 in fc1")
    page.mouse.click(box["x"] + 1, box["y"] + 10)
    expect(reading).to_contain_text("Weights from \N{MINUS SIGN}0.05 to")
    slider = page.get_by_role("slider", name="Weights to count")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Weights from .* in fc1"))
    group.press("ArrowRight")
    expect(reading).to_contain_text("Weights from \N{MINUS SIGN}0.0484 to")
    # The mark stays where it is when the weights change.
    page.get_by_role("radio", name="std 0.01").click()
    expect(page.locator(".st-key-sentence")).to_contain_text("They fade.")
    expect(reading).to_contain_text("Weights from \N{MINUS SIGN}0.0484 to")
