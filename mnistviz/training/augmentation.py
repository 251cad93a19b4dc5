"""Augmentation: each epoch shows the training digits in other forms, drawn from the seed.

Measured on digits that no training has seen: with forms half as far from the original it reads
fewer of other people's digits, and with forms a third farther fewer as well.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F

from mnistviz.digits import mnist
from mnistviz.spec.fields import SIDE
from mnistviz.spec.specs import TrainSpec

DRAWS = 7
"""Numbers that are drawn for one digit: seven ways in which it may differ."""


def chance(seed: int) -> torch.Generator:
    """Return what draws the forms of a training; not the stream that shuffles the digits."""
    return torch.Generator().manual_seed(chance_seed(seed))


def chance_seed(seed: int) -> int:
    """Return the seed of the forms, given that of the training."""
    return seed + 1


def augment(images: torch.Tensor, draws: torch.Tensor) -> torch.Tensor:
    """Shift, turn, scale, shear and thicken each digit a little; draws are from 0 to 1."""
    right, down, turn, wide, high, slant, ink = 2 * draws - 1  # from -1 to 1 each
    cos, sin = torch.cos(0.26 * turn), torch.sin(0.26 * turn)  # up to 15 degrees
    wide, high, slant = 1 + 0.15 * wide, 1 + 0.15 * high, 0.25 * slant
    rows = [
        [wide * cos, wide * (slant * cos - sin), 0.07 * right],  # up to a pixel of 28
        [high * sin, high * (slant * sin + cos), 0.07 * down],
    ]
    # Where each pixel comes from; from beyond the edge comes black, which is 0 only after + 1.
    places = torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)
    grid = F.affine_grid(places, list(images.shape), align_corners=False)
    moved = F.grid_sample(images + 1, grid, align_corners=False) - 1
    # The brightest of nine neighbors makes a line thicker, the darkest makes it thinner.
    ink = 0.6 * ink.view(-1, 1, 1, 1)
    sign = torch.sign(ink)
    other = sign * F.max_pool2d(sign * moved, 3, stride=1, padding=1)
    pixels = torch.lerp(moved, other, ink.abs()) + 1
    # A pen leaves full ink, however thin: the brightest pixel becomes white.
    return 2 * pixels / pixels.amax(dim=(1, 2, 3), keepdim=True).clamp(min=1e-6) - 1


def varied(inputs: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Vary a batch as one step of a training does.

    Args:
        inputs: float32 of shape (B, 784), -1 to 1; they stay as they are.
        generator: from `chance`, moved on by what it draws.

    Returns:
        float32 of shape (B, 784), -1 to 1.
    """
    draws = torch.rand(DRAWS, len(inputs), generator=generator)
    return augment(inputs.view(-1, 1, SIDE, SIDE), draws).flatten(1)


def forms(training: TrainSpec, examples: mnist.Examples, number: int) -> Iterator[torch.Tensor]:
    """Yield what a training that varies its digits shows of one digit, epoch by epoch.

    Args:
        training: its seed and its batch size; whether it varies them does not matter here.
        examples: its digits.
        number: which of the training digits, by its number in the set.

    Yields:
        float32 of shape (784,), -1 to 1, without end.
    """
    generator = chance(training.seed)
    for order in mnist.orders(len(examples.train_labels), training.seed):
        # All draws of an epoch at once are those of its batches, one after the other.
        draws = torch.rand(DRAWS * len(order), generator=generator)
        place = int((order == number).nonzero().item())
        first = place - place % training.batch_size
        numbers = order[first : first + training.batch_size]
        own = draws[DRAWS * first :][: DRAWS * len(numbers)].view(DRAWS, -1)
        images = examples.take(numbers)[0].view(-1, 1, SIDE, SIDE)
        yield augment(images, own).flatten(1)[place - first]
