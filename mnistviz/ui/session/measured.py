"""What takes a second or more: computed in the pool of trainings, once for all who ask for it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache, update_wrapper
from typing import Generic, ParamSpec, TypeVar

from mnistviz.training import pool
from mnistviz.ui.session.gate import GATE

P = ParamSpec("P")
R = TypeVar("R")

_here = threading.local()


class _Task(Generic[R]):
    """One result: a thread of its own computes it when the first one asks."""

    def __init__(self, compute: Callable[[], R]) -> None:
        self._compute = compute
        self._lock = threading.Lock()
        self._future: Future[R] | None = None

    def result(self) -> R:
        """Return the result; wait for it outside the gate, so that others are served meanwhile."""
        with self._lock:
            future = self._future
            # What has failed once, for want of memory perhaps, deserves another try.
            if future is None or (future.done() and future.exception() is not None):
                self._future = future = Future[R]()
                threading.Thread(
                    target=self._work, args=(future,), name="mnistviz-measure", daemon=True
                ).start()
        if future.done():
            return future.result()
        with GATE.outside():
            return future.result()

    def _work(self, future: Future[R]) -> None:
        pool.stand_back()
        _here.is_pool = True
        try:
            with pool.CORES:
                result = self._compute()
        except Exception as error:
            # It is raised to those who wait.
            future.set_exception(error)
        else:
            future.set_result(result)


class Measured(Generic[P, R]):
    """A function of specs whose results are kept; see `measured`."""

    def __init__(self, function: Callable[P, R], maxsize: int) -> None:
        self._function = function
        self._lock = threading.Lock()
        tasks = lru_cache(maxsize)(self._make)
        self._task: Callable[..., _Task[R]] = tasks
        self.cache_clear = tasks.cache_clear
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what is kept, or wait until it is computed."""
        if getattr(_here, "is_pool", False):
            # One that waits in the pool for another would hold the turn that the other needs.
            return self._function(*args, **kwargs)
        with self._lock:
            task = self._task(*args, **kwargs)
        return task.result()

    def _make(self, *args: P.args, **kwargs: P.kwargs) -> _Task[R]:
        return _Task(lambda: self._function(*args, **kwargs))


def measured(maxsize: int) -> Callable[[Callable[P, R]], Measured[P, R]]:
    """Have a function compute in the pool, each result once for all who ask, and keep its results.

    The function must not wait for a run, nor draw: it is called in a thread of the pool.

    Args:
        maxsize: how many results are kept.
    """
    return lambda function: Measured(function, maxsize)
