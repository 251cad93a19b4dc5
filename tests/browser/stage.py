"""What a person reads off the stage of Classify, and where it is on the page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import FloatRect, Locator, Page, WebSocket, expect

from mnistviz.words import quantities

BARS = ".st-key-softmax_bars .bars .point"
STILL_FRAMES = 5
"""Frames in which a part has to stay where it is to count as settled."""

CHOSEN = '.st-key-digit_grid [role="radio"][aria-checked="true"]'


def open_classify(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(BARS)).to_have_count(10, timeout=30_000)
    # Until its parts are in place the page is hidden.
    expect(page.locator("html[data-comes]")).to_have_count(0)


def open_more_settings(page: Page) -> None:
    """Unfold the settings of the sidebar that the page is not about."""
    page.locator(".st-key-more_settings summary").click()
    # It unfolds slowly; what is pressed meanwhile may be elsewhere when the press arrives.
    settled_box(page.locator(".st-key-more_settings"))


def bar_texts(page: Page) -> list[str]:
    """The values at the bars, from 0 to 9, as `12.0 %`, without their marks."""
    texts = page.locator(f"{BARS} text").all_text_contents()
    return [re.sub("%.*", "%", text.replace("\xa0", " ")) for text in texts]


def numbers_in(text: str) -> list[float]:
    """Read the numbers of a text, as the pages write them, with powers of ten too."""
    lowered = {raised: plain for plain, raised in quantities.SUPERSCRIPTS.items()}
    powers = re.sub("\\s\N{MULTIPLICATION SIGN}\\s10(?=[⁻⁰-⁹¹²³])", "e", text)
    said = powers.translate(lowered).replace("\N{MINUS SIGN}", "-")
    said = re.sub(r"(?<=\d),(?=\d{3})", "", said)
    return [float(found) for found in re.findall(r"-?\d[\d.]*(?:e-?\d+)?", said)]


def percents(probabilities: list[float]) -> list[str]:
    return [text.replace("\xa0", " ") for text in quantities.percents(probabilities)]


def percent_patterns(probabilities: list[float]) -> list[re.Pattern[str]]:
    """What matches the ten values, whichever space a browser makes of theirs."""
    return [
        re.compile(re.escape(text).replace("\\ ", r"[ \xa0]")) for text in percents(probabilities)
    ]


def expect_bars(page: Page, probabilities: list[float]) -> None:
    """Wait until the bars show these ten probabilities."""
    expect(page.locator(f"{BARS} text")).to_have_text(percent_patterns(probabilities))


def query(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def expect_query(page: Page, **wanted: str | None) -> None:
    """Wait until the URL holds these values; None stands for a key that is not there."""
    script = """wanted => {
      const query = new URLSearchParams(location.search);
      return Object.entries(wanted).every(([key, value]) => query.get(key) === value);
    }"""
    page.wait_for_function(script, arg=wanted)


def expect_at_rest(page: Page) -> None:
    """Wait until the server has run the page to its end."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def settled_box(part: Locator) -> FloatRect:
    """Return where a part is once the page has run to its end and the part has stopped moving."""
    expect_at_rest(part.page)
    still, box = 0, part.bounding_box()
    while box is None or still < STILL_FRAMES:
        part.page.evaluate("() => new Promise(requestAnimationFrame)")
        before, box = box, part.bounding_box()
        still = still + 1 if box == before else 0
    return box


@contextmanager
def frames(page: Page, event: Literal["framesent", "framereceived"]) -> Iterator[list[str | bytes]]:
    """Keep what a page that is yet to be opened sends to its server, or hears from it."""
    heard: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        if event == "framesent":
            socket.on("framesent", lambda data: heard.append(data))
        else:
            socket.on("framereceived", lambda data: heard.append(data))

    page.on("websocket", listen)
    try:
        yield heard
    finally:
        page.remove_listener("websocket", listen)


def expect_heard(page: Page, heard: list[str | bytes]) -> None:
    """Wait until a first answer has come, and the server has run the page to its end."""
    while not heard:
        page.evaluate("() => new Promise(requestAnimationFrame)")
    expect_at_rest(page)
