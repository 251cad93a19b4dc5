"""Tests of the bunches in which sessions hear of their runs, and of what of Streamlit they need."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import MagicMock

import pytest
from streamlit.runtime import app_session, websocket_session_manager
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from mnistviz.ui.frame import bunches
from mnistviz.ui.frame.bunches import BunchedSession

DRAWN, DONE = ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS


class Heard(BunchedSession):
    """A session that notes what its event loop hears, and how often that is told on."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.told = MagicMock()
        super().__init__(ScriptData("page.py", False), MagicMock(), MagicMock(), self.told, {})

    def _handle_scriptrunner_event_on_event_loop(
        self, sender: Any, event: Any, *args: Any, **kwargs: Any
    ) -> None:
        self.events.append((event, sender))
        if sender == "breaks":
            raise ValueError(sender)
        if self._message_enqueued_callback is not None:
            self._message_enqueued_callback()


def in_loop(work: Callable[[Heard], Awaitable[None]]) -> Heard:
    async def run() -> Heard:
        session = Heard()
        await work(session)
        return session

    # A browser that another test has open keeps a loop of its own running in this thread.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


def test_what_a_run_draws_is_heard_in_one_bunch_and_told_once() -> None:
    async def work(session: Heard) -> None:
        for number in range(3):
            session._on_scriptrunner_event(number, DRAWN)
        assert not session.events
        session._on_scriptrunner_event(3, DONE)
        await asyncio.sleep(0)
        assert [sender for _, sender in session.events] == [0, 1, 2, 3]

    assert in_loop(work).told.call_count == 1


def test_a_run_that_goes_on_is_heard_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bunches, "SECONDS", 0)

    async def work(session: Heard) -> None:
        for number in range(2):
            await asyncio.to_thread(session._on_scriptrunner_event, number, DRAWN)
            while len(session.events) == number:
                await asyncio.sleep(0)

    assert in_loop(work).told.call_count == 2


def test_what_a_run_has_drawn_is_heard_before_another_runner_takes_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A fragment that is pressed as a run of the page ends draws its own part alone: what has not
    # been heard by then, Streamlit drops.
    heard: list[list[Any]] = []

    def create(session: Heard, *_: Any) -> None:
        heard.append([sender for _, sender in session.events])

    monkeypatch.setattr(AppSession, "_create_scriptrunner", create)

    async def work(session: Heard) -> None:
        for number in range(3):
            session._on_scriptrunner_event(number, DRAWN)
        session._create_scriptrunner(MagicMock())
        await asyncio.sleep(0)

    in_loop(work)
    assert heard == [[0, 1, 2]]


def test_one_that_fails_keeps_no_other_back() -> None:
    failures = MagicMock()

    async def work(session: Heard) -> None:
        asyncio.get_running_loop().set_exception_handler(failures)
        for sender in ("a", "breaks", "b"):
            session._on_scriptrunner_event(sender, DONE)
        await asyncio.sleep(0)

    session = in_loop(work)
    assert [sender for _, sender in session.events] == ["a", "breaks", "b"]
    assert failures.call_count == 1
    assert session.told.call_count == 1


def test_sessions_hear_in_bunches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_session_manager, "AppSession", AppSession)
    bunches.install()
    assert vars(websocket_session_manager)["AppSession"] is BunchedSession
    # The name is looked up when a session is made; were it not, nothing would be in bunches.
    manager = websocket_session_manager.WebsocketSessionManager
    assert "AppSession" in manager.connect_session.__code__.co_names


def test_streamlit_is_as_the_bunches_need_it() -> None:
    tells = inspect.getsource(AppSession._on_scriptrunner_event)
    assert "self._call_soon_on_event_loop(" in tells
    enqueues = inspect.getsource(AppSession._enqueue_forward_msg)
    assert "if self._message_enqueued_callback:" in enqueues
    connects = inspect.getsource(app_session.AppSession._create_scriptrunner)
    assert "on_event.connect(self._on_scriptrunner_event)" in connects
    asks = inspect.getsource(AppSession.request_rerun)
    assert "self._create_scriptrunner(rerun_data)" in asks
    assert "self._event_loop.call_soon_threadsafe" in inspect.getsource(
        AppSession._call_soon_on_event_loop
    )
