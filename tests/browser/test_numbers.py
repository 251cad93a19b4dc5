"""Numbers that a browser writes: as Python writes them."""

import math
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from mnistviz.ui import elements
from mnistviz.words.quantities import number, percent, percents

NUMBERS = (Path(elements.__file__).parent / "numbers.js").read_text(encoding="utf-8")


def test_percents_are_those_of_python(page: Page) -> None:
    below_1 = float(np.nextafter(np.float32(1), np.float32(0)))
    shares = [0, 1e-38, 0.00013, 0.0006, *np.linspace(0, 1, 41).tolist(), 0.9994, 0.9996, below_1]
    written = page.evaluate(f"shares => {{ {NUMBERS}\nreturn shares.map(percent) }}", shares)
    assert written == [percent(share) for share in shares]
    assert page.evaluate(f"() => {{ {NUMBERS}\nreturn percent(NaN) }}") == "NaN"


@pytest.mark.parametrize("row", [[1, 1e-9, 0], [0, 1, 0], [0.25, 0.75, 0], [math.nan] * 3, []])
def test_the_percents_of_a_digit_are_those_of_python(page: Page, row: list[float]) -> None:
    for kind in ("Array", "Float32Array"):
        script = f"row => {{ {NUMBERS}\nreturn percents({kind}.from(row)) }}"
        assert page.evaluate(script, row) == percents(row)


def test_small_and_large_numbers_are_those_of_python(page: Page) -> None:
    sizes = [0, 1.64e-6, 1e-4, 9.996e-4, 1e-3, 0.02, 0.5, 0.9996, 7, 999.6, 12345.6, 9.99e6, 1.23e9]
    values = [*sizes, *(-size for size in sizes[1:])]
    script = f"values => {{ {NUMBERS}\nreturn values.map((one) => written(one, true)) }}"
    assert page.evaluate(script, values) == [number(value) for value in values]
    assert page.evaluate(f"() => {{ {NUMBERS}\nreturn written(0.5) }}") == "0.500"
