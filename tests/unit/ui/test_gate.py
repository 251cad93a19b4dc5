"""Tests of the gate: who computes, who waits, and in which order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from mnistviz.ui.session import gate as module
from mnistviz.ui.session.gate import QUICK_IN_A_ROW, Gate
from tests.helpers.threads import LONG, NEVER, until


@dataclass
class Asked:
    """A request that has a name, and those of the requests that it has taken over."""

    name: str
    quick: bool = False
    older: list[str] = field(default_factory=list)

    def take_over(self, older: Asked) -> None:
        self.older += [*older.older, older.name]

    def is_quick(self) -> bool:
        return self.quick


class Room:
    """A gate with threads that go through it, and compute until they are told to end."""

    def __init__(self, gate: Gate, pool: ThreadPoolExecutor) -> None:
        self.gate, self.pool = gate, pool
        self.begun: list[str] = []
        self.ends: dict[str, threading.Event] = {}

    def run(self, session: str, asked: Asked) -> bool:
        if not self.gate.enter(session, asked):
            return False
        try:
            self.begun.append(asked.name)
            assert self.ends[asked.name].wait(LONG)
            if asked.name == "broken":
                raise ValueError(asked.name)
        finally:
            self.gate.leave()
        return True

    def come(self, asked: Asked, session: str = "") -> Future[bool]:
        self.ends[asked.name] = threading.Event()
        return self.pool.submit(self.run, session or asked.name, asked)

    def wait_in_line(self, *several: Asked) -> list[Future[bool]]:
        futures = []
        for asked in several:
            before = self.gate.waiting
            futures.append(self.come(asked))
            until(lambda before=before: self.gate.waiting == before + 1)
        return futures

    def compute(self, *names: str) -> list[Future[bool]]:
        futures = [self.come(Asked(name)) for name in names]
        until(lambda: set(names) <= set(self.begun))
        return futures

    def end(self, name: str) -> None:
        self.ends[name].set()

    def end_all(self) -> list[str]:
        """End one after the other in the order in which they begin; return that order."""
        order: list[str] = []
        while len(order) < len(self.ends):
            until(lambda: len(self.begun) > len(order))
            order.append(self.begun[len(order)])
            self.end(order[-1])
        return order


@contextmanager
def room(
    runs: int, patience: float = NEVER, clock: Callable[[], float] = time.monotonic
) -> Iterator[Room]:
    with ThreadPoolExecutor(20) as pool:
        made = Room(Gate(runs, patience, clock), pool)
        try:
            yield made
        finally:
            for end in made.ends.values():
                end.set()


def test_lets_so_many_compute_and_no_more() -> None:
    with room(2) as made:
        first, second = made.compute("a", "b")
        third, fourth = made.wait_in_line(Asked("c"), Asked("d"))
        assert set(made.begun) == {"a", "b"}
        made.end("b")
        until(lambda: "c" in made.begun)
        assert second.result(LONG)
        assert made.gate.waiting == 1
        assert not first.done()
        made.end_all()
        assert third.result(LONG)
        assert fourth.result(LONG)


def test_is_busy_while_one_computes() -> None:
    with room(2) as made:
        assert not made.gate.is_busy()
        (one,) = made.compute("a")
        assert made.gate.is_busy()
        made.end("a")
        assert one.result(LONG)
        until(lambda: not made.gate.is_busy())


def test_keeps_the_order_in_which_they_came() -> None:
    names = [str(number) for number in range(9)]
    with room(1) as made:
        made.compute("first")
        made.wait_in_line(*(Asked(name) for name in names))
        assert made.end_all() == ["first", *names]


def test_quick_runs_go_ahead_but_not_for_ever() -> None:
    count = QUICK_IN_A_ROW + 2
    with room(1) as made:
        made.compute("first")
        made.wait_in_line(Asked("full"), *(Asked(f"quick {n}", quick=True) for n in range(count)))
        order = made.end_all()
    quick = [f"quick {n}" for n in range(count)]
    assert order == ["first", *quick[:QUICK_IN_A_ROW], "full", *quick[QUICK_IN_A_ROW:]]


def test_a_newer_run_takes_the_place_and_the_work_of_one_that_waits() -> None:
    with room(1) as made:
        made.compute("first")
        oldest = made.come(Asked("oldest"), session="S")
        until(lambda: made.gate.waiting == 1)
        made.wait_in_line(Asked("other"))
        older, newest = Asked("older"), Asked("newest")
        second = made.come(older, session="S")
        assert not oldest.result(LONG)
        until(lambda: made.gate.waiting == 2)
        third = made.come(newest, session="S")
        assert not second.result(LONG)
        until(lambda: made.gate.waiting == 2)
        assert newest.older == ["oldest", "older"]
        for name in ("first", "newest", "other"):
            made.end(name)
        assert third.result(LONG)
        until(lambda: made.begun == ["first", "newest", "other"])


def test_a_run_that_has_begun_is_not_replaced() -> None:
    with room(1) as made:
        begun = made.come(Asked("begun"), session="S")
        until(lambda: made.begun == ["begun"])
        newer = Asked("newer")
        waits = made.come(newer, session="S")
        until(lambda: made.gate.waiting == 1)
        assert made.end_all() == ["begun", "newer"]
        assert begun.result(LONG)
        assert waits.result(LONG)
        assert newer.older == []


def test_an_exception_gives_the_turn_back() -> None:
    with room(1) as made:
        (broken,) = made.compute("broken")
        (waits,) = made.wait_in_line(Asked("next"))
        made.end_all()
        assert isinstance(broken.exception(LONG), ValueError)
        assert waits.result(LONG)


def test_leaving_twice_frees_one_place() -> None:
    with room(1) as made:
        made.gate.enter("S", Asked("here"))
        made.gate.leave()
        made.gate.leave()
        made.compute("a")
        made.wait_in_line(Asked("b"))
        assert made.begun == ["a"]


def test_who_waits_for_a_training_lets_others_compute() -> None:
    with room(1) as made:
        made.gate.enter("S", Asked("mine"))
        with made.gate.outside():
            made.compute("other")
            made.end("other")
        made.gate.leave()


def test_a_run_that_comes_back_waits_for_its_turn() -> None:
    back = threading.Event()

    def mine(gate: Gate, trained: threading.Event) -> None:
        gate.enter("S", Asked("mine"))
        with gate.outside():
            trained.wait(LONG)
        back.set()
        gate.leave()

    with room(1) as made:
        trained = threading.Event()
        future = made.pool.submit(mine, made.gate, trained)
        made.compute("other")
        trained.set()
        until(lambda: made.gate.waiting == 1)
        assert not back.is_set()
        made.end("other")
        future.result(LONG)
        assert back.is_set()


def test_an_error_while_it_waits_for_something_comes_through() -> None:
    with room(1) as made:
        made.gate.enter("S", Asked("mine"))
        with pytest.raises(ValueError, match="training"), made.gate.outside():
            raise ValueError("training")
        made.wait_in_line(Asked("next"))
        made.gate.leave()
        until(lambda: made.begun == ["next"])


def test_without_a_turn_nothing_waits() -> None:
    with room(1) as made:
        made.compute("a")
        with made.gate.outside():
            pass
        made.gate.leave()
        made.wait_in_line(Asked("b"))


def test_slow_runs_do_not_hold_up_the_others() -> None:
    with room(1, patience=0.001) as made:
        slow = made.come(Asked("slow"))
        until(lambda: made.begun == ["slow"])
        quick = [made.come(Asked(name)) for name in ("a", "b", "c")]
        until(lambda: len(made.begun) == 4)
        for name in ("a", "b", "c"):
            made.end(name)
        assert all(future.result(LONG) for future in quick)
        assert not slow.done()
        # The slow one's end lets nobody in beyond the number.
        made.end("slow")
        assert slow.result(LONG)
        assert made.gate.waiting == 0


def test_each_slow_run_makes_the_next_wait_twice_as_long() -> None:
    now = [0.0]

    def pass_until(made: Room, second: float) -> None:
        now[0] = second
        made.gate.leave()

    with room(1, patience=1000.0, clock=lambda: now[0]) as made:
        made.compute("a")
        made.wait_in_line(Asked("b"), Asked("c"))
        pass_until(made, 999.0)
        assert made.gate.waiting == 2
        pass_until(made, 1000.0)
        until(lambda: made.begun == ["a", "b"])
        pass_until(made, 2999.0)
        assert made.gate.waiting == 1
        pass_until(made, 3000.0)
        until(lambda: made.begun == ["a", "b", "c"])


def test_an_open_gate_lets_everybody_in() -> None:
    with room(0) as made:
        made.compute(*"abcdef")
        assert made.gate.waiting == 0
        made.end_all()


def test_many_threads_lose_no_turn() -> None:
    gate, inside, most = Gate(3, NEVER), [0], [0]
    lock = threading.Lock()

    def run(number: int) -> int:
        done = 0
        for turn in range(20):
            if gate.enter(f"{number % 10}", Asked("x", quick=turn % 2 == 0)):
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                with lock:
                    inside[0] -= 1
                with gate.outside():
                    pass
                done += 1
            gate.leave()
        return done

    with ThreadPoolExecutor(20) as pool:
        counts = list(pool.map(run, range(20), timeout=LONG))
    assert all(counts)
    assert 1 <= most[0] <= 3
    assert gate.waiting == 0


@pytest.mark.parametrize(
    ("asked", "runs"), [("", 2), ("7", 7), ("0", 0), (" 3 ", 3), ("all", 2), ("-1", 2)]
)
def test_how_many_run_at_once(monkeypatch: pytest.MonkeyPatch, asked: str, runs: int) -> None:
    monkeypatch.setenv(module.VARIABLE, asked)
    assert module._runs_at_once() == runs
