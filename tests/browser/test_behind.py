"""The app behind what others put around it: a path of nginx's, and a frame in another site.

That a server keeps to a path of its own, `server.baseUrlPath`, is in test_safety.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts import scale
from tests.browser.conftest import watched
from tests.browser.test_safety import guarded
from tests.browser.test_share import shared
from tests.browser.through import arrive, go_through
from tests.serving import ROOT, Server, free_port

(LOCATION,) = re.findall(
    r"(?s)```nginx\n(.*?)```", (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
)
"""How nginx takes its path away, so that the server knows nothing of it."""


@pytest.fixture
def below(server: Server, tmp_path: Path) -> Iterator[str]:
    """The address of the app below a path of nginx's."""
    if scale.nginx_path() is None:
        pytest.skip(scale.MISSING)
    port = free_port()
    with ExitStack() as stack:
        location = LOCATION.replace("127.0.0.1:8501", urlsplit(server.url).netloc)
        site = f"server {{ listen {port}; listen [::]:{port}; {location} }}"
        nginx = scale.start_nginx(stack, scale.write_nginx(tmp_path, site))
        scale.wait_for(f"http://localhost:{port}/mnist", nginx)
        yield f"http://localhost:{port}/mnist"


class Course(BaseHTTPRequestHandler):
    """A page of another site with an empty frame."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        icon = '<link rel="icon" href="data:,">'
        self.wfile.write(f'{icon}<iframe name="app" width="1300" height="850">'.encode())

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def course() -> Iterator[str]:
    """The address of a course: `127.0.0.1` is no part of `localhost`."""
    other = ThreadingHTTPServer(("127.0.0.1", 0), Course)
    thread = Thread(target=other.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{other.server_port}/"
    other.shutdown()
    other.server_close()
    thread.join()


def test_below_a_path_of_nginx(chromium: Browser, below: str) -> None:
    with guarded(chromium, below) as tab, watched(tab):
        go_through(tab, tab.main_frame, below)


def test_in_a_frame_of_another_site_embedded(page: Page, server: Server, course: str) -> None:
    page.goto(course)
    frame = page.frame("app")
    assert frame is not None
    go_through(page, frame, server.url, "&embed=true")
    assert page.context.cookies() == []
    # What Streamlit hides where it is embedded stays hidden behind a link of ours.
    expect(frame.get_by_test_id("stMain")).to_be_visible()
    expect(frame.get_by_test_id("stAppToolbar")).to_have_count(0)


def test_the_snippet_of_the_panel_puts_the_page_into_a_course(
    page: Page, server: Server, course: str
) -> None:
    link = f"{server.url}/softmax?seed=3"
    arrive(page, link)
    shared(page)
    snippet = page.locator("#share-embed").input_value()
    page.goto(course)
    page.evaluate("snippet => (document.body.innerHTML = snippet)", snippet)
    expect(page.locator("iframe")).to_have_attribute("title", "mnistviz: Softmax")
    frame = page.frames[-1]
    expect(frame.get_by_role("heading", level=1)).to_have_text("Softmax")
    expect(frame.locator("html[data-comes]")).to_have_count(0)
    # The link that the frame gives is that of the page by itself.
    assert shared(frame) == link
