"""A full house, in the browser: the waiting page, and the app when there is a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import is_error
from tests.browser.screens import DESK
from tests.helpers.cutting import Way
from tests.serving import ROOT, Server, serve


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Server]:
    """A server with one place."""
    environment = {"MNISTVIZ_MAX_SESSIONS": "1", "MNISTVIZ_DATA": str(tmp_path / "full")}
    with serve(ROOT / "app.py", tmp_path, environment=environment) as one:
        yield one


def visitor(chromium: Browser) -> Page:
    width, height = DESK
    return chromium.new_context(viewport={"width": width, "height": height}).new_page()


def expect_app(page: Page) -> None:
    expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 4", timeout=30_000)
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=30_000
    )


def test_who_waits_is_let_in_to_the_link(chromium: Browser, house: Server) -> None:
    errors: list[str] = []
    address = f"{house.url}/?hidden=16&image=4"
    inside, waits, last = (visitor(chromium) for _ in range(3))
    for page in (waits, last):
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if is_error(said) else None)
    inside.goto(address)
    expect_app(inside)
    # An open page that is loaded again does not wait.
    inside.reload()
    expect_app(inside)
    waits.goto(address)
    last.goto(house.url)
    expect(waits.get_by_role("heading")).to_have_text("All places are taken")
    expect(waits.get_by_role("status")).to_have_text("You are next.")
    expect(last.get_by_role("status")).to_have_text("One person is ahead of you.")
    expect(last).to_have_title("2 in the queue · mnistviz")
    waits.reload()
    expect(waits.get_by_role("status")).to_have_text("You are next.")
    inside.close()
    expect_app(waits)
    assert re.search(r"hidden=16", waits.url)
    expect(last.get_by_role("status")).to_have_text("You are next.")
    assert errors == []
    for page in (inside, waits, last):
        page.context.close()


def test_who_was_cut_off_comes_back_to_a_full_house(chromium: Browser, house: Server) -> None:
    session = "document[Symbol.for('mnistviz.around')].connection.session()"
    inside, other = visitor(chromium), visitor(chromium)
    with Way(int(house.url.rpartition(":")[2])).running() as way:
        inside.goto(f"{way.url}/?image=4")
        expect_app(inside)
        before = inside.evaluate(session)
        way.cut()
        expect(inside.locator("html[data-offline]")).to_have_count(1)
        # The place is kept for a moment; then the other is let in.
        other.goto(f"{house.url}/?image=4")
        expect_app(other)
        way.mend()
        expect(inside.locator("html[data-offline]")).to_have_count(0, timeout=30_000)
        expect_app(inside)
        assert inside.evaluate(session) == before
    for page in (inside, other):
        page.context.close()
