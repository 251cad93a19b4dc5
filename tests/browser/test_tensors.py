"""The network by hand in a real browser: the marked pixel, a unit, a mistake fixed."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from mnistviz.digits import mnist
from mnistviz.lessons.tensors.by_hand import UnitSum, unit_sum
from mnistviz.network.parameters import parameters
from mnistviz.spec.specs import NetworkSpec
from tests.browser.screens import DESK, LOW, has_in_window
from tests.browser.stage import expect_query, numbers_in, settled_box
from tests.serving import Server

PICTURES = ".st-key-tensors_pictures"


def taken(unit: int) -> UnitSum:
    spec = NetworkSpec()
    inputs = mnist.flatten(mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 0, 7).images)
    return unit_sum(spec, parameters(spec), inputs, 0, unit)


def open_page(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/tensors{query}")
    line = page.locator(f"{PICTURES} .pixel")
    expect(line).to_contain_text("Row", timeout=30_000)
    # The products appear once it has been asked what they are.
    expect(line).to_contain_text("= ?")
    expect(page.locator(f"{PICTURES} .frame.waits")).to_have_count(1)
    asked = page.locator(".st-key-tensors_question")
    asked.locator("label", has_text="Minus their weights").click()
    asked.get_by_role("button", name="Reveal the answer").click()
    expect(line).not_to_contain_text("?")
    expect(page.locator(f"{PICTURES} .frame.waits")).to_have_count(0)


def expect_pixel(page: Page, row: int, column: int, unit: int = 0) -> None:
    line = page.locator(f"{PICTURES} .pixel")
    expect(line).to_contain_text(f"Row {row}, column {column}:")
    numbers = numbers_in(line.text_content() or "")[2:]
    record, at = taken(unit), 28 * row + column
    wanted = [float(values[at]) for values in (record.inputs, record.weights, record.products)]
    assert numbers == pytest.approx(wanted, rel=0.006)


def test_pointing_at_a_pixel_says_its_product(page: Page, server: Server) -> None:
    open_page(page, server)
    canvas = page.locator(f"{PICTURES} canvas").nth(1)
    box = settled_box(canvas)
    cell = box["width"] / 28
    canvas.hover(position={"x": 12.5 * cell, "y": 9.5 * cell})
    expect_pixel(page, 9, 12)
    page.locator(f"{PICTURES} .pictures").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect_pixel(page, 10, 13)
    slider = page.get_by_role("slider", name=re.compile("^Three pictures"))
    said = page.locator(f"{PICTURES} .pixel").text_content()
    expect(slider).to_have_attribute("aria-valuenow", str(28 * 10 + 13))
    expect(slider).to_have_attribute("aria-valuetext", said or "")
    # Another unit: the mark stays, the numbers change.
    page.locator(".st-key-tensors_unit input").fill("5")
    page.locator(".st-key-tensors_unit input").press("Enter")
    expect_query(page, tensors_unit="5")
    expect(page.locator(f"{PICTURES} .equation")).to_contain_text(taken(5).written(taken(5).total))
    expect_pixel(page, 10, 13, unit=5)
    assert urlsplit(page.url).path == "/tensors"


def test_the_lesson_s_network_reaches_the_sidebar(page: Page, server: Server) -> None:
    open_page(page, server)
    page.get_by_role("button", name="Use the lesson's network").click()
    expect_query(page, layers="1", w1="256", activation="sigmoid", init="normal", bias="normal")
    expect(page.locator(".st-key-w1 input")).to_have_value("256")
    expect(page.locator(".st-key-tensors_steps")).to_contain_text("weights_1 (784, 256)")


def test_a_mistake_is_fixed_by_one_click(page: Page, server: Server) -> None:
    open_page(page, server)
    page.locator(".st-key-tensors_breaks_open summary").click()
    slips = page.locator(".st-key-tensors_slip")
    slips.get_by_text("weights").click()
    opened = page.locator(".st-key-tensors_breaks_open")
    expect(opened).to_contain_text("cannot be multiplied (64x784 and 128x784)")
    # While a rerun is under way, the browser may still hold the figure before, marked as stale.
    meeting = page.locator(".st-key-tensors_meeting[data-stale=false]")
    expect(meeting).to_contain_text("784 ≠ 128")
    expect_query(page, tensors_slip="weights")
    page.locator(".st-key-tensors_mended label").first.click()
    expect(meeting).to_contain_text("784 = 784")
    expect(opened).not_to_contain_text("cannot be multiplied")


def test_a_tap_marks_a_pixel(phone: Page, server: Server) -> None:
    open_page(phone, server)
    canvas = phone.locator(f"{PICTURES} canvas").nth(2)
    box = settled_box(canvas)
    cell = box["width"] / 28
    canvas.tap(position={"x": 5.5 * cell, "y": 20.5 * cell})
    expect_pixel(phone, 20, 5)
    # A pixel is smaller than a finger: it goes on in steps.
    phone.get_by_role("button", name="down", exact=True).tap()
    phone.get_by_role("button", name="left", exact=True).tap()
    expect_pixel(phone, 21, 4)


def test_the_sentence_is_in_sight(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/tensors")
    expect(page.locator(f"{PICTURES} .pixel")).to_contain_text("Row", timeout=30_000)
    for size in (DESK, LOW, (1920, 1080), (1024, 768)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        has_in_window(page.locator(".st-key-sentence p"), size)


def test_the_steps_are_a_table(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/tensors")
    table = page.get_by_role("table", name="Every step for your digit")
    expect(table.get_by_role("columnheader")).to_have_count(4)
    expect(table.get_by_role("row")).to_have_count(7)
