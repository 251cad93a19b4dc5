"""The places of the house: how many visitors the server has at once, and who comes next.

All of it happens in the thread of the server's event loop.
"""

import secrets
import time
from collections import Counter, deque
from collections.abc import Callable

ARRIVES = 30.0
"""Seconds for which the place of somebody who was let in is kept until the page connects."""

RETURNS = 5.0
"""Seconds for which it is kept when the page has gone: a reload comes back at once."""

LOOKS = 10.0
"""Seconds after which somebody who waits and has not asked is passed over. A browser lets a page
that nobody sees ask once a minute."""

WAITS = 90.0
"""Seconds after which such a one has gone."""

MOST = 1000
"""Of how many the server knows that they wait, and of how many that they were here."""


class House:
    """Who is in, who was let in and has not connected yet, and who waits.

    A visitor is known by a name that the browser keeps; each page that is open takes a place.

    Attributes:
        places: how many pages may be open at once; 0 for any number.
        on_leave: is called when a page has gone.
    """

    def __init__(self, places: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        """Open the house.

        Args:
            places: how many pages may be open at once; 0 for any number.
            clock: tells the seconds.
        """
        self.places, self._clock = places, clock
        self.on_leave: Callable[[], object] = lambda: None
        self._open: Counter[str] = Counter()
        self._expected: dict[str, float] = {}
        self._waiting: dict[str, float] = {}
        self._were_here: deque[str] = deque(maxlen=MOST)

    @property
    def taken(self) -> int:
        """Tell how many places are taken: of pages that are open, and that are expected."""
        return self._open.total() + sum(name not in self._open for name in self._expected)

    @property
    def waiting(self) -> int:
        """Tell how many wait."""
        return len(self._waiting)

    def ask(self, visitor: str) -> int:
        """Ask for a page; who is not let in waits, and is to ask again every few seconds.

        Args:
            visitor: who asks.

        Returns:
            The place in the queue, from 1; 0 for who is let in.
        """
        self._forget()
        if not self.places:
            return 0
        if not (self._open[visitor] or visitor in self._expected):
            place = self._place_of(visitor)
            if place:
                return place
        self._expect(visitor, ARRIVES)
        return 0

    def arrive(self, visitor: str | None, returns: bool) -> str | None:
        """Connect a page.

        Args:
            visitor: who comes; None for one whose browser does not say, as in the frame of another
                site. Such a one is the next who is expected.
            returns: whether the page says that it was connected before.

        Returns:
            The name under which it is to `leave`; None if there is no place.
        """
        self._forget()
        if visitor is None:
            expected = (name for name in self._expected if name not in self._open)
            visitor = next(expected, secrets.token_urlsafe(16))
        is_known = visitor in self._open or visitor in self._expected or visitor in self._were_here
        if self.places and not (is_known or returns or self._is_free_for(self._present())):
            return None
        self._waiting.pop(visitor, None)
        self._expected.pop(visitor, None)
        self._open[visitor] += 1
        if visitor not in self._were_here:
            self._were_here.append(visitor)
        return visitor

    def leave(self, visitor: str) -> None:
        """Give back the place of a page; for a moment it is kept for a reload."""
        self._open[visitor] -= 1
        if self._open[visitor] <= 0:
            del self._open[visitor]
            if self.places:
                self._expect(visitor, RETURNS)
        self.on_leave()

    def _place_of(self, visitor: str) -> int:
        names = list(self._waiting)
        before = names.index(visitor) if visitor in self._waiting else len(names)
        if self._is_free_for(self._present(before)):
            self._waiting.pop(visitor, None)
            return 0
        if visitor in self._waiting or len(names) < MOST:
            self._waiting[visitor] = self._clock()
        return before + 1

    def _present(self, before: int | None = None) -> int:
        now = self._clock()
        return sum(now - asked < LOOKS for asked in list(self._waiting.values())[:before])

    def _is_free_for(self, ahead: int) -> bool:
        return self.taken + ahead < self.places

    def _expect(self, visitor: str, seconds: float) -> None:
        self._expected[visitor] = self._clock() + seconds
        if visitor not in self._were_here:
            self._were_here.append(visitor)

    def _forget(self) -> None:
        now = self._clock()
        self._expected = {name: end for name, end in self._expected.items() if now < end}
        self._waiting = {name: at for name, at in self._waiting.items() if now - at < WAITS}
