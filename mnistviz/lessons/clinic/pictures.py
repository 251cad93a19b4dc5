"""The clinic's operations on pictures, bit for bit those of `torchvision.transforms`.

It is not torchvision that makes them: with all that it imports, it would cost every server 160 MB.
A batch goes through as the channels of one picture: they all get the same, and that is worked out
once. What comes into a picture from outside is paper, 0.
"""

import math

import torch
import torch.nn.functional as F


def shift(pixels: torch.Tensor, right: int, down: int) -> torch.Tensor:
    """Move each picture by whole pixels.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        right: pixels to the right, below 0 to the left.
        down: pixels down, below 0 up.
    """
    return _sample(pixels, [[1.0, 0.0, -float(right)], [0.0, 1.0, -float(down)]], "nearest")


def rotate(pixels: torch.Tensor, degrees: float) -> torch.Tensor:
    """Turn each picture about its middle, counterclockwise, with bilinear interpolation.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        degrees: any angle.
    """
    degrees %= 360
    if degrees % 90 == 0:
        # A quarter turn leaves the numbers where they are in memory; view needs them in order.
        return torch.rot90(pixels, int(degrees) // 90, dims=(-2, -1)).contiguous()
    cosine, sine = math.cos(math.radians(-degrees)), math.sin(math.radians(-degrees))
    return _sample(pixels, [[cosine, sine, 0.0], [-sine, cosine, 0.0]], "bilinear")


def scale(pixels: torch.Tensor, factor: float) -> torch.Tensor:
    """Make each picture larger or smaller about its middle, with bilinear interpolation.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        factor: above 0.
    """
    return _sample(pixels, [[1.0 / factor, 0.0, 0.0], [0.0, 1.0 / factor, 0.0]], "bilinear")


def _sample(pixels: torch.Tensor, places: list[list[float]], mode: str) -> torch.Tensor:
    """Take each pixel of the result from another place.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        places: a matrix (2, 3) that makes of a pixel's column and row, both counted from the
            middle, and 1 the column and row that it is taken from.
        mode: `nearest` or `bilinear`.
    """
    height, width = pixels.shape[-2:]
    grid = torch.ones(1, height, width, 3)
    grid[..., 0] = torch.linspace((1.0 - width) * 0.5, (width - 1.0) * 0.5, steps=width)
    rows = torch.linspace((1.0 - height) * 0.5, (height - 1.0) * 0.5, steps=height)
    grid[..., 1] = rows.unsqueeze(-1)
    theta = torch.tensor(places).t().unsqueeze(0) / torch.tensor([0.5 * width, 0.5 * height])
    grid = grid.view(1, height * width, 3).bmm(theta).view(1, height, width, 2)
    # One more channel, of ones, tells how much of each pixel comes from inside.
    inside = torch.ones(1, 1, height, width)
    taken = F.grid_sample(
        torch.cat((pixels.unsqueeze(0).float(), inside), dim=1),
        grid,
        mode=mode,
        padding_mode="zeros",
        align_corners=False,
    )
    image, mask = taken[0, :-1], taken[0, -1:]
    image = torch.where(mask < 0.5, 0.0, image) if mode == "nearest" else image * mask
    return image.round().to(torch.uint8)


def blur(pixels: torch.Tensor, sigma: float) -> torch.Tensor:
    """Blur each picture with a Gaussian bell that is cut off at three standard deviations.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        sigma: the standard deviation of the bell in pixels, 0 to 9; 0 blurs nothing.
    """
    if sigma == 0:
        return pixels
    edge = math.ceil(3 * sigma)
    limit = 2 * edge / (2.0 * math.sqrt(2.0))
    bell = torch.linspace(-limit, limit, steps=2 * edge + 1).div(sigma).pow(2).neg().softmax(0)
    kernel = (bell.unsqueeze(-1) * bell).expand(len(pixels), 1, -1, -1)
    wide = F.pad(pixels.unsqueeze(0).float(), [edge] * 4, mode="reflect")
    return F.conv2d(wide, kernel, groups=len(pixels))[0].round().to(torch.uint8)


def noise(pixels: torch.Tensor, share: float, seed: int) -> torch.Tensor:
    """Add normal noise to each pixel, and keep what comes out between black and white.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        share: standard deviation of the noise, as a share of full ink.
        seed: of the noise.
    """
    generator = torch.Generator().manual_seed(seed)
    added = 255 * share * torch.randn(pixels.shape, generator=generator)
    return (pixels + added).round().clamp(0, 255).to(torch.uint8)


def invert(pixels: torch.Tensor) -> torch.Tensor:
    """Swap black and white: p becomes 255 - p."""
    return pixels.bitwise_not()


def cover(pixels: torch.Tensor, row: int, column: int, side: int) -> torch.Tensor:
    """Lay a black square over each picture.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        row: its first row.
        column: its first column.
        side: its pixels across and down.
    """
    covered = pixels.clone()
    covered[:, row : row + side, column : column + side] = 0
    return covered


def not_normalized(pixels: torch.Tensor) -> torch.Tensor:
    """Turn stored pixels into numbers as `ToTensor` alone does: 0 to 1.

    Args:
        pixels: uint8 of shape (B, 28, 28).

    Returns:
        float32 of shape (B, 1, 28, 28).
    """
    return pixels.unsqueeze(1).to(torch.float32).div(255)
