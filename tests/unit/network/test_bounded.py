"""Tests of the store that is bounded by the memory of its values."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from mnistviz.network.bounded import BoundedStore


@dataclass
class Item:
    """A value that takes as many bytes as it says, and may be in use."""

    size: int
    used: bool = False


def store(limit: int) -> BoundedStore[str, Item]:
    return BoundedStore(limit, lambda _, item: item.size, lambda item: item.used)


def test_it_gives_what_was_put() -> None:
    items, one = store(10), Item(4)
    assert items.get("a") is None
    items.put("a", one)
    assert items.get("a") is one
    assert items.size == 4
    assert items.values() == [one]


def test_a_second_value_takes_the_place_of_the_first() -> None:
    items, second = store(10), Item(5)
    items.put("a", Item(4))
    items.put("a", second)
    assert items.get("a") is second
    assert items.size == 5


def test_a_default_gives_way_to_what_is_there() -> None:
    items, first = store(10), Item(4)
    assert items.setdefault("a", first) is first
    assert items.setdefault("a", Item(5)) is first
    assert items.size == 4


def test_the_bound_is_reached_and_never_passed() -> None:
    items = store(12)
    for number in range(20):
        items.put(str(number), Item(4))
        assert items.size == min(4 * (number + 1), 12)


def test_the_least_recently_used_goes_first() -> None:
    items = store(12)
    for key in "abc":
        items.put(key, Item(4))
    items.get("a")
    items.setdefault("b", Item(4))
    items.put("d", Item(4))
    assert [key for key in "abcd" if items.get(key)] == ["a", "b", "d"]


def test_as_many_go_as_it_takes_and_no_more() -> None:
    items = store(12)
    for key in "abc":
        items.put(key, Item(4))
    items.put("d", Item(5))
    assert [key for key in "abcd" if items.get(key)] == ["c", "d"]


def test_what_came_last_stays_however_large() -> None:
    items, large = store(12), Item(100)
    items.put("a", Item(4))
    items.put("b", large)
    assert items.values() == [large]
    assert items.get("b") is large
    items.put("c", Item(4))
    assert items.get("b") is None


def test_what_has_grown_is_measured_anew() -> None:
    items, growing = store(12), Item(1)
    items.put("a", growing)
    items.put("b", Item(4))
    growing.size = 11
    assert items.size == 15
    # Asking is enough: nothing has to be put.
    items.get("b")
    assert items.get("a") is None
    assert items.size == 4


def test_what_has_grown_and_was_asked_for_drops_others() -> None:
    items, growing = store(12), Item(1)
    items.put("a", growing)
    items.put("b", Item(4))
    growing.size = 11
    assert items.get("a") is growing
    assert items.values() == [growing]


def test_what_is_in_use_stays() -> None:
    items, used = store(4), Item(4, used=True)
    items.put("a", used)
    items.put("b", Item(4))
    items.put("c", Item(4))
    assert items.get("a") is used
    used.used = False
    items.put("d", Item(4))
    assert items.get("a") is None


def test_many_threads_at_once() -> None:
    items, made = store(20), [Item(4) for _ in range(12)]
    failed: list[BaseException] = []

    def visit(start: int) -> None:
        try:
            for number in range(start, start + 300):
                item, key = made[number % 12], str(number % 12)
                assert items.setdefault(key, item) is item
                assert items.get(key) in (None, item)
                assert items.size <= 20
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=visit, args=(start,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert items.size == 20
