"""Tests that the page's style names the classes that it calls by how they end."""

import re

import pytest

from mnistviz.ui.elements import components, families


def test_each_class_stands_for_how_it_ends() -> None:
    css = families.named('[class*="_solved"] p { }')
    names = ", ".join(f".st-key-{name}_solved" for name in families.EXERCISES)
    assert css == f":is({names}) p {{ }}"


def test_a_key_of_a_folder_is_written_as_streamlit_writes_it() -> None:
    assert ".st-key-train-one_step_question," in families.named('[class*="_question"]')


def test_within_has_they_stand_one_by_one() -> None:
    css = families.named('div:has(> p, > [class*="_solved"]) > [class*="_task"] { }')
    inner = ",".join(f" > .st-key-{name}_solved" for name in families.EXERCISES)
    outer = ", ".join(f".st-key-{name}_task" for name in families.EXERCISES)
    assert css == f"div:has(> p,{inner}) > :is({outer}) {{ }}"


def test_no_family_is_left_in_the_style_of_the_page() -> None:
    left = set(re.findall(r'\[class\*="(\w+)"\]', components.page_style()))
    assert left == {"stage", "stBidiComponent"}


def test_a_key_that_the_style_does_not_know_is_refused() -> None:
    families.check(families.TOLD, families.TOLD[0])
    with pytest.raises(LookupError, match="nowhere"):
        families.check(families.TOLD, "nowhere")
