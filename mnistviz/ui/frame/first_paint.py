"""The first paint: what the browser shows and knows before Streamlit's own scripts have begun.

Streamlit serves one HTML file for every page and fills it from a websocket, part by part: the
block in the middle widens, the sidebar pushes it aside, each element pushes the next one down. So
the file goes out with the page's style in it, a sketch of the page that is painted at once, and a
script that shows the real page when its parts are in place.
"""

import gzip
import html
import json
from functools import lru_cache
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mnistviz.ui import pages
from mnistviz.ui.elements import components
from mnistviz.ui.frame.headers import POLICY, policy
from mnistviz.words import read

_FOLDER = Path(__file__).parent

_HEAD, _BODY = b"</head>", b'<div id="root">'

_ASKED_FOR_LESS = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
"""Headers of a request to which the answer would be a part of the file, a packed one, or none."""


class FirstPaint:
    """ASGI middleware that adds to every HTML page of Streamlit's what is to be there at once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back; a page of HTML with the additions."""
        asks_for_page = scope["type"] == "http" and "text/html" in Headers(scope=scope).get(
            "accept", ""
        )
        if not asks_for_page:
            await self.app(scope, receive, send)
            return
        kept = [pair for pair in scope["headers"] if pair[0] not in _ASKED_FOR_LESS]
        unpacks = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        start: Message | None = None
        body = b""

        async def send_page(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                is_page = Headers(scope=message).get("content-type", "").startswith("text/html")
                start = message if is_page else None
            if start is None:
                await send(message)
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await _send_whole(start, with_first_paint(body), unpacks, send)

        await self.app({**scope, "headers": kept}, receive, send_page)


async def _send_whole(start: Message, body: bytes, unpacks: bool, send: Send) -> None:
    headers = MutableHeaders(scope=start)
    for name in ("etag", "last-modified", "accept-ranges"):
        del headers[name]
    headers.add_vary_header("Accept-Encoding")
    headers[POLICY] = policy(body)
    if body and unpacks:
        headers["content-encoding"] = "gzip"
        body = _packed(body)
    if body:
        headers["content-length"] = str(len(body))
    else:
        # The answer to HEAD: how long the page would be is not known.
        del headers["content-length"]
    await send(start)
    await send({"type": "http.response.body", "body": body})


@lru_cache(maxsize=4)
def _packed(page: bytes) -> bytes:
    return gzip.compress(page, mtime=0)


@lru_cache(maxsize=4)
def with_first_paint(page: bytes) -> bytes:
    """Return a page of HTML with the style, the sketch and the script of the first paint.

    Args:
        page: the page as Streamlit serves it. One that is built otherwise comes back as it is.
    """
    if page.count(_HEAD) != 1 or page.count(_BODY) != 1:
        return page
    head = f"{_style()}{_script()}"
    # Streamlit adds its own styles to the head as it goes. Of two rules of equal weight the later
    # one holds: ours stand in the body.
    body = f"{components.page_style()}{_sketch()}"
    page = page.replace(b"<title>Streamlit</title>", b"<title>mnistviz</title>")
    return page.replace(_HEAD, head.encode() + _HEAD).replace(_BODY, body.encode() + _BODY)


def grounds() -> str:
    """Return the rules that give the colors of the two themes their names."""
    options = {
        "ground": "backgroundColor",
        "side": "sidebar.backgroundColor",
        "shape": "secondaryBackgroundColor",
        "line": "borderColor",
        "text": "textColor",
        "own": "primaryColor",
    }
    light, dark = (
        "; ".join(
            f"--{name}: {st.get_option(f'theme.{scheme}.{option}')}"
            for name, option in options.items()
        )
        for scheme in ("light", "dark")
    )
    return (
        f":root {{ {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {dark} }} }}\n"
        f":root[data-theme=dark] {{ {dark} }}\n"
    )


def _style() -> str:
    """Return the style of the sketch, in the colors of the two themes."""
    rules = (_FOLDER / "first_paint.css").read_text(encoding="utf-8")
    return f"<style>{grounds()}{rules}</style>"


def _script() -> str:
    settings = json.dumps({"sidebar": SIDEBAR_FROM, "landing": pages.LANDING})
    script = (_FOLDER / "first_paint.js").read_text(encoding="utf-8")
    return f"<script>const FIRST_PAINT = {settings};\n{script}</script>"


def _sketch() -> str:
    """Return the shapes of a page: sidebar, title, idea, and a stage of two pictures."""
    shapes = "".join(f'<i class="{name}"></i>' for name in ("title", "idea", "idea", "stage"))
    label = html.escape(read("frame").parts["loading"])
    return (
        f'<div id="sketch"><p role="status">{label}</p>'
        f'<i class="side"></i><div aria-hidden="true">{shapes}</div></div>'
    )


SIDEBAR_FROM = 1100
"""Pixels of the window from which the sidebar stands beside the page without squeezing it; below,
it is closed until somebody opens it."""
