"""The page about initialization in a real browser: schemes, weights to point at, every width."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import expect_query, open_classify
from tests.serving import Server

POINTS = ".st-key-initialization_spreads .point"
WEIGHTS = ".st-key-initialization_weights"
EXPANDERS = ("why", "zeros", "saturated", "sure", "forms", "code")


def open_page(page: Page, url: str) -> None:
    """Come from the landing page: what a link said goes along."""
    page.set_default_timeout(8_000)
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
    page.get_by_role("radio", name="std 0.01").click()
    expect(sentence).to_contain_text("they fade")
    expect_query(page, init="normal", std=None, bias="zeros", layers="4")
    page.get_by_role("radio", name="kaiming").click()
    expect(sentence).to_contain_text("they hold out")
    expect_query(page, init="kaiming_uniform")
    expect(page.get_by_text("Weights: kaiming_uniform, biases: zeros")).to_be_visible()


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
    group.press("ArrowRight")
    expect(reading).to_contain_text("Weights from \N{MINUS SIGN}0.0484 to")
    # The mark stays where it is when the weights change.
    page.get_by_role("radio", name="std 0.01").click()
    expect(page.locator(".st-key-sentence")).to_contain_text("they fade")
    expect(reading).to_contain_text("Weights from \N{MINUS SIGN}0.0484 to")


def test_choose_then_reveal_then_go_on(page: Page, server: Server) -> None:
    open_page(page, server.url)
    question = page.locator(".st-key-initialization_question")
    question.get_by_text("The same ten bars").click()
    question.get_by_text("Reveal the answer").click()
    expect(question).to_contain_text("✓ Right.")
    follow = page.get_by_role("link", name=re.compile("^Next: "))
    follow.click()
    page.wait_for_url(re.compile(r"^(?!.*/initialization).*$"))


def test_stage_and_sentence_are_seen_at_once(page: Page, server: Server) -> None:
    open_page(page, server.url)
    for place in (WEIGHTS, ".st-key-initialization_spreads", ".st-key-sentence p"):
        box = page.locator(place).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(
    page: Page, server: Server, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    keys = "&".join(f"initialization_{name}_open=true" for name in EXPANDERS)
    page.goto(f"{server.url}/initialization?layers=4&{keys}")
    expect(page.locator(".js-plotly-plot")).to_have_count(7, timeout=30_000)
    expect(page.locator(".st-key-initialization_units img")).to_have_count(18)
    for width in (390, 1400, 1920):
        page.set_viewport_size({"width": width, "height": 844 if width == 390 else 900})
        page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
