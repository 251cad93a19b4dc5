"""Boxes of a form that stand alone, against the same digits without them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFilter

from mnistviz.digits import boxes
from mnistviz.digits.ink import ink_of
from mnistviz.digits.regions import regions
from tests.drawings import raster
from tests.helpers.handwriting import written_by_hand

Pixels = npt.NDArray[np.uint8]

PAPER = 250


def form(
    digits: str,
    box: tuple[int, int] = (80, 80),
    gap: int = 20,
    line: int = 2,
    level: int = 0,
    pen: int = 22,
    lean: float = 0,
    part: float = 0.7,
    seed: int = 0,
) -> tuple[Pixels, Pixels]:
    """Draw one row of boxes (height, width) with a digit in each; a space is an empty box.

    Returns:
        Two pictures, white ink on 0: the boxes, and the digits.
    """
    rng, (height, width) = np.random.default_rng(seed), box
    drawn = Image.new("L", (40 + len(digits) * (width + gap), height + 40))
    written, side = drawn.copy(), round(part * min(box))
    for place, digit in enumerate(digits):
        left = 20 + place * (width + gap)
        corners = (left, 20, left + width, 20 + height)
        ImageDraw.Draw(drawn).rectangle(corners, outline=PAPER - level, width=line)
        if digit != " ":
            ink = Image.fromarray(raster(written_by_hand(int(digit), pen, rng)))
            ink = ink.crop(ink.getbbox())
            across = max(1, side * ink.width // ink.height)
            at = (left + (width - across) // 2, 20 + (height - side) // 2)
            written.paste(ink.resize((across, side)), at)
    turned = (each.rotate(lean, Image.Resampling.BICUBIC) for each in (drawn, written))
    first, second = (np.asarray(each) for each in turned)
    return first, second


def on_paper(*inks: Pixels) -> Pixels:
    return (PAPER - np.minimum(np.maximum.reduce(inks), PAPER)).astype(np.uint8)


def photographed(gray: Pixels, seed: int) -> Pixels:
    """Uneven light, a lens, grain, JPEG."""
    light = np.linspace(0.7, 1, gray.shape[1])[None]
    soft = np.asarray(Image.fromarray(gray).filter(ImageFilter.GaussianBlur(0.8)))
    grain = 3 * np.random.default_rng(seed).standard_normal(gray.shape)
    buffer = BytesIO()
    Image.fromarray(np.clip(soft * light + grain, 0, 255).astype(np.uint8)).save(buffer, "JPEG")
    return np.asarray(Image.open(buffer))


def are_the_digits(gray: Pixels, written: Pixels, count: int) -> bool:
    """Tell whether the ink of a picture is that of the digits: as many, and hardly any beside."""
    found = ink_of(gray).ink
    strong, any_ink = written > 128, written > 20
    wide = np.asarray(Image.fromarray(any_ink).convert("L").filter(ImageFilter.MaxFilter(7))) > 0
    kept = (found[strong] > 0).mean() > 0.95
    clean = np.count_nonzero(found[~wide]) < 0.01 * np.count_nonzero(strong)
    return bool(kept and clean and len(regions(found)) == count)
