"""Take a picture of every page on every screen, into `build/screenshots/`: `make screenshots`.

ARGS of the target narrow it down, as in `make screenshots ARGS="--pages softmax --full --open"`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from mnistviz.ui import pages
from tests.browser.audit import visit
from tests.serving import ROOT, browser, chromium_path, serve

FOLDER = ROOT / "build" / "screenshots"
DESKS = ((1400, 900), (1920, 1080), (1280, 720))
PHONES = ((390, 844), (820, 1180))
SCHEMES = ("light", "dark")


def main() -> int:
    """Take the pictures; return how the command ended."""
    given = options()
    if chromium_path() is None:
        print("The screenshots need Chromium or Chrome, and there is none.", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        address(given.url, folder) as url,
        browser() as launched,
    ):
        for name in given.pages:
            link = visit.link(url, name, given.open, dict(given.query))
            for path in shots(launched, link, name, given):
                print(path.relative_to(ROOT), flush=True)
    return 0


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = [page.name for page in pages.PAGES]
    parser.add_argument("--pages", type=lambda text: text.split(","), default=names)
    parser.add_argument("--open", action="store_true", help="with all expanders open")
    parser.add_argument("--full", action="store_true", help="as high as the page")
    parser.add_argument("--print", action="store_true", help="what a printer gets, as PDF, too")
    parser.add_argument("--url", help="of a running server, instead of one of its own")
    parser.add_argument(
        "--query",
        action="append",
        default=[],
        type=lambda text: text.split("=", 1),
        help="more of the link: KEY=VALUE",
    )
    return parser.parse_args()


@contextmanager
def address(url: str | None, folder: str) -> Iterator[str]:
    """Give the server's address; start one where none is given."""
    if url:
        yield url
        return
    with serve(ROOT / "app.py", Path(folder)) as server:
        yield server.url


def shots(launched: Browser, link: str, name: str, given: argparse.Namespace) -> Iterator[Path]:
    """Open a page at a desk and by touch, and walk through its sizes and schemes."""
    for sizes, is_touched in ((DESKS, False), (PHONES, True)):
        context = launched.new_context(has_touch=is_touched, is_mobile=is_touched)
        try:
            yield from _walk(context, link, name, sizes, given)
        finally:
            context.close()


def _walk(
    context: BrowserContext,
    link: str,
    name: str,
    sizes: tuple[tuple[int, int], ...],
    given: argparse.Namespace,
) -> Iterator[Path]:
    page = context.new_page()
    page.set_viewport_size({"width": sizes[0][0], "height": sizes[0][1]})
    visit.visit(page, link)
    for width, height in sizes:
        for scheme in SCHEMES:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            visit.resize(page, width, height)
            yield _shot(page, FOLDER / f"{name}-{width}x{height}-{scheme}.png", given.full)
    if given.print and sizes == DESKS:
        path = FOLDER / f"{name}.pdf"
        page.pdf(path=path, format="A4", print_background=True)
        yield path


def _shot(page: Page, path: Path, is_full: bool) -> Path:
    if is_full:
        with visit.whole(page):
            page.screenshot(path=path)
    else:
        page.screenshot(path=path)
    return path


if __name__ == "__main__":
    sys.exit(main())
