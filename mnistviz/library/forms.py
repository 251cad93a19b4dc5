"""What learners have in hand, brought into the forms that the rest of the package takes."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from mnistviz.digits import mnist
from mnistviz.digits.arrays import Floats, Pixels
from mnistviz.digits.light import FULL
from mnistviz.spec.fields import CLASSES, INPUTS
from mnistviz.words import say

SIDE = 28
"""Pixels of a digit's side."""

CLOSE = 0.005
"""How far ten probabilities may be from 1 together: in half precision they are."""


class Array(Protocol):
    """A tensor, on any device, recorded for gradients or not; or an array of NumPy's kind."""

    def __array__(self) -> Any:
        """Give its numbers."""


Values = Array | Sequence[Any]
"""What holds numbers: a tensor, an array, or lists of them."""


def pixels(image: Values) -> Pixels:
    """Return a digit as it is shown: uint8 of shape (28, 28), 0 is black.

    Args:
        image: 784 values. From 0 to 1, from -1 to 1 and from 0 to 255 the ends are black and white;
            of other values, as another normalization gives them, the least and the largest are.

    Raises:
        ValueError: another shape, or a value that is no finite number.
    """
    array = _numbers("image", image)
    digit = array.squeeze()
    if digit.shape not in ((INPUTS,), (SIDE, SIDE)):
        if digit.shape == (CLASSES,):
            raise ValueError(_word("image_swapped"))
        count, rest = divmod(array.size, INPUTS)
        part = "image_batch" if count > 1 and not rest else "image_shape"
        raise ValueError(_word(part, name="image", shape=array.shape, count=count))
    _check_finite("image", digit)
    low, high = _ends(digit)
    levels: Pixels = np.rint((digit - low) / (high - low) * FULL).astype(np.uint8)
    return levels.reshape(SIDE, SIDE)


def inputs(images: Values) -> torch.Tensor:
    """Return digits as a network takes them: float32 of shape (B, 784).

    Args:
        images: one digit or a batch. Of uint8, as MNIST is stored, they are normalized to -1 to 1;
            floats are taken as they are.

    Raises:
        ValueError: another shape, or no numbers.
    """
    array = _numbers("images", images)
    shape = array.shape
    flat = shape[-1:] == (INPUTS,) and len(shape) <= 2
    square = shape[-2:] == (SIDE, SIDE) and (
        len(shape) in (2, 3) or (len(shape) == 4 and shape[1] == 1)
    )
    if not (flat or square):
        raise ValueError(_word("images_shape", name="images", shape=shape))
    # A copy: an array may be read-only, of another library, or of another byte order.
    if array.dtype == np.uint8:
        return mnist.flatten(mnist.normalize(torch.tensor(array).reshape(-1, SIDE, SIDE)))
    return torch.tensor(array.astype(np.float32)).reshape(-1, INPUTS)


def row(
    probabilities: Values | None, logits: Values | None, log_probabilities: Values | None
) -> Floats:
    """Return ten probabilities, float32 of shape (10,), of the one of three that is given.

    Raises:
        ValueError: none or several are given, it has another shape, or its values are not what its
            name says.
    """
    given = {
        name: values
        for name, values in (
            ("probabilities", probabilities),
            ("logits", logits),
            ("log_probabilities", log_probabilities),
        )
        if values is not None
    }
    if len(given) != 1:
        raise ValueError(_word("one_of_three", given=len(given) or "None"))
    ((name, values),) = given.items()
    ten = _ten(name, values)
    if name == "probabilities":
        _check_probabilities(ten)
        return ten.astype(np.float32)
    if name == "log_probabilities":
        _check_logarithms(ten)
        return np.exp(ten).astype(np.float32)
    return torch.softmax(torch.tensor(ten.astype(np.float32)), 0).numpy()


def truth(value: Any) -> int | None:
    """Return a label as a number; a tensor of one will do.

    Raises:
        ValueError: it is no whole number from 0 to 9.
    """
    if value is None:
        return None
    array = _numbers("truth", value)
    if array.size != 1 or array.item() not in range(CLASSES):
        raise ValueError(_word("truth", value=value))
    return int(array.item())


def _ten(name: str, values: Values) -> npt.NDArray[np.float64]:
    array = _numbers(name, values)
    ten = array.squeeze()
    if ten.shape != (CLASSES,):
        is_batch = ten.ndim == 2 and ten.shape[1] == CLASSES
        part = "row_batch" if is_batch else "row_shape"
        raise ValueError(_word(part, name=name, shape=array.shape, count=array.size // CLASSES))
    ten = ten.astype(np.float64)
    # A logarithm of 0 is a number here.
    of_zero = ten == -np.inf if name == "log_probabilities" else np.zeros(CLASSES, bool)
    _check_finite(name, np.where(of_zero, 0.0, ten))
    return ten


def _check_probabilities(ten: npt.NDArray[np.float64]) -> None:
    total = ten.sum()
    if abs(total - 1) <= CLOSE and ten.min() >= -CLOSE:
        return
    is_log = ten.max() <= 0 and abs(np.exp(ten).sum() - 1) <= CLOSE
    remedy = _word("remedy_log" if is_log else "remedy_logits")
    out = (ten < 0) | (ten > 1)
    if out.any():
        digit = int(out.argmax())
        value = f"{ten[digit]:.4g}"
        raise ValueError(_word("not_probability", value=value, digit=digit, remedy=remedy))
    raise ValueError(_word("not_one", total=f"{total:.4g}", remedy=remedy))


def _check_logarithms(ten: npt.NDArray[np.float64]) -> None:
    if ten.max() > CLOSE:
        digit = int(ten.argmax())
        raise ValueError(_word("not_log", value=f"{ten[digit]:.4g}", digit=digit))
    total = np.exp(ten).sum()
    if abs(total - 1) > CLOSE:
        raise ValueError(_word("not_log_one", total=f"{total:.4g}"))


def _numbers(name: str, values: Any) -> npt.NDArray[Any]:
    if isinstance(values, torch.Tensor):
        held = values.detach().cpu()
        # NumPy has no bfloat16.
        array = (held.float() if held.is_floating_point() else held).numpy()
    else:
        try:
            array = np.asarray(values)
        except ValueError as error:
            raise ValueError(_word("ragged", name=name)) from error
    if array.dtype.kind not in "biuf":
        found = array.dtype if array.dtype.kind != "O" else type(values).__name__
        raise ValueError(_word("no_numbers", name=name, found=found))
    return array


def _check_finite(name: str, array: npt.NDArray[Any]) -> None:
    wrong = ~np.isfinite(array)
    if wrong.any():
        place = tuple(int(at) for at in np.argwhere(wrong)[0])
        value = array[place]
        where = place[0] if len(place) == 1 else place
        raise ValueError(_word("not_finite", name=name, value=value, place=where))


def _ends(digit: npt.NDArray[Any]) -> tuple[float, float]:
    """Return which values of a digit are black and white."""
    least, most = float(digit.min()), float(digit.max())
    for low, high in ((0.0, 1.0), (-1.0, 1.0), (0.0, float(FULL))):
        if low <= least and most <= high:
            return low, high
    return least, most


def _word(part: str, **values: object) -> str:
    return say("errors/library", part, **values)
