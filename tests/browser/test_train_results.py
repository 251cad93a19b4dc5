"""The confusion matrix in a real browser: mouse, touch, keyboard, link, every width."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.screens import screen
from tests.browser.stage import expect_query
from tests.serving import Server, serve

CARDS = ".st-key-train_cell_digits .cards"
CHOSEN = '.matrix [aria-selected="true"]'
QUERY = "?layers=1&w1=16&epochs=1&train_good_open=true"
OPEN = "&".join(f"train_{name}_open=true" for name in ("classes", "sure", "believed"))


def script() -> None:
    """Show the end of a run, in a fragment as the page does."""
    import streamlit as st

    from mnistviz.ui.session import cached, links
    from mnistviz.ui.session.state import current
    from mnistviz.ui.train.results import panel

    st.set_page_config(layout="wide")
    links.check()

    @st.fragment
    def stage() -> None:
        hand = current()
        layers = cached.parameters(hand.trained)
        panel.show(hand, layers, hand.training.steps)

    stage()
    links.check_page()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("results")
    source = inspect.getsource(script) + "\n\nscript()\n"
    (folder / "results.py").write_text(source, encoding="utf-8")
    environment = {"MNISTVIZ_DATA": str(folder / "full")}
    with serve(folder / "results.py", folder, environment=environment) as one:
        yield one


def open_page(page: Page, server: Server, query: str = QUERY) -> None:
    page.goto(f"{server.url}/{query}")
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


def test_by_mouse_by_keyboard_and_by_link(page: Page, results: Server) -> None:
    open_page(page, results)
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


def test_each_cell_says_what_it_is(page: Page, results: Server) -> None:
    open_page(page, results)
    cells = page.locator(".matrix [role=gridcell]")
    labels = cells.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert len(labels) == 100
    assert sum(int(label.rsplit(" ", 1)[1]) for label in labels) == 1000
    assert [label.startswith("3 read as 3, correct") for label in labels].index(True) == 33
    assert page.locator(".matrix [tabindex='0']").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400, 1920])
def test_every_width(chromium: Browser, results: Server, width: int, scheme: str) -> None:
    with screen(chromium, (width, 900), scheme) as page:
        open_page(page, results, f"{QUERY}&{OPEN}")
        expect(page.locator(".st-key-train_believed .js-plotly-plot")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        # The full set has as many ones among its test digits, if all are read correctly.
        page.locator(".cell[data-truth='1'][data-says='1']").evaluate(
            "one => one.textContent = '1135'"
        )
        script = "all => all.map(one => [one.scrollWidth <= one.clientWidth + 1,"
        script += " parseFloat(getComputedStyle(one).fontSize)])"
        for fits, size in page.locator(".cell, .cards li div").evaluate_all(script):
            assert fits
            assert size >= 14
        if width < 500:
            page.locator(".cell[data-truth='7'][data-says='2']").tap()
            expect_cell(page, "7-2")
