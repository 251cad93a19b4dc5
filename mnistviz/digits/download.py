"""All 70,000 digits: torchvision's own download, run so that it can fail without harm.

The download runs in a child process. It can hang on a dead network, be killed or crash, and the
server goes on; nothing it leaves behind is taken for MNIST, because the files move to their place
one by one, whole and verified, at the very end. Of several servers with one folder, one downloads,
and the others wait for it.
"""

import contextlib
import errno
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO

import mnistviz
from mnistviz.digits.cache_folder import LEFTOVER_SECONDS, PARTIAL, Lock
from mnistviz.digits.mnist import is_complete, raw_files
from mnistviz.words import say

TOTAL_BYTES = 11_594_722
"""Size of the four compressed files of MNIST: 9,912,422 + 28,881 + 1,648,877 + 4,542."""

SILENCE_SECONDS = 15.0
"""After so long without an answer a server counts as not reachable."""

LOCK = ".download.lock"
"""The file by which servers know that one of them downloads."""

ASKS_EVERY = 0.2
"""Seconds after which one that waits asks whether it is its turn."""

_FOLDER_ERRORS = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOSPC,
    errno.EFBIG,
    errno.EDQUOT,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.EISDIR,
)
"""What the system says when it is the folder that fails, not the network."""


class State(StrEnum):
    """Where a download stands."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the files come from, instead of what torchvision says.

    Attributes:
        mirrors: addresses that end in a slash, tried in this order; none for torchvision's own.
        resources: (file name, MD5 in hex) of the four compressed files; none for torchvision's.
    """

    mirrors: tuple[str, ...] = ()
    resources: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """A download at one moment.

    Attributes:
        state: where it stands.
        fetched: bytes that have arrived.
        total: bytes in all.
        reason: for a failed one, why, as the end of a sentence.
    """

    state: State
    fetched: int = 0
    total: int = TOTAL_BYTES
    reason: str = ""


