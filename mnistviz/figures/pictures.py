"""Digits as small PNG pictures, one pixel per pixel: the browser enlarges them in squares."""

import base64
import io

import numpy as np
import numpy.typing as npt
from PIL import Image

COLUMNS = 8
"""Digits in a row of the sheet."""

GAP = 2
"""Pixels between two digits of the sheet."""


def data_uri(pixels: npt.NDArray[np.uint8]) -> str:
    """Write a picture as a `data:` address that needs no further request.

    Args:
        pixels: uint8 of shape (height, width), 0 is black and 255 is white, as MNIST has it; or
            of shape (height, width, 2), with how opaque each pixel is, 0 to 255, after that.
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def sheet(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
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
