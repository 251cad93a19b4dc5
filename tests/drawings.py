"""Drawings as a picture, for the tests of all that reads them."""

from __future__ import annotations

from collections.abc import Iterable

from mnistviz.digits.strokes import Pixels, Stroke, blank, lay, levels


def raster(drawing: Iterable[Stroke]) -> Pixels:
    """Lay all strokes down, one after the other; uint8 of shape (280, 280), 255 is ink."""
    shares = blank()
    for stroke in drawing:
        lay(shares, stroke)
    return levels(shares)
