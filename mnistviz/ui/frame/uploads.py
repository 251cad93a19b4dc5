"""Files that are sent to the server from within another site's page, such as a course's.

Streamlit takes a file only with its cookie, and a browser sends no cookie from a frame in the page
of another site. What the cookie proves, that our own page sends the file and no other, the browser
says itself in headers that no script can write.
"""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_COOKIE, _TOKEN = "_streamlit_xsrf", b"x-xsrftoken"


def is_from_own_page(headers: Headers) -> bool:
    """Tell whether the browser says that a page of this very server sends the request."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # Browsers before 2023 say no more than where the page is from.
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == headers.get("host")


class OwnUploads:
    """ASGI middleware that lets our own page send files where its cookie does not travel."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; one of our own page without the cookie, with what it proves."""
        if (
            scope["type"] == "http"
            and scope["method"] in ("PUT", "DELETE")
            and "/_stcore/upload_file/" in scope["path"]
            and f"{_COOKIE}=" not in Headers(scope=scope).get("cookie", "")
            and is_from_own_page(Headers(scope=scope))
        ):
            token = secrets.token_hex(16)
            kept = [pair for pair in scope["headers"] if pair[0] not in (b"cookie", _TOKEN)]
            proof = [(b"cookie", f"{_COOKIE}={token}".encode()), (_TOKEN, token.encode())]
            scope = {**scope, "headers": [*kept, *proof]}
        await self.app(scope, receive, send)
