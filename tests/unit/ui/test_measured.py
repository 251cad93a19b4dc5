"""What is measured in the pool: once for all who ask, kept, and never twice at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pytest
from streamlit.runtime.scriptrunner import StopException

from mnistviz.results import STORE
from mnistviz.training import pool
from mnistviz.ui.session import measured as measured_module
from mnistviz.ui.session.measured import Shared, measured


def ask_at_once(count: int, ask: Callable[[], object]) -> None:
    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_one_computation_for_all_who_ask_at_once() -> None:
    computed, answers, go_on = [], [], threading.Event()

    @measured(maxsize=4)
    def double(number: int) -> int:
        computed.append(number)
        go_on.wait(60)
        return 2 * number

    asked = threading.Barrier(8, go_on.set)

    def ask() -> None:
        asked.wait()
        answers.append(double(3))

    ask_at_once(8, ask)
    assert (computed, answers) == ([3], [6] * 8)
    assert double(3) == 6
    assert computed == [3]


def test_as_many_are_computed_at_once_as_there_are_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "CORES", pool.Turns(2))
    inside, most, pair = [], [], threading.Barrier(2)

    @measured(maxsize=8)
    def work(number: int) -> None:
        inside.append(number)
        most.append(len(inside))
        pair.wait(60)
        inside.remove(number)

    numbers = iter(range(6))
    ask_at_once(6, lambda: work(next(numbers)))
    assert len(most) == 6
    assert max(most) <= 2


def test_an_error_is_raised_to_who_waits_and_the_next_one_tries_again() -> None:
    tried: list[int] = []

    @measured(maxsize=4)
    def fail_once(number: int) -> int:
        tried.append(number)
        if len(tried) == 1:
            raise MemoryError("no room")
        return number

    with pytest.raises(MemoryError, match="no room"):
        fail_once(5)
    assert fail_once(5) == 5
    assert tried == [5, 5]


def test_one_inside_another_does_not_wait_for_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CORES", pool.Turns(1))

    @measured(maxsize=4)
    def inner(number: int) -> int:
        return number + 1

    @measured(maxsize=4)
    def outer(number: int) -> int:
        return inner(number) + 1

    assert outer(1) == 3


def test_it_keeps_no_more_than_it_may_and_forgets_when_told() -> None:
    computed: list[int] = []

    @measured(maxsize=1)
    def double(number: int) -> int:
        computed.append(number)
        return 2 * number

    assert [double(1), double(2), double(1)] == [2, 4, 2]
    assert computed == [1, 2, 1]
    double.cache_clear()
    double(1)
    assert computed == [1, 2, 1, 1]


class Page:
    """A script that waits for a measurement, and may be asked to end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left, self.other_waits = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        monkeypatch.setattr(measured_module, "REDRAW_EVERY", 0.001)
        monkeypatch.setattr(measured_module, "end_if_asked", self._end_if_asked)

    def _end_if_asked(self) -> None:
        if threading.current_thread() is not self._thread:
            self.other_waits.set()
        elif self.left.is_set():
            raise StopException

    def ask(self, work: Callable[[], object]) -> threading.Thread:
        def wait() -> None:
            with contextlib.suppress(StopException):
                work()

        self._thread = threading.Thread(target=wait)
        self._thread.start()
        return self._thread


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "mnistviz-measure"]


def test_what_nobody_waits_for_any_more_is_given_up_and_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, begun, ended = Page(monkeypatch), threading.Event(), []

    @measured(maxsize=4)
    def work(number: int) -> int:
        begun.set()
        while page.left.is_set() or not ended:
            try:
                pool.breathe()
            except pool.Abandoned:
                ended.append(number)
                raise
        return number

    asking = page.ask(lambda: work(3))
    assert begun.wait(60)
    (computing,) = threads()
    page.left.set()
    asking.join(60)
    computing.join(60)
    assert (ended, asking.is_alive(), computing.is_alive()) == ([3], False, False)
    page.left.clear()
    assert work(3) == 3


def test_it_goes_on_while_one_of_two_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    page, begun, done = Page(monkeypatch), threading.Event(), threading.Event()
    computed: list[int] = []
    answers: list[int] = []

    @measured(maxsize=4)
    def work(number: int) -> int:
        computed.append(number)
        begun.set()
        while not done.is_set():
            pool.breathe()
        return number

    asking = page.ask(lambda: work(3))
    assert begun.wait(60)
    other = threading.Thread(target=lambda: answers.append(work(3)))
    other.start()
    assert page.other_waits.wait(60)
    page.left.set()
    asking.join(60)
    assert not asking.is_alive()
    done.set()
    other.join(60)
    assert (answers, computed) == ([3], [3])


def test_one_that_waits_for_a_place_leaves_the_line_with_who_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = pool.Line(at_once=1)
    monkeypatch.setattr(pool, "MEASUREMENTS", line)
    page, computed, others = Page(monkeypatch), [], object()
    assert line.wait(others, 0)
    asking = page.ask(lambda: measured(maxsize=1)(computed.append)(3))
    while not threads():
        asking.join(0.001)
    (waiting,) = threads()
    page.left.set()
    asking.join(60)
    waiting.join(60)
    assert (computed, asking.is_alive(), waiting.is_alive()) == ([], False, False)


def test_who_waits_is_told_the_place_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    line, first, shared = pool.Line(at_once=1), object(), Shared[int](maxsize=0)
    monkeypatch.setattr(pool, "MEASUREMENTS", line)
    monkeypatch.setattr(measured_module, "REDRAW_EVERY", 0.001)
    line.wait(first, 0)
    seen: list[tuple[int, int]] = []
    go_on = threading.Event()

    def work() -> int:
        pool.tell(7)
        go_on.wait(60)
        return 8

    def draw(work: pool.Work) -> None:
        seen.append((work.ahead, work.told))
        if work.ahead:
            line.leave(first)
        if work.told:
            go_on.set()

    assert shared.get("a", work, draw) == 8
    assert (1, 0) in seen
    assert seen[-1] == (0, 7)


def test_one_that_breathes_hands_its_turn_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CORES", pool.Turns(1))
    monkeypatch.setattr(pool, "SLICE", 0.0)
    other_is_done = threading.Event()

    @measured(maxsize=2)
    def long() -> bool:
        while not other_is_done.is_set():
            pool.breathe()
        return True

    @measured(maxsize=2)
    def short() -> None:
        other_is_done.set()

    thread = threading.Thread(target=long)
    thread.start()
    short()
    thread.join(60)
    assert not thread.is_alive()


def test_a_result_may_be_none_and_is_kept_with_all_others() -> None:
    computed: list[int] = []

    @measured(maxsize=2)
    def nothing(number: int) -> None:
        computed.append(number)

    before = len(STORE)
    nothing(1)
    nothing(1)
    assert computed == [1]
    assert len(STORE) == before + 1
    nothing.cache_clear()
    assert len(STORE) == before
