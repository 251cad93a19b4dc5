"""Tests of Streamlit's runs at the gate, and of what of Streamlit they build on."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from unittest.mock import MagicMock

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import (
    ScriptRequest,
    ScriptRequests,
    ScriptRequestType,
)

from mnistviz.ui.frame import gated_runs
from mnistviz.ui.frame.gated_runs import GatedRequests, GatedScriptRunner
from mnistviz.ui.session.gate import Gate
from tests.helpers.threads import LONG, NEVER, until


def click(*triggers: str, fragment: str | None = None, **values: bool) -> RerunData:
    states = WidgetStates()
    for trigger in triggers:
        states.widgets.add(id=trigger, trigger_value=True)
    for name, value in values.items():
        states.widgets.add(id=name, bool_value=value)
    return RerunData(widget_states=states, fragment_id=fragment)


def pressed(request: ScriptRequest) -> set[str]:
    widgets = request.rerun_data.widget_states.widgets
    return {state.id for state in widgets if state.trigger_value or state.bool_value}


class Line:
    """A full gate with one place, and a session whose runners come to it."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.gate, self.pool = Gate(1, NEVER), pool
        self.gate.enter("", self.runner())

    def runner(self, *clicks: RerunData) -> GatedRequests:
        made = GatedRequests("S", self.gate)
        for data in clicks:
            made.request_rerun(data)
        return made

    def come(self, runner: GatedRequests) -> Future[ScriptRequest]:
        def run() -> ScriptRequest:
            first = runner.on_scriptrunner_ready()
            runner.leave()
            return first

        future = self.pool.submit(run)
        until(lambda: future.done() or self.gate.waiting > 0)
        return future


@pytest.fixture
def line() -> Iterator[Line]:
    with ThreadPoolExecutor(4) as pool:
        made = Line(pool)
        yield made
        made.gate.leave()


def test_a_run_begins_when_it_has_a_turn(line: Line) -> None:
    future = line.come(line.runner(click("a")))
    assert not future.done()
    line.gate.leave()
    assert pressed(future.result(LONG)) == {"a"}


def test_what_is_asked_of_a_fragment_joins_the_run_that_waits(line: Line) -> None:
    runner = line.runner(click("a", fragment="f"))
    future = line.come(runner)
    assert runner.request_rerun(click("b", fragment="g"))
    assert runner.request_rerun(click(c=True, fragment="f"))
    line.gate.leave()
    request = future.result(LONG)
    assert pressed(request) == {"a", "b", "c"}
    assert request.rerun_data.fragment_id_queue == ["f", "g"]


def test_a_newer_click_takes_over_the_button_that_was_pressed(line: Line) -> None:
    older, newer = line.runner(click("a", b=True)), line.runner(click(b=False, c=True))
    first = line.come(older)
    older.request_stop()
    second = line.pool.submit(newer.on_scriptrunner_ready)
    assert first.result(LONG).type is ScriptRequestType.STOP
    line.gate.leave()
    assert pressed(second.result(LONG)) == {"a", "c"}
    assert line.gate.waiting == 0


def test_a_run_that_is_stopped_while_it_waits_does_not_begin(line: Line) -> None:
    runner = line.runner(click("a"))
    future = line.come(runner)
    runner.request_stop()
    line.gate.leave()
    assert future.result(LONG).type is ScriptRequestType.STOP
    assert pressed(line.come(line.runner(click("b"))).result(LONG)) == {"b"}


def test_a_runner_without_requests_ends_at_once_and_takes_no_more(line: Line) -> None:
    runner = line.runner()
    assert line.come(runner).result(LONG).type is ScriptRequestType.STOP
    assert not runner.request_rerun(click("late"))


def test_the_turn_ends_with_the_run(line: Line) -> None:
    line.gate.leave()
    runner = line.runner(click("a"))
    runner.on_scriptrunner_ready()
    waits = line.come(line.runner(click("b")))
    assert not waits.done()
    assert runner.on_scriptrunner_ready().type is ScriptRequestType.STOP
    assert pressed(waits.result(LONG)) == {"b"}


def test_a_thread_that_breaks_gives_its_turn_back(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.gate.leave()
    runner = object.__new__(GatedScriptRunner)
    runner._gated = line.runner(click("a"))

    def break_in_the_middle(self: GatedScriptRunner) -> None:
        self._gated.on_scriptrunner_ready()
        raise RuntimeError("broken")

    monkeypatch.setattr(ScriptRunner, "_run_script_thread", break_in_the_middle)
    with pytest.raises(RuntimeError, match="broken"):
        runner._run_script_thread()
    assert pressed(line.come(line.runner(click("b"))).result(LONG)) == {"b"}


def test_sessions_make_gated_runners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_session, "ScriptRunner", ScriptRunner)
    gated_runs.install()
    assert vars(app_session)["ScriptRunner"] is GatedScriptRunner
    # The name is looked up when a runner is made; were it not, the gate would stand open.
    makes = app_session.AppSession._create_scriptrunner
    assert "ScriptRunner" in makes.__code__.co_names
    assert makes.__globals__ is vars(app_session)


def test_the_server_installs_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    app = importlib.import_module("app")
    for name in ("warm_up", "cached", "gc"):
        monkeypatch.setattr(app, name, MagicMock())
    monkeypatch.setattr(app_session, "ScriptRunner", ScriptRunner)

    async def serve() -> None:
        async with app.lifespan(app.app):
            assert vars(app_session)["ScriptRunner"] is GatedScriptRunner

    asyncio.run(serve())


def test_streamlit_is_as_the_gate_needs_it() -> None:
    requests, states = ScriptRequests(), []
    assert isinstance(requests._lock, type(threading.Lock()))
    states.append(requests._state)
    requests.request_rerun(click("a", fragment="f"))
    states.append(requests._state)
    requests.request_stop()
    states.append(requests._state)
    kinds = ScriptRequestType
    assert states == [kinds.CONTINUE, kinds.RERUN, kinds.STOP]
    # A runner that was stopped still knows what it was to do.
    assert requests._rerun_data.fragment_id_queue == ["f"]
    thread = inspect.getsource(ScriptRunner._run_script_thread)
    assert thread.count("self._requests.on_scriptrunner_ready()") == 2
    assert "self._requests = ScriptRequests()" in inspect.getsource(ScriptRunner.__init__)
