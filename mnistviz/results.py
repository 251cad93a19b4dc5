"""Results that are kept: in all caches together no more bytes than the server has for them.

Each function keeps a number of results of its own, as `functools.lru_cache` has it. Beside that,
all of them share one store, in which the least recently used go first, whosever they are.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from functools import update_wrapper
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final, Generic, ParamSpec, TypeVar

from mnistviz.limits import RESULTS

P = ParamSpec("P")
R = TypeVar("R")

_FIGURE_BYTES = 20_000
"""What a figure of plotly takes beside its numbers."""

_NUMBERS = (int, float, bool)
_NUMBER_BYTES = 32
_WHOLE = (str, bytes, int, float, type, type(None), Enum, FunctionType, MethodType, ModuleType)
_NAMED: Final = object()


class _Key(list[Hashable]):
    """Arguments that are hashed once: a spec has many parts."""

    __slots__ = ("_hashed",)

    def __init__(self, parts: tuple[Hashable, ...]) -> None:
        super().__init__(parts)
        self._hashed = hash(parts)

    def __hash__(self) -> int:  # type: ignore[override]
        return self._hashed


class _Entry:
    """One result, and what it takes."""

    __slots__ = ("key", "place", "size", "value")

    def __init__(self, place: Place[Any], key: Hashable, value: Any) -> None:
        self.place, self.key, self.value = place, key, value
        self.size = size_of(value)


class Store:
    """What all places together keep; threads may share it."""

    def __init__(self, limit: int) -> None:
        """Begin empty.

        Args:
            limit: bytes that all results may take together; the one used last stays anyway.
        """
        self.limit = limit
        self.size = 0
        # What goes may end a session, whose end may ask for a result.
        self._lock = threading.RLock()
        self._order: OrderedDict[_Entry, None] = OrderedDict()

    def __len__(self) -> int:
        """Tell how many results are kept."""
        return len(self._order)

    def find(self, place: Place[Any], key: Hashable) -> _Entry | None:
        """Return an entry, which is now the one used last."""
        with self._lock:
            entry = place.entries.get(key)
            if entry is not None:
                self._order.move_to_end(entry)
                place.order.move_to_end(entry)
            return entry

    def keep(self, place: Place[Any], key: Hashable, value: Any) -> None:
        """Keep a result, and let others go until all is within the limits."""
        entry = _Entry(place, key, value)
        with self._lock:
            if key in place.entries:
                self._drop(place.entries[key])
            place.entries[key] = entry
            place.order[entry] = self._order[entry] = None
            self.size += entry.size
            while len(place.entries) > place.count:
                self._drop(next(iter(place.order)))
            while self.size > self.limit and len(self._order) > 1:
                self._drop(next(iter(self._order)))

    def forget(self, place: Place[Any]) -> None:
        """Let all results of a place go."""
        with self._lock:
            for entry in list(place.order):
                self._drop(entry)

    def _drop(self, entry: _Entry) -> None:
        del self._order[entry], entry.place.order[entry], entry.place.entries[entry.key]
        self.size -= entry.size


STORE = Store(RESULTS)
"""The one of this process."""


class Place(Generic[R]):
    """The results of one kind in a store, bounded in number.

    Attributes:
        count: how many are kept.
        entries: by key.
        order: from the least recently used on.
    """

    def __init__(self, count: int, store: Store = STORE) -> None:
        """Begin empty."""
        self.count, self._store = count, store
        self.entries: dict[Hashable, _Entry] = {}
        self.order: OrderedDict[_Entry, None] = OrderedDict()

    def find(self, key: Hashable) -> R | None:
        """Return the result that is kept; None without one."""
        entry = self._store.find(self, key)
        return None if entry is None else entry.value

    def keep(self, key: Hashable, value: R) -> None:
        """Keep a result that was computed elsewhere."""
        self._store.keep(self, key, value)

    def get(self, key: Hashable, compute: Callable[[], R]) -> R:
        """Return the result that is kept, or compute it; an error is passed on, nothing is kept.

        Two who ask at the same time may both compute: nobody waits for anybody.

        Args:
            key: names the result.
            compute: is called where none is kept.
        """
        entry = self._store.find(self, key)
        if entry is not None:
            found: R = entry.value
            return found
        value = compute()
        self._store.keep(self, key, value)
        return value

    def clear(self) -> None:
        """Let all go."""
        self._store.forget(self)


class Kept(Generic[P, R]):
    """A function whose results are kept; see `kept`."""

    def __init__(self, function: Callable[P, R], maxsize: int) -> None:
        self._function, self._place = function, Place[R](maxsize)
        self.cache_clear = self._place.clear
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns."""
        return self._place.get(key_of(args, kwargs), lambda: self._function(*args, **kwargs))


def kept(maxsize: int) -> Callable[[Callable[P, R]], Kept[P, R]]:
    """Keep what a function returns, by its arguments. It is shared: read-only.

    Args:
        maxsize: how many results are kept.
    """
    return lambda function: Kept(function, maxsize)


def key_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Hashable:
    """Return the key of a call; of named arguments it is another one, as for `lru_cache`."""
    return _Key((*args, _NAMED, *kwargs.items()) if kwargs else args)


def size_of(value: object) -> int:
    """Return about how many bytes a value takes: of arrays, tensors, texts, and what holds them.

    What other values hold too is counted for each.
    """
    total, seen, left = 0, set[int](), [value]
    while left:
        one = left.pop()
        if id(one) not in seen:
            seen.add(id(one))
            size, parts = _look(one)
            total += size
            left += parts
    return total


def _look(one: Any) -> tuple[int, list[object]]:
    """Return what a value takes by itself, and what else is in it."""
    nbytes = getattr(one, "nbytes", None)
    if isinstance(nbytes, int):
        return 100 + nbytes, []
    own = sys.getsizeof(one, 0)
    if isinstance(one, _WHOLE):
        return own, []
    if isinstance(one, Mapping):
        return own, [*one.keys(), *one.values()]
    if isinstance(one, list | tuple | set | frozenset):
        first = next(iter(one), None)
        return (own + _NUMBER_BYTES * len(one), []) if type(first) in _NUMBERS else (own, [*one])
    if hasattr(one, "to_plotly_json"):
        # The template is that of all figures.
        own_layout = [part for name, part in one._layout.items() if name != "template"]
        return _FIGURE_BYTES, [one._data, own_layout]
    slots = (name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ()))
    parts = [getattr(one, name, None) for name in slots]
    return own, [*parts, *getattr(one, "__dict__", {}).values()]
