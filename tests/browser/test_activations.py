"""The page about activations in a real browser: the marker, the function, every width."""

import re

import pytest
from playwright.sync_api import Page, Position, expect

from mnistviz.lessons.activations.sampling import SAMPLES, curve
from mnistviz.spec.fields import Activation
from tests.browser.stage import expect_query, numbers_in, settled_box
from tests.serving import Server

CURVE = ".st-key-activations_curve"
OPEN = "&".join(f"activations_{name}_open=true" for name in ("all", "layers", "relu", "fold"))


def open_page(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/activations{query}")
    expect(page.locator(f"{CURVE} .reading")).to_contain_text("slope", timeout=30_000)


def expect_reading(page: Page, activation: Activation, x: float) -> None:
    """Wait until the marker stands at x, and check what it reads there."""
    sampled = curve(activation, 8)
    at = round((x + 8) / 16 * (SAMPLES - 1))
    line = page.locator(f"{CURVE} .reading")
    sign = "\N{MINUS SIGN}" if x < 0 else ""
    expect(line).to_contain_text(f"x = {sign}{abs(x):g}:")
    numbers = numbers_in(line.text_content() or "")
    wanted = [x, float(sampled.outputs[at]), float(sampled.slopes[at])]
    assert numbers == pytest.approx(wanted, rel=0.006, abs=1e-6)


def place(page: Page, x: float) -> Position:
    """Where an x of the axis lies on the picture, whose ends stand at its ticks."""
    script = """svg => [...svg.querySelectorAll('.still path.thin, .still path.axis')]
      .map(path => path.getBBox()).filter(box => box.width === 0).map(box => box.x)"""
    ticks = page.locator(f"{CURVE} svg").evaluate(script)
    left, right = min(ticks), max(ticks)
    return {"x": left + (x + 8) / 16 * (right - left), "y": 60}


def test_the_marker_by_hover_and_by_keyboard(page: Page, server: Server) -> None:
    open_page(page, server, "?activation=sigmoid")
    expect_reading(page, Activation.SIGMOID, 1)
    picture = page.locator(f"{CURVE} svg")
    picture.hover(position=place(page, -2))
    expect_reading(page, Activation.SIGMOID, -2)
    picture.focus()
    picture.press("ArrowRight")
    picture.press("PageUp")
    expect_reading(page, Activation.SIGMOID, -0.95)
    expect(page.get_by_role("slider", name=re.compile("^sigmoid"))).to_have_attribute(
        "aria-valuetext", re.compile("^x is \N{MINUS SIGN}0.95")
    )
    # Another function: the marker stays where it is.
    page.locator(".st-key-activations_function").get_by_text("gelu", exact=True).click()
    expect_query(page, activation="gelu")
    expect(page.locator(f"{CURVE} .names")).to_contain_text("gelu(x)")
    expect_reading(page, Activation.GELU, -0.95)
    picture.press("End")
    expect_reading(page, Activation.GELU, 8)


def test_a_function_reaches_the_sidebar_and_comes_back(page: Page, server: Server) -> None:
    open_page(page, server)
    expect(page.locator(".st-key-sentence")).to_contain_text("off for this digit")
    page.locator(".st-key-activations_function").get_by_text("tanh", exact=True).click()
    expect(page.locator(".st-key-sentence")).to_contain_text("saturated for this digit")
    expect(page.locator(".st-key-activation input")).to_have_value("tanh")
    page.locator(".st-key-activations_layer").get_by_text("2", exact=True).click()
    expect(page.locator(".st-key-sentence")).to_contain_text("Hidden layer 2 has")
    expect_query(page, activation="tanh", activations_layer="2")
    page.reload()
    expect(page.locator(".st-key-sentence")).to_contain_text("Hidden layer 2 has", timeout=30_000)


def test_units_beyond_the_axis_are_counted(page: Page, server: Server) -> None:
    open_page(page, server, "?init=normal&std=1&bias=normal&layers=1&w1=256")
    expect(page.locator(f"{CURVE} .beyond")).to_have_count(2)
    page.locator(".st-key-activations_reach").get_by_text("400", exact=True).click()
    expect(page.locator(f"{CURVE} .beyond")).to_have_count(0)
    expect(page.locator(f"{CURVE} .still")).to_contain_text("400")


def test_without_a_hidden_layer_one_click_brings_one(page: Page, server: Server) -> None:
    open_page(page, server, "?layers=0")
    sentence = page.locator(".st-key-sentence")
    expect(sentence).to_contain_text("Without a hidden layer")
    box = sentence.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 900
    page.get_by_role("button", name="Add a hidden layer").click()
    expect(sentence).to_contain_text("Hidden layer 1 has")
    expect_query(page, layers="1")


def test_the_question_is_heard_as_it_is_seen_and_its_reason_stands_beside_it(
    page: Page, server: Server
) -> None:
    open_page(page, server)
    question = page.locator(".st-key-activations_question")
    asked = question.get_by_role("heading", level=2).inner_text()
    expect(question.get_by_role("radiogroup", name=asked.strip())).to_be_visible()
    question.locator("label").filter(has=page.locator("input[type=radio]")).first.click()
    question.get_by_role("button", name="Reveal the answer").click()
    reason = question.locator(".st-key-activations_reason")
    expect(reason).to_contain_text("Not this one")
    answers, told = question.get_by_role("radiogroup").bounding_box(), reason.bounding_box()
    assert answers is not None
    assert told is not None
    assert told["x"] >= answers["x"] + answers["width"]
    assert told["y"] <= answers["y"]


@pytest.mark.parametrize("name", [each.value for each in Activation])
def test_the_sentence_is_in_sight_on_a_small_projector(
    page: Page, server: Server, name: str
) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, server, f"?activation={name}")
    box = settled_box(page.locator(".st-key-sentence p").last)
    assert box["y"] + box["height"] <= 720


def test_the_marker_by_tap(phone: Page, server: Server) -> None:
    open_page(phone, server)
    picture = phone.locator(f"{CURVE} svg")
    picture.tap(position=place(phone, 4))
    expect(phone.locator(f"{CURVE} .reading")).to_contain_text(re.compile(r"x = (3\.9|4)"))
    # Nothing leaves the picture to either side.
    inside = """svg => [...svg.querySelectorAll('text')].every(text => {
      const box = text.getBBox();
      return box.x >= -1 && box.x + box.width <= svg.clientWidth + 1;
    })"""
    assert picture.evaluate(inside)
