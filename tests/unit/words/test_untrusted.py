"""Tests of how a text from outside is made fit to be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistviz.words.untrusted import code, escaped, file_name, plain

UNSEEN = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "text", ["", "fc1.weight", "my net.pt", "Größe ½ 数字 🙂", "$x$ **b** <i>"]
)
def test_what_can_be_shown_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize("ends", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_lines_are_joined(ends: str) -> None:
    assert plain(f"one{ends}two{ends}") == "one two"


@pytest.mark.parametrize("space", ["\t", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"])
def test_spaces_of_other_kinds_are_spaces(space: str) -> None:
    # A screenshot of macOS has such a space in its name, in front of AM and PM.
    assert plain(f"at 9{space}AM.png") == "at 9 AM.png"


@pytest.mark.parametrize(
    "unseen",
    [
        "\0",
        "\x1b",
        "\x7f",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "\N{LEFT-TO-RIGHT ISOLATE}",
        "\N{RIGHT-TO-LEFT MARK}",
        "\N{ZERO WIDTH SPACE}",
        "\N{SOFT HYPHEN}",
        "\ud800",
        "\ue000",
    ],
)
def test_what_cannot_be_seen_is_shown_as_such(unseen: str) -> None:
    shown = plain(f"photo{unseen}gpj.exe")
    assert shown == f"photo{UNSEEN}gpj.exe"
    shown.encode("utf-8")


def test_long_texts_are_shortened() -> None:
    assert plain("1" * 60) == "1" * 60
    assert plain("1" * 61) == "1" * 59 + "…"
    assert plain("1" * 1_000_000, 5) == "1111…"


def test_the_end_of_a_long_text_may_be_kept() -> None:
    assert plain("0123456789", 10, end=3) == "0123456789"
    assert plain("0123456789a", 10, end=3) == "012345…89a"


def test_nothing_ends_a_code() -> None:
    assert code("`![](http://a.b/c)`") == "`'![](http://a.b/c)'`"
    assert code("a``\n\n# b") == "`a''  # b`"


@pytest.mark.parametrize("blank", ["", " ", "\n", "\t \N{NO-BREAK SPACE}"])
def test_a_blank_text_is_a_question_mark_in_code(blank: str) -> None:
    assert code(blank) == "`?`"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("digit.png", "digit.png"),
        ("/home/me/digit.png", "digit.png"),
        ("C:\\secret\\digit.png\n", "digit.png"),
        ("folder/", ""),
        ("folder/ \n", ""),
    ],
)
def test_of_a_path_its_last_part_is_shown(path: str, name: str) -> None:
    assert file_name(path) == name


def test_a_long_file_name_may_keep_its_ending() -> None:
    assert file_name("a/" + "long" * 50 + ".png", 20, end=4) == "longlonglonglon….png"


def test_names_are_shown_as_they_are_where_markdown_stands() -> None:
    assert escaped("a*b_c[d]:e:$x$<i>") == r"a\*b\_c\[d\]\:e\:\$x\$\<i\>"


@given(st.text(st.characters(codec=None)), st.integers(1, 80))
def test_of_any_text(text: str, length: int) -> None:
    shown = plain(text, length)
    assert len(shown) <= length
    assert shown.isprintable()
    assert "`" not in shown
    assert plain(shown, length) == shown
    inside = code(text, length)
    assert inside.startswith("`")
    assert inside.endswith("`")
    assert inside.count("`") == 2
