"""The page of the digits in a real browser: one pixel, pointed at in every picture."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from mnistviz.digits import mnist
from mnistviz.lessons.digits.pixels import Pixel, pixel
from mnistviz.words.quantities import number
from tests.browser.screens import DESK, LOW, has_in_window
from tests.browser.stage import expect_query, settled_box
from tests.serving import Server

PIXELS = ".st-key-digits_pixels"
AXES = ".st-key-digits_axes"


def at(index: int, image: int = 0) -> Pixel:
    return pixel(mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 0, 7), image, index)


def open_page(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/digits{query}")
    expect(page.locator(f"{PIXELS} .place")).to_contain_text("Row", timeout=30_000)
    expect(page.get_by_role("link", name=re.compile("^Next: ")).last).to_be_visible()


def expect_marked(page: Page, index: int, image: int = 0) -> None:
    """Wait until this pixel is read out, and marked in the picture, the table and the line."""
    wanted = at(index, image)
    root = page.locator(PIXELS)
    expect(root.locator(".place")).to_have_text(f"Row {wanted.row}, column {wanted.column}")
    expect(root.locator(".index")).to_have_text(f"Index {index} in the line")
    values = [str(wanted.raw), number(wanted.unit), number(wanted.normal)]
    expect(root.locator(".term .value")).to_have_text(values)
    expect(root.locator(".strip-title")).to_contain_text(f"The marked one has index {index}.")
    for name in ("picture", "table"):
        field, mark = root.locator(f".{name}"), root.locator(f".{name} .mark")
        outer, inner = field.bounding_box(), mark.bounding_box()
        assert outer is not None
        assert inner is not None
        column = 28 * (inner["x"] - outer["x"]) / outer["width"]
        row = 28 * (inner["y"] - outer["y"]) / outer["height"]
        assert (row, column) == pytest.approx((wanted.row, wanted.column), abs=0.2)


def middle(field: Locator, index: int, columns: int = 28) -> dict[str, float]:
    """Where a pixel is in a picture, from its corner."""
    box = settled_box(field)
    size = box["width"] / columns
    height = box["height"] / (784 // columns)
    return {"x": (index % columns + 0.5) * size, "y": (index // columns + 0.5) * height}


def test_a_pixel_is_pointed_at_kept_and_moved(page: Page, server: Server) -> None:
    open_page(page, server)
    expect_marked(page, 406)
    picture = page.locator(f"{PIXELS} .picture")
    table = page.locator(f"{PIXELS} .table")
    picture.hover(position=middle(picture, 300))
    expect_marked(page, 300)
    # What was only pointed at is not kept.
    page.locator("h1").hover()
    expect_marked(page, 406)
    table.click(position=middle(table, 425))
    expect_marked(page, 425)
    expect_query(page, digits_index="425")
    expect(page.locator(".st-key-sentence")).to_contain_text("at index 425")
    table.focus()
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect_query(page, digits_index="454")
    page.locator("h1").hover()
    expect_marked(page, 454)
    # Another digit: the mark stays where it is.
    page.get_by_role("button", name="Next image").click()
    expect(page.locator(f"{PIXELS} .digit .title")).to_contain_text("Image 1")
    expect_marked(page, 454, image=1)


def test_an_index_and_its_pixel_point_at_one_another(page: Page, server: Server) -> None:
    open_page(page, server)
    strip = page.locator(f"{PIXELS} .strip")
    strip.click(position=middle(strip, 28, columns=784))
    expect_query(page, digits_index="28")
    page.locator("h1").hover()
    expect_marked(page, 28)
    field = page.locator(".st-key-digits_index input")
    expect(field).to_have_value("28")
    field.fill("27")
    field.press("Enter")
    expect_marked(page, 27)
    strip.focus()
    page.keyboard.press("End")
    expect_query(page, digits_index="783")
    expect_marked(page, 783)


def test_the_table_changes_its_numbers(page: Page, server: Server) -> None:
    open_page(page, server)
    cell = page.locator(f"{PIXELS} .cell").nth(406)
    expect(cell).to_have_text(str(at(406).raw))
    page.locator(".st-key-digits_values").get_by_text("Normalize").click()
    expect(cell).to_have_text(f"{at(406).normal:.2f}".removeprefix("0"))
    expect(page.locator(f"{PIXELS} .cell").first).to_have_text("\N{MINUS SIGN}1")
    expect_query(page, digits_values="Normalize")
    # What the table shows is named beside the picture: on a phone the table is out of sight.
    expect(page.locator(f"{PIXELS} .term.shown .name")).to_have_text("Normalize")


def test_the_batch_is_taken_apart(page: Page, server: Server) -> None:
    open_page(page, server)
    page.get_by_text("One batch, axis by axis").click()
    names, shapes = page.locator(f"{AXES} .name"), page.locator(f"{AXES} .shape")
    expect(names.last).to_have_text("images[0, 0, 14, 14]")
    expect(shapes).to_have_text(["(64, 1, 28, 28)", "(1, 28, 28)", "(28, 28)", "(28,)", "()"])
    row = page.get_by_role("spinbutton", name="row", exact=True)
    row.fill("20")
    expect(names.last).to_have_text("images[0, 0, 20, 14]")
    expect_query(page, digits_index="574")
    expect(page.locator(f"{AXES} .result")).to_have_text(f"= {number(at(574).normal)}")
    sheet = page.locator(f"{AXES} .sheet")
    box = settled_box(sheet)
    sheet.click(position={"x": 1.5 * box["width"] / 8, "y": 1.5 * box["width"] / 8})
    expect_query(page, image="9")
    expect(names.last).to_have_text("images[9, 0, 20, 14]")
    sheet.focus()
    page.keyboard.press("ArrowLeft")
    expect_query(page, image="8")
    expect_marked(page, 574, image=8)


def test_a_tap_marks_and_keeps_a_pixel(phone: Page, server: Server) -> None:
    open_page(phone, server)
    picture = phone.locator(f"{PIXELS} .picture")
    picture.tap(position=middle(picture, 300))
    expect_query(phone, digits_index="300")
    expect_marked(phone, 300)


def test_the_sentence_is_in_sight(page: Page, server: Server) -> None:
    open_page(page, server)
    for size in (DESK, LOW, (1920, 1080), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        has_in_window(page.locator(".st-key-sentence p"), size)


def test_a_finger_finds_the_line_and_a_row(phone: Page, server: Server) -> None:
    open_page(phone, server, "?digits_axes_open=true")
    for field in (phone.locator(f"{PIXELS} .strip"), phone.locator(f"{AXES} .line")):
        # Touched well below what is seen of it.
        field.scroll_into_view_if_needed()
        box = settled_box(field)
        phone.touchscreen.tap(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2 + 20)
        expect(field).to_have_attribute("aria-valuenow", re.compile("^78[0-3]$"))
