"""A server of our own for the tests and benchmarks that need a browser, and the browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
START_SECONDS = 60
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without a sandbox, as CI may be root; without calls home, as tests are offline.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, its process, and where what it says is kept."""

    url: str
    process: subprocess.Popen[bytes]
    stderr: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(
    script: Path,
    folder: Path,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    base: str = "",
) -> Iterator[Server]:
    """Run `streamlit run` on a free port until the block ends.

    Args:
        script: what it runs.
        folder: keeps what it says.
        cwd: where it runs.
        environment: more variables of it.
        base: the path below which it serves the app, such as `/mnist`.
    """
    port = free_port()
    stdout, stderr = folder / "stdout.txt", folder / "stderr.txt"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(port), "--server.headless", "true"]
    command += ["--server.baseUrlPath", base]
    with stdout.open("wb") as out, stderr.open("wb") as err:
        process = subprocess.Popen(
            command, cwd=cwd, stdout=out, stderr=err, env={**os.environ, **(environment or {})}
        )
    try:
        url = f"http://localhost:{port}{base}"
        _wait(url, process, stderr)
        yield Server(url, process, stderr)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str, process: subprocess.Popen[bytes], stderr: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once: {stderr.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start in {START_SECONDS} s: {stderr.read_text()}")


def chromium_path() -> str | None:
    """Find the system's Chromium or Chrome."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Run the system's Chromium, headless."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        try:
            yield launched
        finally:
            launched.close()
