"""Addresses that a person tries for a page, and the one that it has."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mnistviz.ui import pages

_NAMES = frozenset(page.name for page in pages.PAGES)


def find_redirect(path: str, base: str = "") -> str | None:
    """Return where an address leads that is a page's in another spelling, relative to it.

    Relative, it also holds behind a proxy that serves the app below a path of its own.

    Args:
        path: of the address, such as `/Train/`.
        base: the path below which the app is served, `server.baseUrlPath`.

    Returns:
        None where the page has that very address, or where no page is meant.
    """
    prefix = f"/{base.strip('/')}/" if base.strip("/") else "/"
    if not path.startswith(prefix) or path.startswith("//"):
        return None
    written = path.removeprefix(prefix)
    name = written.rstrip("/").lower()
    # The landing page has the address of the app.
    canonical = "" if name == pages.LANDING else name
    if name not in _NAMES or written == canonical:
        return None
    return "../" * written.count("/") + canonical or "./"


class PageAddresses:
    """ASGI middleware that leads other spellings of a page's address to the page, keys and all."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app = app
        self.base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page's address where it is meant; pass all else on."""
        target = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            target = find_redirect(scope["path"], self.base)
        if target is None:
            await self.app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        response = RedirectResponse(f"{target}?{query}" if query else target)
        await response(scope, receive, send)
