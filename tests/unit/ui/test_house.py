"""Tests of the places of the house: who is let in, who waits, and who comes next."""

from __future__ import annotations

import pytest

from mnistviz.ui.frame import house
from mnistviz.ui.frame.house import House


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def full(clock: Clock, places: int = 2) -> House:
    """A house in which so many are, and whose places nobody keeps any more."""
    one = House(places, clock)
    for number in range(places):
        come(one, f"guest {number}")
    clock.now += house.ARRIVES + 1
    return one


def come(one: House, visitor: str) -> None:
    assert one.ask(visitor) == 0
    assert one.arrive(visitor, returns=False) == visitor


def test_as_many_come_in_as_there_are_places(clock: Clock) -> None:
    one = House(2, clock)
    assert [one.ask(name) for name in "abcd"] == [0, 0, 1, 2]
    assert (one.taken, one.waiting) == (2, 2)


def test_a_reload_keeps_the_place_in_the_queue(clock: Clock) -> None:
    one = full(clock)
    assert [one.ask(name) for name in "abaab"] == [1, 2, 1, 1, 2]


def test_who_leaves_makes_room_for_the_first_of_those_who_wait(clock: Clock) -> None:
    one = full(clock)
    assert [one.ask(name) for name in "ab"] == [1, 2]
    one.leave("guest 0")
    clock.now += house.RETURNS
    assert one.ask("new") == 3
    assert one.ask("b") == 2
    assert one.ask("a") == 0
    assert [one.ask("b"), one.ask("new")] == [1, 2]


def test_an_open_page_that_is_loaded_again_keeps_its_place_and_counts_once(clock: Clock) -> None:
    one = full(clock)
    assert one.ask("guest 0") == 0
    assert one.taken == 2
    one.leave("guest 0")
    assert one.taken == 2
    assert one.ask("new") == 1
    assert one.arrive("guest 0", returns=False) == "guest 0"
    assert one.taken == 2


def test_a_reload_whose_page_goes_first_keeps_its_place(clock: Clock) -> None:
    one = full(clock)
    one.leave("guest 0")
    clock.now += house.RETURNS - 1
    assert one.ask("new") == 1
    assert one.ask("guest 0") == 0


def test_who_was_connected_is_never_locked_out(clock: Clock) -> None:
    one = full(clock)
    one.leave("guest 0")
    clock.now += 10_000
    come(one, "new")
    assert one.arrive("guest 0", returns=False) == "guest 0"
    assert one.arrive("stranger", returns=True) == "stranger"
    assert one.taken == 4
    assert one.ask("other") == 1


def test_who_was_let_in_and_is_slow_is_let_in_still(clock: Clock) -> None:
    one = full(clock, places=1)
    one.leave("guest 0")
    clock.now += house.RETURNS
    assert one.ask("slow") == 0
    clock.now += house.ARRIVES
    come(one, "quick")
    assert one.arrive("slow", returns=False) == "slow"


def test_who_never_connects_keeps_no_place(clock: Clock) -> None:
    one = House(1, clock)
    assert [one.ask("robot"), one.ask("a")] == [0, 1]
    clock.now += house.ARRIVES
    assert one.ask("a") == 0


def test_a_connection_without_a_page_takes_a_free_place_only(clock: Clock) -> None:
    one = House(1, clock)
    first = one.arrive(None, returns=False)
    assert first is not None
    assert one.arrive(None, returns=False) is None
    assert one.ask("a") == 1
    one.leave(first)
    clock.now += house.RETURNS
    # Whoever waits goes first.
    assert one.arrive(None, returns=False) is None
    assert one.ask("a") == 0


def test_a_connection_without_a_name_is_that_of_the_page_that_is_expected(clock: Clock) -> None:
    one = House(1, clock)
    assert one.ask("a") == 0
    assert one.arrive(None, returns=False) == "a"
    assert one.taken == 1


def test_who_does_not_look_is_passed_over_and_keeps_the_place(clock: Clock) -> None:
    one = full(clock)
    assert [one.ask(name) for name in "ab"] == [1, 2]
    one.leave("guest 0")
    clock.now += house.LOOKS
    come(one, "b")
    assert one.ask("a") == 1
    clock.now += house.WAITS
    assert one.ask("c") == 1


def test_two_pages_of_a_visitor_are_two(clock: Clock) -> None:
    one = House(3, clock)
    for _ in range(2):
        come(one, "a")
    assert one.taken == 2
    one.leave("a")
    assert one.taken == 1


def test_without_a_bound_everybody_comes_in(clock: Clock) -> None:
    one = House(0, clock)
    for number in range(2000):
        come(one, str(number))
    assert (one.taken, one.waiting) == (2000, 0)


def test_a_flood_of_names_is_not_kept(clock: Clock) -> None:
    one = full(clock)
    for number in range(house.MOST + 10):
        one.ask(str(number))
    assert one.waiting == house.MOST


def test_whoever_leaves_is_told_of(clock: Clock) -> None:
    one, left = full(clock), list[None]()
    one.on_leave = lambda: left.append(None)
    one.leave("guest 0")
    assert len(left) == 1
