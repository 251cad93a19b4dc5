"""What takes a second or more: computed in the pool, once for all who ask for it."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from functools import update_wrapper
from typing import Generic, ParamSpec, TypeVar

from streamlit.runtime.scriptrunner import get_script_run_ctx

from mnistviz.results import Place, key_of
from mnistviz.training import pool
from mnistviz.ui.session.gate import GATE

P = ParamSpec("P")
R = TypeVar("R")

Drawing = Callable[[pool.Work], object]
"""Draws how far a computation is, by calling Streamlit."""

REDRAW_EVERY = 0.1
"""Seconds between two drawings of how far a computation is, or two looks whether to wait on."""


class _Task(Generic[R]):
    """One computation that is under way.

    Attributes:
        compute: what is computed.
        waiting: how many wait for it.
        work: its place in the pool.
        future: its result.
    """

    def __init__(self, compute: Callable[[], R]) -> None:
        self.compute = compute
        self.waiting = 0
        self.work = pool.Work(lambda: self.waiting > 0)
        self.future = Future[R]()


class Shared(Generic[R]):
    """Results that the pool computes: each once for all who ask, and kept.

    A computation that nobody waits for any more is given up.
    """

    def __init__(self, maxsize: int) -> None:
        """Begin empty.

        Args:
            maxsize: how many results are kept; 0 for those that are kept elsewhere.
        """
        # In a tuple, as a result may be None.
        self._place = Place[tuple[R]](maxsize)
        # Nothing that the store lets go is let go with this lock held.
        self._lock = threading.Lock()
        self._tasks: dict[Hashable, _Task[R]] = {}

    def get(self, key: Hashable, compute: Callable[[], R], draw: Drawing | None = None) -> R:
        """Return what is kept, or wait until it is computed.

        Args:
            key: names the result.
            compute: is called in a thread of the pool; it waits for no run, nor draws.
            draw: draws how far it is, every now and then. The script may end there, or anywhere
                else while it waits: where the person has gone, or has set something else.
        """
        if pool.working() is not None:
            # One that waits in the pool for another would hold the turn that the other needs.
            return compute()
        kept = self._place.find(key)
        if kept is not None:
            return kept[0]
        task = self._join(key, compute)
        try:
            while not task.future.done():
                if draw is not None:
                    draw(task.work)
                with GATE.outside():
                    _wait(task.future, draws=draw is not None)
        finally:
            with self._lock:
                task.waiting -= 1
        return task.future.result()

    def clear(self) -> None:
        """Let all go."""
        with self._lock:
            self._tasks.clear()
        self._place.clear()

    def _join(self, key: Hashable, compute: Callable[[], R]) -> _Task[R]:
        """Wait for a computation, which begins with the first one who does."""
        with self._lock:
            task = self._tasks.get(key)
            if task is not None:
                task.waiting += 1
                return task
            task = self._tasks[key] = _Task(compute)
            task.waiting = 1
        threading.Thread(
            target=self._work, args=(key, task), name="mnistviz-measure", daemon=True
        ).start()
        return task

    def _work(self, key: Hashable, task: _Task[R]) -> None:
        """Compute; the thread of a task."""
        # It may have been done between the look for what is kept and that for who computes it.
        kept = self._place.find(key)
        while kept is None:
            try:
                kept = (task.work.run(task.compute),)
            except pool.Abandoned:
                if self._is_given_up(key, task):
                    return
            except Exception as error:
                # It is raised to those who wait; who comes later has it tried again.
                self._end(key, task)
                task.future.set_exception(error)
                return
            else:
                if self._tasks.get(key) is task:
                    self._place.keep(key, kept)
        self._end(key, task)
        task.future.set_result(kept[0])

    def _is_given_up(self, key: Hashable, task: _Task[R]) -> bool:
        """Forget a task, unless somebody has come at the last moment."""
        with self._lock:
            if not task.waiting and self._tasks.get(key) is task:
                del self._tasks[key]
            return not task.waiting

    def _end(self, key: Hashable, task: _Task[R]) -> None:
        with self._lock:
            if self._tasks.get(key) is task:
                del self._tasks[key]


class Measured(Generic[P, R]):
    """A function of specs whose results are kept; see `measured`."""

    def __init__(self, function: Callable[P, R], maxsize: int) -> None:
        self._function, self._shared = function, Shared[R](maxsize)
        self.cache_clear = self._shared.clear
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what is kept, or wait until it is computed."""
        return self._shared.get(key_of(args, kwargs), lambda: self._function(*args, **kwargs))


def measured(maxsize: int) -> Callable[[Callable[P, R]], Measured[P, R]]:
    """Have a function compute in the pool, each result once for all who ask, and keep its results.

    The function must not wait for a run, nor draw: it is called in a thread of the pool.

    Args:
        maxsize: how many results are kept.
    """
    return lambda function: Measured(function, maxsize)


def end_if_asked() -> None:
    """End the script here where the person has gone, or has set something else meanwhile.

    In Streamlit each look at the session's state does so.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        _ = "" in context.session_state


def _wait(future: Future[R], draws: bool) -> None:
    """Wait until something is to be drawn, or for the result."""
    while not wait([future], REDRAW_EVERY).done and not draws:
        end_if_asked()
