"""Numbers that a browser writes: as Python writes them."""

from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from mnistviz.ui import elements
from mnistviz.words.quantities import percent

NUMBERS = (Path(elements.__file__).parent / "numbers.js").read_text(encoding="utf-8")


def test_percents_are_those_of_python(page: Page) -> None:
    below_1 = float(np.nextafter(np.float32(1), np.float32(0)))
    shares = [0, 1e-38, 0.00013, 0.0006, *np.linspace(0, 1, 41).tolist(), 0.9994, 0.9996, below_1]
    written = page.evaluate(f"shares => {{ {NUMBERS}\nreturn shares.map(percent) }}", shares)
    assert written == [percent(share) for share in shares]
    assert page.evaluate(f"() => {{ {NUMBERS}\nreturn percent(NaN) }}") == "NaN"
