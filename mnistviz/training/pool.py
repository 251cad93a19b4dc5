"""The pool of what computes for long: a few at once, the others in a line, all behind the pages."""

import contextlib
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

AT_ONCE = 4
"""Trainings that take turns; more wait in a line."""

TENURE = 3.0
"""Seconds that a training computes before it goes to the end of the line, if there is one."""

LOOKS_EVERY = 0.002
"""Seconds after which one that gives way looks again."""

GIVES_WAY = 0.05
"""Seconds that a training waits at most while pages are computed."""

NICE = 5
"""How far the threads of the pool stand behind all others at the system's processors, 0 to 19."""


class Turns:
    """A lock that some may hold at once; the others wait in the order in which they asked.

    A semaphore would hand itself back to whoever has just let it go.
    """

    def __init__(self, count: int) -> None:
        """Let so many work at once."""
        self._lock = threading.Lock()
        self._free = count
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        """Wait for a turn."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = threading.Event()
            self._waiting.append(mine)
        mine.wait()

    def __exit__(self, *_: object) -> None:
        """Hand the turn to the one who has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


class Line:
    """Who takes turns, and who waits for that, in the order in which they came."""

    def __init__(self, at_once: int = AT_ONCE, tenure: float = TENURE) -> None:
        """Begin with nobody.

        Args:
            at_once: how many take turns.
            tenure: seconds of computing after which one gives up its place to one that waits.
        """
        self._at_once, self._tenure = at_once, tenure
        self._moved = threading.Condition()
        self._all: list[object] = []
        self._spent: dict[object, float] = {}

    def leave(self, who: object) -> None:
        """Go, from wherever it stands, if it is here."""
        with self._moved:
            if self._spent.pop(who, None) is not None:
                self._all.remove(who)
                self._moved.notify_all()

    def ahead(self, who: object) -> int:
        """Return how many have to go before it has a place; 0 if it has one, or asked for none."""
        with self._moved:
            return self._ahead(who)

    def wait(self, who: object, seconds: float) -> bool:
        """Come to the end of the line, unless it stands in it already, and wait for a place.

        Returns:
            Whether it has one; not if the seconds are over before.
        """
        with self._moved:
            if who not in self._spent:
                self._all.append(who)
                self._spent[who] = 0.0
            return self._moved.wait_for(lambda: not self._ahead(who), seconds)

    def spend(self, who: object, seconds: float) -> None:
        """Note what it has computed; after its tenure it stands at the end if others wait."""
        with self._moved:
            self._spent[who] += seconds
            if self._spent[who] >= self._tenure and len(self._all) > self._at_once:
                self._all.remove(who)
                self._all.append(who)
                self._spent[who] = 0.0
                self._moved.notify_all()

    def _ahead(self, who: object) -> int:
        place = self._all.index(who) if who in self._all else 0
        return max(0, place + 1 - self._at_once)


class Courtesy:
    """What computes for long gives way to the pages, which compute for a moment."""

    def __init__(self) -> None:
        """Begin without pages."""
        self._is_busy: Callable[[], bool] = lambda: False

    def towards(self, is_busy: Callable[[], bool]) -> None:
        """Ask from now on whether pages are being computed.

        Args:
            is_busy: tells it, at once.
        """
        self._is_busy = is_busy

    @property
    def is_asked(self) -> bool:
        """Whether pages are being computed now."""
        return self._is_busy()

    def give_way(self) -> None:
        """Wait until no page is being computed, but not longer than `GIVES_WAY`."""
        end = time.monotonic() + GIVES_WAY
        while self._is_busy() and time.monotonic() < end:
            time.sleep(LOOKS_EVERY)


def stand_back() -> None:
    """Have this thread, which computes for long, leave the processors to others that want them."""
    # Elsewhere than on Linux this would be the whole process.
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


CORES = Turns(max(1, (os.cpu_count() or 1) - 1))
"""One core stays free for the pages, where there is more than one."""

LINE = Line()
"""The line of this server."""

COURTESY = Courtesy()
"""Which pages this server's trainings give way to: `ui/session/cached.py` says it."""
