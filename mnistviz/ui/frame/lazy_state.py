"""The session's state for Streamlit's widgets: only what they ask for is looked up.

Each number input, select box and radio asks `filtered_state` for its own key alone, and Streamlit
makes a dictionary of all that the session holds for it, components included: a sixth of what a
click costs here. `tests/unit/ui/test_lazy_state.py` compares it with Streamlit's own.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from streamlit.runtime.state import SafeSessionState


class Held(Mapping[str, Any]):
    """What a session holds, by its keys; one key alone does not take all the others."""

    def __init__(self, state: SafeSessionState) -> None:
        """Look into this state."""
        self._of = state

    def __getitem__(self, key: str) -> Any:
        with self._of._lock:
            return self._of._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    def __repr__(self) -> str:
        return repr(self._whole())

    def _whole(self) -> dict[str, Any]:
        with self._of._lock:
            return self._of._state.filtered_state


class LazySessionState(SafeSessionState):
    """A session's state as Streamlit's runners have it."""

    @property
    def filtered_state(self) -> dict[str, Any]:
        """What the session holds, to look into."""
        return cast("dict[str, Any]", Held(self))
