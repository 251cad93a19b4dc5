"""The waiting page: what a visitor gets while all places of the server are taken.

It is one small file that asks for its place every few seconds. Streamlit's own scripts come when
there is a place.
"""

import html
import json
import re
import secrets
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mnistviz.ui.frame.first_paint import grounds
from mnistviz.ui.frame.headers import POLICY, policy
from mnistviz.ui.frame.house import House
from mnistviz.words import read, say

COOKIE = "mnistviz_visitor"
ASKS = "x-mnistviz-place"
"""The header with which the waiting page asks for its place; its value is the visitor's name, for
a browser that keeps no cookie."""

EVERY = 3000
"""Milliseconds between two such questions."""

_NAME = re.compile(r"[\w-]{22}", re.ASCII)
_NO_PAGE = re.compile(r"/(_stcore|static|media|component|app)/")
_FRESH = {"Cache-Control": "no-store"}
_FOLDER = Path(__file__).parent


class WaitingRoom:
    """ASGI middleware that lets in as many visitors as the house has places for."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        """Stand before an app.

        Args:
            app: what is behind.
            house: knows the places.
        """
        self.app, self._house = app, house
        # Let in by the waiting page, without a cookie: their next request does not say who asks.
        self._nameless: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has a place or needs none; answer a page that is asked for with a queue."""
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        elif scope["type"] == "http" and _is_page(scope):
            await self._open(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = Headers(scope=scope).get("sec-websocket-protocol", "").split(",")
        # Streamlit's page names its session there when it comes back.
        returns = len(said) > 2 and bool(said[2].strip())
        visitor = self._house.arrive(visitor_of(scope), returns)
        if visitor is None:
            await receive()
            await send({"type": "websocket.close", "code": 1013})
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self._house.leave(visitor)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = visitor_of(scope)
        asks = Headers(scope=scope).get(ASKS)
        if asks is not None:
            await self._tell(known, asks)(scope, receive, send)
            return
        visitor = known or self._next_nameless() or secrets.token_urlsafe(16)
        place = self._house.ask(visitor)

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start" and known is None:
                MutableHeaders(scope=message).append("set-cookie", _cookie(scope, visitor))
            await send(message)

        answer = _page(place, visitor) if place else self.app
        await answer(scope, receive, send_named)

    def _tell(self, known: str | None, asks: str) -> JSONResponse:
        """Answer the waiting page."""
        visitor = known or (asks if _NAME.fullmatch(asks) else secrets.token_urlsafe(16))
        place = self._house.ask(visitor)
        if not place and known is None:
            self._nameless = [*self._nameless, visitor][-100:]
        told = {"says": says(place), "title": title(place)} if place else {}
        return JSONResponse({"place": place, **told}, headers=_FRESH)

    def _next_nameless(self) -> str | None:
        return self._nameless.pop(0) if self._nameless else None


def visitor_of(scope: Scope) -> str | None:
    """Return the name that the browser keeps of its visitor, if it does."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    name = cookies[COOKIE].value if COOKIE in cookies else ""
    return name if _NAME.fullmatch(name) else None


def says(place: int) -> str:
    """Return the sentence about a place in the queue, as HTML."""
    part = {1: "next", 2: "one_ahead"}.get(place, "ahead")
    text = html.escape(say("waiting", part, ahead=f"{place - 1:,}"))
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)


def title(place: int) -> str:
    """Return what the tab is called."""
    return say("waiting", "title", place=f"{place:,}")


def _is_page(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    wants = ASKS in headers or "text/html" in headers.get("accept", "")
    return wants and scope["method"] == "GET" and not _NO_PAGE.search(scope["path"])


def _cookie(scope: Scope, visitor: str) -> str:
    is_safe = Headers(scope=scope).get("x-forwarded-proto", scope["scheme"]) == "https"
    # In a frame of another site a browser keeps a cookie for that site alone, and over HTTPS alone.
    where = "SameSite=None; Secure; Partitioned" if is_safe else "SameSite=Lax"
    return f"{COOKIE}={visitor}; Path=/; HttpOnly; {where}"


def _page(place: int, visitor: str) -> HTMLResponse:
    words = read("waiting")
    style = (_FOLDER / "waiting.css").read_text(encoding="utf-8")
    script = (_FOLDER / "waiting.js").read_text(encoding="utf-8")
    settings = json.dumps({"visitor": visitor, "header": ASKS, "every": EVERY})
    text = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{html.escape(title(place))}</title>
<style>{grounds()}{style}</style>
</head>
<body>
<main>
<p class="number" aria-hidden="true">{place:,}</p>
<h1>{html.escape(words.title)}</h1>
<p class="place" role="status">{says(place)}</p>
<p>{html.escape(words.idea)}</p>
<p class="small">{html.escape(words.parts["stay"])}</p>
</main>
<script>const WAITING = {settings};
{script}</script>
</body>
</html>
"""
    body = text.encode()
    return HTMLResponse(body, headers={**_FRESH, POLICY: policy(body)})
