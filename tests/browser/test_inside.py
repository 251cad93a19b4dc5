"""The page that looks into the network in a real browser: mouse, touch, keys, every width."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import LOW, Device, bottom
from tests.browser.stage import expect_query
from tests.serving import Server

NETWORK = ".st-key-inside_network"
TERMS = ".st-key-inside_terms"
CHOSEN = f"{NETWORK} .unit.chosen"
SLIDER = f"{NETWORK} svg"
OPEN = "&".join(
    f"inside_{name}_open=true" for name in ("fires", "classes", "saliency", "wall", "map", "code")
)


def open_page(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/inside{query}")
    expect(page.locator(CHOSEN)).to_have_count(1, timeout=30_000)
    expect(page.get_by_test_id("stPageLink").last).to_be_visible()


def expect_unit(page: Page, layer: int, unit: int, last: int = 3) -> None:
    """Wait until layer and unit are chosen everywhere: picture, terms, sentence, fields, link."""
    expect(page.locator(CHOSEN)).to_have_attribute("data-unit", f"{layer}-{unit}")
    if layer == last:
        expect(page.locator(f"{TERMS} .title")).to_contain_text(f"Logit of {unit} minus")
    else:
        expect(page.locator(f"{TERMS} .title")).to_have_text(
            f"Unit {unit} of hidden layer {layer} (fc{layer})"
        )
        expect(page.locator(".st-key-sentence")).to_contain_text(
            f"Unit {unit} of hidden layer {layer}:"
        )
    expect(page.locator(".st-key-inside_unit input")).to_have_value(str(unit))
    expect_query(
        page,
        inside_layer=None if layer == 1 else f"fc{layer}",
        inside_unit=None if unit == 0 else str(unit),
    )


def units(page: Page, layer: int) -> list[int]:
    """The units of a layer that the picture shows, from the top down."""
    keys = page.locator(f'{NETWORK} .unit[data-unit^="{layer}-"]').evaluate_all(
        "all => all.map(one => one.dataset.unit)"
    )
    return [int(key.partition("-")[2]) for key in keys]


def test_the_same_unit_by_click_and_by_keyboard(page: Page, server: Server) -> None:
    open_page(page, server)
    second = units(page, 2)
    page.locator(f'{NETWORK} [data-unit="2-{second[3]}"]').click()
    expect_unit(page, 2, second[3])
    said = page.locator(".st-key-sentence").inner_text()
    page.locator(f'{NETWORK} [data-unit="3-4"]').click()
    expect_unit(page, 3, 4)
    # Back by keys alone, from the output to the layer before and up or down to the unit.
    page.locator(SLIDER).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(CHOSEN)).to_have_attribute("data-unit", re.compile("^2-"))
    page.keyboard.press("Home")
    expect_unit(page, 2, second[0])
    for unit in second[1:4]:
        page.keyboard.press("ArrowDown")
        expect_unit(page, 2, unit)
    assert page.locator(".st-key-sentence").inner_text() == said
    page.keyboard.press("End")
    expect_unit(page, 2, second[-1])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect_unit(page, 2, second[-2])


def test_keys_pressed_fast_end_where_the_last_one_leads(page: Page, server: Server) -> None:
    open_page(page, server)
    first = units(page, 1)
    page.locator(SLIDER).focus()
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    expect_unit(page, 1, first[9])


def test_a_finger_comes_near_and_goes_on_by_steps(phone: Page, server: Server) -> None:
    open_page(phone, server)
    first = units(phone, 1)
    phone.locator(f'{NETWORK} [data-unit="1-{first[3]}"]').tap()
    expect_unit(phone, 1, first[3])
    phone.get_by_role("button", name="The unit below").tap()
    expect_unit(phone, 1, first[4])
    phone.get_by_role("button", name="The unit above").tap()
    expect_unit(phone, 1, first[3])
    expect(phone.locator(f"{NETWORK} .steps span")).to_have_text(
        re.compile(f"fc1, unit {first[3]}: activation ")
    )


def test_the_picture_is_one_slider_that_says_where_it_is(page: Page, server: Server) -> None:
    open_page(page, server, "?inside_layer=fc3&inside_unit=4")
    slider = page.get_by_role("slider", name=re.compile("^The network 784 "))
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Output 4: logit .*%$"))
    assert slider.get_attribute("aria-valuenow") == str(24 + 24 + 5)
    slider.focus()
    page.keyboard.press("ArrowUp")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Output 3: "))
    expect(slider).to_be_focused()


def test_the_sentence_is_above_the_fold_and_stays_there(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": LOW[0], "height": LOW[1]})
    open_page(page, server)
    sentence = page.locator(".st-key-sentence")
    place = sentence.bounding_box()
    page.locator(f'{NETWORK} [data-unit="3-4"] .fill').click()
    expect_unit(page, 3, 4)
    assert sentence.bounding_box() == place
    assert bottom(sentence) <= LOW[1]


def test_any_unit_by_its_number(page: Page, server: Server) -> None:
    open_page(page, server, "?w1=1024")
    field = page.locator(".st-key-inside_unit input")
    field.fill("1023")
    field.press("Enter")
    expect_unit(page, 1, 1023)
    # It takes the place of another one.
    assert len(units(page, 1)) == 24
    expect(page.locator(f"{NETWORK} svg")).to_contain_text("24 of")
    page.reload()
    expect(page.locator(CHOSEN)).to_have_count(1, timeout=30_000)
    expect_unit(page, 1, 1023)
    page.locator(".st-key-inside_layer").get_by_text("fc2", exact=True).click()
    expect_unit(page, 2, 63)


def test_a_unit_of_the_wall(page: Page, server: Server) -> None:
    open_page(page, server, "?inside_wall_open=true")
    cells = page.locator(".st-key-inside_wall .cell")
    expect(cells).to_have_count(64)
    cells.nth(5).click()
    expect_unit(page, 1, 5)
    page.keyboard.press("ArrowRight")
    expect_unit(page, 1, 6)
    expect(cells.nth(6)).to_have_attribute("aria-selected", "true")


def test_the_map_is_read_by_mouse_and_by_keyboard(page: Page, server: Server) -> None:
    open_page(page, server, "?inside_map_open=true")
    reading = page.locator(".st-key-inside_map .reading")
    expect(reading).to_contain_text("Point at a digit")
    canvas = page.locator(".st-key-inside_map canvas")
    canvas.hover()
    expect(reading).to_have_text(re.compile(r"^test digit \d+: \d$"))
    first = reading.inner_text()
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(reading).not_to_have_text(first)


def test_why_this_class_and_not_that_one(page: Page, server: Server) -> None:
    open_page(page, server, "?inside_layer=fc3&inside_unit=4")
    page.locator(".st-key-inside_other input").click()
    page.get_by_role("option", name="7", exact=True).click()
    expect(page.locator(f"{TERMS} .title")).to_contain_text("Logit of 4 minus logit of 7")
    expect(page.locator(".st-key-sentence")).to_contain_text(
        re.compile(r"Why (4 and not 7|7 and not 4)")
    )
    expect_query(page, inside_other="7")


@pytest.mark.parametrize("query", ["", "weights=trained&epochs=1&inside_layer=fc3&inside_unit=8"])
@pytest.mark.parametrize("layers", [0, 4])
def test_it_holds_together(device: Device, server: Server, layers: int, query: str) -> None:
    page = device.page
    sizes = "" if query else "w1=1024&w2=1024&w3=1024&w4=1024"
    query = query.replace("fc3", f"fc{layers + 1}")
    open_page(page, server, f"?layers={layers}&{sizes}&{query}")
    for _, height in device.walk(height=900):
        for key in ("inside_network", "inside_terms", "sentence"):
            box = page.locator(f".st-key-{key}").bounding_box()
            assert box is not None
            assert device.is_phone or box["y"] + box["height"] <= height
        # No name runs out of the picture, and none is too small to be read.
        script = """svg => [...svg.querySelectorAll("text")].filter(text => {
          const box = text.getBBox();
          return box.width && (box.x < -1 || box.x + box.width > svg.clientWidth + 1
            || parseFloat(getComputedStyle(text).fontSize) < 14);
        }).map(text => text.textContent)"""
        assert page.locator(f"{NETWORK} svg").evaluate(script) == []
        small = "all => all.filter(one => parseFloat(getComputedStyle(one).fontSize) < 14).length"
        assert page.locator(f"{TERMS} span, {NETWORK} .note").evaluate_all(small) == 0
    if device.is_phone:
        fourth = units(page, 1)[3]
        page.locator(f'{NETWORK} [data-unit="1-{fourth}"] .fill').tap()
        expect(page.locator(CHOSEN)).to_have_attribute("data-unit", f"1-{fourth}")
        expect(page.locator(f"{TERMS} .title")).to_contain_text(str(fourth))


def test_with_everything_open_nothing_runs_out_of_a_phone(phone: Page, server: Server) -> None:
    open_page(phone, server, f"?{OPEN}")
    expect(phone.locator(".st-key-inside_map .reading")).to_be_visible()
    expect(phone.locator(".st-key-inside_classes .js-plotly-plot")).to_have_count(1)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
