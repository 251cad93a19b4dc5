"""`make bench`: how fast the app is, beside a bare Streamlit page in the same run.

Every figure is a ratio or stands beside the bare page's own, measured by the same browser in the
same run.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from tests.benchmarks import clicks, drawing, learning
from tests.benchmarks.memory import memory_lines, resident_line
from tests.serving import ROOT, Server, browser, chromium_path, serve

VISITS = 8
VISIT_LIMIT = 1.5


def first_visit(context: Browser, url: str) -> float:
    page = context.new_page(viewport={"width": 1400, "height": 900}, bypass_csp=True)
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_function(
        f"document.querySelectorAll('{clicks.BARS}').length === 10", polling="raf"
    )
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
        good = clicks.compare(context, app, bare)
        good &= visits(context, app, bare)
        good &= learning.on_screen(context, app)
        good &= drawing.live(context, app)
        print("\n".join(memory_lines(app.process.pid)))
    good &= learning.arithmetic()
    print("\nAll limits are kept." if good else "\nA limit is not kept.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
