"""The bundled digits, as PyTorch hands digits to a network."""

import torch
from torch.utils.data import DataLoader, Dataset

from mnistviz.digits import mnist
from mnistviz.spec.fields import BATCH_SIZE


class SampleDigits(Dataset[tuple[torch.Tensor, int]]):
    """The digits that come along: 4,000 of MNIST to train with, or 1,000 to test with.

    Each is a pair, as of `torchvision.datasets.MNIST` with `ToTensor()` and
    `Normalize((0.5,), (0.5,))`: an image, float32 of shape (1, 28, 28) from -1 (black) to 1, and
    its label, 0 to 9. Nothing is downloaded.

    Attributes:
        images: float32 of shape (N, 1, 28, 28), all of them.
        labels: int64 of shape (N,).

    Examples:
        >>> from mnistviz import SampleDigits
        >>> digits = SampleDigits()
        >>> len(digits), len(SampleDigits(train=False))
        (4000, 1000)
        >>> image, label = digits[0]
        >>> image.shape, image.min().item(), image.max().item(), label in range(10)
        (torch.Size([1, 28, 28]), -1.0, 1.0, True)
    """

    def __init__(self, train: bool = True) -> None:
        """Read the training digits, or the test digits."""
        digits = mnist.load(mnist.SAMPLE_ROOT)
        pixels = digits.train_pixels if train else digits.test_pixels
        self.images = mnist.normalize(pixels)
        self.labels = digits.train_labels if train else digits.test_labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, number: int) -> tuple[torch.Tensor, int]:
        return self.images[number], int(self.labels[number])


def sample_loader(
    train: bool = True,
    batch_size: int = BATCH_SIZE,
    shuffle: bool = True,
    seed: int | None = None,
) -> DataLoader[tuple[torch.Tensor, int]]:
    """Return a `DataLoader` of the bundled digits.

    Args:
        train: whether of the 4,000 training digits, or of the 1,000 test digits.
        batch_size: digits of one batch.
        shuffle: whether each epoch has an order of its own.
        seed: what shuffles: the first epoch then has the batches that the app shows with this seed.
            By default PyTorch's global generator does it, as `torch.manual_seed` has set it.

    Returns:
        A loader of batches: images (batch_size, 1, 28, 28), float32, and labels (batch_size,),
        int64. The last batch of an epoch may be shorter.

    Examples:
        >>> from mnistviz import sample_loader
        >>> loader = sample_loader(batch_size=64, seed=7)
        >>> images, labels = next(iter(loader))
        >>> images.shape, labels.shape
        (torch.Size([64, 1, 28, 28]), torch.Size([64]))
        >>> len(loader)
        63
    """
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    return DataLoader(
        SampleDigits(train), batch_size=batch_size, shuffle=shuffle, generator=generator
    )
