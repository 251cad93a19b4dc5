"""How often the bars move while a hand draws, and what a lifted pen costs."""

import statistics
import time

from playwright.sync_api import Browser, Page

from tests.browser.hand import SEVEN, by_mouse, open_draw
from tests.serving import Server

SECONDS = 3.0
RATE_LIMIT = 30
"""Pictures a second, at least."""

LIFT_LIMIT = 40_000
"""Bytes from the server when the pen is lifted, at most."""

NETWORKS = {
    "784-128-64-10": "",
    "the largest one": "layers=4&w1=1024&w2=1024&w3=1024&w4=1024",
}
LIFTS = 5


def live(context: Browser, app: Server) -> bool:
    """Draw for some seconds with each network, and count pictures and bytes."""
    good = True
    print("\nDrawing in Chromium: pixels and bars computed anew for each picture")
    for name, query in NETWORKS.items():
        page = context.new_page(viewport={"width": 1400, "height": 900}, bypass_csp=True)
        received = [0]

        def count(data: str | bytes, received: list[int] = received) -> None:
            received[0] += len(data)

        page.on("websocket", lambda socket, count=count: socket.on("framereceived", count))
        # What it costs to draw is the same before a training, and the largest one takes long.
        open_draw(page, app, f"{query}&weights=initial")
        page.wait_for_timeout(1500)
        rate = _pictures_per_second(page)
        lifted = []
        for _ in range(LIFTS):
            before = received[0]
            by_mouse(page, *SEVEN)
            page.wait_for_timeout(1000)
            lifted.append(received[0] - before)
        page.close()
        median = statistics.median(lifted)
        print(f"  {name:16} {rate:4.0f} pictures a second, at least {RATE_LIMIT};", end=" ")
        print(f"a lifted pen {median:,.0f} bytes, at most {LIFT_LIMIT:,}")
        good &= rate >= RATE_LIMIT and median <= LIFT_LIMIT
    return good


def _pictures_per_second(page: Page) -> float:
    """Move the pressed mouse as fast as the browser takes it, and count what it has painted."""
    pad, box = page.locator(".pad"), page.locator(".pad .ink").bounding_box()
    assert box is not None
    middle, around = box["x"] + box["width"] / 2, box["width"] / 3
    page.mouse.move(middle, box["y"] + 20)
    page.mouse.down()
    before, began, move = pad.evaluate("element => element.drawn"), time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        move += 1
        page.mouse.move(middle + around * (move % 40 - 20) / 20, box["y"] + 20 + (3 * move) % 300)
    seconds = time.perf_counter() - began
    drawn = pad.evaluate("element => element.drawn") - before
    page.mouse.up()
    return float(drawn / seconds)
