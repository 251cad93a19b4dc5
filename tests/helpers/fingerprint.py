"""A short training, and the bits that it comes to, in whichever process."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import torch

from mnistviz.digits import mnist
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.loop import StepRecord, train

SMALL = NetworkSpec(hidden=(12, 8))
SHORT = TrainSpec(epochs=1, batch_size=256, lr=0.05)


def last(records: Sequence[StepRecord]) -> tuple[torch.Tensor, ...]:
    """Return the weights and biases that a training ends with."""
    mark = records[-1].mark
    assert mark is not None
    assert mark.layers is not None
    return tuple(tensor for layer in mark.layers for tensor in (layer.weight, layer.bias))


def of(style: str) -> str:
    """Train, and return a digest of all that was recorded."""
    torch.set_num_threads(1)
    spec = replace(SMALL, style=Style(style))
    records = list(train(spec, SHORT, mnist.examples(mnist.load(mnist.SAMPLE_ROOT))))
    digest = hashlib.sha256()
    for record in records[1:]:
        digest.update(f"{record.step} {record.loss!r} {record.accuracy!r}".encode())
    for tensor in last(records):
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()
