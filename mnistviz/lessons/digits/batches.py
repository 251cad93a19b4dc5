"""The batches of a `DataLoader`: their sizes, and the new order of every epoch."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import DataLoader


@dataclass(frozen=True, slots=True)
class Cut:
    """The sizes of the batches into which a set is cut.

    Attributes:
        count: examples in the set.
        size: examples in a batch.
        batches: how many batches there are.
        last: examples in the last batch, 1 to `size`.
    """

    count: int
    size: int
    batches: int
    last: int


def cut(count: int, size: int) -> Cut:
    """Cut a set into batches as a `DataLoader` does, which keeps a short last batch.

    Args:
        count: examples in the set, at least 1.
        size: examples in a batch, at least 1.
    """
    batches = math.ceil(count / size)
    return Cut(count, size, batches, count - (batches - 1) * size)


def epochs(count: int, seed: int, number: int) -> tuple[torch.Tensor, ...]:
    """Let a shuffling `DataLoader` go through a set several times.

    Args:
        count: examples in the set.
        seed: of the loader's generator.
        number: of epochs.

    Returns:
        For each epoch the order of the examples, int64 of shape (count,). Neither the digits nor
        the batch size change it.
    """
    examples: Any = range(count)  # a set is whatever has a length and an item for each number
    loader: DataLoader[torch.Tensor] = DataLoader(
        examples,
        batch_size=count,
        shuffle=True,
        generator=torch.Generator().manual_seed(seed),
        collate_fn=torch.tensor,
    )
    return tuple(torch.cat(list(loader)) for _ in range(number))
