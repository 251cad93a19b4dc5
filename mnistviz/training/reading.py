"""The digits of any picture, read by a network: the page Draw as a function."""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from mnistviz.digits import finding, ink, regions
from mnistviz.digits.arrays import Doubles, Floats, Pixels
from mnistviz.digits.doubts import doubt
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

FEW = 16
"""Whole numbers up to this are the levels of a mask or of digits in few grays."""

WIDE = 65_535
"""The lightest of 16 bits."""

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
            colors. Which levels it has is told by its type and its numbers: see `levels`. A Pillow
            image of mode `I` or `F` is such an array too.
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
        UserWarning: the picture holds more digits than are read, or a line, an edge or a shadow was
            likely taken for a digit or goes through one; the text says so, and what to do.

    Raises:
        FileNotFoundError: there is no file at the path.
        PictureError: it is no picture that is read, or too large, too small or damaged.
        NoInk: nothing stands out from the paper.
        ValueError: the array has another shape or other levels, or the spec's parameters came from
            a file.

    Examples:
        >>> import numpy as np
        >>> from mnistviz import NetworkSpec, SampleDigits, read_digits
        >>> (image,) = SampleDigits(train=False).images[0].numpy()
        >>> picture = np.kron(image, np.ones((4, 4)))
        >>> picture.shape
        (112, 112)
        >>> (one,) = read_digits(picture, NetworkSpec(hidden=(128, 64)))
        >>> one.probabilities.shape, one.image.shape
        ((10,), (28, 28))
    """
    gray = _gray(picture)
    found_ink = ink.ink_of(gray)
    found = finding.find(gray, found_ink.ink, found_ink.paper, Steps())
    if not found:
        return []
    _warn(gray, found_ink.ink, [one.box for one in found])
    spec, layers = _network(network)
    inputs = torch.from_numpy(np.stack([one.prepared.inputs for one in found]))
    rows = styles.probabilities(styles.build(spec, layers), inputs).numpy()
    return [
        Reading(prediction(row), row, one.box, one.prepared.pixels)
        for one, row in zip(found, rows, strict=True)
    ]


def _warn(gray: Pixels, inked: Pixels, boxes: Sequence[Box]) -> None:
    """Warn of digits left out and of what may be none, in the name of who called `read_digits`."""
    count = len(boxes)
    total = len(regions.regions(inked, regions.PIECES)) if count == regions.MOST else count
    more = say("draw", "of_many", count=count, total=total) if total > count else ""
    for text in filter(None, (more, doubt(gray, boxes))):
        warnings.warn(text, stacklevel=3)


def _gray(picture: Picture) -> Pixels:
    if isinstance(picture, (bytes, bytearray, memoryview)):
        return loading.read(bytes(picture)).gray
    if isinstance(picture, (str, os.PathLike)):
        path = Path(picture)
        return loading.read(path.read_bytes(), path.name).gray
    if isinstance(picture, Image.Image) and not picture.mode.startswith(("I", "F")):
        return loading.of_image(picture).gray
    return loading.of_image(Image.fromarray(levels(np.asarray(picture)))).gray


def levels(array: npt.NDArray[np.generic]) -> Pixels:
    """Bring an array into gray levels or colors of 8 bits.

    The first row that fits says what is the darkest and the lightest:

    - bool: False and True;
    - whole numbers from 0 to at most 16, as of a mask or of scikit-learn's digits: 0 and their
      own maximum; floats from 0 to 1: 0 and 1; floats that are whole numbers from 0 to at most 16:
      as whole numbers;
    - numbers from 0 to 255: 0 and 255;
    - floats from -1 to 1, as normalized for a network: -1 and 1;
    - uint16, or what a Pillow image of mode `I` holds, from 0 to 65,535: 0 and 65,535.

    Args:
        array: of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4).

    Returns:
        uint8 of shape (H, W), (H, W, 3) or (H, W, 4).

    Raises:
        ValueError: it has another shape or other numbers; the text names them.
    """
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))) or not array.size:
        raise ValueError(f"a picture is of shape (H, W), (H, W, 3) or (H, W, 4), not {array.shape}")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"a picture is of numbers, not of {array.dtype}: use array.astype(float)")
    values = array.astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError("a picture is of finite numbers, not of NaN or infinity")
    low, high = _ends(array.dtype, values)
    return np.rint((values - low) / (high - low) * FULL).astype(np.uint8)


def _ends(dtype: np.dtype[np.generic], values: Doubles) -> tuple[float, float]:
    """Return which numbers of an array stand for black and white."""
    least, most = float(values.min()), float(values.max())
    is_float = dtype.kind == "f"
    if dtype.kind == "b" or (is_float and least >= 0 and most <= 1):
        return 0, 1
    if is_float and -1 <= least < 0 and most <= 1:
        return -1, 1
    if 0 < most <= FEW and least >= 0 and bool((values == np.rint(values)).all()):
        return 0, most
    if least >= 0 and most <= FULL:
        return 0, FULL
    if least >= 0 and most <= WIDE and (dtype.kind, dtype.itemsize) in (("u", 2), ("i", 4)):
        return 0, WIDE
    raise ValueError(
        f"an array of {dtype} from {least:g} to {most:g} is not known as a picture: bring its "
        f"levels to 0 to {FULL}, as (array - array.min()) / np.ptp(array) * {FULL}"
    )


def _network(network: NetworkSpec | Parameters | None) -> tuple[NetworkSpec, Parameters]:
    if network is None:
        best = hands_network()
        return best, _kept(best)
    if isinstance(network, NetworkSpec):
        return network, _learned(network)
    return NetworkSpec(hidden=tuple(len(layer.bias) for layer in network[:-1])), network


_kept = lru_cache(maxsize=1)(keeping.kept)
_learned = lru_cache(maxsize=4)(keeping.learned)
