"""The set of one's own that a session holds, as plain values, and everything that changes it."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from mnistviz.digits.own_set import OwnDigit, OwnSet
from mnistviz.results import kept

KEY = "own_set"
"""The session's key: the digits as pairs of bytes and label, those before the last removal, and
what there is to say about the last change."""

Pairs = tuple[tuple[bytes, int], ...]


def _held() -> dict[str, Any]:
    held: dict[str, Any] = st.session_state.setdefault(
        KEY, {"digits": (), "before": None, "note": "", "bad": False}
    )
    return held


def current() -> OwnSet:
    """Return the set."""
    return _build(_held()["digits"])


@kept(maxsize=64)
def _build(pairs: Pairs) -> OwnSet:
    # Kept, so that digest and arrays are computed once for each set and not at every click.
    return OwnSet(tuple(OwnDigit(pixels, label) for pixels, label in pairs))


def _pairs(own: OwnSet) -> Pairs:
    return tuple((digit.pixels, digit.label) for digit in own.digits)


def note() -> tuple[str, bool]:
    """Return what there is to say about the last change, and whether it went wrong."""
    held = _held()
    return held["note"], held["bad"]


def say(text: str, bad: bool = False) -> None:
    """Leave a sentence about the last change; `bad` where it went wrong."""
    _held().update(note=text, bad=bad)


def put(own: OwnSet, text: str = "", undo: bool = False) -> None:
    """Hold another set.

    Args:
        own: the set.
        text: what there is to say about it.
        undo: whether the one before can be brought back.
    """
    held = _held()
    if undo:
        held["before"] = held["digits"]
    held["digits"] = _pairs(own)
    say(text)


def add(digits: Iterable[OwnDigit], text: str = "", undo: bool = False) -> None:
    """Add digits to the set.

    Raises:
        OwnSetError: it is full.
    """
    put(current().with_digits(digits), text, undo)


def can_undo() -> bool:
    """Tell whether there is a set to bring back."""
    return _held()["before"] is not None


def undo(text: str) -> None:
    """Bring back the set before the last removal; once more, and that is undone."""
    held = _held()
    held["digits"], held["before"] = held["before"], held["digits"]
    say(text)
