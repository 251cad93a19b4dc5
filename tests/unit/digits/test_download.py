"""Tests of the download of the full set, against servers of this machine alone.

A download runs in a child process, which first imports torch: some seconds. So the ways to fail
are told apart by `fetch` in this process, and children are started where the child is the point.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from mnistviz.digits import mnist
from mnistviz.digits.cache_folder import LEFTOVER_SECONDS, PARTIAL, Lock
from mnistviz.digits.download import (
    LOCK,
    TOTAL_BYTES,
    Download,
    Source,
    State,
    Status,
    explain,
    fetch,
    fetch_once,
)
from scripts.make_sample import idx_bytes
from tests.helpers.mirror import (
    ARRAYS,
    FILES,
    LARGEST,
    Answer,
    Handler,
    Mirror,
    altered,
    half,
    hang_up,
    missing,
    slow,
    source,
    whole,
)

ROOT = Path(__file__).resolve().parents[3]
PIECE = 1 << 15
"""Bytes that torchvision reads at once."""

NOT_REACHED = "the servers that offer MNIST cannot be reached from here"
DAMAGED = "a file arrived incomplete or damaged"


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    """Look again and again, as nothing tells when a child has come so far."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def start_mirror() -> Iterator[Callable[[Answer], Mirror]]:
    started: list[Mirror] = []

    def start(answer: Answer) -> Mirror:
        started.append(Mirror(answer))
        return started[-1]

    yield start
    for mirror in started:
        mirror.close()


@pytest.fixture(scope="module")
def refused() -> Iterator[str]:
    """An address where nobody listens: the port is taken, so that nobody will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


def children(root: Path) -> list[psutil.Process]:
    """Find the processes that download into a folder, those that have just ended left out."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        command = process.info["cmdline"] or []
        if "mnistviz.digits.download" in command and str(root) in command:
            found.append(process)
    return found


def entries(root: Path) -> set[str]:
    # Whoever is killed leaves the file of its lock behind; the lock is free.
    return {path.name for path in root.iterdir()} - {LOCK} if root.is_dir() else set()


def assert_in_place(root: Path) -> None:
    """Check that the set can be read and holds what the mirror keeps."""
    digits = mnist.load(root)
    fetched = (
        digits.train_pixels,
        digits.train_labels,
        digits.test_pixels,
        digits.test_labels,
    )
    for tensor, array in zip(fetched, ARRAYS.values(), strict=True):
        assert np.array_equal(tensor.numpy(), array)


@pytest.fixture
def download(tmp_path: Path) -> Iterator[Callable[..., Download]]:
    """Make downloads into the test's own folder; those that run at its end are stopped."""
    made: list[Download] = []

    def make(*addresses: str) -> Download:
        made.append(Download(tmp_path / "data", source(*addresses)))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def failure(folder: Path, *addresses: str) -> str:
    """Return the words for why a fetch failed; the final folder must not have got anything."""
    with pytest.raises((RuntimeError, OSError)) as caught:
        fetch(folder / "partial", folder / "root", source(*addresses))
    assert not (folder / "root").exists()
    return explain(caught.value)


