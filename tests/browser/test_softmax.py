"""The softmax page in a real browser: the sliders, the answer, and every width."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from mnistviz.lessons.softmax.computed import chain
from tests.browser.stage import (
    expect_query,
    open_classify,
    percent_patterns,
    query,
    settled_box,
)
from tests.serving import Server

SLIDERS = ".st-key-softmax_sliders"
POINTS = f"{SLIDERS} .value"
OWN = "1, 2, 3, 0, -1, -2, 0, 0.5, 1, 2.5"


def open_softmax(page: Page, url: str) -> None:
    """Come from the landing page: what a link said goes along."""
    open_classify(page, url)
    page.get_by_test_id("stTopNavSection").filter(has_text="The lesson").click()
    page.get_by_role("menuitem", name="Softmax").click()
    page.wait_for_url(re.compile(r"/softmax(\?|$)"))
    expect(page.locator(POINTS)).to_have_count(20, timeout=30_000)


def open_softmax_directly(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}/softmax{query}")
    expect(page.locator(POINTS)).to_have_count(20, timeout=30_000)
    expect(page.locator(".st-key-sentence")).to_contain_text("exp(")


def set_logits(page: Page, text: str) -> None:
    page.locator(".st-key-softmax_logits input").fill(text)
    page.locator(".st-key-softmax_logits input").press("Enter")


def expect_probabilities(page: Page, logits: list[float], constant: float = 0) -> None:
    wanted = chain(np.array(logits, dtype=np.float32), constant=constant).probabilities
    texts = percent_patterns(wanted.tolist())
    expect(page.locator(f"{SLIDERS} .share .value")).to_have_text(texts)


def test_a_slider_moves_the_bars_and_the_link(page: Page, server: Server) -> None:
    open_softmax(page, server.url)
    set_logits(page, "0, 0, 0, 0, 0, 0, 0, 0, 0, 0")
    expect_probabilities(page, [0.0] * 10)
    slider = page.locator(f"{SLIDERS} input").nth(3)
    box = settled_box(slider)
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, middle[1], steps=6)
    page.mouse.up()
    expect_query(page, softmax_logits="0, 0, 0, 1, 0, 0, 0, 0, 0, 0")
    expect_probabilities(page, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    # By keyboard too; a step is a hundredth of the reach.
    slider.press("ArrowLeft")
    expect_query(page, softmax_logits="0, 0, 0, 0.99, 0, 0, 0, 0, 0, 0")
    page.get_by_role("button", name="Use this digit's logits").click()
    expect_query(page, softmax_logits=None)
    assert "softmax_logits" not in query(page)


def test_a_constant_changes_no_probability(page: Page, server: Server) -> None:
    open_softmax(page, server.url)
    set_logits(page, OWN)
    values = [float(word) for word in OWN.split(",")]
    expect_probabilities(page, values)
    page.locator(".st-key-softmax_constant input[type=range]").press("ArrowRight")
    expect_query(page, softmax_constant="0.5")
    # The sentence keeps the answer to itself until the question is answered.
    expect(page.locator(".st-key-sentence")).to_contain_text("the question below")
    expect_probabilities(page, values, constant=0.5)
    question = page.locator(".st-key-softmax_question")
    question.locator("label").filter(has=page.locator("input[type=radio]")).nth(0).click()
    question.get_by_role("button", name="Reveal the answer").click()
    expect(page.locator(".st-key-sentence")).to_contain_text("The fractions stay the same")
    expect(question.locator("input[type=radio]").first).to_be_disabled()


def test_the_formula_is_drawn_offline_in_the_color_of_the_text(page: Page, server: Server) -> None:
    elsewhere: list[str] = []
    page.on(
        "request", lambda one: elsewhere.append(one.url) if "localhost" not in one.url else None
    )
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        open_softmax(page, server.url)
        formula = page.locator(".katex-display .katex-html").first
        expect(formula).to_contain_text("exp")
        assert settled_box(formula)["height"] > 30
        color = "e => getComputedStyle(e).color"
        text = page.locator(".st-key-sentence p").evaluate(color)
        assert formula.evaluate(color) == text
    assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []


def test_the_way_back_keeps_the_focus_and_says_where_it_leads_nowhere(
    page: Page, server: Server
) -> None:
    open_softmax_directly(page, server.url, "?softmax_logits=1,2,3,4,5,6,7,8,9,10")
    back = page.get_by_role("button", name="Use this digit's logits")
    expect(back).to_have_attribute("aria-disabled", "false")
    back.press("Enter")
    expect(back).to_have_attribute("aria-disabled", "true")
    expect(back).to_be_focused()
    expect_query(page, softmax_logits=None)


def test_a_slider_says_its_logit_and_what_becomes_of_it(page: Page, server: Server) -> None:
    open_softmax(page, server.url)
    set_logits(page, "0, 0, 0, 0, 0, 0, 0, 0, 0, 0")
    slider = page.get_by_role("slider", name="Logit of 3")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^0, probability 10.0"))
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^\\+0.01, probability 10.1"))
    assert page.locator(f"{SLIDERS} output").count() == 0


def test_on_a_phone_each_probability_is_in_line_with_its_slider(
    phone: Page, server: Server
) -> None:
    open_softmax_directly(phone, server.url)
    middles = (
        "all => all.map(e => { const r = e.getBoundingClientRect(); return r.y + r.height/2 })"
    )
    sliders = phone.locator(f"{SLIDERS} input").evaluate_all(middles)
    shares = phone.locator(f"{SLIDERS} .share").evaluate_all(middles)
    assert shares == pytest.approx(sliders, abs=3)
    assert sliders[9] - sliders[0] < 500


def test_each_bar_is_in_line_with_its_slider(page: Page, server: Server) -> None:
    open_softmax(page, server.url)
    script = "all => all.map(e => { const r = e.getBoundingClientRect(); return r.y + r.height/2 })"
    sliders = page.locator(f"{SLIDERS} input").evaluate_all(script)
    for cell in ("exp", "share"):
        bars = page.locator(f"{SLIDERS} .{cell} .bar").evaluate_all(script)
        assert bars == pytest.approx(sliders, abs=3)
    assert sliders[9] < 900
