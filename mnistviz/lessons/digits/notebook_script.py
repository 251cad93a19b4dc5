"""Cells of the lesson's notebook, as a learner writes them; those that print something are run."""

import torch
from torch.utils.data import DataLoader, TensorDataset

from mnistviz.codegen.parts import LOADERS, SETS
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.lessons.tries import Ran, run
from mnistviz.spec.fields import BATCH_SIZE, INPUTS, Split
from mnistviz.spec.specs import DigitSpec


def loading(split: Split, size: int) -> str:
    """Write the cell that fetches the digits and makes a loader of them.

    Args:
        split: whether training digits or test digits are loaded.
        size: digits in a batch.
    """
    name, train = SETS[split], split is Split.TRAIN
    return "\n".join(
        [
            "from torch.utils.data import DataLoader",
            "from torchvision import datasets, transforms",
            "",
            "transform = transforms.Compose([",
            "    transforms.ToTensor(),",
            f"    transforms.Normalize(({MEAN},), ({STD},)),",
            "])",
            f'{name} = datasets.MNIST("data", download=True, train={train}, transform=transform)',
            f"{LOADERS[split]} = DataLoader({name}, batch_size={size}, shuffle=True)",
        ]
    )


def looking(digit: DigitSpec, images: torch.Tensor, labels: torch.Tensor) -> Ran:
    """Take a batch from a loader, and print what it is.

    Args:
        digit: whose batch it is.
        images: float32 of shape (B, 1, 28, 28), what the loader hands out then.
        labels: int64 of shape (B,).
    """
    loader, before = LOADERS[digit.split], digit.batch
    if before:
        lines = [
            f"batches = iter({loader})",
            f"for _ in range({before}):",
            "    next(batches)  # the batches before",
            "images, labels = next(batches)",
        ]
    else:
        lines = [f"images, labels = next(iter({loader}))"]
    lines += ["print(type(images))", "print(images.shape)", "print(labels.shape)"]
    return run("\n".join(lines), **{loader: [None] * before + [(images, labels)]})


def drawing(image: int) -> str:
    """Write the cell that draws a digit of the batch.

    Args:
        image: number of the digit in the batch, from 0.
    """
    return "\n".join(
        [
            "import matplotlib.pyplot as plt",
            "",
            f'plt.imshow(images[{image}].numpy().squeeze(), cmap="gray")',
        ]
    )


def old_next(split: Split) -> Ran:
    """Ask a loader for its first batch as old notebooks do."""
    name = LOADERS[split]
    lines = [f"dataiter = iter({name})", "images, labels = dataiter.next()"]
    return run("\n".join(lines), **{name: DataLoader(TensorDataset(torch.arange(1)))})


def old_resize(images: torch.Tensor) -> Ran:
    """Flatten a batch as old notebooks do: for a full batch, whatever it holds.

    Args:
        images: float32 of shape (B, 1, 28, 28). They are copied, never changed.
    """
    lines = [f"images.resize_({BATCH_SIZE}, 1, {INPUTS})", "print(images.shape)"]
    return run("\n".join(lines), images=images.clone())
