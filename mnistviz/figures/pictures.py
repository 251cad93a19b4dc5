"""Digits as small PNG pictures, one pixel per pixel: the browser enlarges them in squares."""

import base64
import io

import numpy as np
import numpy.typing as npt
from PIL import Image

COLUMNS = 8
"""Digits in a row of the sheet."""


def data_uri(pixels: npt.NDArray[np.uint8]) -> str:
    """Write a picture as a `data:` address that needs no further request.

    Args:
        pixels: uint8 of shape (height, width), 0 is black and 255 is white, as MNIST has it.
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels, mode="L").save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def sheet(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Lay the digits of a batch out in rows of eight.

    Args:
        pixels: uint8 of shape (B, 28, 28), B up to 64.

    Returns:
        uint8 of shape (224, 224): eight rows, black where the batch has no more digits.
    """
    count, height, width = pixels.shape
    places = np.zeros((COLUMNS * COLUMNS, height, width), dtype=np.uint8)
    places[:count] = pixels
    rows = places.reshape(COLUMNS, COLUMNS, height, width).transpose(0, 2, 1, 3)
    return rows.reshape(COLUMNS * height, COLUMNS * width)
