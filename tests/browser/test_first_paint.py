"""Tests of the first paint in a browser: a sketch, then the page; the sidebar where it fits."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.screens import DESK, PHONE
from tests.serving import Server

SHOWN = "() => !('comes' in document.documentElement.dataset)"


def open_page(page: Page, url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(url)
    page.wait_for_function(SHOWN)


def expect_sidebar(page: Page, *, is_open: bool) -> None:
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_have_attribute("data-collapsed", "false" if is_open else "true")


def test_a_sketch_is_there_until_the_page_is(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/softmax", wait_until="commit")
    expect(page.locator("#sketch .stage")).to_be_visible()
    page.wait_for_function(SHOWN)
    expect(page.locator("#sketch")).to_be_hidden()
    expect(page.get_by_role("heading", level=1, name="Softmax")).to_be_visible()
    expect(page).to_have_title("Softmax · mnistviz")


def test_the_page_comes_without_storage(chromium: Browser, server: Server) -> None:
    context = chromium.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    page = context.new_page()
    open_page(page, f"{server.url}/softmax", 820)
    expect(page.get_by_role("heading", level=1, name="Softmax")).to_be_visible()
    expect_sidebar(page, is_open=False)
    context.close()


def test_the_sidebar_closes_where_it_would_squeeze_the_page(page: Page, server: Server) -> None:
    open_page(page, server.url, 1099)
    expect_sidebar(page, is_open=False)
    page.set_viewport_size({"width": 1100, "height": 800})
    expect_sidebar(page, is_open=True)
    page.set_viewport_size({"width": 820, "height": 800})
    expect_sidebar(page, is_open=False)
    # Somebody opens it all the same; the next visit begins closed again.
    page.get_by_test_id("stExpandSidebarButton").click()
    expect_sidebar(page, is_open=True)
    open_page(page, server.url, 820)
    expect_sidebar(page, is_open=False)
    open_page(page, server.url, DESK[0])
    expect_sidebar(page, is_open=True)


def test_a_sidebar_closed_by_hand_stays_closed(page: Page, server: Server) -> None:
    open_page(page, server.url, DESK[0])
    page.get_by_test_id("stSidebarHeader").hover()
    page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    expect_sidebar(page, is_open=False)
    open_page(page, server.url, PHONE[0])
    expect_sidebar(page, is_open=False)
    page.set_viewport_size({"width": DESK[0], "height": 800})
    open_page(page, server.url, DESK[0])
    expect_sidebar(page, is_open=False)
