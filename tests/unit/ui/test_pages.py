"""Tests of the table of the pages: it is complete, and names what there is."""

import re
from pathlib import Path

import pytest

from mnistviz import ui
from mnistviz.ui import pages
from mnistviz.ui.session import choices, links

SOURCES = "".join(
    file.read_text(encoding="utf-8") for file in Path(ui.__file__).parent.rglob("*.py")
)


def test_every_page_has_a_script_and_every_script_is_a_page() -> None:
    assert {page.name for page in pages.PAGES} == {file.stem for file in pages.FOLDER.glob("*.py")}


def test_sections_hold_every_page_in_order() -> None:
    names = [name for section in pages.SECTIONS.values() for name in section]
    assert names == [page.name for page in pages.PAGES]
    assert pages.SECTIONS[""] == (pages.LANDING,)


def test_only_flags_are_reset() -> None:
    assert set(pages.RESET) <= pages.FLAGS


def test_every_expander_of_the_sources_is_declared() -> None:
    opened = re.findall(r'opened\(\s*[^()]*(?:\([^()]*\))?[^()]*"(\w+_open)"\)', SOURCES)
    assert len(opened) > 40
    assert set(opened) <= pages.FLAGS


@pytest.mark.parametrize("flag", sorted(pages.FLAGS))
def test_every_flag_is_that_of_a_widget(flag: str) -> None:
    kind = re.fullmatch(r"(?:[a-z]+)(_code_open|_exercise_open)", flag)
    assert f'"{flag}"' in SOURCES or (kind and f"}}{kind[1]}" in SOURCES)


def test_a_bound_widget_stands_in_the_link_and_stays_for_the_session() -> None:
    bound = {"key": "digits_values", "bind": "query-params", "persist_state": "session"}
    assert links.bound("digits_values") == bound
    worded = links.worded("digits_values")
    assert worded.pop("format_func")("ToTensor") == choices.text("digits_values", "ToTensor")
    assert worded == bound


def test_a_flag_that_no_page_declares_is_refused() -> None:
    assert links.flag("zoom") == {"key": "zoom", "bind": "query-params"}
    with pytest.raises(LookupError, match="train_secret_open"):
        links.flag("train_secret_open")
