"""A server and the system's browser for the tests that only a browser can make."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.serving import ROOT, Server, browser, chromium_path, serve


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


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


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of its own browser context; a test with an error on its console has failed."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    opened = context.new_page()
    errors: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        # A page that is not the landing page looks for Streamlit's server below its own path first.
        looks = re.search(r"/\w+/_stcore/(health|host-config)$", said.location.get("url", ""))
        if said.type == "error" and not looks:
            errors.append(said.text)

    opened.on("console", listen)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
