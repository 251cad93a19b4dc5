"""The confusion matrix in a real browser: mouse, touch, keyboard, link, every width."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.screens import Device
from tests.browser.stage import expect_query
from tests.serving import Server

CARDS = ".st-key-train_cell_digits .cards"
CHOSEN = '.matrix [aria-selected="true"]'
QUERY = "layers=1&w1=16&epochs=1&weights=trained&train_good_open=true"
OPEN = "&".join(f"train_{name}_open=true" for name in ("classes", "sure", "believed"))


def open_page(page: Page, server: Server, query: str = QUERY) -> None:
    page.goto(f"{server.url}/train?{query}")
    expect(page.locator(CHOSEN)).to_have_count(1, timeout=30_000)


def expect_cell(page: Page, cell: str) -> None:
    """Wait until a cell is chosen: in the table, beside it, and in the link."""
    truth, says = cell.split("-")
    chosen = page.locator(CHOSEN)
    expect(chosen).to_have_attribute("data-truth", truth)
    expect(chosen).to_have_attribute("data-says", says)
    expect(page.locator(CARDS)).to_have_attribute("aria-label", f"The digits of the cell {cell}")
    expect_query(page, train_cell=cell)
    count = (chosen.text_content() or "").replace("\u00b7", "0")
    expect(page.locator(f"{CARDS} li")).to_have_count(min(int(count), 24))


def test_by_mouse_by_keyboard_and_by_link(page: Page, server: Server) -> None:
    open_page(page, server)
    page.locator(".cell[data-truth='4'][data-says='9']").click()
    expect_cell(page, "4-9")
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect_cell(page, "5-8")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect_cell(page, "5-0")
    assert page.evaluate(
        "document.querySelector('.st-key-train_confusion') !== null"
        " && document.activeElement.tagName !== 'BODY'"
    )
    page.reload()
    expect_cell(page, "5-0")


def test_each_cell_says_what_it_is(page: Page, server: Server) -> None:
    open_page(page, server)
    cells = page.locator(".matrix [role=gridcell]")
    labels = cells.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert len(labels) == 100
    assert sum(int(label.rsplit(" ", 1)[1]) for label in labels) == 1000
    assert [label.startswith("3 predicted as 3, correct") for label in labels].index(True) == 33
    assert page.locator(".matrix [tabindex='0']").count() == 1


def test_every_width(device: Device, server: Server) -> None:
    page = device.page
    open_page(page, server, f"{QUERY}&{OPEN}")
    expect(page.locator(".st-key-train_believed .js-plotly-plot")).to_have_count(1)
    # The full set has as many ones among its test digits, if all are read correctly.
    most = page.locator(".cell[data-truth='1'][data-says='1']")
    own = most.text_content()
    most.evaluate("one => one.textContent = '1135'")
    script = "all => all.map(one => [one.scrollWidth <= one.clientWidth + 1,"
    script += " parseFloat(getComputedStyle(one).fontSize)])"
    for _ in device.walk():
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
        for fits, size in page.locator(".cell, .cards li div").evaluate_all(script):
            assert fits
            assert size >= 14
    if device.is_phone:
        most.evaluate("(one, own) => one.textContent = own", own)
        page.locator(".cell[data-truth='7'][data-says='2']").tap()
        expect_cell(page, "7-2")
