"""What is found on pages as people bring them, each made from a seed."""

from __future__ import annotations

import numpy as np
import pytest

from mnistviz.digits.finding import find
from mnistviz.digits.ink import ink_of
from mnistviz.digits.preparation import Box, Steps
from tests.helpers.pages import KINDS, Page, page

SEEDS = range(8)

RIGHT = {"form": 7, "table": 6, "ruled": 7, "squared dark": 7, "many": 6, "rows": 7, "edge": 7}
"""Of the pages of a kind, on how many every digit is found, and nothing else; of the others all. A
digit of MNIST that is itself in two parts, or reaches into its neighbor, is none of the page's."""


def shared(one: Box, other: Box) -> float:
    """How much of two boxes they have in common."""
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    width = min(one.right, other.right) - max(one.left, other.left)
    both = max(height, 0) * max(width, 0)
    return both / (one.height * one.width + other.height * other.width - both)


def is_right(page: Page) -> bool:
    ink = ink_of(page.gray)
    boxes = [one.box for one in find(page.gray, ink.ink, ink.paper, Steps())]
    return (
        ink.dark == page.dark
        and len(boxes) == len(page.boxes)
        and all(max(shared(box, true) for box in boxes) > 0.6 for true in page.boxes)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_digits_of_a_page_are_found(kind: str) -> None:
    right = sum(is_right(page(kind, seed)) for seed in SEEDS)
    assert right >= RIGHT.get(kind, len(SEEDS))


def test_a_seed_makes_the_same_page_again() -> None:
    np.testing.assert_array_equal(page("form", 3).gray, page("form", 3).gray)
