"""The cache folder, which several processes share: files are whole, and work is done once."""

import contextlib
import os
import tempfile
import time
from pathlib import Path

from filelock import FileLock, Timeout

PARTIAL = ".partial-"
"""What the name of a file or folder begins with while it is written."""

LEFTOVER_SECONDS = 3600.0
"""What is partial and untouched for so long belongs to a process that is no more."""


class Lock:
    """What one process has at a time; once its holder is gone, however it went, it is free.

    A folder in which there can be no locks is passed over: there everybody has it.
    """

    def __init__(self, path: Path) -> None:
        """Know the file; nothing is written yet.

        Args:
            path: the file by which processes know the lock. One that is killed leaves it behind.
        """
        self._path = path
        # A lock without the system's help would outlive a process that is killed.
        self._lock = FileLock(path, thread_local=False, fallback_to_soft=False)

    def take(self) -> bool:
        """Take it, unless another process or another lock of this one has it; never wait."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        except (OSError, NotImplementedError):
            return True
        return True

    def free(self) -> None:
        """Let another one take it; nothing happens if this one does not have it."""
        if not self._lock.is_locked:
            return
        with contextlib.suppress(OSError):
            # Whoever has opened it just now takes a file that is no more: then two do the same
            # work, once, and each writes it whole.
            self._path.unlink()
        with contextlib.suppress(OSError):
            self._lock.release(force=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it at the same time.

    Raises:
        OSError: the folder cannot be written; nothing of the file is there then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for leftover in path.parent.glob(f"{PARTIAL}*"):
        remove_old(leftover)
    handle, name = tempfile.mkstemp(prefix=PARTIAL, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def remove_old(path: Path) -> None:
    """Remove a file that nobody has touched for `LEFTOVER_SECONDS`, if there is one."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > LEFTOVER_SECONDS:
            path.unlink()
