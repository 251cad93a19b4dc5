"""A store that is shared by all sessions and bounded by the memory that its values take."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedStore(Generic[Key, Value]):
    """Values by key; where they take too much, the least recently used go. Threads may share it.

    Sizes are asked anew each time, as a value may grow after it was put. What was put or asked for
    last stays, even if it is larger than the limit.
    """

    def __init__(
        self,
        limit: int,
        size_of: Callable[[Key, Value], int],
        is_in_use: Callable[[Value], bool] = lambda _: False,
    ) -> None:
        """Begin empty.

        Args:
            limit: bytes that all values may take together.
            size_of: gives the bytes that a value takes, 0 or more. It must not use the store.
            is_in_use: tells whether a value must stay, whatever it takes. It must not use the
                store.
        """
        self._limit = limit
        self._size_of = size_of
        self._is_in_use = is_in_use
        self._lock = threading.Lock()
        # From the least recently used to the one used last.
        self._values: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """Return the value of a key; None if it was never put, or had to go."""
        with self._lock:
            if key not in self._values:
                return None
            return self._use(key, self._values[key])

    def put(self, key: Key, value: Value) -> None:
        """Store a value, in the place of one that had the same key."""
        with self._lock:
            self._use(key, value)

    def setdefault(self, key: Key, value: Value) -> Value:
        """Store a value unless the key has one already; return the one that is stored."""
        with self._lock:
            return self._use(key, self._values.get(key, value))

    def values(self) -> list[Value]:
        """Return all values, the least recently used first."""
        with self._lock:
            return list(self._values.values())

    @property
    def size(self) -> int:
        """Bytes that all values take."""
        with self._lock:
            return self._size()

    def _size(self) -> int:
        return sum(self._size_of(key, value) for key, value in self._values.items())

    def _use(self, key: Key, value: Value) -> Value:
        """Move a value to the end of the order, and drop others until the rest fits."""
        self._values.pop(key, None)
        self._values[key] = value
        size = self._size()
        for other, old in list(self._values.items())[:-1]:
            if size <= self._limit:
                break
            if not self._is_in_use(old):
                size -= self._size_of(other, old)
                del self._values[other]
        return value
