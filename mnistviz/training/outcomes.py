"""What trainings on sets of one's own came to, kept for a while."""

import threading
from dataclasses import dataclass

from mnistviz.digits.own_set import OwnSet
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.evaluation import Results
from mnistviz.training.fine_tuning import Epoch, Settings

BYTES = 64_000_000
"""What the trainings of all sessions may take together, on a server."""


Key = tuple[NetworkSpec, OwnSet, Settings]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a training has done. Read-only: it is shared.

    Attributes:
        records: one for the start, and one for each epoch.
        before: what the network said to the whole set.
        after: what it says now; None where its weights are no numbers any more.
    """

    records: tuple[Epoch, ...]
    before: Results
    after: Results | None


class Outcomes:
    """The last trainings of a server, bounded by the memory of their weights."""

    def __init__(self, limit: int = BYTES) -> None:
        """Begin without any."""
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: dict[Key, Outcome] = {}

    def get(self, key: Key) -> Outcome | None:
        """Return what was kept under a key; None if it was not, or is no more."""
        with self._lock:
            found = self._kept.pop(key, None)
            if found is not None:
                # Last in the order: the first was not asked for for the longest time.
                self._kept[key] = found
            return found

    def put(self, key: Key, outcome: Outcome) -> None:
        """Keep an outcome, and let the oldest go until the rest fits."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = outcome
            size = sum(_size(one) for one in self._kept)
            for old in list(self._kept):
                if size <= self._limit or old == key:
                    return
                size -= _size(old)
                del self._kept[old]


def _size(key: Key) -> int:
    # The weights before and after, in float32, and the pictures.
    spec, own, _ = key
    return 8 * spec.parameter_count + own.pixels.nbytes
