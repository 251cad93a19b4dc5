"""The pool of what computes for long: a few at once, the others in a line, all behind the pages."""

import contextlib
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeVar

from mnistviz.limits import AT_ONCE, GIVES_WAY, NICE, TENURE

R = TypeVar("R")

SLICE = 0.05
"""Seconds that one computes before another one may have the core."""

LEAST_SLICE = 0.01
"""Seconds that it computes before pages that are waited for may have the core."""

LOOKS_EVERY = 0.2
"""Seconds after which one that waits for a place looks whether anybody still wants it."""

LOOKS_FOR_PAGES = 0.002
"""Seconds after which one that gives way looks again."""

_here = threading.local()


class Abandoned(Exception):
    """Nobody waits any more for what is being computed."""


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

    @contextlib.contextmanager
    def handed_on(self) -> Iterator[None]:
        """Let others have the turn of this thread, which waits for another one afterwards."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


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
    def share(self) -> float:
        """Seconds that one may compute before it lets others have the core."""
        return LEAST_SLICE if self._is_busy() else SLICE

    def give_way(self) -> None:
        """Wait until no page is being computed, but not longer than `GIVES_WAY`."""
        end = time.monotonic() + GIVES_WAY
        while self._is_busy() and time.monotonic() < end:
            time.sleep(LOOKS_FOR_PAGES)


class Work:
    """One computation that is no run: it stands in a line of its own, and takes turns at the cores.

    Attributes:
        told: what it has said last of how far it is; 0 before.
    """

    def __init__(self, is_wanted: Callable[[], bool]) -> None:
        """Prepare it.

        Args:
            is_wanted: tells whether somebody still waits for it.
        """
        self.told = 0
        self._is_wanted = is_wanted
        self._began = 0.0

    @property
    def ahead(self) -> int:
        """How many have to go before it may compute; 0 while it does."""
        return MEASUREMENTS.ahead(self)

    def run(self, compute: Callable[[], R]) -> R:
        """Compute in this thread, once there is a place.

        Raises:
            Abandoned: nobody wants it any more.
        """
        stand_back()
        _here.work = self
        try:
            self._wait_for_a_place()
            with CORES:
                self._began = time.perf_counter()
                self._end_if_unwanted()
                return compute()
        finally:
            _here.work = None
            MEASUREMENTS.leave(self)

    def breathe(self) -> None:
        """Let others have the core when it is their time; see `breathe`."""
        self._end_if_unwanted()
        seconds = time.perf_counter() - self._began
        if seconds > COURTESY.share:
            with CORES.handed_on():
                COURTESY.give_way()
                MEASUREMENTS.spend(self, seconds)
                self._wait_for_a_place()
            self._began = time.perf_counter()

    def _wait_for_a_place(self) -> None:
        self._end_if_unwanted()
        while not MEASUREMENTS.wait(self, LOOKS_EVERY):
            self._end_if_unwanted()

    def _end_if_unwanted(self) -> None:
        if not self._is_wanted():
            raise Abandoned


def breathe() -> None:
    """Be called every now and then by what computes for long, wherever it is computed.

    In the pool it lets others have their turns, and ends where nobody wants the result any more.

    Raises:
        Abandoned: nobody does.
    """
    work = working()
    if work is not None:
        work.breathe()


def tell(how_far: int) -> None:
    """Say how far the computation of this thread is, for whoever waits for it."""
    work = working()
    if work is not None:
        work.told = how_far


def working() -> Work | None:
    """Return the computation of the pool that this thread is for; None for any other thread."""
    work: Work | None = getattr(_here, "work", None)
    return work


def stand_back() -> None:
    """Have this thread, which computes for long, leave the processors to others that want them."""
    # Elsewhere than on Linux this would be the whole process.
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


CORES = Turns(max(1, (os.cpu_count() or 1) - 1))
"""One core stays free for the pages, where there is more than one."""

LINE = Line()
"""The line of this server's trainings."""

MEASUREMENTS = Line()
"""The line of all else: who waits for a second does not stand behind trainings of minutes."""

COURTESY = Courtesy()
"""Which pages this server's trainings give way to: `ui/session/cached.py` says it."""
