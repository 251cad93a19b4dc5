"""What a run has for the browser goes out in bunches, not one by one.

Streamlit's event loop is woken for each element that a script draws, twice: the two threads take
the interpreter's lock from one another a hundred times a click, and each waits up to five
milliseconds to get it back. Here the first element of a bunch wakes the loop, and those that follow
soon go with it; the end of a run does not wait.

This builds on what Streamlit keeps to itself, as it has no place for it: that its session manager
makes sessions by the name `AppSession`, and the five names of it that are used below. Were one of
them gone, `tests/unit/ui/test_bunches.py` would say so.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any

from streamlit.runtime import websocket_session_manager
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from mnistviz.ui.frame.gone_widgets import ForgetfulSession

SECONDS = 0.005
"""How long the first of a bunch waits for others: what a short run takes."""

_IN_BETWEEN = (ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, ScriptRunnerEvent.SCRIPT_STARTED)
"""What a run tells while it goes on."""


class BunchedSession(ForgetfulSession):
    """A session that hears of what its runs draw in bunches, in their order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Streamlit's session takes."""
        self._bunch: list[Callable[[], None]] = []
        self._bunch_lock = Lock()
        super().__init__(*args, **kwargs)

    def _on_scriptrunner_event(self, sender: Any, event: Any, *args: Any, **kwargs: Any) -> None:
        super()._on_scriptrunner_event(sender, event, *args, **kwargs)
        if event not in _IN_BETWEEN:
            super()._call_soon_on_event_loop(self._hear)

    def _create_scriptrunner(self, *args: Any, **kwargs: Any) -> None:
        # What a runner has told is not heard any more once it has been replaced, and one that has
        # just ended may have drawn a page of which the new one draws a fragment alone.
        self._hear()
        super()._create_scriptrunner(*args, **kwargs)

    def _call_soon_on_event_loop(self, callback: Callable[[], None]) -> None:
        with self._bunch_lock:
            self._bunch.append(callback)
            is_first = len(self._bunch) == 1
        if is_first:
            super()._call_soon_on_event_loop(self._wait)

    def _wait(self) -> None:
        self._event_loop.call_later(SECONDS, self._hear)

    def _hear(self) -> None:
        """Do on the event loop what is there to do, and have all of it sent at once."""
        with self._bunch_lock:
            bunch, self._bunch = self._bunch, []
        if not bunch:
            return
        tell, self._message_enqueued_callback = self._message_enqueued_callback, None
        try:
            for callback in bunch:
                try:
                    callback()
                except Exception as error:
                    # One that fails keeps none of the others back, as on the loop itself.
                    context = {"message": "a session's run could not be told", "exception": error}
                    self._event_loop.call_exception_handler(context)
        finally:
            self._message_enqueued_callback = tell
        if tell is not None:
            tell()


def install() -> None:
    """Have every session from now on hear of its runs in bunches."""
    websocket_session_manager.AppSession = BunchedSession  # type: ignore[attr-defined]
