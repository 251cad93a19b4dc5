"""What a page says, and whether a person and a browser can read it."""

from __future__ import annotations

import json
import re

from tests.app.session import Session

UNREADABLE = re.compile(r"\{\w+\}|\bnan\b|\binf\b|[1-9]\d*\.\d{5}|0\.0*[1-9]\d{5}|\d[eE][-+]?\d")
"""A placeholder that was left empty, and numbers in Python's own writing."""


def words(session: Session) -> str:
    """All running text of a page, without code type, formulas, and the addresses of terms."""
    return " ".join(re.sub(r"`[^`]*`|\$[^$]*\$|\(#[^)]*\)", "", text) for text in session.texts)


def assert_readable(session: Session) -> None:
    """Check that a browser can read what our components get, and a person all texts."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for element in session.at.get("bidi_component"):
        # One gets bytes: the network for the canvas.
        if element.proto.WhichOneof("data") == "json":
            json.loads(element.proto.json, parse_constant=refuse)
    assert UNREADABLE.search(words(session)) is None
