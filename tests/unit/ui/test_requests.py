"""Tests of what is asked of the server before Streamlit: addresses of pages, and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urljoin

import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_app_utils import validate_xsrf_token

from mnistviz.ui import pages
from mnistviz.ui.frame.addresses import PageAddresses, find_redirect
from mnistviz.ui.frame.uploads import OwnUploads


def target(path: str, base: str = "") -> str | None:
    found = find_redirect(path, base)
    return None if found is None else urljoin(f"http://host{path}", found)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/classify", "/"),
        ("/Classify/", "/"),
        ("/Train", "/train"),
        ("/TRAIN/", "/train"),
        ("/train/", "/train"),
    ],
)
@pytest.mark.parametrize("base", ["", "courses/ai"])
def test_other_spellings_lead_to_the_page(path: str, leads_to: str, base: str) -> None:
    below = f"/{base}" if base else ""
    assert target(below + path, base) == f"http://host{below}{leads_to}"


@pytest.mark.parametrize(
    "path", ["/", "/train", "/nothing", "/Nothing/", "//train", "/a/Train", "/_stcore/health"]
)
def test_all_else_stays_as_it_is(path: str) -> None:
    assert target(path) is None


def test_a_base_path_is_no_page() -> None:
    assert target("/Train", "courses") is None
    assert target("/courses/", "courses") is None
    assert target("/train/Train", "train") == "http://host/train/train"


def test_every_page_has_one_address() -> None:
    for page in pages.PAGES:
        canonical = "/" if page.name == pages.LANDING else f"/{page.name}"
        assert target(canonical) is None
        assert target(f"/{page.name.upper()}") == f"http://host{canonical}"


@dataclass
class Passed:
    """What the middlewares make of a request: what gets through, and what is answered."""

    headers: Headers | None = None
    answers: list[Message] = field(default_factory=list)

    @property
    def has_proof(self) -> bool:
        """Whether Streamlit takes a file with these headers."""
        assert self.headers is not None
        cookies = SimpleCookie(self.headers.get("cookie", ""))
        cookie = cookies.get("_streamlit_xsrf")
        token = self.headers.get("x-xsrftoken")
        return cookie is not None and validate_xsrf_token(token, cookie.value)


def request(method: str, address: str, headers: Mapping[str, str] | None = None) -> Passed:
    passed, (path, _, query) = Passed(), address.partition("?")
    given = {"host": "host", **(headers or {})}

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        passed.headers = Headers(scope=scope)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        passed.answers.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), text.encode()) for name, text in given.items()],
    }
    # Nothing here waits: no event loop is needed, and a browser test may have one.
    with pytest.raises(StopIteration):
        PageAddresses(OwnUploads(inner))(scope, receive, send).send(None)
    return passed


def test_the_keys_of_the_link_go_along() -> None:
    start, _ = request("GET", "/TRAIN?hidden=64&x=%C3%A4%20").answers
    assert start["status"] == 307
    assert Headers(scope=start)["location"] == "train?hidden=64&x=%C3%A4%20"


def test_only_who_asks_for_a_page_is_led_to_one() -> None:
    assert request("PUT", "/Train").answers == []


FILE = "/courses/_stcore/upload_file/session/file"
OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        (OWN, True),
        ({"Origin": "http://host"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://host"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://other"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_our_own_page_sends_files_without_a_cookie(
    headers: dict[str, str], taken: bool, method: str
) -> None:
    assert request(method, FILE, headers).has_proof is taken


def test_a_cookie_that_is_there_is_asked_for_its_token() -> None:
    passed = request("PUT", FILE, {**OWN, "Cookie": "_streamlit_xsrf=abcd", "X-Xsrftoken": "12"})
    assert not passed.has_proof
    assert not request("PUT", "/other", OWN).has_proof
    assert not request("POST", FILE, OWN).has_proof
