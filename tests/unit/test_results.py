"""Tests of the results that are kept: bounded in number, and in bytes all together."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

import mnistviz
from mnistviz.results import Place, Store, kept, size_of

PACKAGE = Path(mnistviz.__file__).parent

LIGHT = {
    "codegen/functions.py": "a few numbers for each of 64 networks, and 202 digits once",
    "digits/lines.py": "discs of a pen",
    "training/reading.py": "the parameters of five networks, for whoever reads without the server",
    "ui/elements/components.py": "the components' own files",
    "ui/elements/show.py": "the name of each chart",
    "ui/frame/first_paint.py": "the one page of HTML",
    "ui/frame/headers.py": "its policy",
    "ui/share/served.py": "QR codes, a few kilobytes each",
    "ui/share/teachers.py": "the words of one panel",
    "ui/session/cached.py": "the two sets of digits, which every run holds too",
    "words/__init__.py": "the words",
    "limits.py": "four numbers",
}
"""What is kept otherwise, by file, and why that is little or held anyway."""


def caches() -> Iterator[str]:
    """Find the files that keep results in the standard library's way."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else {}
            if {"cache", "lru_cache"} & set(names):
                yield file.relative_to(PACKAGE).as_posix()


def test_what_is_kept_outside_the_store_is_little() -> None:
    assert set(caches()) == set(LIGHT)


class TestStore:
    def test_all_places_together_stay_within_the_bytes(self) -> None:
        store = Store(10_000)
        one, other = Place[object](100, store), Place[object](100, store)
        for number in range(20):
            one.get(number, lambda: np.zeros(900, np.uint8))
            other.get(number, lambda: np.zeros(900, np.uint8))
        assert store.size <= 10_000
        assert len(store) == 10
        assert list(one.entries) == list(other.entries) == [15, 16, 17, 18, 19]

    def test_the_least_recently_used_goes_first_whosever_it_is(self) -> None:
        store = Store(2_500)
        one, other = Place[object](9, store), Place[object](9, store)
        one.get("a", lambda: bytes(900))
        other.get("b", lambda: bytes(900))
        one.get("a", lambda: bytes(900))
        other.get("c", lambda: bytes(900))
        assert (list(one.entries), list(other.entries)) == (["a"], ["c"])

    def test_the_one_used_last_stays_however_large(self) -> None:
        store = Store(100)
        place = Place[object](9, store)
        first = place.get("a", lambda: bytes(10_000))
        assert place.get("a", lambda: bytes(1)) is first
        place.get("b", lambda: bytes(10_000))
        assert list(place.entries) == ["b"]

    def test_what_is_emptied_takes_nothing(self) -> None:
        store = Store(10_000)
        one, other = Place[object](9, store), Place[object](9, store)
        one.get("a", lambda: bytes(900))
        other.get("a", lambda: bytes(900))
        one.clear()
        assert (len(store), store.size) == (1, size_of(bytes(900)))

    def test_threads_may_share_it(self) -> None:
        store = Store(20_000)
        places = [Place[bytes](20, store) for _ in range(4)]

        def work(place: Place[bytes]) -> None:
            for number in range(2_000):
                place.get(number % 30, lambda: bytes(500))

        threads = [threading.Thread(target=work, args=(place,)) for place in places * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.size == sum(entry.size for place in places for entry in place.order)
        assert store.size <= 20_000


class TestKept:
    def test_computes_once_for_equal_arguments(self) -> None:
        calls = []

        @kept(maxsize=4)
        def add(one: int, other: int = 0) -> int:
            """Add."""
            calls.append(one)
            return one + other

        assert [add(1), add(1), add(1, other=2), add(1, other=2), add(2)] == [1, 1, 3, 3, 2]
        assert calls == [1, 1, 2]
        assert add.__doc__ == "Add."
        add.cache_clear()
        add(1)
        assert calls == [1, 1, 2, 1]

    def test_keeps_no_more_than_it_may(self) -> None:
        calls = []

        @kept(maxsize=2)
        def same(value: str) -> str:
            calls.append(value)
            return value

        for value in "abacab":
            same(value)
        assert "".join(calls) == "abcb"


@dataclass(frozen=True, slots=True)
class Slots:
    array: object


@dataclass
class Open:
    parts: object


@pytest.mark.parametrize(
    "value",
    [
        np.zeros(1_000_000, np.uint8),
        torch.zeros(250_000),
        "x" * 1_000_000,
        bytes(1_000_000),
        [np.zeros(500_000, np.uint8), bytes(500_000)],
        {"a": (bytes(1_000_000),)},
        Slots(bytes(1_000_000)),
        Open([Slots(torch.zeros(250_000))]),
        go.Figure(go.Scatter(y=np.zeros(125_000))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_size_is_about_what_is_taken(value: object) -> None:
    assert 1_000_000 <= size_of(value) < 1_050_000


def test_a_part_counts_once_and_a_circle_ends() -> None:
    part = bytes(1_000_000)
    circle: list[object] = [part, part]
    circle.append(circle)
    assert 1_000_000 <= size_of(circle) < 1_001_000


def test_a_module_of_torch_is_its_parameters() -> None:
    assert size_of(torch.nn.Linear(1000, 250)) > 1_000_000


def test_a_list_of_numbers_is_not_walked_through() -> None:
    assert 8_000_000 < size_of([0.5] * 1_000_000) < 50_000_000
