"""What a page shows as a picture is there as text too: a name, a sentence, the numbers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from mnistviz.lessons.softmax.computed import chain
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui import pages
from mnistviz.ui.session import cached
from mnistviz.words import read
from tests.browser.stage import BARS, expect_at_rest, open_classify, percents
from tests.helpers.lesson import opened
from tests.serving import Server

NAMES = [page.name for page in pages.PAGES]
SHORT = {"weights": "trained", "epochs": "1", "layers": "1", "w1": "16"}
SOFTMAX = re.compile("probabilit")
TRAINED = {"inside", "clinic", "draw"}
"""Pages that train, or show little without a training."""

NAMELESS = """() => [...document.querySelectorAll(
  '.stPlotlyChart:not([role="img"][aria-label]:not([aria-label=""])), table:not([aria-label])')]
  .filter((part) => part.checkVisibility())
  .map((part) => part.outerHTML.slice(0, 200))"""

SILENT = """() => [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
  .filter((host) => host.checkVisibility() && host.offsetHeight > 1)
  .filter((host) => !host.shadowRoot.querySelector("dialog, .kept"))
  .filter((host) => ![...host.shadowRoot.querySelectorAll("*")].some((one) => one.numbers))
  .map((host) => host.closest("[class*=st-key-]").className)"""
"""Components in sight that tell no numbers; what holds the panel or says a sentence is none."""

CHARTS = """() => [...document.querySelectorAll(".stPlotlyChart")]
  .filter((chart) => chart.checkVisibility())
  .map((chart) => chart.getAttribute("aria-label").split(/[.:] /)[0].replace(/\\.$/, ""))"""

MARKDOWN = """() => [...document.querySelectorAll("[aria-label]")]
  .map((element) => element.getAttribute("aria-label"))
  .filter((name) => /`|\\*\\S|\\]\\(/.test(name))"""


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("button", name="Glossary")).to_be_visible(timeout=60_000)
    expect_at_rest(page)


def open_numbers(page: Page) -> Locator:
    """Open the panel and return it."""
    page.get_by_role("button", name=read("numbers").title, exact=True).click()
    panel = page.get_by_role("dialog", name=read("numbers").title)
    expect(panel).to_be_visible()
    return panel


def rows(panel: Locator, name: str | re.Pattern[str]) -> list[list[str]]:
    """The body of the first table below a heading, each row with its head."""
    section = panel.locator("section").filter(has=panel.page.get_by_role("heading", name=name))
    lines: list[list[str]] = section.first.locator("tbody").evaluate(
        "body => [...body.rows].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return lines


@pytest.mark.parametrize("name", NAMES)
def test_all_in_sight_has_a_name_and_a_twin(page: Page, server: Server, name: str) -> None:
    values = {**opened(name), **(SHORT if name in TRAINED else {})}
    # What is measured there takes a minute, and is one more chart of bars.
    values.pop("draw_measure_open", None)
    query = "&".join(f"{key}={value}" for key, value in values.items())
    place = "" if name == pages.LANDING else name
    open_page(page, f"{server.url}/{place}?{query}")
    page.wait_for_function(f"() => ({NAMELESS})().length === 0")
    page.wait_for_function(f"() => ({MARKDOWN})().length === 0")
    assert page.evaluate(SILENT) == []
    charts = page.evaluate(CHARTS)
    panel = open_numbers(page)
    titles = panel.locator("h3").all_text_contents()
    assert all(titles)
    assert set(charts) <= set(titles)
    for section in panel.locator("section").all():
        expect(section.locator("p, table").first).to_be_attached()
    assert panel.locator("th:empty, table:not(:has(caption))").count() == 0
    assert panel.locator("thead th:not([scope=col]), tbody th:not([scope=row])").count() == 0


def test_the_tables_hold_the_numbers_of_classify(page: Page, server: Server) -> None:
    open_classify(page, f"{server.url}/?image=3")
    network, digit = NetworkSpec(), DigitSpec(image=3)
    panel = open_numbers(page)
    bars = rows(panel, "Ten bars, one for each digit")
    shares = [text.replace("\xa0", " ") for _, text in bars]
    assert shares == percents(cached.rows(network, digit)[3].tolist())
    labels = rows(panel, re.compile("^Batch 0"))
    assert [int(label) for _, label in labels] == cached.batch_of(digit).labels.tolist()
    pixels = rows(panel, re.compile("28 by 28 pixels"))
    assert [[int(cell) for cell in row[1:]] for row in pixels] == cached.pixels(digit).tolist()


def test_the_tables_are_those_of_the_moment(page: Page, server: Server) -> None:
    logits = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    text = ",".join(map(str, logits))
    open_page(page, f"{server.url}/softmax?softmax_logits={text}")
    wanted = percents(chain(logits).probabilities.tolist())
    panel = open_numbers(page)
    assert [row[-1].replace("\xa0", " ") for row in rows(panel, SOFTMAX)] == wanted
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    # Nothing is kept of what was made for the eye of a moment.
    assert panel.locator("section").count() == 0


def test_the_functions_side_by_side_are_told_where_they_are_drawn(
    page: Page, server: Server
) -> None:
    open_page(page, f"{server.url}/activations?activations_all_open=true")
    body = rows(open_numbers(page), "All functions")
    # The last column is the function that leaves a number as it is.
    assert [row[0] for row in body] == [row[-1] for row in body]
    assert body[-1][0] == "6"


def test_a_long_table_says_what_it_leaves_out(page: Page, server: Server) -> None:
    open_page(page, f"{server.url}/tensors")
    panel = open_numbers(page)
    expect(panel).to_contain_text(re.compile(r"The first \d+ of 784 rows\."))
    assert panel.locator("td, tbody th").count() < 5_000


def test_the_numbers_are_reached_early_by_keyboard(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    first = page.get_by_role("button", name=read("numbers").parts["first"])
    expect(first).to_be_attached()
    heading = page.get_by_role("heading", level=1)
    heading.evaluate("heading => { heading.tabIndex = -1; heading.focus(); }")
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    assert (first.bounding_box() or {})["height"] > 20
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name=read("numbers").title)
    expect(panel.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_focused()


def test_a_chart_is_read_once(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    expect(page.locator(".stPlotlyChart[role=img]")).to_be_attached()
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    said = [node.get("name", {}).get("value", "") for node in tree["nodes"] if not node["ignored"]]
    bars = page.locator(f"{BARS} text").all_text_contents()
    assert sum("Ten bars" in name for name in said) == 1
    assert not set(bars) & set(said)


def test_a_number_of_the_settings_is_valid(page: Page, server: Server) -> None:
    open_page(page, f"{server.url}/train")
    rate = page.get_by_role("spinbutton", name=read("settings").parts["lr"])
    expect(rate).to_be_visible()
    page.wait_for_function("() => document.querySelectorAll('input:invalid').length === 0")
    # A press of a key goes as far as one of the buttons.
    rate.focus()
    rate.press("ArrowUp")
    expect(rate).to_have_value("0.03")


def test_a_table_is_copied_whole(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    open_classify(page, server.url)
    panel = open_numbers(page)
    button = panel.get_by_role("button", name="Copy: Ten bars, one for each digit")
    button.click()
    expect(button).to_have_text(read("numbers").parts["copied"])
    lines = page.evaluate("navigator.clipboard.readText()").replace("\r", "").split("\n")
    assert lines == [
        "Name\tValue",
        *("\t".join(row) for row in rows(panel, re.compile("^Ten bars"))),
    ]
