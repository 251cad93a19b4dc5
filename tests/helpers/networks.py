"""Networks of the tests' own, and what they compute, by numpy alone."""

from __future__ import annotations

from itertools import pairwise

import torch

from mnistviz.network.parameters import Layer, Parameters


def layers_of(*hidden: int, seed: int = 0) -> Parameters:
    """Draw parameters that no spec draws."""
    generator = torch.Generator().manual_seed(seed)
    sizes = (784, *hidden, 10)
    return tuple(
        Layer(
            f"fc{number}",
            torch.randn(after, before, generator=generator) / before**0.5,
            torch.randn(after, generator=generator),
        )
        for number, (before, after) in enumerate(pairwise(sizes), start=1)
    )
