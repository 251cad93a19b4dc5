"""What tests with several threads wait by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

LONG = 30.0
"""Seconds after which a test has failed."""

NEVER = 1e9
"""Seconds of patience of a gate that is not to lose it."""


def until(condition: Callable[[], bool]) -> None:
    """Wait for what other threads bring about."""
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        threading.Event().wait(0.001)
