"""Digits as small PNG pictures, one pixel per pixel: the browser enlarges them in squares."""

import base64
import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnistviz.digits.arrays import Pixels
from mnistviz.figures import theme

COLUMNS = 8
"""Digits in a row of the sheet."""

GAP = 2
"""Pixels between two digits of the sheet."""


def data_uri(pixels: Pixels) -> str:
    """Write a picture as a `data:` address that needs no further request.

    Args:
        pixels: uint8 of shape (height, width), 0 is black and 255 is white, as MNIST has it; or
            of shape (height, width, 2), with how opaque each pixel is, 0 to 255, after that.
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def sheet(pixels: Pixels) -> Pixels:
    """Lay the digits of a batch out in rows of eight, with the page showing between them.

    Args:
        pixels: uint8 of shape (B, 28, 28), B up to 64.

    Returns:
        uint8 of shape (240, 240, 2), gray and opacity: eight rows of eight cells, each a digit with
        half of `GAP` around it; transparent where there is no digit.
    """
    count, height, width = pixels.shape
    half = GAP // 2
    cells = np.zeros((COLUMNS * COLUMNS, height + GAP, width + GAP, 2), dtype=np.uint8)
    cells[:count, half:-half, half:-half, 0] = pixels
    cells[:count, half:-half, half:-half, 1] = 255
    rows = cells.reshape(COLUMNS, COLUMNS, height + GAP, width + GAP, 2).swapaxes(1, 2)
    return rows.reshape(COLUMNS * (height + GAP), COLUMNS * (width + GAP), 2)


def signed(values: npt.NDArray[np.floating], limit: float) -> Pixels:
    """Color signed numbers: blue above 0, orange below, and the page shows through at 0.

    Args:
        values: shape (784,).
        limit: the size that gets the full color; what is larger gets it too. Not above 0 or not
            finite, it leaves the picture empty, and so does a value that is no number.

    Returns:
        uint8 of shape (28, 28, 4): red, green, blue and opacity.
    """
    picture = np.zeros((values.size, 4), dtype=np.uint8)
    picture[:, :3] = np.where(values[:, None] < 0, _rgb(theme.NEGATIVE), _rgb(theme.POSITIVE))
    if limit > 0 and np.isfinite(limit):
        shares = np.nan_to_num(np.abs(values) / limit, nan=0.0, posinf=1.0)
        picture[:, 3] = np.rint(255 * np.clip(shares, 0, 1))
    return picture.reshape(28, 28, 4)


def _rgb(color: str) -> list[int]:
    return [int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(",")]
