"""A server, and the system's browser, for the tests that only a browser can make.

Opening a new tab costs as much as two pages. So there are two of them, a desk's and a phone's, and
each test finds one as it is when it is new: no cookie, nothing stored, no page.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from tests.browser.screens import DESK, PATIENCE_MS, PHONE, Device
from tests.serving import ROOT, Server, browser, chromium_path, serve

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            # Server, browser and test share a machine that may be busy. What a second try mends is
            # a matter of time, and the report names it.
            item.add_marker(pytest.mark.flaky(reruns=1))


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


@pytest.fixture(scope="session")
def desk_tab(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def phone_tab(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(has_touch=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(desk_tab: Page) -> Iterator[Page]:
    """A tab on a desk, with nothing in it."""
    with as_new(desk_tab, DESK), watched(desk_tab):
        yield desk_tab


@pytest.fixture
def phone(phone_tab: Page) -> Iterator[Page]:
    """A tab on a phone, which is touched, with nothing in it."""
    with as_new(phone_tab, PHONE), watched(phone_tab):
        yield phone_tab


@pytest.fixture(params=["desk", "phone"])
def device(request: pytest.FixtureRequest) -> Device:
    """A tab on each device, to be walked through its sizes and schemes."""
    if request.param == "phone":
        return Device(request.getfixturevalue("phone"), (PHONE,))
    return Device(request.getfixturevalue("page"), (DESK, (1920, 1080)))


@contextmanager
def as_new(tab: Page, size: tuple[int, int]) -> Iterator[None]:
    """Let a test use a tab, and leave nothing in it."""
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.emulate_media(color_scheme="light")
    tab.set_default_timeout(PATIENCE_MS)
    try:
        yield
    finally:
        # Where it shows no page of the server, it holds nothing of it.
        with suppress(Error):
            tab.evaluate("localStorage.clear(), sessionStorage.clear()")
            tab.evaluate("indexedDB.deleteDatabase('mnistviz'), undefined")
        tab.mouse.up()
        tab.mouse.move(0, 0)
        tab.goto("about:blank")
        tab.context.clear_cookies()


def is_error(said: ConsoleMessage) -> bool:
    # On a link straight to a page, Streamlit's browser side asks below the page's path first
    # whether a server is there, and then at the root.
    asked_below = re.search(r"/\w+/_stcore/(health|host-config)$", said.location.get("url", ""))
    return said.type == "error" and asked_below is None


@contextmanager
def watched(page: Page) -> Iterator[None]:
    """Let a test use a page; with an error on its console the test has failed."""
    errors: list[str] = []

    def on_console(said: ConsoleMessage) -> None:
        if is_error(said):
            errors.append(said.text)

    def on_error(error: Error) -> None:
        errors.append(str(error))

    page.on("console", on_console)
    page.on("pageerror", on_error)
    try:
        yield
    finally:
        page.remove_listener("console", on_console)
        page.remove_listener("pageerror", on_error)
    assert errors == []
