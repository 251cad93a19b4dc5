"""Tests of a full house: the waiting page of a real server, and who gets past it."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie

import pytest
import websockets

from mnistviz.ui.frame.headers import HEADERS
from mnistviz.ui.frame.waiting import ASKS, COOKIE
from tests.load.session import NoAnswer, Session
from tests.serving import ROOT, Server, serve

PLACES = 2
SECONDS = 30
HTML = "text/html,application/xhtml+xml"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two places."""
    folder = tmp_path_factory.mktemp("small")
    environment = {"MNISTVIZ_MAX_SESSIONS": str(PLACES), "MNISTVIZ_DATA": str(folder / "full")}
    with serve(ROOT / "app.py", folder, environment=environment) as one:
        yield one


class Browser:
    """Somebody who loads pages and keeps the cookies, or not."""

    def __init__(self, url: str, keeps: bool = True) -> None:
        self._url, self._keeps = url, keeps
        self.cookie = ""

    def load(self, path: str = "/", **headers: str) -> tuple[str, str]:
        """Return the kind of the answer, and the answer."""
        asked = {"Accept": HTML, **headers}
        if self.cookie:
            asked["Cookie"] = f"{COOKIE}={self.cookie}"
        request = urllib.request.Request(self._url + path, headers=asked)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            assert answer.status == 200
            assert all(answer.headers[name] for name in HEADERS)
            set_cookie = SimpleCookie(answer.headers["set-cookie"] or "")
            if self._keeps and COOKIE in set_cookie:
                self.cookie = set_cookie[COOKIE].value
            return answer.headers["content-type"], answer.read().decode()

    def is_in(self, path: str = "/") -> bool:
        """Load a page, and tell whether it is the app."""
        kind, text = self.load(path)
        assert kind.startswith("text/html")
        return '<div id="root">' in text

    def place(self, name: str = "") -> int:
        """Ask as the waiting page does; 0 for one that may come in."""
        kind, text = self.load(**{ASKS: name or self.cookie})
        assert kind == "application/json"
        return int(json.loads(text)["place"])


@asynccontextmanager
async def guests(url: str, count: int = PLACES) -> AsyncIterator[list[Session]]:
    """Have so many pages open."""
    there = [Session(url, SECONDS) for _ in range(count)]
    for one in there:
        await one.open()
    try:
        yield there
    finally:
        for one in there:
            await one.close()


async def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not await asyncio.to_thread(is_so):
        assert time.monotonic() < end
        await asyncio.sleep(0.2)


def test_a_full_house_shows_the_place_and_lets_in_when_somebody_leaves(small: Server) -> None:
    async def story() -> None:
        first, second = Browser(small.url), Browser(small.url)
        await until(lambda: first.is_in("/softmax?seed=3"))
        first = Browser(small.url)
        async with guests(small.url) as there:
            await asyncio.to_thread(wait_in_line, first, second)
            with pytest.raises(NoAnswer, match="403"):
                await Session(small.url, SECONDS).open()
            await there[0].close()
            await until(lambda: first.place() == 0)
            assert second.place() == 1
            # Let in, the page is there; what it takes is taken until it connects.
            assert first.is_in("/softmax?seed=3")

    asyncio.run(story())


def wait_in_line(first: Browser, second: Browser) -> None:
    assert not first.is_in("/softmax?seed=3")
    assert not second.is_in()
    assert [first.place(), second.place()] == [1, 2]
    # A reload keeps the place.
    assert not first.is_in("/softmax?seed=3")
    assert first.place() == 1
    _, page = second.load()
    assert "All places are taken" in page
    assert "<strong>One</strong> person is ahead of you" in page
    assert len(page) < 8_000
    # It needs nothing else of the server's.
    assert not re.search(r"(src|href)=", page)


def test_who_keeps_no_cookie_comes_in_too(small: Server) -> None:
    async def story() -> None:
        framed = Browser(small.url, keeps=False)
        async with guests(small.url) as there:
            await until(lambda: not framed.is_in())
            _, page = framed.load()
            found = re.search(r'"visitor": "([\w-]+)"', page)
            assert found is not None
            assert framed.place(found[1]) > 0
            await there[0].close()
            await until(lambda: framed.place(found[1]) == 0)
            assert framed.is_in()

    asyncio.run(story())


def test_a_page_that_was_connected_is_not_locked_out(small: Server) -> None:
    async def story() -> None:
        async with guests(small.url):
            address = small.url.replace("http", "ws", 1) + "/_stcore/stream"
            protocols = ["streamlit", "x", "6a1f6c0c-1c1e-4b43-9f4e-0d7a3f6c2b11"]
            again = await websockets.connect(
                address,
                subprotocols=[websockets.Subprotocol(one) for one in protocols],
                origin=websockets.Origin(small.url),
                proxy=None,
            )
            await again.close()

    asyncio.run(story())


def test_what_is_no_page_does_not_wait(small: Server) -> None:
    async def story() -> None:
        async with guests(small.url):
            visitor = Browser(small.url)
            health = await asyncio.to_thread(visitor.load, "/_stcore/health")
            assert health[1] == "ok"
            assert visitor.cookie == ""

    asyncio.run(story())


@pytest.mark.parametrize("name", ["MNISTVIZ_MEMORY", "MNISTVIZ_MAX_SESSIONS"])
def test_a_bad_value_is_said_at_the_start(name: str) -> None:
    code = f"import os, mnistviz.limits as limits; os.environ[{name!r}] = 'much'; limits.check()"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{name} is 'much', but must be ")
    assert ended.stderr.count("\n") == 1
