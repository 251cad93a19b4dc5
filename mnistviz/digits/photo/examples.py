"""Example photos for who has no camera at hand: digits of the sample, as if written on a page."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from PIL import Image

from mnistviz.digits.arrays import Floats, Pixels
from mnistviz.digits.photo.loading import Photo


class Example(StrEnum):
    """The kinds of example photos."""

    PAPER = "paper"
    PENCIL = "pencil"
    BOARD = "board"


@dataclass(frozen=True, slots=True)
class _Style:
    """How an example is made.

    Attributes:
        rows: how many digits stand in each line.
        paper: share of the light that the paper gives back, 0 to 1.
        ink: the same of full ink.
        light: at the corners, 0 to 1: top left, top right, bottom left, bottom right.
        grain: standard deviation of the grain, in gray levels.
        side: pixels of a digit's frame, 28 in MNIST.
    """

    rows: tuple[int, ...]
    paper: float
    ink: float
    light: tuple[float, float, float, float]
    grain: float
    side: int


_STYLES = MappingProxyType(
    {
        Example.PAPER: _Style((4,), 0.92, 0.16, (1.0, 0.84, 0.8, 0.62), 2.0, 190),
        Example.PENCIL: _Style((5, 4), 0.84, 0.5, (0.6, 0.95, 0.55, 0.8), 3.0, 140),
        Example.BOARD: _Style((3,), 0.18, 0.85, (0.85, 1.0, 0.7, 0.85), 3.0, 240),
    }
)

GAP = 0.12
"""Between two digits' frames, as a share of their side."""


def count(example: Example) -> int:
    """Return how many digits an example shows."""
    return sum(_STYLES[example].rows)


def make(example: Example, digits: Pixels, seed: int = 0) -> Photo:
    """Write digits on a page in uneven light, each a little turned and moved.

    Args:
        example: how it looks.
        digits: uint8 of shape (N, 28, 28), 0 is paper and 255 is ink; N is `count(example)`.
        seed: of the places, the turns and the grain.

    Raises:
        ValueError: there are more or fewer digits.
    """
    style = _STYLES[example]
    if digits.shape != (count(example), 28, 28):
        raise ValueError(f"{example} shows {count(example)} digits of 28 by 28, not {digits.shape}")
    generator = np.random.default_rng(seed)
    ink = _page_ink(style, digits, generator)
    height, width = ink.shape
    y, x = np.linspace(0, 1, height)[:, None], np.linspace(0, 1, width)
    top = style.light[0] * (1 - x) + style.light[1] * x
    bottom = style.light[2] * (1 - x) + style.light[3] * x
    light = top * (1 - y) + bottom * y
    back = style.paper + (style.ink - style.paper) * ink
    brightness = 255 * light * back + style.grain * generator.standard_normal(ink.shape)
    gray = np.clip(np.rint(brightness), 0, 255).astype(np.uint8)
    gray.flags.writeable = False
    return Photo(gray, (width, height), "")


def _page_ink(style: _Style, digits: Pixels, generator: np.random.Generator) -> Floats:
    """Return the page's ink, 0 to 1."""
    side, gap = style.side, round(style.side * GAP)
    margin = side // 3
    longest = max(style.rows)
    height = 2 * margin + len(style.rows) * (side + gap)
    ink = np.zeros((height, 2 * margin + longest * (side + gap)), np.float32)
    place = iter(digits)
    for line, many in enumerate(style.rows):
        for column in range(many):
            turned = _turned(next(place), side, float(generator.uniform(-8, 8)))
            down, right = (int(move) for move in generator.integers(0, gap, 2))
            top = margin + line * (side + gap) + down
            left = margin + column * (side + gap) + right
            part = ink[top : top + side, left : left + side]
            np.maximum(part, turned, out=part)
    return ink


def _turned(digit: Pixels, side: int, degrees: float) -> Floats:
    """Enlarge a digit to `side` by `side` smoothly, and turn it."""
    large = Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)
    turned = large.rotate(degrees, Image.Resampling.BILINEAR)
    return np.asarray(turned).astype(np.float32) / np.float32(255)
