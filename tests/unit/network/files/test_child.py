"""The child that reads files of `torch.save`: its limits, and that nothing is left behind.

A child takes seconds to start; so few are, and what needs none is tested without.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import torch

from mnistviz.network.files import child_process, readers
from mnistviz.network.files.loading import Readers, WeightsError, read
from mnistviz.network.files.readers import Answer
from tests.helpers.weight_files import Payload, bomb, rezipped, saved, tensors

pytestmark = pytest.mark.skipif(not child_process.can_limit(), reason="the system has no limits")


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    """Look again and again, as nothing tells when a child has come so far."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def children() -> list[psutil.Process]:
    """The children of this process that read weights; those that ended and wait count too."""
    found = []
    for child in psutil.Process().children():
        if child.status() == psutil.STATUS_ZOMBIE or any(
            part.endswith("child_process.py") for part in child.cmdline()
        ):
            found.append(child)
    return found


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name == "mnistviz-reader"]


REFUSING = "import os; os.write(1, b'R'); os.read(0, 9); os.write(1, b'E' + bytes(8))"
"""A child that finds every file wrong."""

SILENT = "import os; os.write(1, b'R'); os.read(0, 100); os.read(0, 1_000_000)"
"""A child that is ready, takes a file, and says nothing."""


def start(script: str) -> Callable[[float], readers._Child]:
    """Make children that run a few lines instead of ours."""

    class Other(readers._Child):
        def __init__(self, idle: float) -> None:
            popen = subprocess.Popen

            def run(command: list[str], **options: object) -> object:
                return popen([sys.executable, "-I", "-c", script], **options)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(subprocess, "Popen", run)
                super().__init__(idle)

    return Other


@pytest.fixture(autouse=True)
def alone() -> None:
    """Send those away whom a page of another test keeps waiting; it would ask another one."""
    for child in children():
        child.kill()
    wait_until(lambda: not children() and not threads())


@pytest.fixture
def pool() -> Iterator[Readers]:
    made = Readers()
    yield made
    made.close()
    assert children() == []
    assert threads() == []


def test_a_child_reads_and_has_nothing_of_the_server(
    pool: Readers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "7")
    with open(tmp_path / "open", "w") as file:
        os.set_inheritable(file.fileno(), True)
        pool.warm()
        pool.warm()
        (child,) = children()
        assert "SECRET_TOKEN" not in child.environ()
        assert str(tmp_path / "open") not in [one.path for one in child.open_files()]
        assert os.readlink(f"/proc/{child.pid}/fd/0").startswith("pipe:")
    network = read(saved(tensors(784, 20, 10)), "mine.pt", pool)
    assert torch.equal(network.layers[0].weight, tensors(784, 20, 10)["fc1.weight"])
    assert children() == []


def test_memory_is_bounded(pool: Readers) -> None:
    data = bomb(100)
    assert len(data) < 250_000
    with pytest.raises(WeightsError, match="took far more memory than its size explains"):
        pool.tensors(data)


def test_the_child_runs_no_payload_either(pool: Readers, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="PyTorch cannot read this file"):
        pool.tensors(saved({"a": Payload(tmp_path / "made")}))
    assert not (tmp_path / "made").exists()


def test_a_child_that_does_not_come_to_its_turn_is_not_the_fault_of_the_file(
    pool: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_Child", start(SILENT))
    monkeypatch.setattr(readers, "READ_SECONDS", 0.0)
    with pytest.raises(WeightsError, match=r"too busy right now.*load it again in a minute"):
        pool.tensors(saved(tensors(784, 10)))


def test_a_child_that_starts_too_slowly(pool: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "START_SECONDS", 0.0)
    with pytest.raises(WeightsError, match="too busy right now"):
        pool.tensors(saved(tensors(784, 10)))


def test_a_child_that_waits_in_vain_leaves_and_another_one_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = Readers(idle=0.05)
    pool.warm()
    # Neither a process nor an entry in the system's table nor a thread is left.
    wait_until(lambda: not children() and not threads())
    monkeypatch.setattr(readers, "_Child", start(REFUSING))
    with pytest.raises(WeightsError, match="PyTorch cannot read"):
        pool.tensors(saved(tensors(784, 10)))
    pool.close()
    pool.warm()
    assert children() == []


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("", "did not start"),
        ("import os; os.write(1, b'R'); os.abort()", "Reading this file failed"),
        ("import os; os.write(1, b'R'); os.read(0, 100); os._exit(1)", "Reading this file failed"),
        (
            "import os; os.write(1, b'R' + b'T' + bytes(7)); os.read(0, 9)",
            "Reading this file failed",
        ),
        (REFUSING, "PyTorch cannot read"),
        ("import os; os.write(1, b'R'); os.close(1); os.read(0, 9)", "Reading this file failed"),
        (
            "import os, signal; os.write(1, b'R'); os.read(0, 9)\n"
            "os.kill(os.getpid(), signal.SIGXCPU)",
            "seconds of computing; a file of weights",
        ),
        ("import os; os.write(1, b'R'); os._exit(3)", "Load it again"),
        (
            "import os; os.write(1, b'R'); os.read(0, 9)\nwhile 1: os.write(1, b'\\xff' * 9999)",
            "Reading this file failed",
        ),
    ],
)
def test_children_that_do_as_they_like(
    pool: Readers, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    monkeypatch.setattr(readers, "_Child", start(script))
    monkeypatch.setattr(readers, "ANSWER_BYTES", 1_000_000)
    with pytest.raises(WeightsError, match=said):
        pool.tensors(bytes(1_000_000))


def test_a_lie_in_the_answer_is_found(pool: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Readers, "_ask", lambda self, child, data: Answer(tensors=b"\xff" * 20))
    monkeypatch.setattr(Readers, "_take", lambda self: None)
    with pytest.raises(WeightsError, match="damaged"):
        read(saved(tensors(784, 10)), "mine.pt", pool)


def test_many_at_once_are_asked_to_come_again(
    pool: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "TURN_SECONDS", 0.0)
    for _ in range(readers.AT_WORK):
        pool._turns.acquire()
    with pytest.raises(WeightsError, match="Many other files are being read"):
        pool.tensors(b"")


def test_under_the_limits_no_file_opens_and_memory_ends() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import resource\n"
            "from mnistviz.network.files import child_process\n"
            "child_process.limit(1000)\n"
            "try: open('/etc/hostname')\n"
            "except OSError as error: print(error.errno)\n"
            "try: bytearray(70_000_000)\n"
            "except MemoryError: print('memory')\n"
            "print(*resource.getrlimit(resource.RLIMIT_CPU))",
        ],
        cwd=Path(child_process.__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    ).stdout.split()
    assert said == ["24", "memory", "10", "11"]


def test_damaged_archives_in_a_child(pool: Readers) -> None:
    whole = saved(tensors(784, 10))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        orders = archive.read("archive/data.pkl")
    # More numbers than there are, which only the library can find out.
    larger = orders.replace(b"M\xa0\x1e", b"M\xa1\x1e")
    assert larger != orders
    with pytest.raises(WeightsError, match="PyTorch cannot read this file"):
        read(rezipped(whole, {"data.pkl": larger}), "mine.pt", pool)