@dataclass(slots=True)
class Download:
    """The one download of a server, whoever asks. Safe to share between threads.

    Attributes:
        root: the folder under which `MNIST/raw/` shall stand.
        source: where the files come from.
    """

    root: Path
    source: Source = field(default_factory=Source)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: subprocess.Popen[str] | None = None
    _folder: Path | None = None
    _reason: str = ""

    def start(self) -> Status:
        """Begin, unless it runs already or the files are there; a failed one begins anew."""
        with self._lock:
            status = self._status()
            if status.state in (State.RUNNING, State.DONE):
                return status
            self._reason = ""
            try:
                self.root.mkdir(parents=True, exist_ok=True)
                self._folder = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=self.root))
                # Its standard input stays open as long as this process lives: see `_end_with`.
                self._process = subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        "mnistviz.digits.download",
                        str(self._folder),
                        str(self.root),
                    ],
                    cwd=Path(mnistviz.__file__).parent.parent,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
                assert self._process.stdin is not None
                self._process.stdin.write(json.dumps(asdict(self.source)) + "\n")
                self._process.stdin.flush()
            except OSError as error:
                if self._folder is None:
                    self._reason = say("errors/download", "folder", reason=error.strerror)
                else:
                    shutil.rmtree(self._folder, ignore_errors=True)
                    self._folder = None
                    self._reason = say("errors/download", "start", reason=error.strerror)
            return self._status()

    def status(self) -> Status:
        """Tell where it stands now; costs a look at four file sizes."""
        with self._lock:
            return self._status()

    def stop(self) -> None:
        """End a running download and remove what it had fetched."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._settle(say("errors/download", "stopped"))

    def _status(self) -> Status:
        if self._process is not None:
            if self._process.poll() is None:
                return Status(State.RUNNING, _fetched(self._folder))
            assert self._process.stdout is not None
            message = self._process.stdout.read().strip()
            self._settle(
                ""
                if self._process.returncode == 0
                else message or say("errors/download", "broke_off")
            )
        # Another server may have brought what this one could not.
        if is_complete(self.root):
            return Status(State.DONE)
        if self._reason:
            return Status(State.FAILED, reason=self._reason)
        return Status(State.IDLE)

    def _settle(self, reason: str) -> None:
        """Take leave of a child that has ended."""
        assert self._process is not None
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                # Closing flushes, and the reader is gone.
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._process, self._folder, self._reason = None, None, reason


def fetch(folder: Path, root: Path, source: Source) -> None:
    """Download into `folder`, then move the four verified files to their place under `root`.

    Raises:
        RuntimeError: no mirror gave a file, or what it gave has the wrong checksum.
        OSError: the connection broke, or a folder cannot be written.
    """
    # In a process of its own, which ends with the download.
    from torchvision import datasets  # noqa: TID251

    mirrors = source.mirrors or tuple(datasets.MNIST.mirrors)
    resources = source.resources or tuple(datasets.MNIST.resources)
    # One mirror after the other: torchvision itself stops at one that hangs up or goes silent. It
    # keeps the files that are whole.
    for number, mirror in enumerate(mirrors, start=1):
        # torchvision names the folder after the class.
        mnist = type("MNIST", (datasets.MNIST,), {"mirrors": (mirror,), "resources": resources})
        try:
            mnist(folder, train=True, download=True)
            break
        except (RuntimeError, OSError, http.client.HTTPException):
            if number == len(mirrors):
                raise
    for fetched, final in zip(raw_files(folder), raw_files(root), strict=True):
        final.parent.mkdir(parents=True, exist_ok=True)
        os.replace(fetched, final)
    # The server may have no visitor any more who would ask how it went.
    shutil.rmtree(folder, ignore_errors=True)


def fetch_once(folder: Path, root: Path, source: Source) -> None:
    """Fetch, unless another server does; then wait until the files are there or it is gone.

    Raises:
        RuntimeError, OSError: as `fetch`.
    """
    lock = Lock(root / LOCK)
    while not lock.take():
        time.sleep(ASKS_EVERY)
    try:
        if is_complete(root):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            _sweep(root, folder)
            fetch(folder, root, source)
    finally:
        lock.free()


def explain(error: Exception) -> str:
    """Say in words why a download failed, as the end of a sentence.

    Args:
        error: what `fetch` raised.
    """
    text = str(error)
    if "corrupted" in text:
        return say("errors/download", "damaged")
    if isinstance(error, OSError) and error.errno in _FOLDER_ERRORS:
        return say("errors/download", "folder", reason=error.strerror)
    return say("errors/download", "unreachable")


def _fetched(folder: Path | None) -> int:
    """Count the bytes of the compressed files so far; a file may vanish while one looks."""
    count = 0
    if folder is not None:
        for file in folder.glob("MNIST/raw/*.gz"):
            with contextlib.suppress(FileNotFoundError):
                count += file.stat().st_size
    return min(count, TOTAL_BYTES)


def _sweep(root: Path, keep: Path) -> None:
    """Remove the partial folders that crashed downloads have left."""
    for folder in root.glob(f"{PARTIAL}*"):
        with contextlib.suppress(FileNotFoundError):
            touched = max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
            if folder != keep and time.time() - touched > LEFTOVER_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _end_with(parent: IO[str]) -> None:
    """End this process when its parent does: then the pipe from it closes."""
    parent.read()
    os._exit(1)


def main(arguments: list[str]) -> int:
    """Run as the child: folder and root as arguments, the source as JSON on standard input.

    Returns:
        The exit code: 0 done, 1 failed; then why stands on standard output.
    """
    folder, root = Path(arguments[0]), Path(arguments[1])
    message = json.loads(sys.stdin.readline())
    source = Source(
        tuple(message["mirrors"]), tuple((name, md5) for name, md5 in message["resources"])
    )
    threading.Thread(target=_end_with, args=(sys.stdin,), daemon=True).start()
    socket.setdefaulttimeout(SILENCE_SECONDS)
    try:
        fetch_once(folder, root, source)
    except (RuntimeError, OSError, http.client.HTTPException) as error:
        print(explain(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
