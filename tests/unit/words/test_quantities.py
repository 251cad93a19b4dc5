"""Numbers as texts: what they say is true of what they stand for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mnistviz.words import quantities

PERCENTS = {
    0.0: "0.0 %",
    1e-38: "< 0.1 %",
    0.00013: "< 0.1 %",
    0.00049: "< 0.1 %",
    0.0006: "0.1 %",
    0.142: "14.2 %",
    0.9994: "99.9 %",
    0.9996: "> 99.9 %",
    float(np.nextafter(np.float32(1), np.float32(0))): "> 99.9 %",
    1.0: "100.0 %",
    math.nan: "NaN",
}


@pytest.mark.parametrize("share", PERCENTS)
def test_only_nothing_and_all_are_written_as_such(share: float) -> None:
    assert quantities.percent(share).replace("\N{NO-BREAK SPACE}", " ") == PERCENTS[share]


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        ([1.0, 1e-9, 0.0], ["> 99.9 %", "< 0.1 %", "0.0 %"]),
        ([0.0, 1.0, 0.0], ["0.0 %", "100.0 %", "0.0 %"]),
        ([0.25, 0.75, 0.0], ["25.0 %", "75.0 %", "0.0 %"]),
        ([math.nan] * 3, ["NaN"] * 3),
    ],
)
def test_a_softmax_gives_all_to_none(row: list[float], texts: list[str]) -> None:
    written = quantities.percents(np.array(row, dtype=np.float32))
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in written] == texts


@pytest.mark.parametrize("share", np.linspace(0, 1, 41).tolist())
def test_a_percent_is_as_near_as_its_decimal(share: float) -> None:
    written = quantities.percent(share)
    assert abs(float(written.split()[0]) - 100 * share) <= 0.05 + 1e-9
