"""Tests of what the landing page says of a trained network."""

from __future__ import annotations

import numpy as np
import pytest

from mnistviz.ui.classify import stage
from mnistviz.words import read


def row(**shares: float) -> np.ndarray:
    """Ten probabilities, most of them what is left over."""
    given = {int(name.removeprefix("p")): share for name, share in shares.items()}
    rest = (1 - sum(given.values())) / (10 - len(given))
    return np.array([given.get(digit, rest) for digit in range(10)], dtype=np.float32)


@pytest.mark.parametrize(
    ("values", "truth", "text"),
    [
        (row(p7=0.95), 7, "Sure, and right: it says **7**, with 95.0 %."),
        (
            row(p7=0.6, p1=0.3),
            7,
            "Right, but not sure: it says **7**, with 60.0 %; next comes **1**, with 30.0 %.",
        ),
        (
            row(p7=0.95, p8=0.02),
            8,
            "Sure, and wrong: it says **7**, with 95.0 %; it is an **8**, and to that it gives "
            "2.0 %.",
        ),
        (
            row(p7=0.5, p3=0.4),
            3,
            "Not sure, and wrong: it says **7**, with 50.0 %; it is a **3**, and to that it gives "
            "40.0 %.",
        ),
        (
            row(p0=0.4, p5=0.4),
            5,
            "It cannot choose: 2 digits share the lead, each with 40.0 %; it is a **5**.",
        ),
        (row(), 8, "It cannot choose: 10 digits share the lead, each with 10.0 %; it is an **8**."),
    ],
)
def test_what_a_trained_network_says(values: np.ndarray, truth: int, text: str) -> None:
    said = stage.trained(values, truth, read("classify"))
    assert said.replace("\N{NO-BREAK SPACE}", " ") == text
