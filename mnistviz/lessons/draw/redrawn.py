"""Test digits drawn anew at other sizes and places, to compare ways to prepare them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from PIL import Image

from mnistviz.digits.arrays import Floats, Integers, Pixels
from mnistviz.digits.preparation import Steps, inputs, prepare
from mnistviz.digits.strokes import SIZE
from mnistviz.spec.fields import Data

SHORTEST, LONGEST = 60, 240
"""The longer side of a digit that is drawn anew, in pixels of the canvas."""

COUNT = 200
"""Test digits that are drawn anew: enough for a percent or so, in a moment."""

DATA = Data.SAMPLE
"""The set from whose test digits they are."""

PLAIN = "plain"
"""The digits as they are in MNIST."""

WAYS: Mapping[str, Steps] = MappingProxyType(
    {
        "all": Steps(),
        "ink": Steps(ink=False),
        "crop": Steps(crop=False),
        "line": Steps(line=False),
        "scale": Steps(scale=False),
        "center": Steps(center=False),
        "normalize": Steps(normalize=False),
        "shrunk": Steps(crop=False, line=False, scale=False, center=False),
        "none": Steps(False, False, False, False, False, False),
    }
)
"""Ways to prepare: all steps, all but one, the canvas merely shrunk, nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Redrawn:
    """Test digits on canvases, prepared in one way.

    Attributes:
        inputs: float32 of shape (N, 784), what the network gets.
        labels: int64 of shape (N,), which digits they are.
    """

    inputs: Floats
    labels: Integers


def redrawn(pixels: Pixels, longer: int, top: float, left: float) -> Pixels:
    """Draw a digit of MNIST at another size and place on an empty canvas.

    Args:
        pixels: uint8 of shape (28, 28), with ink.
        longer: how many pixels the longer side of its ink becomes, 1 to 280.
        top: where it stands between the upper edge, 0, and the lower one, 1.
        left: where it stands between the left edge, 0, and the right one, 1.

    Returns:
        uint8 of shape (280, 280), 0 is black and 255 is ink.
    """
    rows, columns = np.flatnonzero(pixels.any(1)), np.flatnonzero(pixels.any(0))
    digit = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    factor = longer / max(digit.shape)
    height, width = (max(1, round(side * factor)) for side in digit.shape)
    bigger = Image.fromarray(digit).resize((width, height), Image.Resampling.BILINEAR)
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    y, x = int(top * (SIZE - height)), int(left * (SIZE - width))
    canvas[y : y + height, x : x + width] = np.asarray(bigger)
    return canvas


def prepared(pixels: Pixels, labels: Integers, seed: int, way: str) -> Redrawn:
    """Draw digits anew, with dark ink on a white canvas, and prepare them in one way.

    Args:
        pixels: uint8 of shape (N, 28, 28).
        labels: int64 of shape (N,).
        seed: what chooses sizes and places, the same for each way.
        way: one of `WAYS`, or `PLAIN` for the digits as they are in MNIST.
    """
    if way == PLAIN:
        return Redrawn(inputs(pixels), labels)
    chance = np.random.default_rng(seed)
    rows = []
    for digit in pixels:
        ink = redrawn(digit, int(chance.integers(SHORTEST, LONGEST + 1)), *chance.random(2))
        rows.append(prepare(255 - ink, ink, WAYS[way]).inputs)
    return Redrawn(np.stack(rows), labels)
