"""Tests of the set of one's own as a browser keeps it."""

from __future__ import annotations

import base64

import pytest

from mnistviz.digits.own_set import LENGTH, OwnDigit, OwnSet, OwnSetError
from mnistviz.ui.draw.own_set import kept


def test_what_a_browser_keeps_is_the_set() -> None:
    digits = [OwnDigit(bytes([number]) * LENGTH, number) for number in range(10)]
    assert kept.unpack(kept.pack(OwnSet(tuple(digits)))) == digits
    assert kept.unpack(kept.pack(OwnSet())) == []


@pytest.mark.parametrize(
    "text",
    [
        "*",
        None,
        "ä",
        base64.b64encode(bytes(LENGTH)).decode(),
        base64.b64encode(bytes(LENGTH + 2)).decode(),
        base64.b64encode(bytes([10]) + bytes(LENGTH)).decode(),
    ],
)
def test_what_is_no_set_is_refused(text: object) -> None:
    with pytest.raises(OwnSetError):
        kept.unpack(text)
