"""The memory of the server: its limits are set once it has started, and what was freed goes back.

What Python frees stays with the C library, which gives each thread an arena of its own and hands
back to the system only what lies at an arena's end. A server has a thread for every run.
"""

import ctypes
import gc
import threading

from mnistviz import limits
from mnistviz.results import STORE

ARENAS = 2
"""Arenas of the C library. The threads share one interpreter, so they seldom ask at once. After 60
visitors the server is 60 MB smaller than with as many as the library makes by itself."""

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h

SECONDS = 10.0
"""From when a visitor leaves until memory goes back: who leaves meanwhile is in it."""


def share_out() -> limits.Limits:
    """Set the limits of this process, which has started."""
    shared = limits.current()
    STORE.limit = shared.results
    return shared


def hold_arenas() -> None:
    """Have the C library make few arenas; only glibc has any."""
    library = _glibc()
    if library is not None:
        library.mallopt(_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Collect what visitors have left behind, and hand back what is free."""
    gc.collect()
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


class Afterwards:
    """Gives memory back some time after visitors have left, once for all of them."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Begin.

        Args:
            seconds: how long after.
        """
        self._seconds = seconds
        self._timer: threading.Timer | None = None

    def come(self) -> None:
        """Do so after a while, unless it is to come anyway."""
        if self._timer is not None and self._timer.is_alive():
            return
        self._timer = threading.Timer(self._seconds, give_back)
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        """Do it no more."""
        if self._timer is not None:
            self._timer.cancel()


def _glibc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
