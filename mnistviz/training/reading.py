"""The digits of any picture, read by a network: the page Draw as a function."""

import os
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from mnistviz.digits import finding, ink, regions
from mnistviz.digits.arrays import Floats, Pixels
from mnistviz.digits.light import FULL
from mnistviz.digits.photo import loading
from mnistviz.digits.preparation import Box, Steps
from mnistviz.network import styles
from mnistviz.network.answers import prediction
from mnistviz.network.parameters import Parameters
from mnistviz.spec.presets import hands_network
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import keeping
from mnistviz.words import say

Picture = str | os.PathLike[str] | bytes | Image.Image | npt.ArrayLike
"""What may hold digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One digit of a picture and what a network says of it. Read-only.

    Attributes:
        digit: the one with the largest probability; None when several share it, or with NaN.
        probabilities: float32 of shape (10,).
        box: rows `top` up to `bottom` and columns `left` up to `right` in the picture, which is
            upright, and reduced to at most 1,024 pixels on its longer side.
        image: uint8 of shape (28, 28), the digit as the network gets it.
    """

    digit: int | None
    probabilities: Floats
    box: Box
    image: Pixels


def read_digits(picture: Picture, network: NetworkSpec | Parameters | None = None) -> list[Reading]:
    """Read the digits of a picture: dark on light or light on dark, one or many.

    Args:
        picture: a path, the bytes of a file (PNG, JPEG, WebP, GIF or BMP), a Pillow image, or an
            array of any size: of shape (H, W) with gray levels, or (H, W, 3) or (H, W, 4) with
            colors; uint8 from 0 to 255, bool, or floats, which are 0 to 1 if none is greater.
        network: a spec, which is trained on the first call if it has a training; or parameters,
            which get the activation of a spec's default. By default the network that reads other
            people's digits best (`mnistviz.spec.presets.HANDS`): the first call trains it, which
            takes some seconds, and keeps it in the cache folder (`MNISTVIZ_DATA`, else that of your
            system); later calls and programs read it from there. A damaged file is trained anew; a
            folder that cannot be written is passed over.

    Returns:
        In reading order: lines from the top, each from the left. Empty for a picture of ink in
        which there is no digit. At most 100 (`mnistviz.digits.regions.MOST`), those with the most
        ink.

    Warns:
        UserWarning: the picture holds more digits than are read; the text says how many.

    Raises:
        FileNotFoundError: there is no file at the path.
        PictureError: it is no picture that is read, or too large, too small or damaged.
        NoInk: nothing stands out from the paper.
        ValueError: the array has another shape or is not of finite numbers, or the spec's
            parameters came from a file.
    """
    gray = _gray(picture)
    found_ink = ink.ink_of(gray)
    found = finding.find(gray, found_ink.ink, found_ink.paper, Steps())
    if not found:
        return []
    _warn_of_more(len(found), found_ink.ink)
    spec, layers = _network(network)
    inputs = torch.from_numpy(np.stack([one.prepared.inputs for one in found]))
    rows = styles.probabilities(styles.build(spec, layers), inputs).numpy()
    return [
        Reading(prediction(row), row, one.box, one.prepared.pixels)
        for one, row in zip(found, rows, strict=True)
    ]


def _warn_of_more(count: int, inked: Pixels) -> None:
    """Warn of digits that were left out, in the name of who called `read_digits`."""
    total = len(regions.regions(inked, regions.PIECES)) if count == regions.MOST else count
    if total > count:
        text = say("draw", "of_many", count=count, total=total)
        warnings.warn(text, stacklevel=3)


def _gray(picture: Picture) -> Pixels:
    if isinstance(picture, (bytes, bytearray, memoryview)):
        return loading.read(bytes(picture)).gray
    if isinstance(picture, (str, os.PathLike)):
        path = Path(picture)
        return loading.read(path.read_bytes(), path.name).gray
    if isinstance(picture, Image.Image):
        return loading.of_image(picture).gray
    return loading.of_image(Image.fromarray(_levels(np.asarray(picture)))).gray


def _levels(array: npt.NDArray[np.generic]) -> Pixels:
    """Bring an array into gray levels or colors of 8 bits."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))) or not array.size:
        raise ValueError(f"a picture is of shape (H, W), (H, W, 3) or (H, W, 4), not {array.shape}")
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array, np.uint8)
    values = array.astype(np.float64)
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > FULL:
        raise ValueError(f"gray levels are 0 to {FULL}, not {values.min()} to {values.max()}")
    shares = array.dtype.kind in "fb" and values.max() <= 1
    return np.rint(values * (FULL if shares else 1)).astype(np.uint8)


def _network(network: NetworkSpec | Parameters | None) -> tuple[NetworkSpec, Parameters]:
    if network is None:
        best = hands_network()
        return best, _kept(best)
    if isinstance(network, NetworkSpec):
        return network, _learned(network)
    return NetworkSpec(hidden=tuple(len(layer.bias) for layer in network[:-1])), network


_kept = lru_cache(maxsize=1)(keeping.kept)
_learned = lru_cache(maxsize=4)(keeping.learned)
