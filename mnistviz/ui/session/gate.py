"""The gate of the script runs: few compute at once; the others wait.

Without it, two hundred clicks are two hundred threads that fight for one interpreter lock, and each
switch between them costs everybody. `ui/frame/gated_runs.py` has Streamlit's threads pass it.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, Self

VARIABLE = "MNISTVIZ_RUNS"
"""The environment variable with the number of runs that compute at once; 0 means any number."""

RUNS = 2
"""Runs that compute at once where nothing else is said. However many cores there are, all share one
interpreter: while one waits for PyTorch, another has it."""

PATIENCE = 0.25
"""Seconds for which nobody is let in before the longest run no longer counts. They double with each
such run that still computes: on a machine where every run is slow, not all may be let in."""

QUICK_IN_A_ROW = 4
"""Quick runs that go ahead of a full one that waits."""


class Request(Protocol):
    """What a run that has not begun is to do."""

    def take_over(self, older: Self) -> None:
        """Do also what an older request of the same session was to do."""

    def is_quick(self) -> bool:
        """Tell whether it may go ahead of others."""


@dataclass(eq=False, slots=True)
class Turn:
    """One run at the gate.

    Attributes:
        place: the smaller, the earlier it came.
        quick: whether it may go ahead of others.
        session: whose it is; empty for a run that has begun, which no other replaces.
        request: what it is to do; nothing more for a run that has begun.
        looks: is set when its thread has something to look at.
        replaced: whether a newer run of the session stands in its place.
    """

    place: int
    quick: bool
    session: str = ""
    request: Request | None = None
    looks: threading.Event = field(default_factory=threading.Event)
    replaced: bool = False


class Gate:
    """Lets so many threads compute, and the others in the order in which they came.

    A run that is slow does not hold up the others for long: where nobody has been let in for a
    while, the one that has computed longest no longer counts. So it is no deadlock either when a
    run inside waits for one outside.
    """

    def __init__(
        self,
        runs: int,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the gate.

        Args:
            runs: how many compute at once; 0 for any number.
            patience: seconds for which the queue may stand still.
            clock: tells the seconds.
        """
        self._runs, self._patience, self._clock = runs, patience, clock
        self._lock = threading.Lock()
        self._inside: list[Turn] = []
        self._slow: list[Turn] = []
        self._waiting: list[Turn] = []
        self._places = 0
        self._quick_in_a_row = 0
        self._let_in_at = 0.0
        self._mine = threading.local()

    @property
    def waiting(self) -> int:
        """Tell how many wait."""
        return len(self._waiting)

    def is_busy(self) -> bool:
        """Tell whether a run computes."""
        return bool(self._inside)

    def enter(self, session: str, request: Request) -> bool:
        """Wait for a turn of this thread; `leave` ends it.

        Args:
            session: whose run it is. A run of it that still waits gives up its place to this one.
            request: what is to be done. It takes over what the one that gives up was to do.

        Returns:
            Whether the run may begin; not if a newer one has replaced it.
        """
        if not self._runs:
            return True
        with self._lock:
            older = next((turn for turn in self._waiting if turn.session == session), None)
            if older is not None and older.request is not None:
                request.take_over(older.request)
                older.replaced = True
                self._remove(older)
            place = older.place if older else self._next_place()
            turn = self._join(Turn(place, request.is_quick(), session, request))
        return self._wait(turn)

    def leave(self) -> None:
        """End the turn of this thread, if it has one."""
        turn: Turn | None = getattr(self._mine, "turn", None)
        self._mine.turn = None
        with self._lock:
            for turns in (self._inside, self._slow):
                if turn in turns:
                    turns.remove(turn)
            self._let_in()

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Let another run compute while this one waits for something; then wait for a turn again.

        A thread without a turn goes on as it is.
        """
        if getattr(self._mine, "turn", None) is None:
            yield
            return
        self.leave()
        try:
            yield
        finally:
            with self._lock:
                turn = self._join(Turn(self._next_place(), quick=True))
            self._wait(turn)

    def _next_place(self) -> int:
        self._places += 1
        return self._places

    def _remove(self, turn: Turn) -> None:
        """Take one out of the queue; it looks why, and so does the last one that stays."""
        self._waiting.remove(turn)
        turn.looks.set()
        if self._waiting:
            self._waiting[-1].looks.set()

    def _join(self, turn: Turn) -> Turn:
        if not self._waiting:
            self._let_in_at = self._clock()
        self._waiting.append(turn)
        return turn

    def _wait(self, turn: Turn) -> bool:
        while True:
            with self._lock:
                turn.looks.clear()
                self._let_in()
                if turn not in self._waiting:
                    break
                # One watches whether the queue stands still; all would wake for nothing.
                seconds = self._longest() if self._waiting[-1] is turn else None
            turn.looks.wait(seconds)
        self._mine.turn = None if turn.replaced else turn
        return not turn.replaced

    def _longest(self) -> float:
        return float(self._patience * 2 ** len(self._slow))

    def _let_in(self) -> None:
        now = self._clock()
        is_full = len(self._inside) >= self._runs
        if self._waiting and is_full and now - self._let_in_at >= self._longest():
            self._slow.append(self._inside.pop(0))
        while self._waiting and len(self._inside) < self._runs:
            turn = self._next()
            self._remove(turn)
            self._inside.append(turn)
            self._let_in_at = now

    def _next(self) -> Turn:
        quick = [turn for turn in self._waiting if turn.quick]
        full = [turn for turn in self._waiting if not turn.quick]
        goes_ahead = bool(quick) and (not full or self._quick_in_a_row < QUICK_IN_A_ROW)
        self._quick_in_a_row = self._quick_in_a_row + 1 if goes_ahead and full else 0
        return min(quick if goes_ahead else full, key=lambda turn: turn.place)


def _runs_at_once() -> int:
    asked = os.environ.get(VARIABLE, "").strip()
    return int(asked) if asked.isdecimal() else RUNS


GATE = Gate(_runs_at_once())
"""The gate of this server."""
