"""Tests of the learners' step on tensors of any kind."""

from __future__ import annotations

import pytest
import torch

from mnistviz.spec.fields import Optimizer
from mnistviz.training import learners

THEIRS = {
    Optimizer.SGD: lambda tensors, lr: torch.optim.SGD(tensors, lr),
    Optimizer.MOMENTUM: lambda tensors, lr: torch.optim.SGD(tensors, lr, learners.MOMENTUM),
    Optimizer.ADAM: lambda tensors, lr: torch.optim.Adam(tensors, lr),
}


@pytest.mark.parametrize("optimizer", Optimizer)
def test_a_step_is_that_of_torch_bit_for_bit(optimizer: Optimizer) -> None:
    generator = torch.Generator().manual_seed(1)
    shapes = [(30, 20), (30,), (10, 30)]
    ours = [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]
    theirs = [tensor.detach().clone().requires_grad_() for tensor in ours]
    step, other = learners.stepper(optimizer, 0.03, ours), THEIRS[optimizer](theirs, 0.03)
    for _ in range(20):
        for one, two in zip(ours, theirs, strict=True):
            one.grad = torch.randn(one.shape, generator=generator)
            two.grad = one.grad.clone()
        step()
        other.step()
        assert all(torch.equal(one, two) for one, two in zip(ours, theirs, strict=True))