class TestFetch:
    def test_puts_the_four_files_in_place(
        self, start_mirror: Callable[[Answer], Mirror], tmp_path: Path
    ) -> None:
        fetch(tmp_path / "partial", tmp_path / "root", source(start_mirror(whole).address))
        assert_in_place(tmp_path / "root")

    @pytest.mark.parametrize(
        ("answer", "words"),
        [(half, DAMAGED), (altered, DAMAGED), (missing, NOT_REACHED), (hang_up, NOT_REACHED)],
    )
    def test_a_bad_answer_is_told_in_words(
        self,
        start_mirror: Callable[[Answer], Mirror],
        tmp_path: Path,
        answer: Answer,
        words: str,
    ) -> None:
        assert failure(tmp_path, start_mirror(answer).address) == words

    def test_a_refused_connection_is_told_in_words(self, refused: str, tmp_path: Path) -> None:
        assert failure(tmp_path, refused) == NOT_REACHED

    @pytest.mark.parametrize("good", list(FILES)[:3])
    def test_nothing_is_taken_when_a_later_file_fails(
        self, start_mirror: Callable[[Answer], Mirror], tmp_path: Path, good: str
    ) -> None:
        names = list(FILES)
        fine = names[: names.index(good) + 1]

        def some(handler: Handler, body: bytes) -> None:
            (whole if handler.path[1:] in fine else half)(handler, body)

        assert failure(tmp_path, start_mirror(some).address) == DAMAGED

    @pytest.mark.parametrize("answer", [half, altered, missing, hang_up])
    def test_goes_on_to_the_next_mirror(
        self, start_mirror: Callable[[Answer], Mirror], tmp_path: Path, answer: Answer
    ) -> None:
        bad, good = start_mirror(answer), start_mirror(whole)
        fetch(tmp_path / "partial", tmp_path / "root", source(bad.address, good.address))
        assert_in_place(tmp_path / "root")
        assert bad.asked

    def test_goes_on_to_the_next_mirror_when_a_connection_is_refused(
        self, start_mirror: Callable[[Answer], Mirror], refused: str, tmp_path: Path
    ) -> None:
        good = start_mirror(whole)
        fetch(tmp_path / "partial", tmp_path / "root", source(refused, good.address))
        assert_in_place(tmp_path / "root")

    def test_goes_on_to_the_next_mirror_when_one_is_silent(
        self, start_mirror: Callable[[Answer], Mirror], tmp_path: Path
    ) -> None:
        silent, good = start_mirror(slow), start_mirror(whole)
        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(0.2)
        try:
            fetch(tmp_path / "partial", tmp_path / "root", source(silent.address, good.address))
        finally:
            socket.setdefaulttimeout(before)
        assert_in_place(tmp_path / "root")

    def test_a_file_where_the_folder_should_be_is_no_fault_of_the_servers(
        self, start_mirror: Callable[[Answer], Mirror], tmp_path: Path
    ) -> None:
        (tmp_path / "root").mkdir()
        (tmp_path / "root" / "MNIST").write_text("not a folder")
        with pytest.raises(OSError, match="MNIST") as caught:
            fetch(tmp_path / "partial", tmp_path / "root", source(start_mirror(whole).address))
        assert explain(caught.value).startswith("the folder for it cannot be written to (")


def test_a_download_that_nobody_has_started_is_idle(
    start_mirror: Callable[[Answer], Mirror], download: Callable[..., Download]
) -> None:
    mirror = start_mirror(whole)
    idle = download(mirror.address)
    assert idle.status() == Status(State.IDLE)
    idle.stop()
    assert idle.status() == Status(State.IDLE)
    assert mirror.asked == []
    assert entries(idle.root) == set()


