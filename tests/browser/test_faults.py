"""What a person has whose way to the server fails while a file is on it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.screens import PATIENCE_MS
from tests.browser.test_connection import one, session
from tests.browser.through import arrive
from tests.helpers.cutting import Way
from tests.serving import Server


def new_tab(chromium: Browser) -> Page:
    tab = chromium.new_context(viewport={"width": 1400, "height": 900}).new_page()
    tab.set_default_timeout(PATIENCE_MS)
    return tab


def test_an_upload_that_is_cut_is_said_and_goes_again(chromium: Browser, server: Server) -> None:
    def cut(route: Route) -> None:
        way.cut()
        route.continue_()

    with Way(int(server.url.rpartition(":")[2])).running() as way:
        tab = new_tab(chromium)
        arrive(tab, f"{way.url}/draw?weights=initial&draw_source=photo")
        before = session(tab)
        file = tab.locator(".st-key-draw_photo input[type=file]").first
        # The way ends as the first bytes of the file are on it.
        tab.route(re.compile("/upload_file/"), cut)
        photo = {"name": "one.png", "mimeType": "image/png", "buffer": one()}
        with tab.expect_event("requestfailed"):
            file.set_input_files(photo)
        tab.unroute_all()
        expect(tab.locator("html[data-offline]")).to_have_count(1)
        way.mend()
        expect(tab.locator("html[data-offline]")).to_have_count(0)
        assert session(tab) == before
        file.set_input_files(photo)
        expect(tab.locator(".st-key-draw_photo_boxes")).to_be_visible()
        tab.context.close()
