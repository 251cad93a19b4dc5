"""What the panels of a page that is handed on get from the server."""

import asyncio
import io
from urllib.parse import urlencode

import pytest
import segno
from starlette.types import Message

from mnistviz.ui.share.served import LONGEST, Shared, qr_code

LINK = "https://example.org/mnist/train?lr=0.5&activation=relu%2Ctanh"


def answer(path: str, **query: str) -> tuple[int, bytes]:
    """What is served below a path: status and body."""
    sent: list[Message] = []

    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "query_string": urlencode(query).encode()}
    asyncio.run(Shared(app)(scope, lambda: None, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def test_a_link_becomes_a_code_that_says_it_and_nothing_else() -> None:
    drawn = io.BytesIO()
    segno.make_qr(LINK, error="l").save(drawn, kind="svg", border=4, light="#fff", xmldecl=False)
    path = drawn.getvalue().split(b'class="qrline"')[1]
    assert path.split(b"/>")[0] in qr_code(LINK)
    assert b"example" not in qr_code(LINK)


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "example.org", f"https://{'a' * LONGEST}"]
)
def test_what_is_no_link_has_no_code(link: str) -> None:
    with pytest.raises(ValueError, match="link"):
        qr_code(link)


@pytest.mark.parametrize("below", ["", "/mnist", "/no_page"])
def test_it_is_served_below_any_path(below: str) -> None:
    assert answer(f"{below}/_share/qr.svg", link=LINK) == (200, qr_code(LINK))


def test_a_code_that_cannot_be_drawn_is_refused() -> None:
    assert answer("/_share/qr.svg")[0] == 400
    assert answer("/_share/qr.svg", link="ftp://a")[0] == 400
    assert answer("/other")[0] == 404
