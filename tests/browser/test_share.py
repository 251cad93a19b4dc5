"""The panel Share in a real browser: its link, its QR code, and the page as a part of another."""

from __future__ import annotations

import io
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Frame, Page, expect

from mnistviz.words import read
from tests.browser.screens import PHONE
from tests.browser.stage import BARS, bar_texts, open_classify, settled_box
from tests.browser.through import arrive
from tests.serving import ROOT, Server, serve

words = read("share")

CODE = "dialog.share .qr img"


def decoded(page: Page, code: str = CODE) -> list[str]:
    """What a camera reads off a picture on the screen."""
    picture = page.locator(code)
    expect(picture).to_have_js_property("complete", True)
    shot = Image.open(io.BytesIO(picture.screenshot()))
    return [found.text for found in zxingcpp.read_barcodes(shot)]


def shared(page: Page | Frame) -> str:
    """Open the panel and return its link."""
    page.locator(".mnistviz-share").click()
    return page.locator("#share-link").input_value()


def test_the_link_is_that_of_the_address_and_its_code_says_it(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    arrive(page, f"{server.url}/softmax?seed=9&activation=tanh")
    page.locator(".mnistviz-share").focus()
    page.keyboard.press("Enter")
    link = page.locator("#share-link")
    expect(link).to_have_value(page.url)
    assert decoded(page) == [page.url]
    copy = page.get_by_role("button", name=f"{words.parts['copy']}: {words.parts['link']}")
    copy.press("Enter")
    expect(page.locator(".share-said")).to_have_text(words.parts["copied"])
    expect(copy).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    # Where the clipboard is refused, the older way copies.
    page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error()), undefined")
    page.get_by_role("button", name=words.parts["course"]).press("Enter")
    expect(page.locator(".share-said")).to_have_text(words.parts["copied"])
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Softmax: A network ends in ten numbers")
    assert text.endswith(page.url)
    # And where that is refused too, the text is selected for the keys.
    page.evaluate("document.execCommand = () => false, undefined")
    page.get_by_role("button", name=words.parts["embed"]).press("Enter")
    expect(page.locator(".share-said")).to_have_text(words.parts["select"])
    field = page.locator("#share-embed")
    expect(field).to_be_focused()
    assert field.evaluate("field => field.selectionEnd - field.selectionStart") > 100
    page.keyboard.press("Escape")
    expect(page.locator("dialog.share")).to_be_hidden()
    expect(page.locator(".mnistviz-share")).to_be_focused()


def test_the_code_fills_the_screen(page: Page, server: Server) -> None:
    arrive(page, f"{server.url}/modules")
    shared(page)
    page.locator("dialog.share .fill").press("Enter")
    box = settled_box(page.locator(CODE))
    size = page.viewport_size
    assert size is not None
    assert box["height"] > 0.85 * size["height"]
    assert decoded(page) == [page.url]
    page.keyboard.press("Escape")
    expect(page.locator("dialog.share.filled")).to_have_count(0)
    expect(page.locator("dialog.share")).to_be_visible()


def test_a_link_that_is_too_long_for_a_code_is_a_link_all_the_same(
    phone: Page, server: Server
) -> None:
    arrive(phone, f"{server.url}/modules?{'x' * 2100}=1")
    phone.locator(".mnistviz-share").tap()
    expect(phone.get_by_text(words.parts["too_long"])).to_be_visible()
    expect(phone.locator(CODE)).to_be_hidden()
    expect(phone.locator("#share-link")).to_have_value(phone.url)
    box = settled_box(phone.locator("dialog.share"))
    assert box["width"] <= PHONE[0]
    for button in phone.locator("dialog.share button:visible").all():
        size = button.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 44


def test_another_browser_sees_the_same_on_a_cold_server_below_a_path(
    page: Page, server: Server, chromium: Browser, tmp_path: Path
) -> None:
    open_classify(page, f"{server.url}/?weights=trained&epochs=2")
    page.locator(".st-key-digit_grid [role=radio]").nth(5).click()
    expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 5")
    link, numbers = shared(page), bar_texts(page)
    with serve(ROOT / "app.py", tmp_path, base="/mnist") as cold:
        other = chromium.new_context()
        try:
            tab = other.new_page()
            open_classify(tab, link.replace(f"{server.url}/", f"{cold.url}/"))
            expect(tab.locator(".st-key-digit_view .title")).to_contain_text("Image 5")
            expect(tab.locator(f"{BARS} text")).to_have_text(
                page.locator(f"{BARS} text").all_text_contents()
            )
            assert bar_texts(tab) == numbers
            # What is made there leads there.
            again = shared(tab)
            assert again == tab.url
            assert again.startswith(f"{cold.url}/?")
            assert decoded(tab) == [again]
            # The same below a page's own path.
            arrive(tab, f"{cold.url}/softmax?seed=2")
            assert shared(tab) == f"{cold.url}/softmax?seed=2"
            assert decoded(tab) == [tab.url]
        finally:
            other.close()
