"""Tests of the session's state that is looked up by key, beside Streamlit's own."""

from __future__ import annotations

import inspect

import pytest
from streamlit.elements.widgets import number_input, radio, selectbox
from streamlit.runtime.state import SafeSessionState, SessionState

from mnistviz.ui.frame.lazy_state import LazySessionState


@pytest.fixture
def states() -> tuple[LazySessionState, SafeSessionState]:
    raw = SessionState()
    raw["layers"], raw["empty"] = 2, None
    return LazySessionState(raw, lambda: None), SafeSessionState(raw, lambda: None)


def test_it_holds_what_streamlit_says(states: tuple[LazySessionState, SafeSessionState]) -> None:
    lazy, own = (state.filtered_state for state in states)
    assert dict(lazy) == own == {"layers": 2, "empty": None}
    assert len(lazy) == len(own)
    assert str(lazy) == str(own)
    for key in ("layers", "empty", "nothing"):
        assert (key in lazy) == (key in own)
        assert lazy.get(key, "not there") == own.get(key, "not there")


def test_one_key_does_not_take_all(
    states: tuple[LazySessionState, SafeSessionState], monkeypatch: pytest.MonkeyPatch
) -> None:
    def whole(_: SessionState) -> dict[str, object]:
        raise AssertionError("all was looked up")

    monkeypatch.setattr(SessionState, "filtered_state", property(whole))
    lazy = states[0].filtered_state
    assert "layers" in lazy
    assert lazy["layers"] == 2
    assert "nothing" not in lazy


@pytest.mark.parametrize("module", [number_input, radio, selectbox])
def test_widgets_still_ask_for_their_key_alone(module: object) -> None:
    source = inspect.getsource(module)
    assert source.count("filtered_state") == 1
    assert "key in session_state and session_state[key] is None" in source
