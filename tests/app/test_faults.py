"""A server whose machine fails: a clock that jumps, a full disk, no folder, an end without warning.

Visitors come by Streamlit's own messages. What a machine does is done by a module that Python reads
at the start of the server's process.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.load.session import NoAnswer, Session
from tests.serving import ROOT, Server, serve

PATIENCE = 120
LEARNED = "weights=trained&epochs=1&layers=1&w1=64&seed="
ERROR_HEAD = "Traceback"

CLOCK = """
import os, time
honest = time.time

def jumping():
    try:
        with open(os.environ["CLOCK"]) as file:
            return honest() + float(file.read() or 0)
    except OSError:
        return honest()

time.time = jumping
"""

FULL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
"""

KILLED_WHILE_WRITING = """
import os, signal
replace = os.replace

def kill(source, target):
    if str(target).endswith(".run"):
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)

os.replace = kill
"""


def serve_with(
    machine: str, folder: Path, environment: Mapping[str, str]
) -> AbstractContextManager[Server]:
    """Run a server on a machine that fails in one way."""
    (folder / "sitecustomize.py").write_text(machine)
    return serve(ROOT / "app.py", folder, environment={"PYTHONPATH": str(folder), **environment})


async def learned(url: str, seed: int) -> Session:
    """Follow a link to a trained network, and change a setting there."""
    session = Session(url, PATIENCE)
    await session.open(query=f"{LEARNED}{seed}")
    await session.choose("split", "test")
    return session


def test_a_clock_that_jumps_is_not_noticed(tmp_path: Path) -> None:
    clock = tmp_path / "clock.txt"
    environment = {"CLOCK": str(clock), "MNISTVIZ_DATA": str(tmp_path / "data")}

    async def visit(url: str) -> None:
        session = await learned(url, 1)
        for number, years in enumerate((10, -10, 0)):
            clock.write_text(str(years * 365 * 24 * 3600))
            await session.choose("activation", ("tanh", "gelu", "sigmoid")[number])
            # Whoever comes now, and has something computed, is served as well.
            await (await learned(url, number)).close()
        await session.close()

    with serve_with(CLOCK, tmp_path, environment) as server:
        asyncio.run(visit(server.url))
    assert ERROR_HEAD not in server.stderr.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="files have no bound there")
def test_with_a_full_disk_all_is_computed_and_nothing_kept(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serve_with(FULL_DISK, tmp_path, {"MNISTVIZ_DATA": str(data)}) as server:
        asyncio.run(learned(server.url, 1))
        # The first one goes on, whoever comes after it.
        asyncio.run(learned(server.url, 2))
    assert [file for file in data.rglob("*") if file.is_file()] == []
    assert ERROR_HEAD not in server.stderr.read_text()


def test_without_a_folder_all_is_computed_and_nothing_kept(tmp_path: Path) -> None:
    # Below a file not even the system's administrator can make a folder.
    (tmp_path / "file").write_bytes(b"")
    data = tmp_path / "file" / "data"
    with serve_with("", tmp_path, {"MNISTVIZ_DATA": str(data)}) as server:
        asyncio.run(learned(server.url, 1))
    assert (tmp_path / "file").read_bytes() == b""
    assert ERROR_HEAD not in server.stderr.read_text()


def test_a_server_killed_while_it_writes_serves_the_same_link_when_it_is_back(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    environment = {"MNISTVIZ_DATA": str(data)}
    with serve_with(KILLED_WHILE_WRITING, tmp_path, environment) as server:
        with pytest.raises(NoAnswer, match="the connection was cut"):
            # It may be answered before the record is written.
            asyncio.run(hold_on(server.url))
        assert server.process.wait(timeout=PATIENCE) == -signal.SIGKILL
    assert list((data / "runs").glob("*.run")) == []
    with serve_with("", tmp_path, environment) as server:
        asyncio.run(learned(server.url, 1))
    assert len(list((data / "runs").glob("*.run"))) == 1
    assert list((data / "runs").glob("*.lock")) == []
    assert ERROR_HEAD not in server.stderr.read_text()


async def hold_on(url: str) -> None:
    session = await learned(url, 1)
    while True:
        await session.choose("split", "train")
