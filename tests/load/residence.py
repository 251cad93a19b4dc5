"""What the server keeps of its visitors: `python -m tests.load.residence`.

Each visitor trains a network that no other has, goes through every page with it, draws a line, and
leaves. After every so many, when all have gone, the resident memory of the server is read.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import psutil

from mnistviz.ui.pages import PAGES
from tests.load.session import NoAnswer, Session
from tests.serving import ROOT, serve

NETWORKS = ("layers=1&w1=16", "layers=1&w1=64", "layers=2&w1=64&w2=32", "layers=2&w1=512&w2=512")
BATCHES = 63
LINE = {"tool": "pen", "width": 22, "points": [[60, 60], [200, 60.5]]}
GROWS = 1.1
"""Times the memory after the first visitors that it may be after all of them."""


def link(number: int) -> str:
    """Return the keys of a visitor's link: first weights and digits of his own."""
    network = NETWORKS[number % len(NETWORKS)]
    return f"weights=trained&epochs=2&{network}&seed={number}&batch={number % BATCHES}"


async def draw(session: Session) -> None:
    """Draw a line, as the pad says it."""
    data = session.data("draw_pad")
    message = {"session": data["session"], "epoch": data["epoch"], "revision": 1, "check": None}
    await session.say("draw_pad", "drawn", {**message, "strokes": [LINE]})


async def visit(url: str, number: int, keys: str, timeout: float) -> int:
    """See every page once; return how many did not answer."""
    session, failures = Session(url, timeout), 0
    for page in PAGES:
        try:
            if page is PAGES[0]:
                await session.open("", keys)
            else:
                await session.go(page.name)
            if page.name == "draw":
                await draw(session)
        except NoAnswer as error:
            print(f"visitor {number}, {page.name}: {error}", flush=True)
            failures += 1
    await session.close()
    return failures


async def visits(url: str, first: int, end: int, options: argparse.Namespace) -> int:
    """Have some visitors come, a few at a time."""
    places = asyncio.Semaphore(options.at_once)

    async def one(number: int) -> int:
        async with places:
            keys = options.link.format(n=number) if options.link else link(number)
            return await visit(url, number, keys, options.timeout)

    return sum(await asyncio.gather(*(one(number) for number in range(first, end))))


def resident(pid: int) -> float:
    """Return the megabytes of a process."""
    return float(psutil.Process(pid).memory_info().rss / 1e6)


def main() -> int:
    """Measure and print; tell whether it grew too much."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.residence", description=__doc__)
    parser.add_argument("--visitors", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--at-once", type=int, default=5)
    parser.add_argument("--rest", type=float, default=20.0, help="seconds after the last has left")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds for one answer")
    parser.add_argument("--link", help="keys of all links instead, with {n} for the visitor")
    options = parser.parse_args()
    failures, after, before = 0, [], 0
    with tempfile.TemporaryDirectory() as folder, serve(ROOT / "app.py", Path(folder)) as server:
        print(f"at the start: {resident(server.process.pid):.0f} MB", flush=True)
        for count in options.visitors:
            failures += asyncio.run(visits(server.url, before, count, options))
            left = resident(server.process.pid)
            time.sleep(options.rest)
            after.append(resident(server.process.pid))
            print(f"after {count} visitors: {left:.0f} MB, at rest {after[-1]:.0f} MB", flush=True)
            before = count
    return 1 if failures or after[-1] > GROWS * after[0] else 0


if __name__ == "__main__":
    sys.exit(main())
