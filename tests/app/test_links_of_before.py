"""Tests that the links of before still work, show what they have shown, and are all there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.app import links_of_before
from tests.app.links_of_before import (
    Entry,
    arithmetic,
    differences,
    open_page,
    page_of,
    query_of,
    value_of,
)
from tests.app.session import BRINGS, default_texts, page_names

CONTENT = links_of_before.read()
LINKS: list[Entry] = CONTENT["links"]

SMALL = {"w1": "12", "w2": "8", "weights": "trained", "epochs": "1", "batch_size": "1000"}
"""A network that has learned at once: every page has something to show."""


def names(entry: Entry) -> str:
    return str(entry["name"]).replace(" ", "_")


@pytest.mark.parametrize("entry", LINKS, ids=names)
def test_a_link_of_before_shows_the_same(
    entry: Entry, root: Path, request: pytest.FixtureRequest
) -> None:
    rewriting = links_of_before.rewritten
    if rewriting is None and arithmetic() != CONTENT["arithmetic"]:
        pytest.skip("The numbers were written down on a processor that rounds differently.")
    if query_of(entry["url"]).get("data") == ["full"]:
        root.symlink_to(request.getfixturevalue("full_set"))
    now = links_of_before.shown(links_of_before.follow(entry))
    if rewriting is not None:
        rewriting[entry["name"]] = now
        return
    assert list(differences(entry["shown"], now)) == []


@pytest.mark.parametrize(("factor", "count"), [(1 + 1e-9, 0), (1 + 1e-5, 1)])
@pytest.mark.parametrize("many", [False, True])
def test_a_number_is_the_same_up_to_its_last_digits(many: bool, factor: float, count: int) -> None:
    before, now = (
        {"sum": 1.0, "size": 1.0, "mixed": 0.5},
        {"sum": factor, "size": 1.0, "mixed": 0.5},
    )
    found = differences([before], [now]) if many else differences([1.0], [factor])
    assert len(list(found)) == count


def test_what_is_new_gone_or_of_another_length_is_told() -> None:
    before, now = {"a": [1, 2], "b": "x", "c": 1}, {"a": [1, 2, 3], "b": "y", "d": 1}
    assert [line[:2] for line in differences(before, now)] == [".a", ".b", ".c", ".d"]


def test_there_is_a_link_to_each_page() -> None:
    assert sorted({page_of(entry["url"]) for entry in LINKS}) == page_names()


def test_each_setting_is_in_a_link_with_another_value_than_its_default() -> None:
    assert _missing(default_texts()) == []


@pytest.mark.parametrize("page", page_names())
def test_each_key_of_a_page_is_in_a_link_with_another_value_than_its_default(page: str) -> None:
    found = _keys(page)
    assert found
    assert _missing(found) == []


def _missing(usual: dict[str, str]) -> list[str]:
    """Return the keys that no link holds with another value than the usual one."""
    texts: dict[str, set[str]] = {}
    for entry in LINKS:
        for key, values in query_of(entry["url"]).items():
            texts.setdefault(key, set()).update(values)
    return [
        key
        for key, default in usual.items()
        if all(_is_same(text, default) for text in texts.get(key, ()))
    ]


def _is_same(text: str, default: str) -> bool:
    try:
        return float(text) == float(default)
    except ValueError:
        return text == default


def _keys(page: str) -> dict[str, str]:
    """Find the keys that a page binds to the link, and what they hold when no link says it.

    What a choice brings along is found by choosing each of its options, one after the other.
    """
    usual: dict[str, str] = {}
    waiting: list[dict[str, str]] = [SMALL]
    while waiting:
        query = waiting.pop(0)
        session = open_page(page, query, BRINGS if page == "draw" else ())
        if query.get("draw_source") == "photo":
            session.click("draw_photo_try_board")
        for key, element in session.bound.items():
            if key not in usual and key not in default_texts():
                usual[key], options = _first(key, element)
                waiting += [{**query, key: option} for option in options]
    return usual


def _first(key: str, element: Any) -> tuple[str, list[str]]:
    """Return what a widget holds at first, and what else a link may let it hold."""
    if key.endswith("_open"):
        return "false", ["true"]
    if element.type == "toggle":
        return str(element.value).lower(), ["true"]
    # One of many cells has the same beside it as any other.
    return value_of(key, element), element.options if element.type == "button_group" else []
