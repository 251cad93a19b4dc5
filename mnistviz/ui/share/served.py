"""What a browser fetches when somebody opens a panel: nothing of it is computed before.

The browser alone knows its address, behind a proxy too; so it asks for the QR code of a link, and
the answer says nothing but that link.
"""

import io
from functools import lru_cache
from urllib.parse import parse_qs

import segno
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mnistviz.ui.share import teachers

LONGEST = 2000
"""Characters of a link of which a QR code is drawn; its squares become too small for more."""

_CODE, _TEACHERS = "/_share/qr.svg", "/_share/teachers.json"


@lru_cache(maxsize=64)
def qr_code(link: str) -> bytes:
    """Draw a link as a QR code, black on white with its margin: an SVG that has no size.

    Args:
        link: what the code says.

    Raises:
        ValueError: it is no address of the web, or too long.
    """
    if not link.startswith(("http://", "https://")) or len(link) > LONGEST:
        raise ValueError("not a link, or too long")
    drawn = io.BytesIO()
    # What is shown on a screen is not torn or dirty: large squares are worth more than repair.
    code = segno.make_qr(link, error="l")
    code.save(drawn, kind="svg", border=4, light="#fff", xmldecl=False, omitsize=True)
    return drawn.getvalue()


class Shared:
    """ASGI middleware that answers what the panels ask for, below whichever path."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a panel; pass all else on."""
        if scope["type"] != "http" or not scope["path"].endswith((_CODE, _TEACHERS)):
            await self.app(scope, receive, send)
            return
        if scope["path"].endswith(_TEACHERS):
            await Response(teachers.told(), media_type="application/json")(scope, receive, send)
            return
        query = parse_qs(scope["query_string"].decode("latin-1"))
        try:
            picture = await run_in_threadpool(qr_code, query.get("link", [""])[0])
        except ValueError:
            response = Response(status_code=400)
        else:
            response = Response(picture, media_type="image/svg+xml")
        await response(scope, receive, send)
