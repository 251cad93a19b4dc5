"""Shapes broken on purpose: each slip is run, and the error that PyTorch raises is recorded."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch

from mnistviz.lessons.tries import error_text
from mnistviz.network.forward import logits
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import INPUTS
from mnistviz.spec.specs import NetworkSpec
from mnistviz.words import read


@dataclass(frozen=True, slots=True)
class Box:
    """A tensor as a rectangle.

    Attributes:
        name: what the code calls it.
        rows: its height, in numbers.
        columns: its width, in numbers.
        shape: its shape as PyTorch prints it.
    """

    name: str
    rows: int
    columns: int
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two tensors and the two sizes of them that have to be the same.

    Attributes:
        left: the first tensor.
        right: the second tensor.
        left_axis: which of the first one's sizes it is: 0 its rows, 1 its columns.
        right_axis: which of the second one's sizes it is.
    """

    left: Box
    right: Box
    left_axis: int
    right_axis: int

    @property
    def sizes(self) -> tuple[int, int]:
        """The two sizes."""
        return (
            (self.left.rows, self.left.columns)[self.left_axis],
            (self.right.rows, self.right.columns)[self.right_axis],
        )

    @property
    def fits(self) -> bool:
        """Whether they are the same."""
        return self.sizes[0] == self.sizes[1]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Lines of code that were run, and what came of them.

    Attributes:
        code: the lines, as they were run.
        error: what PyTorch raised, as Python prints it; empty when nothing was raised.
        shape: the shape of the result, if there is one.
        distance: how far the result is from the right one, at most: None where there is no result,
            or one of another shape; NaN where the result holds what is no ordinary number.
    """

    code: str
    error: str
    shape: tuple[int, ...] | None = None
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """One slip, run and fixed.

    Attributes:
        broken: the slip, and what the same slip does in another place.
        mended: the right code, run.
        meeting: which two sizes the slip brings together.
        mended_meeting: the same after the fix.
        numbers: what was computed on the way, for the words.
    """

    broken: tuple[Attempt, ...]
    mended: Attempt
    meeting: Meeting
    mended_meeting: Meeting
    numbers: Mapping[str, object]


def attempt(
    code: str, names: Mapping[str, object], result: str, right: torch.Tensor | None = None
) -> tuple[Attempt, dict[str, object]]:
    """Run lines of code and keep what they raise.

    Args:
        code: Python of our own, with nothing in it that a visitor has written.
        names: the tensors that the code may use; it may change them in place.
        result: which name holds the result afterwards.
        right: the right result, to compare.

    Returns:
        What came of it, and all the names after it.
    """
    held: dict[str, object] = {"torch": torch, **names}
    error = error_text(lambda: exec(code, held))
    if error:
        return Attempt(code, error), held
    out = held[result]
    assert isinstance(out, torch.Tensor)
    distance = None
    if right is not None and right.shape == out.shape:
        # Rounding alone is no difference.
        same = torch.allclose(out, right, rtol=1e-4, atol=1e-5)
        distance = 0.0 if same else float((out - right).abs().max())
        distance = distance if out.isfinite().all() else math.nan
    return Attempt(code, "", tuple(out.shape), distance), held


def break_shape(
    slip: str, spec: NetworkSpec, layers: Parameters, images: torch.Tensor, image: int
) -> Broken:
    """Run a slip with a network and a batch, and return its errors and its correction.

    Args:
        slip: one of `SLIPS`.
        spec: the network; its style does not matter here.
        layers: its parameters.
        images: float32 of shape (B, 1, 28, 28). They are copied, never changed.
        image: which digit of the batch is in hand.

    Raises:
        KeyError: there is no such slip.
    """
    with torch.no_grad():
        return SLIPS[slip](spec, layers, images.clone(), image)


def _box(name: str, tensor: torch.Tensor) -> Box:
    rows, columns = tensor.reshape(-1, tensor.shape[-1]).shape if tensor.dim() else (1, 1)
    return Box(name, int(rows), int(columns), tuple(tensor.shape))


_FLAT = "inputs = images.view(images.shape[0], -1)"
_SUM = "sums = torch.mm(inputs, weights_1) + bias_1"


def _flatten(spec: NetworkSpec, layers: Parameters, images: torch.Tensor, image: int) -> Broken:
    weights_1, bias_1 = layers[0].weight.t(), layers[0].bias
    names = {"images": images, "weights_1": weights_1, "bias_1": bias_1}
    inputs = images.view(images.shape[0], -1)
    codes = (
        "sums = torch.mm(images, weights_1) + bias_1",
        "sums = images @ weights_1 + bias_1",
    )
    right = _box("weights_1", weights_1)
    return Broken(
        tuple(attempt(code, names, "sums")[0] for code in codes),
        attempt(f"{_FLAT}\n{_SUM}", names, "sums")[0],
        Meeting(_box("images", images), right, 1, 0),
        Meeting(_box("inputs", inputs), right, 1, 0),
        {"rows": inputs.shape[0] * 28, "batch": len(images)},
    )


def _weights(spec: NetworkSpec, layers: Parameters, images: torch.Tensor, image: int) -> Broken:
    stored, bias_1 = layers[0].weight, layers[0].bias
    inputs = images.view(images.shape[0], -1)
    names = {"inputs": inputs, "weights_1": stored, "bias_1": bias_1}
    right = torch.mm(inputs, stored.t()) + bias_1
    mended = "sums = torch.mm(inputs, weights_1.t()) + bias_1"
    left = _box("inputs", inputs)
    return Broken(
        (attempt(_SUM, names, "sums", right)[0],),
        attempt(mended, names, "sums", right)[0],
        Meeting(left, _box("weights_1", stored), 1, 0),
        Meeting(left, _box("weights_1.t()", stored.t()), 1, 0),
        {"outputs": len(stored), "inputs": INPUTS},
    )


def _sum(spec: NetworkSpec, layers: Parameters, images: torch.Tensor, image: int) -> Broken:
    scores = logits(spec, layers, images.view(images.shape[0], -1))
    exps = torch.exp(scores - scores.max(dim=1).values.view(-1, 1))
    names = {"exps": exps}
    codes = (
        "probabilities = exps / torch.sum(exps)",
        "probabilities = exps / torch.sum(exps, dim=1)",
    )
    mended = "probabilities = exps / torch.sum(exps, dim=1).view(-1, 1)"
    right = exps / exps.sum(dim=1).view(-1, 1)
    left = _box("exps", exps)
    silent, held = attempt(codes[0], names, "probabilities", right)
    wrong = held["probabilities"]
    assert isinstance(wrong, torch.Tensor)
    return Broken(
        (silent, attempt(codes[1], names, "probabilities", right)[0]),
        attempt(mended, names, "probabilities", right)[0],
        Meeting(left, _box("torch.sum(exps)", exps.sum()), 0, 0),
        Meeting(left, _box(read("tensors").parts["box_sums"], exps.sum(dim=1).view(-1, 1)), 0, 0),
        {
            "batch": len(exps),
            "row": float(wrong[image].sum()),
            "all": float(wrong.sum()),
            "mended_row": float(right[image].sum()),
        },
    )


def _bias(spec: NetworkSpec, layers: Parameters, images: torch.Tensor, image: int) -> Broken:
    weights_1, bias_1 = layers[0].weight.t(), layers[0].bias
    units = len(bias_1)
    inputs = images.view(images.shape[0], -1)
    names = {"inputs": inputs, "weights_1": weights_1}
    products = _box("torch.mm(…)", torch.mm(inputs, weights_1))
    code = "bias_1 = torch.zeros({0})\n" + _SUM
    zeros = torch.zeros(units + 1)
    return Broken(
        (attempt(code.format(units + 1), names, "sums")[0],),
        attempt(code.format(units), names, "sums")[0],
        Meeting(products, _box("bias_1", zeros), 1, 1),
        Meeting(products, _box("bias_1", bias_1), 1, 1),
        {"units": units, "wrong": units + 1},
    )


def _resize(spec: NetworkSpec, layers: Parameters, images: torch.Tensor, image: int) -> Broken:
    count = len(images)
    before = _box("images", images.view(count, -1))
    before = Box("images", before.rows, before.columns, tuple(images.shape))
    short = INPUTS - 1
    original = images.clone()
    silent, held = attempt(
        f"inputs = images.resize_({count}, {short})", {"images": images}, "inputs"
    )
    refused, _ = attempt(f"inputs = images.view({count}, {short})", {"images": original}, "inputs")
    mended, _ = attempt(_FLAT, {"images": original}, "inputs")
    changed = held["images"]
    assert isinstance(changed, torch.Tensor)
    return Broken(
        (silent, refused),
        mended,
        Meeting(before, _box("inputs", changed), 1, 1),
        Meeting(before, _box("inputs", original.view(count, -1)), 1, 1),
        {
            "before": tuple(original.shape),
            "after": tuple(changed.shape),
            "short": short,
            "lost": original.numel() - changed.numel(),
            "last": count - 1,
        },
    )


SLIPS: Mapping[str, Callable[[NetworkSpec, Parameters, torch.Tensor, int], Broken]] = (
    MappingProxyType(
        {
            "flatten": _flatten,
            "weights": _weights,
            "bias": _bias,
            "dim": _sum,
            "resize_": _resize,
        }
    )
)
"""The slips, by name."""
