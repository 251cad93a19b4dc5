"""Networks of the tests' own, and what they compute, by numpy alone."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import torch

from mnistviz.digits import mnist
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.loop import train


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


@cache
def load(root: Path = mnist.SAMPLE_ROOT) -> mnist.Digits:
    """Load a set of digits, once."""
    return mnist.load(root)


@cache
def learned(spec: NetworkSpec, root: Path = mnist.SAMPLE_ROOT) -> Parameters:
    """Train a network from its first step to its last, once; return what it has learned."""
    assert spec.training is not None
    *_, last = train(spec, spec.training, mnist.examples(load(root)))
    assert last.mark is not None
    assert last.mark.layers is not None
    return last.mark.layers
