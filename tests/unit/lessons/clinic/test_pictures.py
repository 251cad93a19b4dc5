"""Tests of the operations on pictures: the app's are those that its script has from torchvision."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as vision

from mnistviz.digits import mnist
from mnistviz.lessons.clinic import pictures
from mnistviz.lessons.clinic.picture_script import LINES

WRITTEN: dict[str, Callable[..., torch.Tensor]] = {}
KNOWN = {"torch": torch, "math": math, "vision": vision, "InterpolationMode": InterpolationMode}
for text in LINES.values():
    exec(text, KNOWN, WRITTEN)

CASES = [
    *(("shift", right, down) for right in range(-14, 15, 2) for down in (-9, 0, 3)),
    *(("shift", 28, 0), ("shift", 0, -40)),
    *(("rotate", degrees) for degrees in range(-360, 361, 15)),
    *(("rotate", degrees) for degrees in (0.5, 33.3, 89.999, -7.25)),
    *(("scale", factor / 20) for factor in range(2, 61)),
    *(("blur", sigma / 4) for sigma in range(0, 37)),
    *(("noise", share / 10, 5) for share in range(0, 11)),
    ("invert",),
    *(("cover", row, column, side) for row in (0, 9, 27) for column in (0, 20) for side in (1, 14)),
]


@pytest.fixture(scope="module")
def digits() -> torch.Tensor:
    """Real digits, and two that a digit is not: all ink, and noise."""
    some = mnist.load(mnist.SAMPLE_ROOT).test_pixels[:20]
    generator = torch.Generator().manual_seed(0)
    noise = torch.randint(0, 256, (1, 28, 28), generator=generator, dtype=torch.uint8)
    return torch.cat((some, torch.full_like(noise, 255), noise))


@pytest.mark.parametrize("name", LINES)
def test_bit_for_bit_what_the_script_makes(digits: torch.Tensor, name: str) -> None:
    for case in CASES:
        if case[0] == name:
            arguments = case[1:]
            for pixels in (digits, digits[3:4]):
                before = pixels.clone()
                ours = getattr(pictures, name)(pixels, *arguments)
                assert torch.equal(ours, WRITTEN[name](pixels, *arguments)), case
                assert ours.dtype is torch.uint8
                assert ours.is_contiguous()
                assert torch.equal(pixels, before)
