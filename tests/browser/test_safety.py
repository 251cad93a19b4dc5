"""What a page may never do: load from elsewhere, break its policy, or show how it failed."""

from __future__ import annotations

import contextlib
import http.client
import re
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from mnistviz.ui import pages
from tests.browser.conftest import watched
from tests.browser.screens import PATIENCE_MS
from tests.browser.through import APP, arrive, go_through
from tests.serving import FLAGS, ROOT, Server, chromium_path, serve

REPORT = """addEventListener("securitypolicyviolation", (event) =>
  report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""

PROOF = ("cookie", "x-xsrftoken", "content-type")
"""Headers of an upload: that it is our own page's, and how its parts are divided."""

FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@contextlib.contextmanager
def guarded(browser: Browser, url: str) -> Iterator[Page]:
    """Open a tab in which a broken policy or a request to another server is a failure."""
    violations: list[str] = []
    asked: set[str] = set()
    context = browser.new_context(permissions=["camera"])
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    tab.on("request", lambda request: asked.add(request.url))
    tab.on("websocket", lambda socket: asked.add(socket.url))
    tab.expose_function("report", lambda violation: violations.append(violation))
    tab.add_init_script(REPORT)
    try:
        yield tab
    finally:
        context.close()
    assert violations == []
    network = [one for one in asked if urlsplit(one).scheme not in ("about", "blob", "data")]
    assert {urlsplit(one).netloc for one in network} == {urlsplit(url).netloc}


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the app below a path, as behind a proxy that serves other things besides."""
    folder = tmp_path_factory.mktemp("below")
    environment = {"MNISTVIZ_DATA": str(folder / "full")}
    with serve(ROOT / "app.py", folder, environment=environment, base="/mnist") as one:
        yield one


def test_all_pages_keep_to_their_policy_server_and_path(chromium: Browser, below: Server) -> None:
    # What fails to load is an error on the console.
    with guarded(chromium, below.url) as tab, watched(tab):
        for page in pages.PAGES:
            # All that opens is open, for what loads only then.
            opened = "&".join(f"{flag}=true" for flag in page.flags)
            name = "" if page.name == pages.LANDING else page.name
            arrive(tab, f"{below.url}/{name}?layers=1&w1=16&epochs=1&{opened}")


def test_links_downloads_and_uploads_keep_to_the_path(chromium: Browser, below: Server) -> None:
    with guarded(chromium, below.url) as tab:
        arrive(tab, f"{below.url}/Softmax/?seed=3&embed=true")
        assert urlsplit(tab.url).path == "/mnist/softmax"
        assert "seed=3" in tab.url
        go_through(tab, tab.main_frame, below.url)


@pytest.mark.parametrize("key", ["", "$$ID-0f-seed"])
def test_a_key_that_names_nothing_does_not_end_the_page(
    page: Page, server: Server, key: str
) -> None:
    arrive(page, f"{server.url}/?{key}=x&image=4")
    expect(page.get_by_test_id("stAlert")).to_contain_text(f"{key}=x")
    expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 4")
    assert urlsplit(page.url).query == "image=4"


def test_a_link_with_too_many_keys_says_that_none_counts(page: Page, server: Server) -> None:
    arrive(page, f"{server.url}/?image=4&{'&'.join(f'k{i}' for i in range(1000))}")
    expect(page.locator(".mnistviz-connection p")).to_contain_text("ignores all of them")
    expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 0")
    page.locator(".mnistviz-connection").get_by_role("button", name="Close").click()
    arrive(page, f"{server.url}/?image=4&{'&'.join(f'k{i}' for i in range(900))}")
    expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 4")
    expect(page.locator(".mnistviz-connection")).to_be_hidden()


def ask_elsewhere(browser: Browser, url: str) -> None:
    with guarded(browser, url) as tab:
        tab.goto(url)
        tab.evaluate("fetch('http://127.0.0.1:9/').catch(() => {})")


def test_the_policy_keeps_a_page_from_asking_another_server(
    chromium: Browser, server: Server
) -> None:
    with pytest.raises(AssertionError, match="connect-src"):
        ask_elsewhere(chromium, server.url)


def send_size(url: str, headers: Mapping[str, str], size: int) -> int:
    """Announce a file of this size, send nothing of it, and return the status of the answer."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    with contextlib.closing(connection):
        connection.putrequest("PUT", address.path)
        for name, value in {**headers, "content-length": str(size)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status


SEES = "() => document.querySelector('[data-testid=stCameraInput] video')?.readyState >= 2"


def test_a_photo_of_the_camera_arrives_and_a_file_too_large_is_not_read(
    chromium: Browser, server: Server
) -> None:
    launched = chromium.browser_type.launch(
        executable_path=chromium_path(), args=[*FLAGS, *FAKE_CAMERA]
    )
    with guarded(launched, server.url) as tab:
        tab.goto(f"{server.url}/draw?weights=initial&draw_source=photo")
        tab.locator(".st-key-draw_photo_use_camera label").first.click()
        # Before there is a picture, a press of the button takes none.
        tab.wait_for_function(SEES)
        app = tab.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        with tab.expect_response(re.compile("/upload_file/")) as answer:
            tab.get_by_test_id("stCameraInputButton").click()
        assert answer.value.status == 204
        asked = answer.value.request
        kept = {name: asked.all_headers()[name] for name in PROOF if name in asked.all_headers()}
        assert send_size(asked.url, kept, 65 * 1024 * 1024) == 413
    launched.close()


FAILS = """import streamlit as st

st.title("Title")

def fail():
    raise ValueError("a secret of /srv/mnistviz")

st.button("callback", on_click=fail)
st.fragment(lambda: st.button("fragment") and fail())()
st.write("as ever")
if st.button("page"):
    fail()
"""


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[Server]:
    """The server with a main script that fails wherever one can fail."""
    (tmp_path / "main.py").write_text(FAILS)
    ours = (ROOT / "app.py").read_text()
    assert ours.count("st.App(MAIN") == 1
    app = ours.replace("st.App(MAIN", 'st.App("main.py"')
    (tmp_path / "app.py").write_text(app.replace("    warm_up()\n", ""))
    with serve(tmp_path / "app.py", tmp_path, environment={"PYTHONPATH": str(ROOT)}) as one:
        yield one


def test_a_failure_is_told_calmly_and_found_in_the_log(chromium: Browser, failing: Server) -> None:
    names = []
    with guarded(chromium, failing.url) as tab:
        for place in ("page", "callback", "fragment"):
            tab.goto(failing.url)
            tab.get_by_role("button", name=place).click()
            alert = tab.get_by_test_id("stAlert")
            expect(alert).to_contain_text("You did nothing wrong")
            names += re.findall(r"[0-9a-f]{8}", alert.inner_text())
            assert not re.search(r"Traceback|ValueError|secret|/", tab.locator(APP).inner_text())
            assert tab.get_by_test_id("stException").count() == 0
    log = failing.stderr.read_text()
    assert len(set(names)) == 3
    for name in names:
        logged = log.partition(f"Failure {name}\n")[2]
        assert logged.startswith("Traceback")
        assert "ValueError: a secret of /srv/mnistviz" in logged


def test_a_server_told_to_end_ends_in_the_middle_of_a_training(
    chromium: Browser, tmp_path: Path
) -> None:
    environment = {"MNISTVIZ_DATA": str(tmp_path / "full")}
    with (
        serve(ROOT / "app.py", tmp_path, environment=environment) as server,
        guarded(chromium, server.url) as tab,
    ):
        arrive(tab, f"{server.url}/train?layers=2&w1=512&w2=512&epochs=20")
        tab.locator(".st-key-train_go").get_by_role("button").click()
        expect(tab.locator(".st-key-train_stop").get_by_role("button")).to_be_enabled()
        server.process.terminate()
        assert server.process.wait(timeout=20) in (0, -signal.SIGTERM)
        # The page says it, and waits for the server.
        expect(tab.locator(".mnistviz-connection p")).to_contain_text("reconnects on its own")
    assert server.stderr.read_text() == ""


def open_session(url: str, origin: str) -> int:
    """Ask for a websocket as a page from somewhere does, and return the status of the answer."""
    headers = {
        "Origin": origin,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/_stcore/stream", headers=headers)
        return connection.getresponse().status


def test_no_other_page_may_open_a_session_and_nobody_is_asked_about_it(server: Server) -> None:
    assert open_session(server.url, server.url) == 101
    assert open_session(server.url, "http://elsewhere.example") == 403
    # Streamlit would ask two services for the address of this machine, and everybody would wait.
    assert "external IP" not in server.stderr.read_text()