def test_a_folder_that_holds_the_set_is_used(
    start_mirror: Callable[[Answer], Mirror], download: Callable[..., Download]
) -> None:
    mirror = start_mirror(whole)
    there = download(mirror.address)
    for file, array in zip(mnist.raw_files(there.root), ARRAYS.values(), strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(idx_bytes(array))
    assert there.status() == Status(State.DONE)
    assert there.start() == Status(State.DONE)
    assert mirror.asked == []
    assert children(there.root) == []
    assert entries(there.root) == {"MNIST"}
    assert_in_place(there.root)


@pytest.mark.parametrize("below", [".", "folder"])
def test_a_folder_that_cannot_be_is_told_in_words(tmp_path: Path, below: str) -> None:
    # Below a regular file not even root can make a folder.
    (tmp_path / "file").write_text("kept")
    download = Download(tmp_path / "file" / below)
    status = download.start()
    assert status.state is State.FAILED
    # Visitors read it: no path of the server is in it.
    assert "cannot be written" in status.reason
    assert "/" not in status.reason
    assert download.status() == status
    assert children(download.root) == []
    assert (tmp_path / "file").read_text() == "kept"


@dataclass(frozen=True)
class Run:
    """A download that a test has not to wait for.

    Attributes:
        download: the download.
        mirror: the server it asks.
        answers: what each session was told that started it.
    """

    download: Download
    mirror: Mirror
    answers: list[Status]


def start_at_once(download: Download, sessions: int) -> list[Status]:
    """Let several sessions start a download at the same moment."""
    together, answers = threading.Barrier(sessions), []

    def session() -> None:
        together.wait()
        answers.append(download.start())

    threads = [threading.Thread(target=session) for _ in range(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def leave_partial_folders(root: Path) -> None:
    """Leave what three other servers may have: `old`, `young` and `busy`."""
    hours_ago = time.time() - LEFTOVER_SECONDS - 60
    for name in ("old", "young", "busy"):
        raw = root / f"{PARTIAL}{name}" / "MNIST" / "raw"
        raw.mkdir(parents=True)
        (raw / LARGEST).write_bytes(FILES[LARGEST][:1000])
        if name == "old":
            os.utime(raw / LARGEST, (hours_ago, hours_ago))
        if name != "young":
            for folder in (raw, raw.parent, raw.parent.parent):
                os.utime(folder, (hours_ago, hours_ago))


@pytest.fixture(scope="module")
def runs(
    start_mirror: Callable[[Answer], Mirror], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Run]]:
    """Downloads by what they are for; they run at the same time, as their children are slow."""
    answers = {"shared": whole, "half": half, "unattended": whole}
    made = {}
    for name, answer in answers.items():
        mirror = start_mirror(answer)
        root = tmp_path_factory.mktemp(name)
        if name == "shared":
            leave_partial_folders(root)
        download = Download(root, source(mirror.address))
        made[name] = Run(download, mirror, start_at_once(download, 8 if name == "shared" else 1))
    yield made
    for run in made.values():
        run.download.stop()


def end(run: Run) -> Status:
    """Wait for the end of a download."""
    wait_until(lambda: run.download.status().state is not State.RUNNING)
    return run.download.status()


class TestManySessions:
    @pytest.fixture
    def shared(self, runs: Mapping[str, Run]) -> Run:
        """A download that eight sessions have started at once, after its end."""
        end(runs["shared"])
        return runs["shared"]

    def test_all_see_the_one_download(self, shared: Run) -> None:
        assert [answer.state for answer in shared.answers] == [State.RUNNING] * 8

    def test_each_file_is_fetched_once(
        self, shared: Run, start_mirror: Callable[[Answer], Mirror], tmp_path: Path
    ) -> None:
        # torchvision asks more than once for a file: so often as when nobody else is there.
        alone = start_mirror(whole)
        fetch(tmp_path / "partial", tmp_path / "root", source(alone.address))
        assert Counter(shared.mirror.asked) == Counter(alone.asked)
        assert set(shared.mirror.asked) == set(FILES)

    def test_the_files_are_in_place(self, shared: Run) -> None:
        assert shared.download.status() == Status(State.DONE)
        assert_in_place(shared.download.root)

    def test_to_start_it_again_asks_for_nothing(self, shared: Run) -> None:
        before = len(shared.mirror.asked)
        assert shared.download.start() == Status(State.DONE)
        assert len(shared.mirror.asked) == before
        assert children(shared.download.root) == []

    def test_its_own_partial_folder_is_gone(self, shared: Run) -> None:
        of_others = {f"{PARTIAL}{name}" for name in ("old", "young", "busy")}
        assert entries(shared.download.root) - of_others == {"MNIST"}

    def test_what_a_crash_left_long_ago_is_swept(self, shared: Run) -> None:
        assert f"{PARTIAL}old" not in entries(shared.download.root)

    def test_what_another_server_has_just_begun_stays(self, shared: Run) -> None:
        assert f"{PARTIAL}young" in entries(shared.download.root)

    def test_what_another_server_still_writes_to_stays(self, shared: Run) -> None:
        # Its folders were made long ago; the file in them has grown just now.
        assert f"{PARTIAL}busy" in entries(shared.download.root)


class TestFailure:
    def test_is_told_in_words_leaves_nothing_and_a_second_try_succeeds(
        self, runs: Mapping[str, Run]
    ) -> None:
        run = runs["half"]
        assert end(run) == Status(State.FAILED, reason=DAMAGED)
        assert entries(run.download.root) == set()
        assert children(run.download.root) == []
        run.mirror.answer = whole
        assert run.download.start() == Status(State.RUNNING)
        assert end(run) == Status(State.DONE)
        assert_in_place(run.download.root)
        assert entries(run.download.root) == {"MNIST"}


def test_nothing_is_left_when_everybody_has_gone_before_the_end(runs: Mapping[str, Run]) -> None:
    # Whoever comes later finds the set in place, and never asks the download how it went.
    root = runs["unattended"].download.root
    wait_until(lambda: not children(root))
    assert_in_place(root)
    assert entries(root) == {"MNIST"}


def test_a_running_download_can_be_stopped_and_begun_anew(
    start_mirror: Callable[[Answer], Mirror], download: Callable[..., Download]
) -> None:
    running = download(start_mirror(slow).address)
    assert running.start() == Status(State.RUNNING, 0, TOTAL_BYTES)
    running.stop()
    assert running.status() == Status(State.FAILED, reason="it was stopped")
    assert children(running.root) == []
    assert entries(running.root) == set()
    assert running.start() == Status(State.RUNNING, 0, TOTAL_BYTES)


def test_a_folder_that_can_be_made_at_last_is_used(
    start_mirror: Callable[[Answer], Mirror], download: Callable[..., Download]
) -> None:
    later = download(start_mirror(slow).address)
    later.root.write_text("in the way")
    assert later.start().state is State.FAILED
    later.root.unlink()
    assert later.start() == Status(State.RUNNING)


def test_says_how_much_has_come_until_its_child_is_killed(
    start_mirror: Callable[[Answer], Mirror], download: Callable[..., Download]
) -> None:
    mirror = start_mirror(slow)
    running = download(mirror.address)
    running.start()
    for count in (PIECE, 2 * PIECE, 4 * PIECE):
        mirror.allow(count)
        wait_until(lambda count=count: running.status().fetched >= count)
        assert running.status() == Status(State.RUNNING, count, TOTAL_BYTES)
    # Whoever asks for it now gets the one that runs.
    assert running.start() == Status(State.RUNNING, 4 * PIECE, TOTAL_BYTES)
    (child,) = children(running.root)
    child.kill()
    wait_until(lambda: running.status().state is not State.RUNNING)
    assert running.status() == Status(State.FAILED, reason="the connection was lost")
    assert entries(running.root) == set()


def test_waits_while_another_server_downloads_and_takes_what_it_brings(
    start_mirror: Callable[[Answer], Mirror], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, root, partial = start_mirror(whole), tmp_path / "root", tmp_path / "partial"
    partial.mkdir()
    held = Lock(root / LOCK)
    assert held.take()
    asked: list[str] = []

    def the_other_is_done(_: float) -> None:
        fetch(tmp_path / "other", root, source(mirror.address))
        asked.extend(mirror.asked)
        held.free()

    waiting = SimpleNamespace(sleep=the_other_is_done, time=time.time)
    monkeypatch.setattr("mnistviz.digits.download.time", waiting)
    fetch_once(partial, root, source(mirror.address))
    assert mirror.asked == asked != []
    assert_in_place(root)
    assert not partial.exists()
    assert entries(root) == {"MNIST"}
    assert Lock(root / LOCK).take()


def test_a_download_that_is_killed_hands_over_to_that_of_another_server(
    start_mirror: Callable[[Answer], Mirror], download: Callable[..., Download]
) -> None:
    mirror = start_mirror(slow)
    killed, other = download(mirror.address), download(mirror.address)
    killed.start()
    mirror.allow(PIECE)
    wait_until(lambda: killed.status().fetched >= PIECE)
    (child,) = children(killed.root)
    other.start()
    child.kill()
    mirror.answer = whole
    wait_until(lambda: other.status().state is not State.RUNNING)
    assert other.status() == Status(State.DONE)
    assert_in_place(other.root)
    # Started again, the one whose download was killed finds the set.
    assert killed.start() == Status(State.DONE)
    assert entries(killed.root) == {"MNIST"}


def test_the_child_ends_with_its_server(
    start_mirror: Callable[[Answer], Mirror], tmp_path: Path
) -> None:
    mirror = start_mirror(slow)
    program = (
        "import json, sys; from pathlib import Path\n"
        "from mnistviz.digits.download import Download, Source\n"
        "root, address, resources = json.loads(sys.argv[1])\n"
        "Download(Path(root), Source((address,), resources)).start()\n"
        "sys.stdin.read()\n"
    )
    given = json.dumps([str(tmp_path), mirror.address, source().resources])
    command = [sys.executable, "-c", program, given]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as server:
        try:
            wait_until(lambda: mirror.asked)
            (child,) = children(tmp_path)
        finally:
            server.kill()
    assert psutil.wait_procs([child], timeout=20)[1] == []
    assert not mnist.is_complete(tmp_path)


def in_a_child(program: str, tmp_path: Path, given: Source) -> tuple[int, str]:
    """Run a child as it is but for a change; return its exit code and what it said."""
    command = [sys.executable, "-c", program, str(tmp_path / "partial"), str(tmp_path / "root")]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(asdict(given)) + "\n")
        child.stdin.flush()
        said = child.stdout.read().strip()
    return child.returncode, said


def test_a_server_that_goes_silent_is_given_up(
    start_mirror: Callable[[Answer], Mirror], tmp_path: Path
) -> None:
    mirror = start_mirror(slow)
    program = (
        "import sys; from mnistviz.digits import download\n"
        "download.SILENCE_SECONDS = 0.2\n"
        "sys.exit(download.main(sys.argv[1:]))\n"
    )
    assert in_a_child(program, tmp_path, source(mirror.address)) == (1, NOT_REACHED)
    assert mirror.asked
    assert entries(tmp_path / "root") == set()


@pytest.mark.skipif(sys.platform == "win32", reason="files have no bound there")
def test_a_disk_that_is_full_is_told_in_words(
    start_mirror: Callable[[Answer], Mirror], tmp_path: Path
) -> None:
    # To a process, a bound for its files is a disk without room.
    program = (
        "import resource, sys; from mnistviz.digits import download\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "sys.exit(download.main(sys.argv[1:]))\n"
    )
    code, said = in_a_child(program, tmp_path, source(start_mirror(whole).address))
    assert code == 1
    assert said == "the folder for it cannot be written to (File too large)"
    assert entries(tmp_path / "root") == set()
