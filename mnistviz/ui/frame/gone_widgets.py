"""A session that is kept for who comes back does not keep the widgets of the pages before.

Streamlit lets go what such a widget held, but never what it was: its options, callbacks and what
these hold. Of somebody who went through all pages that is most of what the session takes. While a
page is open it stays all the same: what a component of the page before has to say may come late.

This builds on what Streamlit keeps to itself, as it has no place for it: the names that are used
below. Were one of them gone, `tests/unit/ui/test_gone_widgets.py` would say so.
"""

from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.state import SessionState

SECONDS = 1.0
"""From when the page has gone; a run that was under way is stopped by then."""


class ForgetfulSession(AppSession):
    """A session that forgets the widgets that are gone once its page is closed."""

    def disconnect_file_watchers(self) -> None:
        """Do what Streamlit does when a page has gone, and forget a little later."""
        super().disconnect_file_watchers()
        if self._state is not AppSessionState.SHUTDOWN_REQUESTED:
            self._event_loop.call_later(SECONDS, self._forget)

    def _forget(self) -> None:
        # A run draws widgets in a thread of its own.
        if self._scriptrunner is None:
            forget(self._session_state)


def forget(state: SessionState) -> None:
    """Let go what widgets were that hold nothing any more."""
    known, held = state._new_widget_state.widget_metadata, state._new_widget_state.states
    for name in [name for name in known if name not in held and name not in state._old_state]:
        del known[name]
