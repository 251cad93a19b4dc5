"""`make bench`: how fast the app is, beside a bare Streamlit page in the same run.

Every figure is a ratio or stands beside the bare page's own, measured by the same browser at the
same time: A B A B, so that a busy machine slows both.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.benchmarks.memory import memory_lines, resident_line
from tests.serving import ROOT, Server, browser, chromium_path, serve

CLICKS = 30
TURNS = 4
VISITS = 8
CLICK_LIMIT = 1.0
VISIT_LIMIT = 1.5

# Resolves with the milliseconds from the click to the frame in which ten other bars are painted.
CLICK_TO_PAINTED = """
() => new Promise((resolve, reject) => {
  const bars = () => [...document.querySelectorAll(".js-plotly-plot .bars .point path")]
    .map((path) => path.getAttribute("d")).join();
  const before = bars();
  let clicked;
  addEventListener("click", () => { clicked = performance.now(); }, { capture: true, once: true });
  const observer = new MutationObserver(() => {
    const now = bars();
    const count = document.querySelectorAll(".js-plotly-plot .bars .point path").length;
    if (clicked === undefined || count !== 10 || now === before) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - clicked)));
  });
  setTimeout(() => reject(new Error("no other bars within 10 s of the click")), 10000);
  observer.observe(document.body, { subtree: true, childList: true, attributes: true });
})
"""

BARS = ".js-plotly-plot .bars .point path"


@dataclass
class Control:
    """One thing to click, and what was measured of it."""

    name: str
    page: Page
    click: Callable[[Page, int], None]
    painted: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)


class Clock:
    """Times the server from the browser's side: rerun sent, to the last message of its answer."""

    def __init__(self, page: Page) -> None:
        self.sent = self.received = 0.0
        page.on("websocket", self._listen)

    def _listen(self, socket: object) -> None:
        socket.on("framesent", lambda _: self._mark("sent"))  # type: ignore[attr-defined]
        socket.on("framereceived", lambda _: self._mark("received"))  # type: ignore[attr-defined]

    def _mark(self, what: str) -> None:
        setattr(self, what, time.perf_counter())

    def milliseconds(self) -> float:
        return 1000 * (self.received - self.sent)


def open_page(context: Browser, url: str) -> tuple[Page, Clock]:
    page = context.new_page(viewport={"width": 1400, "height": 900})
    clock = Clock(page)
    page.goto(url)
    page.wait_for_selector(BARS)
    page.wait_for_timeout(1500)
    return page, clock


def measure_clicks(control: Control, clock: Clock, count: int, offset: int) -> None:
    for number in range(count):
        # The zero keeps Playwright from waiting for the promise, which needs the click.
        control.page.evaluate(f"window.painted = ({CLICK_TO_PAINTED})(); 0")
        control.click(control.page, offset + number)
        control.painted.append(control.page.evaluate("window.painted"))
        control.page.wait_for_timeout(250)
        control.server.append(clock.milliseconds())


def segment(group: str, options: list[str]) -> Callable[[Page, int], None]:
    def click(page: Page, number: int) -> None:
        option = options[number % len(options)]
        page.locator(f".st-key-{group} button", has_text=option).first.click()

    return click


def next_image(page: Page, number: int) -> None:
    page.get_by_role("button", name="Next image").click()


def grid_digit(page: Page, number: int) -> None:
    page.locator(f".st-key-digit_grid .digit >> nth={(number * 11 + 5) % 64}").click()


def clicks(context: Browser, app: Server, bare: Server) -> bool:
    bare_page, bare_clock = open_page(context, bare.url)
    app_page, app_clock = open_page(context, app.url)
    yardstick = Control("bare page, one control", bare_page, segment("seed", list("12340")))
    controls = [
        Control("Classify, another digit", app_page, grid_digit),
        Control("Classify, next image", app_page, next_image),
        Control("Classify, hidden layers", app_page, segment("layers", list("13042"))),
    ]
    # A round that is not counted: fonts, code paths and the network's first draw.
    measure_clicks(yardstick, bare_clock, 5, 0)
    for control in controls:
        measure_clicks(control, app_clock, 5, 0)
    for control in (yardstick, *controls):
        control.painted.clear()
        control.server.clear()
    share = -(-CLICKS // TURNS)
    for turn in range(TURNS):
        measure_clicks(yardstick, bare_clock, share, turn * share)
        for control in controls:
            measure_clicks(control, app_clock, share, turn * share)
    base = statistics.median(yardstick.painted)
    print(f"\nClick to painted bars, median of {share * TURNS} clicks, {TURNS} turns each")
    good = True
    for control in (yardstick, *controls):
        painted, server = statistics.median(control.painted), statistics.median(control.server)
        ratio = painted / base
        good &= control is yardstick or ratio <= CLICK_LIMIT
        print(
            f"  {control.name:26} {painted:6.1f} ms   ratio {ratio:4.2f}   server {server:5.1f} ms"
        )
    print(f"  limit of the ratio: {CLICK_LIMIT}")
    bare_page.close()
    app_page.close()
    return good


def first_visit(context: Browser, url: str) -> float:
    page = context.new_page(viewport={"width": 1400, "height": 900})
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_function(f"document.querySelectorAll('{BARS}').length === 10", polling="raf")
    seconds = time.perf_counter() - began
    page.close()
    return 1000 * seconds


def visits(context: Browser, app: Server, bare: Server) -> bool:
    """Compare first visits: a new browser context each, so nothing is cached."""
    times: dict[str, list[float]] = {bare.url: [], app.url: []}
    for number in range(VISITS + 1):
        for url, measured in times.items():
            milliseconds = first_visit(context, url)
            if number:
                measured.append(milliseconds)
    base, own = (statistics.median(measured) for measured in times.values())
    ratio = own / base
    print(f"\nFirst visit on a warm server to painted bars, median of {VISITS}, empty cache")
    print(f"  bare page {base:.0f} ms   Classify {own:.0f} ms   ratio {ratio:.2f}")
    print(f"  limit of the ratio: {VISIT_LIMIT}")
    return ratio <= VISIT_LIMIT


def main() -> int:
    if chromium_path() is None:
        print("The benchmarks need Chromium or Chrome, and there is none.", file=sys.stderr)
        return 2
    bare_folder = ROOT / "tests" / "benchmarks" / "bare"
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as two,
        serve(ROOT / "app.py", Path(one)) as app,
        serve(bare_folder / "bare_page.py", Path(two), cwd=bare_folder) as bare,
        browser() as context,
    ):
        print(resident_line(app.process.pid, "after its start"))
        good = clicks(context, app, bare)
        good &= visits(context, app, bare)
        print("\n".join(memory_lines(app.process.pid)))
    print("\nAll limits are kept." if good else "\nA limit is not kept.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
