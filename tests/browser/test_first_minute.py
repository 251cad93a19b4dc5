"""Tests of the first minute in a browser: the bars that glide, the glossary, the sidebar."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from mnistviz.spec.fields import MAX_LAYERS
from mnistviz.ui import pages
from mnistviz.words import read, terms
from tests.browser.screens import DESK
from tests.browser.stage import BARS, expect_at_rest, expect_query, open_classify
from tests.serving import Server

SHORT = "epochs=2&layers=1&w1=32&lr=0.05"
"""A training that takes a moment."""

LONGEST = f"""() => Math.max(0, ...[...document.querySelectorAll('{BARS} path')]
  .map(path => path.getBoundingClientRect().width))"""

AT_REST = f"() => !document.querySelector('{BARS} path').style.d"
"""What was drawn on the way is gone: the chart is as Plotly draws it."""

RECORD = f"""() => {{
  const longest = {LONGEST};
  window.lengths = [];
  const look = () => {{ window.lengths.push(longest()); requestAnimationFrame(look); }};
  look();
}}"""


APART = f"""() => {{
  const points = [...document.querySelectorAll('{BARS}')];
  const gap = ({{ children: [bar, text] }}) =>
    text.getBoundingClientRect().left - bar.getBoundingClientRect().right;
  return points.length === 10 && points.every((point) => gap(point) > 1 && gap(point) < 30);
}}"""
"""Each number stands behind its bar, and not far from it."""


def train(page: Page) -> None:
    page.locator(".st-key-train_this button").click()


def test_the_bars_glide_to_what_was_learned_and_back(page: Page, server: Server) -> None:
    open_classify(page, f"{server.url}/?{SHORT}")
    expect_at_rest(page)
    start = page.evaluate(LONGEST)
    page.evaluate(RECORD)
    train(page)
    expect(page.locator(".st-key-sentence")).to_contain_text("Trained for 2 epochs.")
    expect_query(page, weights="trained")
    page.wait_for_function(f"start => ({LONGEST})() > 3 * start", arg=start)
    page.wait_for_function(AT_REST)
    lengths = page.evaluate("window.lengths")
    # On the way: many lengths between the first and the last.
    between = {round(length) for length in lengths if start + 5 < length < max(lengths) - 5}
    assert len(between) > 3
    train(page)
    expect(page.locator(".st-key-sentence")).to_contain_text("An untrained network")
    page.wait_for_function(f"start => Math.abs(({LONGEST})() - start) < 1", arg=start)
    expect_query(page, weights=None)
    page.wait_for_function(AT_REST)


def test_a_window_that_grows_leaves_the_numbers_behind_their_bars(
    page: Page, server: Server
) -> None:
    open_classify(page, f"{server.url}/?{SHORT}")
    expect_at_rest(page)
    for width in (1920, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(APART)
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


def test_who_wants_no_motion_gets_none(page: Page, server: Server) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_classify(page, f"{server.url}/?{SHORT}&weights=trained")
    expect_at_rest(page)
    end = page.evaluate(LONGEST)
    train(page)
    expect(page.locator(".st-key-sentence")).to_contain_text("An untrained network")
    start = page.evaluate(LONGEST)
    page.evaluate(RECORD)
    train(page)
    expect(page.locator(".st-key-sentence")).to_contain_text("Trained for 2 epochs.")
    page.wait_for_function(f"end => Math.abs(({LONGEST})() - end) < 1", arg=end)
    lengths = {round(length) for length in page.evaluate("window.lengths")}
    assert lengths <= {round(start), round(end)} | {0}
    page.emulate_media(reduced_motion="no-preference")


def test_the_ways_on_lead_where_they_say(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    page.get_by_role("link", name="Draw your own digit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Draw")
    expect(page.get_by_role("radio", name="trained", exact=True)).to_be_checked(timeout=30_000)
    page.goto(server.url)
    page.locator(".st-key-teachers button").click()
    expect(page.get_by_role("dialog")).to_contain_text("Four ways to write it")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Start the lesson").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Digits")


@pytest.mark.parametrize("name", ["softmax", "modules"])
def test_the_way_on_at_the_end_of_a_page_leads_to_the_top_of_the_next(
    page: Page, server: Server, name: str
) -> None:
    page.goto(f"{server.url}/{name}")
    way = page.locator(".st-key-ways_on").get_by_role("link", name=re.compile("^Next: "))
    expect(way).to_be_visible(timeout=30_000)
    expect_at_rest(page)
    way.click()
    names = [page.name for page in pages.PAGES]
    title = read(names[names.index(name) + 1]).title
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect_at_rest(page)
    page.wait_for_function("() => !document.querySelector('[data-testid=stMain]').scrollTop")


class TestGlossary:
    @pytest.fixture
    def term(self, page: Page, server: Server) -> Page:
        open_classify(page, f"{server.url}/?weights=trained&{SHORT}")
        expect(page.locator('a[href="#term-overfitting"]')).to_be_visible(timeout=30_000)
        expect_at_rest(page)
        return page

    def test_opens_at_the_pointer_and_closes_when_it_leaves(self, term: Page) -> None:
        meaning = term.get_by_role("tooltip")
        term.locator('a[href="#term-overfitting"]').hover()
        expect(meaning).to_contain_text(terms()["overfitting"].meaning[:40])
        box, word = (
            meaning.bounding_box(),
            term.locator('a[href="#term-overfitting"]').bounding_box(),
        )
        assert box is not None
        assert word is not None
        assert abs(box["y"] - word["y"]) < 200
        term.locator("h1").hover()
        expect(meaning).to_be_hidden()

    def test_opens_by_keyboard_and_escape_closes_it(self, term: Page) -> None:
        meaning = term.get_by_role("tooltip")
        word = term.locator('a[href="#term-test-digits"]')
        word.focus()
        expect(meaning).to_contain_text("Test digits")
        expect(word).to_have_attribute("aria-description", re.compile("set aside"))
        term.keyboard.press("Escape")
        expect(meaning).to_be_hidden()

    def test_a_press_pins_it_and_leads_nowhere(self, term: Page) -> None:
        meaning, before = term.get_by_role("tooltip"), term.url
        term.locator('a[href="#term-test-digits"]').click()
        term.locator("h1").hover()
        expect(meaning).to_be_visible()
        assert term.url == before
        term.locator("h1").click()
        expect(meaning).to_be_hidden()

    def test_the_panel_has_every_term(self, term: Page) -> None:
        term.get_by_role("button", name="Glossary").click()
        panel = term.get_by_role("dialog", name="Glossary")
        expect(panel.locator("dt")).to_have_count(len(terms()))
        term.keyboard.press("Escape")
        expect(panel).to_be_hidden()


def test_a_term_opens_at_a_touch(phone: Page, server: Server) -> None:
    open_classify(phone, f"{server.url}/?weights=trained&{SHORT}")
    word = phone.locator('a[href="#term-overfitting"]')
    expect(word).to_be_visible(timeout=30_000)
    expect_at_rest(phone)
    word.tap()
    expect(phone.get_by_role("tooltip")).to_be_visible()
    box = phone.get_by_role("tooltip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= phone.evaluate("innerWidth")
    word.tap()
    expect(phone.get_by_role("tooltip")).to_be_hidden()


@pytest.mark.parametrize("layers", range(MAX_LAYERS + 1))
def test_settings_without_effect_are_not_shown(page: Page, server: Server, layers: int) -> None:
    open_classify(page, f"{server.url}/?layers={layers}")
    expect(page.locator(".st-key-layers")).to_be_visible()
    for number in range(1, MAX_LAYERS + 1):
        expect(page.locator(f".st-key-w{number}")).to_be_visible(visible=number <= layers)
    expect(page.locator(".st-key-activation")).to_be_visible(visible=layers > 0)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("", set()),
        ("init=normal", {"std"}),
        ("bias=normal", {"std"}),
        ("init=constant", {"constant"}),
        ("init=constant&bias=normal", {"std", "constant"}),
    ],
)
def test_of_the_first_weights_too(page: Page, server: Server, link: str, shown: set[str]) -> None:
    page.goto(f"{server.url}/initialization?{link}")
    page.locator(".st-key-start button").first.click()
    expect(page.locator(".st-key-init")).to_be_visible(timeout=30_000)
    for key in ("std", "constant"):
        expect(page.locator(f".st-key-{key}")).to_be_visible(visible=key in shown)
