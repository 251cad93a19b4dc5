"""Whether text and marks stand out from what lies behind them, measured on a picture of the page.

axe-core leaves much of it undecided: text over gradients and pictures, in SVG, single signs. Here
the picture without its letters is asked for the pixels behind each of them.
"""

from __future__ import annotations

import base64
import io
import math
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.sync_api import Page

from .faults import Fault
from .visit import run, whole

Floats = npt.NDArray[np.float32]

GRAPHICAL = 3.0
"""The least contrast of what is no text, by WCAG 2.2, 1.4.11."""
FEW = 0.15
"""The share of the pixels behind a text that may be too near: a line that crosses it."""
RIM = 2
"""Pixels around a mark that are what it lies on."""
SCALE = 0.5
"""Of the picture: a quarter of the pixels takes a third of the time."""

_channels = np.arange(256, dtype=np.float32) / 255
LINEAR = np.where(
    _channels <= 0.04045, _channels / 12.92, ((_channels + 0.055) / 1.055) ** 2.4
).astype(np.float32)
WEIGHTS = np.array((0.2126, 0.7152, 0.0722), dtype=np.float32)


def pale(page: Page) -> list[Fault]:
    """Return the texts and marks that stand out too little, with the window as high as the page."""
    with whole(page):
        found = run(page, "dom", "contrast", call="inks()")
        ground = _ground(page)
    measured = [
        *((_text_contrast(one, ground), one["need"]) for one in found["texts"]),
        *((_mark_contrast(one, ground), GRAPHICAL) for one in found["marks"]),
    ]
    # Colors are whole numbers, so a contrast is a little less than what was meant.
    low = [number for number, (now, need) in enumerate(measured) if now < need - 0.005]
    if not low:
        return []
    places = run(page, "dom", "contrast", call="places(given)", arg=low)
    return [
        Fault(
            "pale text" if number < len(found["texts"]) else "pale mark",
            path,
            text,
            f"{measured[number][0]:.2f} of {measured[number][1]}",
        )
        for number, (path, text) in zip(low, places, strict=True)
    ]


def _ground(page: Page) -> npt.NDArray[np.uint8]:
    """Return the page without its letters at `SCALE`, of shape (height, width, 3)."""
    run(page, "dom", "contrast", call="write(false)")
    width, height = page.evaluate("[innerWidth, innerHeight]")
    session = page.context.new_cdp_session(page)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": SCALE}
    asked = {"format": "png", "optimizeForSpeed": True, "clip": clip}
    try:
        shot = session.send("Page.captureScreenshot", asked)
    finally:
        session.detach()
        run(page, "dom", "contrast", call="write(true)")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB"))


def contrasts(color: tuple[float, ...], behind: npt.NDArray[np.uint8]) -> Floats:
    """Return the contrast of a color, which may let through, with each of some pixels.

    Args:
        color: Red, green and blue from 0 to 255, and how opaque it is, from 0 to 1.
        behind: The pixels, of shape (count, 3).
    """
    opacity = color[3]
    mixed = opacity * np.array(color[:3], dtype=np.float32) + (1 - opacity) * behind
    ink = LINEAR[np.clip(np.rint(mixed), 0, 255).astype(np.uint8)] @ WEIGHTS
    ground = LINEAR[behind] @ WEIGHTS
    light, dark = np.maximum(ink, ground), np.minimum(ink, ground)
    return np.asarray((light + 0.05) / (dark + 0.05), dtype=np.float32)


def _text_contrast(one: dict[str, Any], ground: npt.NDArray[np.uint8]) -> float:
    left, top, right, bottom = _sides(one["box"])
    behind = ground[top:bottom, left:right].reshape(-1, 3)
    if one["halo"]:
        behind = np.array([one["halo"][:3]], dtype=np.uint8)
    if behind.size == 0:
        return math.inf
    return float(np.quantile(contrasts(one["color"], behind), FEW))


def _mark_contrast(one: dict[str, Any], ground: npt.NDArray[np.uint8]) -> float:
    left, top, right, bottom = _sides(one["box"])
    outer = ground[max(top - RIM, 0) : bottom + RIM, max(left - RIM, 0) : right + RIM]
    if outer.size == 0:
        return math.inf
    # Bars that touch each other are told from the page above them.
    sides = (outer[0], outer[-1], outer[:, 0], outer[:, -1])
    behind = np.stack([np.median(side, axis=0) for side in sides]).astype(np.uint8)
    return max(float(contrasts(color, behind).max()) for color in one["colors"])


def _sides(box: list[float]) -> list[int]:
    return [round(SCALE * side) for side in box]
