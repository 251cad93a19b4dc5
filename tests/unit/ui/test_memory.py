"""Tests of what happens with memory once visitors have left."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from mnistviz.ui.frame import memory


def test_who_leaves_at_the_same_time_is_cleared_away_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, done = list[None](), threading.Event()

    def give_back() -> None:
        calls.append(None)
        done.set()

    monkeypatch.setattr(memory, "give_back", give_back)
    afterwards = memory.Afterwards(seconds=0.05)
    for _ in range(3):
        afterwards.come()
    assert done.wait(5)
    afterwards.close()
    assert len(calls) == 1


def test_a_server_that_ends_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "give_back", lambda: pytest.fail("too late"))
    memory.Afterwards().close()
    afterwards = memory.Afterwards(seconds=60)
    afterwards.come()
    afterwards.close()
    assert not any(
        type(one) is threading.Timer and one.is_alive() and not one.finished.is_set()
        for one in threading.enumerate()
    )


def test_what_holds_itself_is_cleared_away() -> None:
    class Session:
        pass

    one = Session()
    vars(one)["itself"] = one
    left = weakref.ref(one)
    gc.disable()
    try:
        del one
        memory.give_back()
    finally:
        gc.enable()
    assert left() is None
