"""Sums as they are printed, against plain decimal arithmetic on the printed texts."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from mnistviz.words import sums
from mnistviz.words.sums import Scale

MINUS = "\N{MINUS SIGN}"
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def read(text: str) -> Decimal:
    """The number that a person reads."""
    number, _, power = text.replace(MINUS, "-").replace(",", "").partition("\xa0\xd7\xa010")
    return Decimal(number).scaleb(int(power.translate(SUPERSCRIPTS))) if power else Decimal(number)


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1e-3, 0.1, 1.0, 30.0, 5e3, 2e6, 3e7, 1e13, 1e24])
def test_what_is_printed_adds_up(size: float) -> None:
    for seed in range(40):
        parts = (size * np.random.default_rng(seed).normal(size=2 + seed % 9)).tolist()
        total = sum(parts)
        to = sums.scale(parts, total)
        units = sums.added_up(parts, total, to, kept=(1,))
        texts = [to.text(each) for each in units]
        printed = to.text(to.units(total))
        assert sum(map(read, texts)) == read(printed)
        last = 10.0**to.place
        assert float(read(printed)) == pytest.approx(total, abs=0.51 * last)
        assert float(read(texts[1])) == pytest.approx(parts[1], abs=0.51 * last)
        for text, part in zip(texts, parts, strict=True):
            assert float(read(text)) == pytest.approx(part, abs=2 * last)
            assert len(text) <= 18


@pytest.mark.parametrize(
    ("parts", "total", "texts"),
    [
        ([25.3142, -25.0231, 0.0012], 0.2923, ["25.314", f"{MINUS}25.023", "0.001", "0.292"]),
        # Each rounded by itself: 0.333, 0.333, 0.333 and 1.00.
        ([1 / 3, 1 / 3, 1 / 3], 1.0, ["0.34", "0.33", "0.33", "1.00"]),
        ([0.0, 0.0], 0.0, ["0", "0", "0"]),
        ([4321.0, 12_345_678.0], 12_349_999.0, ["0.00 x 10⁷", "1.23 x 10⁷", "1.23 x 10⁷"]),
        ([-2e-9, 1e-9], -1e-9, [f"{MINUS}2.00 x 10⁻⁹", "1.00 x 10⁻⁹", f"{MINUS}1.00 x 10⁻⁹"]),
        ([123_456.45, 0.4], 123_456.85, ["123,457", "0", "123,457"]),
    ],
)
def test_as_it_is_written(parts: list[float], total: float, texts: list[str]) -> None:
    to = sums.scale(parts, total)
    units = [*sums.added_up(parts, total, to), to.units(total)]
    printed = (to.text(each).replace("\xa0", " ").replace("\xd7", "x") for each in units)
    assert list(printed) == texts


def test_nothing_stays_nothing() -> None:
    # 0.5 of a unit is missing from each; the 0 gets none of it.
    assert sums.added_up([0.0, 1.4, 1.4], 2.8, Scale(0)) == [0, 2, 1]


def test_what_cannot_give_does_not() -> None:
    assert sums.added_up([0.4, 0.4], 0.8, Scale(0), kept=(0, 1)) == [0, 0]
