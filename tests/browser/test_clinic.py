"""The clinic in a real browser: the square by mouse, touch and keys, sliders, every width."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from mnistviz.lessons.clinic.operations import Operation
from mnistviz.words import read
from tests.browser.screens import Device, Size, expect_in_sight, expect_nothing_wider
from tests.browser.stage import expect_query
from tests.serving import Server

STAGE = ".st-key-clinic_stage"
SQUARE = f"{STAGE} .square"
QUICK = "weights=trained&epochs=2"


def open_page(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/clinic?{query}")
    expect(page.locator(f"{STAGE} .row")).to_have_count(20, timeout=60_000)
    expect(page.get_by_test_id("stPageLink").last).to_be_visible()


def box_of(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box


def place(page: Page) -> list[int]:
    text = page.locator(SQUARE).get_attribute("aria-valuetext") or ""
    return [int(number) for number in re.findall(r"\d+", text)]


def expect_place(page: Page, row: int, column: int) -> None:
    """Wait until square, fields, link and sentence all say this place."""
    expect(page.locator(SQUARE)).to_have_attribute("aria-valuetext", f"row {row}, column {column}")
    expect(page.locator(".st-key-sentence")).to_contain_text(f"from row {row}, column {column}.")
    expect(page.locator(".st-key-clinic_cover_row input")).to_have_value(str(row))
    expect(page.locator(".st-key-clinic_cover_column input")).to_have_value(str(column))


def reason(page: Page) -> Locator:
    """Why an inverted digit is no longer read."""
    return page.get_by_text("every input has changed its sign")


def test_an_untrained_network_is_trained_on_the_page(page: Page, server: Server) -> None:
    open_page(page, server, "epochs=1")
    page.locator(".st-key-clinic_train button").click()
    expect(page.locator(".st-key-clinic_prediction_question")).to_be_visible(timeout=60_000)
    expect(page.locator(".st-key-clinic_train")).to_have_count(0)
    expect_query(page, weights="trained")
    # A slider that moves asks again.
    question = page.locator(".st-key-clinic_prediction_question")
    question.locator("label:has(input[type=radio])").nth(1).click()
    question.get_by_text("Measure it", exact=True).click()
    expect(question).to_contain_text("On 1,000 test digits")
    page.locator(".st-key-clinic_rotate input").press("ArrowRight")
    expect(question).not_to_contain_text("On 1,000 test digits")
    expect(question.locator("input[type=radio]:checked")).to_have_count(0)


def test_the_square_by_mouse(page: Page, server: Server) -> None:
    open_page(page, server, "clinic_digit=cover")
    assert place(page) == [10, 10]
    picture, square = box_of(page, f"{STAGE} .picture"), box_of(page, SQUARE)
    pixel = picture["width"] / 28
    x, y = square["x"] + square["width"] / 2, square["y"] + square["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 3 * pixel, y + 2 * pixel, steps=4)
    # The square follows the hand before the server has said anything.
    assert place(page) == [12, 7]
    page.mouse.move(x + 4 * pixel, y - 5 * pixel, steps=6)
    page.mouse.up()
    expect_place(page, 5, 14)
    expect_query(page, clinic_cover_row="5", clinic_cover_column="14")
    # A press beside it brings its middle there; it never leaves the digit.
    page.mouse.click(picture["x"] + 2, picture["y"] + picture["height"] - 2)
    expect_place(page, 20, 0)
    page.reload()
    expect(page.locator(SQUARE)).to_be_visible(timeout=30_000)
    expect_place(page, 20, 0)


def test_the_square_by_keys(page: Page, server: Server) -> None:
    open_page(page, server, f"clinic_digit=cover&{QUICK}")
    before = page.locator(f"{STAGE} .bars").get_attribute("aria-label")
    square = page.locator(SQUARE)
    square.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowLeft"):
        square.press(key)
    expect_place(page, 9, 11)
    expect(page.locator(f"{STAGE} .bars")).not_to_have_attribute("aria-label", before or "")
    expect(square).to_be_focused()
    square.press("End")
    expect_place(page, 20, 20)


def test_the_square_by_touch(phone: Page, server: Server) -> None:
    open_page(phone, server, "clinic_digit=cover")
    picture = phone.locator(f"{STAGE} .picture")
    picture.scroll_into_view_if_needed()
    size = box_of(phone, f"{STAGE} .picture")
    phone.touchscreen.tap(size["x"] + size["width"] / 4, size["y"] + size["height"] / 4)
    expect_place(phone, 3, 3)


def test_a_slider_changes_picture_bars_and_link(page: Page, server: Server) -> None:
    open_page(page, server, QUICK)
    picture, bars = page.locator(f"{STAGE} .picture"), page.locator(f"{STAGE} .bars")
    before = picture.get_attribute("src"), bars.get_attribute("aria-label")
    thumb = page.locator(".st-key-clinic_rotate input")
    thumb.focus()
    thumb.press("ArrowRight")
    expect_query(page, clinic_rotate="45")
    expect(page.locator(".st-key-sentence")).to_contain_text("Turned 45° counterclockwise")
    expect(picture).not_to_have_attribute("src", before[0] or "")
    expect(bars).not_to_have_attribute("aria-label", before[1] or "")
    thumb.press("Home")
    expect(page.locator(".st-key-sentence")).to_contain_text("Turned 180° clockwise")


def test_predict_measure_and_fix(page: Page, server: Server) -> None:
    open_page(page, server, f"clinic_digit=invert&{QUICK}")
    question = page.locator(".st-key-clinic_prediction_question")
    question.locator("label:has(input[type=radio])").nth(2).click()
    question.get_by_text("Measure it", exact=True).click()
    expect(question).to_contain_text("✓ Right.")
    expect(reason(page)).to_be_visible()
    expect(page.locator(".st-key-clinic_pairs .row")).to_have_count(13)
    page.locator(".st-key-clinic_mended").get_by_text("Fix it").click()
    expect(page.locator(".st-key-sentence")).to_contain_text("Nothing is broken")
    expect_query(page, clinic_mended="true")
    # What is measured is what it does, not what the stage shows.
    expect(question).to_contain_text("✓ Right.")
    # The next operation breaks again.
    page.locator(".st-key-clinic_digit").get_by_text("blur", exact=True).click()
    expect(page.locator(".st-key-sentence")).to_contain_text("Blurred over 1.5 px")
    expect(reason(page)).to_have_count(0)


def test_labels_are_shuffled_with_progress(page: Page, server: Server) -> None:
    open_page(page, server, f"clinic_part=network&clinic_network=shuffled+labels&{QUICK}&seed=13")
    expect(page.locator(".st-key-sentence")).to_contain_text("Once you have predicted below")
    question = page.locator(".st-key-clinic_prediction_question")
    question.locator("label:has(input[type=radio])").nth(2).click()
    question.get_by_text("Measure it", exact=True).click()
    expect(page.locator(".st-key-sentence")).to_contain_text("Trained for 2 epochs", timeout=60_000)
    expect(question).to_contain_text("✓ Right.")


def test_the_answer_is_in_sight_and_does_not_move(device: Device, server: Server) -> None:
    """Whichever operation is chosen, the stage is at the same place."""
    page = device.page
    tops: dict[Size, set[int]] = defaultdict(set)
    for query in ("clinic_digit=cover", "", "clinic_digit=invert", "clinic_part=network"):
        open_page(page, server, f"{query}&{QUICK}")
        for size in device.walk():
            tops[size].add(round(box_of(page, STAGE)["y"]))
            expect_in_sight(page.locator(".st-key-sentence"), size)
    assert device.is_phone or all(len(places) == 1 for places in tops.values()), tops


def test_a_phone_shows_controls_and_answer_at_once(phone: Page, server: Server) -> None:
    """Whichever operation is chosen, in the same place."""
    tops = set()
    for query in (
        "clinic_digit=cover",
        "clinic_digit=shift",
        "clinic_digit=invert",
        "clinic_part=network&clinic_network=units+off",
    ):
        open_page(phone, server, f"{query}&{QUICK}")
        tops.add(round(box_of(phone, STAGE)["y"]))
        for part in (".st-key-clinic_part", ".st-key-clinic_mended", f"{STAGE} .bars"):
            expect(phone.locator(part)).to_be_in_viewport(ratio=1)
    assert len(tops) == 1, tops


@pytest.mark.parametrize("operation", [Operation.UNITS_OFF, Operation.DOUBLE_SOFTMAX])
def test_it_holds_together(device: Device, server: Server, operation: Operation) -> None:
    page = device.page
    query = "clinic_map_open=true&clinic_code_open=true&clinic_part=network"
    named = operation.value.replace(" ", "+")
    open_page(page, server, f"{query}&clinic_network={named}&layers=4&{QUICK}")
    question = page.locator(".st-key-clinic_prediction_question")
    question.locator("label:has(input[type=radio])").nth(0).click()
    question.get_by_text("Measure it", exact=True).click()
    expect(page.locator(".st-key-clinic_pairs .row")).to_have_count(13)
    expect(page.locator(".st-key-clinic_map img")).to_have_count(2)
    for _ in device.walk():
        expect_nothing_wider(page)


def test_the_next_page(page: Page, server: Server) -> None:
    open_page(page, server)
    expect(page.get_by_role("heading", level=1)).to_have_text(read("clinic").title)
    expect(page.get_by_role("link", name=re.compile("^Next: ")).last).to_be_visible()
