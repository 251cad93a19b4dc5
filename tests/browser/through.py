"""A way through the app that shows whether all of it arrives where it is served from."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Frame, Page, expect

from tests.browser.test_connection import one

APP = "[data-testid=stApp]"


def arrive(tab: Page | Frame, address: str) -> None:
    """Open a link, and wait until every part of its page is drawn."""
    tab.goto(address)
    tab.wait_for_function("() => !('comes' in document.documentElement.dataset)")
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.locator(APP)).to_have_attribute("data-test-script-state", "notRunning")


def go_through(tab: Page, frame: Frame, url: str, more: str = "") -> None:
    """Load, download, follow a link, use a component and bring a file."""
    arrive(frame, f"{url}/softmax?seed=3&softmax_code_open=true{more}")
    with tab.expect_download() as download:
        frame.get_by_role("button", name="Download the script").click()
    assert download.value.url.startswith(f"{url}/media/")
    assert "softmax" in download.value.path().read_text()
    frame.locator(".st-key-ways a").last.click()
    expect(frame.get_by_role("heading", level=1)).not_to_have_text("Softmax")
    assert frame.url.startswith(f"{url}/")
    assert parse_qs(urlsplit(frame.url).query)["seed"] == ["3"]
    # The grid of digits is a component that tells the server which one.
    arrive(frame, f"{url}/?{more}")
    frame.locator(".st-key-digit_grid [role=radio]").nth(5).click()
    expect(frame.locator(".st-key-digit_view .title")).to_contain_text("Image 5")
    arrive(frame, f"{url}/draw?weights=initial&draw_source=photo{more}")
    file = frame.locator(".st-key-draw_photo input[type=file]").first
    with tab.expect_response(re.compile("/upload_file/")) as answer:
        file.set_input_files({"name": "one.png", "mimeType": "image/png", "buffer": one()})
    assert answer.value.status == 204
    assert answer.value.url.startswith(url)
    expect(frame.locator(".st-key-draw_photo_boxes")).to_be_visible()
