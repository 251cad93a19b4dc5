"""Tests of the code that is run before a visitor's eyes."""

from __future__ import annotations

import pytest

from mnistviz.lessons.tries import error_of, error_text, run


def test_an_error_is_told_as_python_prints_it() -> None:
    assert error_text(lambda: {}["a"]) == error_of(lambda: {}["a"]) == "KeyError: 'a'"


def test_what_works_is_no_error() -> None:
    assert error_text(lambda: 1) == ""
    with pytest.raises(ValueError, match="no error"):
        error_of(lambda: 1)


def test_what_is_printed_before_an_error_is_kept() -> None:
    ran = run("print(1, x)\nprint(torch.is_grad_enabled())\ny", x=2)
    assert ran.printed == "1 2\nFalse"
    assert ran.error == "NameError: name 'y' is not defined"
