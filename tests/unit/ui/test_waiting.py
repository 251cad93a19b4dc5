"""Tests of the waiting room: what it lets through, and what it keeps of a visitor."""

from __future__ import annotations

import asyncio
from http.cookies import SimpleCookie

import pytest
from starlette.types import Message, Receive, Scope, Send

from mnistviz.ui.frame import waiting
from mnistviz.ui.frame.house import House
from mnistviz.ui.frame.waiting import COOKIE, WaitingRoom

NAME = "a" * 22


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the app"})


async def receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def ask(house: House, path: str = "/", scheme: str = "http", **headers: str) -> tuple[str, str]:
    """Ask for a page; return the cookie that is set, and the body."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    lines = {"accept": "text/html", **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in lines.items()]
    scope = {"type": "http", "method": "GET", "path": path, "scheme": scheme, "headers": raw}
    asyncio.new_event_loop().run_until_complete(WaitingRoom(app, house)(scope, receive, send))
    set_cookie = dict(sent[0]["headers"]).get(b"set-cookie", b"").decode()
    return set_cookie, sent[1]["body"].decode()


def test_a_visitor_gets_a_name_once_that_no_script_reads() -> None:
    set_cookie, body = ask(House(5))
    assert body == "the app"
    cookie = SimpleCookie(set_cookie)[COOKIE]
    assert len(cookie.value) == 22
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert ask(House(5), cookie=f"other=1; {COOKIE}={cookie.value}") == ("", "the app")


@pytest.mark.parametrize("headers", [{"x_forwarded_proto": "https"}, {"scheme": "https"}])
def test_over_https_the_name_travels_in_the_frame_of_another_site(headers: dict[str, str]) -> None:
    set_cookie, _ = ask(House(5), **headers)
    assert set_cookie.endswith("SameSite=None; Secure; Partitioned")


@pytest.mark.parametrize("value", ["", "short", "<script>alert(1)</script>", "ä" * 22, "a" * 23])
def test_a_name_that_is_not_ours_is_none(value: str) -> None:
    set_cookie, _ = ask(House(5), cookie=f"{COOKIE}={value}")
    assert set_cookie.startswith(f"{COOKIE}=")


@pytest.mark.parametrize("path", ["/media/a.csv", "/base/_stcore/health", "/static/js/a.js"])
def test_what_is_no_page_takes_no_place(path: str) -> None:
    house = House(1)
    assert ask(house, path) == ("", "the app")
    assert ask(house, accept="*/*") == ("", "the app")
    assert house.taken == 0


def test_a_full_house_answers_with_the_place() -> None:
    house = House(1)
    house.arrive("guest", returns=True)
    _, page = ask(house, cookie=f"{COOKIE}={NAME}")
    assert "You are <strong>next</strong>." in page
    assert f'"visitor": "{NAME}"' in page
    _, told = ask(house, accept="*/*", x_mnistviz_place=NAME)
    assert '"place":1' in told


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (1, "You are <strong>next</strong>."),
        (2, "<strong>One</strong> person is ahead of you."),
        (1_201, "<strong>1,200</strong> people are ahead of you."),
    ],
)
def test_the_sentence_holds_for_every_place(place: int, text: str) -> None:
    assert waiting.says(place) == text
