"""Tests of what a session forgets once its page is closed, and of what of Streamlit it needs."""

from __future__ import annotations

import asyncio
import inspect
from unittest.mock import MagicMock

import pytest
from streamlit.runtime import websocket_session_manager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import WidgetMetadata

from mnistviz.ui.frame import gone_widgets
from mnistviz.ui.frame.bunches import BunchedSession


def draw(state: SessionState, name: str) -> None:
    """Have a page draw a widget, as Streamlit notes it."""
    metadata = WidgetMetadata[bool](name, lambda _: True, lambda value: value, "bool_value")
    state._set_widget_metadata(metadata)
    state._new_widget_state.set_from_value(name, True)


def drawn() -> SessionState:
    """Return the state of somebody who was on a page, and is on another one."""
    state = SessionState()
    for name in ("before", "here"):
        draw(state, name)
    state._compact_state()
    draw(state, "new")
    del state._old_state["before"]
    return state


def test_what_is_gone_is_forgotten_and_what_is_there_is_not() -> None:
    state = drawn()
    gone_widgets.forget(state)
    assert set(state._new_widget_state.widget_metadata) == {"here", "new"}


def leave(runner: object, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Close the page of a session; return what it knows of its widgets soon after."""
    monkeypatch.setattr(gone_widgets, "SECONDS", 0)

    async def run() -> set[str]:
        session = BunchedSession(
            ScriptData("page.py", False), MagicMock(), MagicMock(), MagicMock(), {}
        )
        session._session_state, session._scriptrunner = drawn(), runner  # type: ignore[assignment]
        session.disconnect_file_watchers()
        assert "before" in session._session_state._new_widget_state.widget_metadata
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return set(session._session_state._new_widget_state.widget_metadata)

    return asyncio.run(run())


def test_a_session_forgets_when_its_page_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert leave(None, monkeypatch) == {"here", "new"}


def test_a_run_that_goes_on_is_not_disturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert leave(MagicMock(), monkeypatch) == {"before", "here", "new"}


def test_streamlit_calls_a_session_that_is_to_be_kept() -> None:
    manager = websocket_session_manager.WebsocketSessionManager
    assert "session.disconnect_file_watchers()" in inspect.getsource(manager.disconnect_session)
