"""The clinic's operations on pictures, with torchvision's own functions.

A batch goes through as the channels of one picture: they all get the same, and torchvision works
that out once. What comes into a picture from outside is paper, 0.
"""

import math

import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as vision


def shift(pixels: torch.Tensor, right: int, down: int) -> torch.Tensor:
    """Move each picture by whole pixels.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        right: pixels to the right, below 0 to the left.
        down: pixels down, below 0 up.
    """
    moved: torch.Tensor = vision.affine(
        pixels, angle=0.0, translate=[right, down], scale=1.0, shear=[0.0, 0.0], fill=0
    )
    return moved


def rotate(pixels: torch.Tensor, degrees: float) -> torch.Tensor:
    """Turn each picture about its middle, counterclockwise, with bilinear interpolation.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        degrees: any angle.
    """
    turned: torch.Tensor = vision.rotate(
        pixels, degrees, interpolation=InterpolationMode.BILINEAR, fill=0
    )
    # A quarter turn leaves the numbers where they are in memory; view needs them in order.
    return turned.contiguous()


def scale(pixels: torch.Tensor, factor: float) -> torch.Tensor:
    """Make each picture larger or smaller about its middle, with bilinear interpolation.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        factor: above 0.
    """
    scaled: torch.Tensor = vision.affine(
        pixels,
        angle=0.0,
        translate=[0, 0],
        scale=factor,
        shear=[0.0, 0.0],
        interpolation=InterpolationMode.BILINEAR,
        fill=0,
    )
    return scaled


def blur(pixels: torch.Tensor, sigma: float) -> torch.Tensor:
    """Blur each picture with a Gaussian bell that is cut off at three standard deviations.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        sigma: the standard deviation of the bell in pixels, 0 to 9; 0 blurs nothing.
    """
    if sigma == 0:
        return pixels
    size = 2 * math.ceil(3 * sigma) + 1
    blurred: torch.Tensor = vision.gaussian_blur(pixels, [size, size], [sigma, sigma])
    return blurred


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
    inverted: torch.Tensor = vision.invert(pixels)
    return inverted


def cover(pixels: torch.Tensor, row: int, column: int, side: int) -> torch.Tensor:
    """Lay a black square over each picture.

    Args:
        pixels: uint8 of shape (B, 28, 28).
        row: its first row.
        column: its first column.
        side: its pixels across and down.
    """
    covered: torch.Tensor = vision.erase(
        pixels, row, column, side, side, torch.zeros(1, 1, 1, dtype=torch.uint8)
    )
    return covered


def not_normalized(pixels: torch.Tensor) -> torch.Tensor:
    """Turn stored pixels into numbers as `ToTensor` alone does: 0 to 1.

    Args:
        pixels: uint8 of shape (B, 28, 28).

    Returns:
        float32 of shape (B, 1, 28, 28).
    """
    return pixels.unsqueeze(1).to(torch.float32).div(255)
