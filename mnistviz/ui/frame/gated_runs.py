"""Streamlit's script runs pass the gate: a run waits there until it may compute.

This builds on what Streamlit keeps to itself, as it has no place for it: that a session makes its
runners by the name `app_session.ScriptRunner`, that the thread of a runner asks `_requests` for its
next run, and the three attributes of `ScriptRequests` that are used below. Were one of them gone,
`tests/unit/ui/test_gated_runs.py` would say so.

The gate stands where a run has not been taken out of the requests yet. So what a session asks for
meanwhile joins it by Streamlit's own rules, and no button that was pressed is forgotten.
"""

from typing import Any, Self

from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import (
    ScriptRequest,
    ScriptRequests,
    ScriptRequestType,
)

from mnistviz.ui.frame.lazy_state import LazySessionState
from mnistviz.ui.session.gate import GATE, Gate


class GatedRequests(ScriptRequests):
    """The requests of one runner, each of which waits for its turn."""

    def __init__(self, session: str, gate: Gate) -> None:
        """Hold no request yet.

        Args:
            session: whose they are.
            gate: where they wait.
        """
        super().__init__()
        self._session, self._gate = session, gate

    def on_scriptrunner_ready(self) -> ScriptRequest:
        """Return the next request once it may compute; the one before is done."""
        self.leave()
        with self._lock:
            is_asked = self._state is ScriptRequestType.RERUN
            if not is_asked:
                # Within the same lock: what is asked from now on makes a runner of its own.
                self._state = ScriptRequestType.STOP
        if is_asked and not self._gate.enter(self._session, self):
            self.request_stop()
        request = super().on_scriptrunner_ready()
        if request.type is not ScriptRequestType.RERUN:
            self.leave()
        return request

    def leave(self) -> None:
        """End the turn of the run that is done."""
        self._gate.leave()

    def take_over(self, older: Self) -> None:
        """Join what an older runner of the session was to do and was stopped before."""
        joined = ScriptRequests()
        joined.request_rerun(older._rerun_data)
        with self._lock:
            if self._state is ScriptRequestType.RERUN:
                joined.request_rerun(self._rerun_data)
                self._rerun_data = joined.on_scriptrunner_ready().rerun_data

    def is_quick(self) -> bool:
        """Tell whether fragments are to run, and not the whole page."""
        return bool(self._rerun_data.fragment_id_queue)


class GatedScriptRunner(ScriptRunner):
    """A runner whose requests wait for their turn, and whose state is looked up by key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Streamlit's runner takes."""
        super().__init__(*args, **kwargs)
        first = self._requests.on_scriptrunner_ready()
        self._gated = GatedRequests(self._session_id, GATE)
        self._gated.request_rerun(first.rerun_data)
        self._requests = self._gated
        self._session_state = LazySessionState(
            self._session_state._state, self._session_state._yield_callback
        )

    def _run_script_thread(self) -> None:
        try:
            super()._run_script_thread()
        finally:
            # Also where Streamlit itself has failed in the middle of a run.
            self._gated.leave()


def install() -> None:
    """Have every session from now on make gated runners."""
    app_session.ScriptRunner = GatedScriptRunner  # type: ignore[attr-defined]
