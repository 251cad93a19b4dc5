"""What is measured in the pool: once for all who ask, kept, and never twice at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from mnistviz.training import pool
from mnistviz.ui.session.measured import measured


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
