"""Tests of the server as it is started: what it says, what it asks, what it answers."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path

import pytest

from mnistviz.ui.frame.headers import HEADERS
from tests.load.session import NoAnswer, Session
from tests.serving import ROOT, START_SECONDS, free_port

SAID = re.compile(
    r"\s*You can now view your Streamlit app in your browser\.\s*URL: http://localhost:(\d+)\s*"
)
"""All that a server says: where it is."""

RESPONSE_SECONDS = 10


def get(url: str) -> tuple[int, HTTPMessage, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=RESPONSE_SECONDS) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@dataclass(frozen=True)
class Started:
    """A server that was started by hand, with a screen and without a keyboard.

    Attributes:
        url: where it is.
        process: its process.
        home: the home of the person.
        stdout: what it says.
        stderr: what it complains of.
    """

    url: str
    process: subprocess.Popen[bytes]
    home: Path
    stdout: Path
    stderr: Path


def wait_for_health(server: Started) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert server.process.poll() is None, server.stdout.read_text() + server.stderr.read_text()
        try:
            if get(f"{server.url}/_stcore/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("it did not start: " + server.stdout.read_text())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Start it as `make run` does: without the flag that says that nobody is there."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    home, bin_folder = folder / "home", folder / "bin"
    home.mkdir()
    bin_folder.mkdir()
    # No browser opens, whichever way is taken to open one.
    for name in ("xdg-open", "open"):
        (bin_folder / name).write_text("#!/bin/sh\n")
        (bin_folder / name).chmod(0o755)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("STREAMLIT_")},
        "HOME": str(home),
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "BROWSER": "true",
        # Without a screen Streamlit takes it that nobody is there, and asks nothing anyway.
        "DISPLAY": ":0",
        "MNISTVIZ_DATA": str(folder / "full"),
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    stdout, stderr = folder / "stdout.txt", folder / "stderr.txt"
    with stdout.open("wb") as out, stderr.open("wb") as err:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
    try:
        running = Started(f"http://localhost:{port}", process, home, stdout, stderr)
        wait_for_health(running)
        yield running
        # Control-C in the terminal; "Aborted!" is Streamlit's own word for it. At its end it has
        # nothing to complain of either: no leak, no traceback.
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        assert stderr.read_text().strip() in ("", "Aborted!")
    finally:
        process.kill()
        process.wait()


def test_is_healthy(server: Started) -> None:
    assert get(f"{server.url}/_stcore/health")[::2] == (200, b"ok")


def test_says_where_it_is_and_asks_nothing(server: Started) -> None:
    get(server.url)
    said = SAID.fullmatch(server.stdout.read_text())
    assert said is not None
    assert said[1] == server.url.rpartition(":")[2]
    assert server.stderr.read_text() == ""


def test_writes_nothing_into_the_home(server: Started) -> None:
    get(server.url)
    assert list(server.home.iterdir()) == []


@pytest.mark.parametrize("path", ["/", "/?layers=1&seed=3", "/_stcore/health", "/no/such/page.js"])
def test_every_answer_carries_the_headers(server: Started, path: str) -> None:
    _, headers, _ = get(server.url + path)
    assert {name: headers.get_all(name) for name in HEADERS} == {
        name: [value] for name, value in HEADERS.items()
    }


def test_the_page_names_no_other_server(server: Started) -> None:
    status, _, body = get(server.url)
    assert status == 200
    loaded = re.findall(rb'(?:src|href)="([^"]+)"', body)
    assert loaded
    assert [address for address in loaded if b"//" in address] == []


async def visit(url: str, page: str, key: str, values: str) -> None:
    session = Session(url, RESPONSE_SECONDS)
    await session.open(page)
    for value in values.split():
        await session.choose(key, value)
    await session.close()


def test_visitors_who_click_at_the_same_time_are_all_answered(server: Started) -> None:
    async def visits() -> None:
        once = visit(server.url, "", "activation", "tanh relu")
        await asyncio.gather(once, *(visit(server.url, "", "split", "test") for _ in range(7)))

    asyncio.run(visits())


def test_a_visitor_to_no_page_is_told_so(server: Started) -> None:
    with pytest.raises(NoAnswer, match="no such page"):
        asyncio.run(visit(server.url, "nowhere", "split", "test"))


@pytest.mark.parametrize(
    "path",
    [
        "//etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/static/..%2f..%2f..%2fconfig.py",
        "/media/..%2f..%2f..%2fetc%2fpasswd",
        "/app/static/../../app.py",
        "/component/mnistviz/../../app.py",
        "/_stcore/bidi-components/mnistviz/..%2f..%2fapp.py",
    ],
)
def test_no_path_of_a_visitor_reaches_the_file_system(server: Started, path: str) -> None:
    status, _, body = get(server.url + path)
    assert (status, body) == (400, b"Bad Request")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://elsewhere.example"},
        {"Cookie": "_streamlit_xsrf=1", "X-Xsrftoken": "2"},
    ],
)
def test_no_other_page_may_send_a_file(server: Started, headers: dict[str, str]) -> None:
    address = f"{server.url}/_stcore/upload_file/session/file"
    request = urllib.request.Request(address, b"file", headers, method="PUT")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request, timeout=RESPONSE_SECONDS)
