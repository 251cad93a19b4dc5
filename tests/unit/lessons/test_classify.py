"""Tests of what the landing page says of a trained network."""

from __future__ import annotations

import numpy as np
import pytest

from mnistviz.lessons.classify import sentences


def row(**shares: float) -> np.ndarray:
    """Ten probabilities, most of them what is left over."""
    given = {int(name.removeprefix("p")): share for name, share in shares.items()}
    rest = (1 - sum(given.values())) / (10 - len(given))
    return np.array([given.get(digit, rest) for digit in range(10)], dtype=np.float32)


@pytest.mark.parametrize(
    ("values", "truth", "text"),
    [
        (row(p7=0.95), 7, "Correct and confident: it answers **7**, with 95.0 %."),
        (
            row(p7=0.6, p1=0.3),
            7,
            "Correct, but not confident: it answers **7**, with 60.0 %; **1** comes next, with "
            "30.0 %.",
        ),
        (
            row(p7=0.95, p8=0.02),
            8,
            "Confident, but wrong: it answers **7**, with 95.0 %. The true digit, **8**, got "
            "2.0 %.",
        ),
        (
            row(p7=0.5, p3=0.4),
            3,
            "Wrong, but not confident: it answers **7**, with 50.0 %. The true digit, **3**, got "
            "40.0 %.",
        ),
        (
            row(p0=0.4, p5=0.4),
            5,
            "No single answer: 2 digits share the largest probability, 40.0 % each. "
            "The digit is a **5**.",
        ),
        (
            row(),
            8,
            "No single answer: 10 digits share the largest probability, 10.0 % each. "
            "The digit is an **8**.",
        ),
    ],
)
def test_what_a_trained_network_says(values: np.ndarray, truth: int, text: str) -> None:
    said = sentences.trained(values, truth)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == text
