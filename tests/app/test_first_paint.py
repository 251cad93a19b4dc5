"""Tests of what the browser gets before Streamlit's own scripts have begun."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path

import streamlit
from starlette.types import Message, Receive, Scope, Send

from mnistviz.ui.frame.first_paint import FirstPaint, with_first_paint

PAGE = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()


def ask(
    body: bytes, kind: bytes = b"text/html; charset=utf-8", **asked: str
) -> tuple[dict[str, str], bytes, dict[str, str]]:
    """Ask an app that answers in two pieces; return headers, body, and what the app was asked."""
    heard: dict[str, str] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.update({name.decode(): value.decode() for name, value in scope["headers"]})
        size = str(len(body)).encode()
        headers = [(b"content-type", kind), (b"etag", b'"1"'), (b"content-length", size)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:9], "more_body": True})
        await send({"type": "http.response.body", "body": body[9:]})

    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in asked.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    # Nothing here waits for anything, so it ends in one go; a browser of another test may have an
    # event loop running in this thread.
    with suppress(StopIteration):
        FirstPaint(app)(scope, receive, send).send(None)
    start, *pieces = said
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return answered, b"".join(piece["body"] for piece in pieces), heard


def test_streamlits_page_gets_style_sketch_and_script() -> None:
    page = with_first_paint(PAGE).decode()
    head, body = page.split("</head>")
    assert "<title>mnistviz</title>" in head
    # Before the script that asks for Streamlit's own, which is a module and so runs later.
    assert "const FIRST_PAINT" in head
    assert "--ground: #fdfcfa" in head
    assert "--ground: #14131a" in head
    # The page's style comes after all that Streamlit adds to the head.
    assert body.index("stMainBlockContainer") < body.index('id="sketch"') < body.index('id="root"')


def test_a_page_that_is_built_otherwise_stays_as_it_is() -> None:
    assert with_first_paint(b"<html><body></body></html>") == b"<html><body></body></html>"


def test_a_page_comes_whole_with_its_new_length() -> None:
    headers, body, _ = ask(PAGE, accept="text/html,*/*")
    assert body == with_first_paint(PAGE)
    assert headers["content-length"] == str(len(body))
    assert "etag" not in headers


def test_a_page_is_asked_for_whole_and_goes_out_packed() -> None:
    asked = {"accept_encoding": "gzip, br", "if_none_match": '"1"', "range": "bytes=0-9"}
    headers, body, heard = ask(PAGE, accept="text/html", **asked)
    assert heard == {"accept": "text/html"}
    assert gzip.decompress(body) == with_first_paint(PAGE)
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(body))


def test_what_is_no_page_passes_untouched() -> None:
    headers, body, heard = ask(
        b"console.log('</head>')", b"text/javascript", accept="*/*", range="0"
    )
    assert body == b"console.log('</head>')"
    assert headers["etag"] == '"1"'
    assert heard == {"accept": "*/*", "range": "0"}
    headers, body, _ = ask(b'{"status": "ok"}', b"application/json", accept="text/html")
    assert body == b'{"status": "ok"}'
    assert headers["content-length"] == str(len(body))


def test_an_answer_without_a_body_has_no_length() -> None:
    headers, body, _ = ask(b"", accept="text/html")
    assert body == b""
    assert "content-length" not in headers
