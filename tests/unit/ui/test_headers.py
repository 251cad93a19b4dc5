"""Tests of the headers that every answer of the server carries."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive, Scope, Send

from mnistviz.ui.frame.headers import HEADERS, SecurityHeaders, policy

RawHeaders = list[tuple[bytes, bytes]]


class Inner:
    """The app behind the middleware: sends what it is given and keeps what it was called with."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages
        self.called_with: list[tuple[Scope, Receive, Send]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.called_with.append((scope, receive, send))
        for message in self.messages:
            await send(message)


class Client:
    """The server in front of the middleware: keeps what comes back."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def call(self, inner: Inner, kind: str) -> None:
        # Nobody in it waits, so it comes to its end without an event loop. Another one may be
        # running: that of the browser, after a test that used one.
        with pytest.raises(StopIteration):
            SecurityHeaders(inner)({"type": kind}, self.receive, self.send).send(None)


def start(headers: Iterable[tuple[bytes, bytes]] = (), status: int = 200) -> Message:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(text: bytes, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": text, "more_body": more}


def answer(*messages: Message) -> list[Message]:
    client = Client()
    client.call(Inner(*messages), "http")
    return client.sent


def values(headers: RawHeaders, name: str) -> list[str]:
    return [value.decode() for key, value in headers if key.lower() == name.lower().encode()]


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("status", [200, 304, 404, 500])
def test_every_answer_carries_each_header_once(name: str, status: int) -> None:
    first, _ = answer(start(status=status), body(b"page"))
    assert first["status"] == status
    assert values(first["headers"], name) == [HEADERS[name]]


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_is_set_already_stays(name: str) -> None:
    # In ASGI all names of headers are in lower case.
    first, _ = answer(start([(name.lower().encode(), b"its own")]), body(b"page"))
    assert values(first["headers"], name) == ["its own"]
    others = [other for other in HEADERS if other != name]
    assert [values(first["headers"], other) for other in others] == [[HEADERS[o]] for o in others]


def test_what_the_app_says_goes_on_unchanged() -> None:
    own = [(b"content-type", b"text/html"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    messages = [start(own), body(b"first, ", more=True), body(b"second")]
    first, *rest = answer(*messages)
    assert first["headers"][: len(own)] == own
    assert rest == [body(b"first, ", more=True), body(b"second")]


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_other_connections_are_not_touched(kind: str) -> None:
    # A websocket's first message has headers too: those are the app's own affair.
    accept: Message = {"type": f"{kind}.accept", "headers": [(b"x", b"y")]}
    inner, client = Inner(accept), Client()
    client.call(inner, kind)
    ((scope, receive, send),) = inner.called_with
    assert (scope, receive, send) == ({"type": kind}, client.receive, client.send)
    assert client.sent == [{"type": f"{kind}.accept", "headers": [(b"x", b"y")]}]


def rules(page: bytes = b"") -> dict[str, set[str]]:
    pairs = (rule.split(" ", 1) for rule in policy(page).split("; "))
    return {name: set(sources.split()) for name, sources in pairs}


def test_the_page_may_load_from_its_own_server_alone() -> None:
    assert rules()["default-src"] == {"'none'"}
    assert rules()["script-src"] == {"'self'", "'wasm-unsafe-eval'", "blob:"}
    own = {"'self'", "'none'", "'unsafe-inline'", "'wasm-unsafe-eval'", "data:", "blob:"}
    assert set[str]().union(*rules().values()) <= own


def test_of_scripts_in_the_page_only_its_own_run() -> None:
    page = b"<head><script>one\n</script><script src='a.js'></script></head><script>two</script>"
    digests = {
        f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"
        for text in (b"one\n", b"two")
    }
    assert rules(page)["script-src"] - rules()["script-src"] == digests


def test_a_course_may_frame_the_app() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "frame-ancestors" not in policy
    assert "x-frame-options" not in {name.lower() for name in HEADERS}
