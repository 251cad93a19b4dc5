"""A server and the system's browser for the tests that only a browser can make."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.serving import ROOT, Server, browser, chromium_path, serve


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
    # They come last: as long as the browser is open, an event loop runs in the main thread, and
    # tests that start one of their own would fail.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if chromium_path() is None:
        missing = "NO BROWSER FOUND: install Chromium or Chrome for the tests that need one"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with browser() as launched:
        yield launched


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests that do not need a cold one, with no full set and no way to it."""
    folder = tmp_path_factory.mktemp("server")
    with serve(ROOT / "app.py", folder, environment={"MNISTVIZ_DATA": str(folder / "full")}) as one:
        yield one


def is_error(said: ConsoleMessage) -> bool:
    # On a link straight to a page, Streamlit's browser side asks below the page's path first
    # whether a server is there, and then at the root.
    asked_below = re.search(r"/\w+/_stcore/(health|host-config)$", said.location.get("url", ""))
    return said.type == "error" and asked_below is None


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """Let a test use a page; with an error on its console the test has failed."""
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if is_error(said) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of its own browser context."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    with watched(context.new_page()) as opened:
        yield opened
        context.close()
