"""A connection that goes and comes again, shorter and longer than the server keeps a visit."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw
from playwright.sync_api import ConsoleMessage, Locator, Page, Route, expect
from torch import nn

from tests.browser.conftest import as_new, is_error
from tests.browser.hand import SEVEN, by_mouse
from tests.browser.screens import DESK
from tests.helpers.cutting import Way
from tests.serving import ROOT, Server, serve

KEPT_SECONDS = 1
LONGER = KEPT_SECONDS + 1
"""Seconds after which the server has forgotten a visit that it has noticed the end of."""

NEXT = '.st-key-digit_view .steps button[value="1"]'
TITLE = ".st-key-digit_view .title"
STRIP = ".mnistviz-connection"
RADIO = re.compile(r"/static/js/Radio\..*js$")
"""A script of Streamlit's that comes when its first element does."""
UNREACHED = "ERR_|WebSocket|_stcore|Is Streamlit still running|dynamically imported module"
"""What browser and Streamlit write to the console of a server that is not to be reached."""


@pytest.fixture(scope="module")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that forgets a visit when a second has passed without a connection."""
    folder = tmp_path_factory.mktemp("forgetful")
    environment = {
        "MNISTVIZ_DATA": str(folder / "full"),
        "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(KEPT_SECONDS),
    }
    with serve(ROOT / "app.py", folder, environment=environment) as one:
        yield one


@pytest.fixture
def tab(desk_tab: Page, way: Way) -> Iterator[Page]:
    """A tab on a desk, which is left before its way to the server ends.

    That its server is not to be reached, its console says too.
    """
    errors: list[str] = []

    def on_console(said: ConsoleMessage) -> None:
        if is_error(said) and not re.search(UNREACHED, said.text):
            errors.append(said.text)

    desk_tab.on("console", on_console)
    with as_new(desk_tab, DESK):
        yield desk_tab
    desk_tab.remove_listener("console", on_console)
    assert errors == []


@pytest.fixture
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    server: Server = request.getfixturevalue(getattr(request, "param", "forgetful"))
    with Way(int(server.url.rpartition(":")[2])).running() as one:
        yield one


def session(page: Page) -> str:
    return str(page.evaluate("document[Symbol.for('mnistviz.around')].connection.session()"))


def state(page: Page) -> Locator:
    return page.get_by_test_id("stApp")


def cut(page: Page, way: Way) -> None:
    """Cut the way to the server, and wait until page and server have noticed.

    Who comes before the server has noticed that they were gone gets another visit.
    """
    way.cut()
    expect(page.locator("html[data-offline]")).to_have_count(1)
    while not way.is_noticed():
        page.wait_for_timeout(100)


def lose(page: Page, way: Way, seconds: float) -> None:
    """Cut the way to the server for so long, and wait until all has settled."""
    cut(page, way)
    expect(page.locator(f"{STRIP} p")).to_contain_text("reconnects on its own")
    page.wait_for_timeout(1000 * seconds)
    way.mend()
    expect(page.locator("html[data-offline]")).to_have_count(0)
    expect(state(page)).to_have_attribute("data-test-script-state", "notRunning")


def expect_forgotten(page: Page, before: str) -> None:
    """Wait until the page belongs to another session, and says so."""
    expect(page.locator(f"{STRIP} [role=status]")).to_contain_text("has forgotten this visit")
    assert session(page) != before
    page.locator(STRIP).get_by_role("button", name="Close").click()
    expect(page.locator(STRIP)).to_be_hidden()


@pytest.mark.parametrize("name", ["", "inside", "train"])
def test_every_control_works_when_the_visit_was_forgotten(tab: Page, way: Way, name: str) -> None:
    tab.goto(f"{way.url}/{name}?hidden=16&image=4")
    expect(tab.locator(TITLE)).to_contain_text("Image 4", timeout=30_000)
    for image in (5, 6):
        # Once after a run of the whole page, once after one of its stage alone.
        before = session(tab)
        lose(tab, way, LONGER)
        expect_forgotten(tab, before)
        tab.locator(NEXT).click()
        expect(tab.locator(TITLE)).to_contain_text(f"Image {image}")
        expect(state(tab)).to_have_attribute("data-test-script-state", "notRunning")


def test_a_drawing_outlives_a_forgotten_visit(tab: Page, way: Way) -> None:
    tab.goto(f"{way.url}/draw?weights=initial")
    expect(tab.locator(".pad .says")).not_to_be_empty(timeout=30_000)
    sentence = tab.locator(".st-key-sentence")
    by_mouse(tab, *SEVEN)
    expect(sentence).to_contain_text("agree")
    read = tab.locator(".pad .read").inner_text()
    before = session(tab)
    lose(tab, way, LONGER)
    expect_forgotten(tab, before)
    # The drawing is there, and the server has read it anew.
    expect(sentence).to_contain_text("agree")
    assert tab.locator(".pad .read").inner_text() == read
    tab.get_by_role("button", name="Clear the canvas").click()
    expect(sentence).not_to_contain_text("agree")


@pytest.mark.parametrize("way", ["server"], indirect=True)
@pytest.mark.parametrize("name", ["", "inside", "train"])
def test_a_short_cut_is_not_noticed(tab: Page, way: Way, name: str) -> None:
    tab.goto(f"{way.url}/{name}?hidden=16&image=4")
    expect(tab.locator(TITLE)).to_contain_text("Image 4", timeout=30_000)
    before = session(tab)
    for image in (5, 6):
        # Once after a run of the whole page, once after one of its stage alone.
        lose(tab, way, 2)
        assert session(tab) == before
        expect(tab.locator(STRIP)).to_be_hidden()
        tab.locator(NEXT).click()
        expect(tab.locator(TITLE)).to_contain_text(f"Image {image}")


@pytest.mark.parametrize("way", ["server"], indirect=True)
def test_what_is_drawn_meanwhile_is_read_afterwards(tab: Page, way: Way) -> None:
    tab.goto(f"{way.url}/draw?weights=initial")
    expect(tab.locator(".pad .says")).not_to_be_empty(timeout=30_000)
    expect(state(tab)).to_have_attribute("data-test-script-state", "notRunning")
    before = session(tab)
    cut(tab, way)
    by_mouse(tab, *SEVEN)
    way.mend()
    expect(tab.locator(".st-key-sentence")).to_contain_text("agree", timeout=30_000)
    assert session(tab) == before


def test_a_script_that_has_not_come_is_fetched_with_the_page(tab: Page, way: Way) -> None:
    asked: list[str] = []
    lost = ["RADIO", "HEAD"]

    def lose(route: Route) -> None:
        name = "RADIO" if RADIO.search(route.request.url) else route.request.method
        asked.append(name)
        if name in lost:
            lost.remove(name)
            route.abort()
        else:
            route.continue_()

    tab.route(re.compile(f"{RADIO.pattern}|image="), lose)
    tab.goto(f"{way.url}/?hidden=16&image=4")
    expect(tab.get_by_test_id("stRadio").first).to_be_visible(timeout=30_000)
    # Until the server answers, the page is not loaded anew.
    assert asked == ["GET", "RADIO", "HEAD", "HEAD", "GET", "RADIO"]
    # For a script that never comes that is done once, and no more.
    lost += ["RADIO"] * 9
    asked.clear()
    tab.goto(f"{way.url}/?hidden=16&image=5")
    tab.wait_for_function("() => performance.getEntriesByType('navigation')[0].type === 'reload'")
    expect(tab.locator(TITLE)).to_contain_text("Image 5", timeout=30_000)
    expect(tab.get_by_text("dynamically imported module").first).to_be_visible()
    assert asked == ["GET", "RADIO", "HEAD", "GET", "RADIO"]
    tab.unroute_all()


def test_what_is_pressed_meanwhile_is_done_afterwards(tab: Page, way: Way) -> None:
    tab.goto(f"{way.url}/?hidden=16&image=4")
    expect(tab.locator(TITLE)).to_contain_text("Image 4", timeout=30_000)
    expect(tab.locator("html[data-comes]")).to_have_count(0)
    before = session(tab)
    cut(tab, way)
    for _ in range(3):
        tab.locator(NEXT).click()
    # A page that would come from the server is gone to afterwards, and nothing is blank meanwhile.
    tab.locator(".st-key-ways_on a").last.dispatch_event("click")
    expect(tab.locator(TITLE)).to_be_visible()
    assert "/digits" not in tab.url
    tab.wait_for_timeout(1000 * LONGER)
    way.mend()
    expect(tab).to_have_url(re.compile("/digits.*image=7"), timeout=30_000)
    assert session(tab) != before


def open_pad(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/draw?weights=initial")
    expect(page.locator(".pad .says")).not_to_be_empty(timeout=30_000)


KEEPS = """(name) => new Promise((resolve) => {
  const asked = indexedDB.open("mnistviz", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
  asked.onsuccess = () => {
    const found = asked.result.transaction("kept").objectStore("kept").get(name);
    found.onsuccess = () => { asked.result.close(); resolve(Boolean(found.result)); };
  };
})"""
"""Whether the browser has kept something under this name."""


def test_drawing_and_set_come_back_after_a_reload(page: Page, server: Server) -> None:
    open_pad(page, server)
    by_mouse(page, *SEVEN)
    page.locator(".st-key-draw_label").get_by_role("radio", name="7").click()
    page.locator(".st-key-draw_keep").get_by_role("button").click()
    cards = page.locator(".st-key-draw_set_cards .cards li")
    expect(cards).to_have_count(1)
    read = page.locator(".pad .read")
    says = read.inner_text()
    pixels = (
        "document.querySelector('.st-key-draw_set_cards [data-testid=stBidiComponentIsolated]')"
    )
    picture = page.evaluate(f"{pixels}.shadowRoot.querySelector('.cards img').src")
    # The set goes to the browser with the answer that draws it, and is kept a moment later.
    for name in ("drawing", "set"):
        page.wait_for_function(KEEPS, arg=name)
    open_pad(page, server)
    expect(cards).to_have_count(1)
    assert cards.locator("img").get_attribute("src") == picture
    expect(read).to_have_text(says)
    expect(page.locator(".st-key-sentence")).to_contain_text("agree")
    # Forgotten, neither comes again.
    page.get_by_role("button", name="Forget them").click()
    expect(page.locator(".kept p")).to_contain_text("has forgotten them")
    open_pad(page, server)
    expect(page.locator(".st-key-draw_kept")).to_be_visible()
    page.evaluate("indexedDB.databases()")
    expect(read).to_have_text("")
    expect(cards).to_have_count(0)


def test_photo_and_weights_come_back_after_a_reload(
    page: Page, server: Server, tmp_path: Path
) -> None:
    torch.manual_seed(3)
    weights = tmp_path / "mine.pt"
    torch.save(nn.Sequential(nn.Linear(784, 10)).state_dict(), weights)
    query = "weights=initial&draw_source=photo&draw_weights_open=true"
    page.goto(f"{server.url}/draw?{query}")
    photo = page.locator(".st-key-draw_photo input[type=file]").first
    photo.set_input_files(
        {"name": "one.png", "mimeType": "image/png", "buffer": one()}, timeout=30_000
    )
    boxes = page.locator(".st-key-draw_photo_boxes .box")
    expect(boxes).to_have_count(1)
    page.locator(".st-key-draw_weights_file input[type=file]").first.set_input_files(weights)
    panel = page.locator(".st-key-draw_weights_panel")
    expect(panel).to_contain_text("784 → 10")
    # A photo that is no good does not take the place of the one that is kept.
    page.locator(".st-key-draw_photo_another button").click()
    page.locator("[data-testid=stPopoverBody] input[type=file]").first.set_input_files(
        {"name": "one.png", "mimeType": "image/png", "buffer": b"%PDF-1.7 scan"}
    )
    expect(page.locator(".st-key-draw_photo [data-testid=stAlert]")).to_contain_text("PDF")
    for name in ("photo", "weights"):
        page.wait_for_function(KEEPS, arg=name)
    picture = page.locator(".st-key-draw_photo_boxes img")
    source = "(picture) => picture.getAttribute('src')"
    upright = picture.evaluate(source)
    page.get_by_role("button", name="Turn left").click()
    expect(picture).not_to_have_attribute("src", upright)
    turned = picture.evaluate(source)
    page.reload()
    expect(boxes).to_have_count(1, timeout=30_000)
    expect(picture).to_have_attribute("src", turned)
    expect(page.locator(".st-key-draw_photo")).to_contain_text("one.png")
    expect(panel).to_contain_text("784 → 10")
    expect(page.locator(".st-key-sentence")).to_contain_text("reads")
    # What was put away, and weights that another tab asks for, do not.
    page.get_by_role("button", name="Remove it").click()
    expect(boxes).to_have_count(0)
    other = page.context.new_page()
    other.goto(f"{server.url}/draw?{query}")
    expect(other.locator(".st-key-draw_kept .kept p")).to_be_visible(timeout=30_000)
    expect(other.locator(".st-key-draw_weights_file input[type=file]")).to_have_count(1)
    other.close()
    page.reload()
    expect(panel).to_contain_text("784 → 10", timeout=30_000)
    expect(boxes).to_have_count(0)


def test_a_browser_that_keeps_nothing_draws_all_the_same(page: Page, server: Server) -> None:
    open_pad(page, server)
    page.evaluate("""() => {
      const get = () => { throw new Error("blocked"); };
      Object.defineProperty(window, "indexedDB", { get });
    }""")
    by_mouse(page, *SEVEN)
    expect(page.locator(".st-key-sentence")).to_contain_text("agree")


def one() -> bytes:
    """A 1 on white paper, as PNG."""
    picture, written = Image.new("L", (100, 100), 255), io.BytesIO()
    ImageDraw.Draw(picture).line((50, 15, 50, 85), fill=0, width=8)
    picture.save(written, "PNG")
    return written.getvalue()


class Course(BaseHTTPRequestHandler):
    """A page of another site, with the app in a frame."""

    address = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<iframe src="{self.address}" width="1300" height="850">'.encode())

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def course(server: Server) -> Iterator[str]:
    """The address of a course that shows the page Draw: `127.0.0.1` is no part of `localhost`."""
    Course.address = f"{server.url}/draw?weights=initial&draw_source=photo"
    other = ThreadingHTTPServer(("127.0.0.1", 0), Course)
    thread = threading.Thread(target=other.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{other.server_port}/"
    other.shutdown()
    other.server_close()
    thread.join()


def test_a_photo_arrives_from_a_frame_in_another_site(page: Page, course: str) -> None:
    # The icon of the course's page, which it does not have, is no error.
    page.route("**/favicon.ico", lambda route: route.fulfill(body=""))
    page.goto(course)
    frame = page.frame_locator("iframe")
    file = frame.locator(".st-key-draw_photo input[type=file]").first
    with page.expect_response(re.compile("/upload_file/")) as answer:
        file.set_input_files(
            {"name": "one.png", "mimeType": "image/png", "buffer": one()},
            timeout=30_000,
        )
    assert answer.value.status == 204
    assert page.context.cookies() == []
    expect(frame.locator(".st-key-draw_photo_boxes")).to_be_visible()
    page.unroute("**/favicon.ico")
