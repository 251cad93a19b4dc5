"""The numbers of the softmax page, computed by PyTorch: every step, and the usual mistakes.

In all of it, logits are float32, one row for each image and one column for each digit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F

from mnistviz.digits.arrays import Floats
from mnistviz.lessons.tries import error_of
from mnistviz.network import by_hand
from mnistviz.spec.fields import CLASSES
from mnistviz.words import read

LOGIT_LIMIT = 1000.0
"""How far from 0 a logit of one's own may lie."""

SQUARE = CLASSES
"""The batch size at which a forgotten `.view(-1, 1)` raises no error."""

AGREES = 1e-4
"""How far the formula in float32 may be from the stable form: no percent shows it."""

SMALL_LOGIT = -200.0
"""A logit whose exp is 0 in float32."""

LOGIT_GAP = 120.0
"""A lead so large that float32 has no other probability than 0 for the one that is behind."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """One row on its way from logits to probabilities.

    Attributes:
        scaled: float32 of shape (10,), logits / temperature + constant.
        exps: float32 of shape (10,), `exp` of these; infinite above 88.72.
        total: their sum in float32, 0 to infinity.
        probabilities: float32 of shape (10,), by the stable form.
    """

    scaled: Floats
    exps: Floats
    total: float
    probabilities: Floats

    @property
    def failure(self) -> str:
        """What keeps exps / total from giving the probabilities in float32; nothing if it does.

        `overflow`: the sum is infinite. `underflow`: it is 0. `denormal`: it is so small that
        float32 keeps too few of its digits.
        """
        if not 0 < self.total < math.inf:
            return "overflow" if self.total else "underflow"
        apart = np.abs(self.exps / np.float32(self.total) - self.probabilities).max()
        return "" if apart <= AGREES else "denormal"

    @property
    def largest(self) -> int:
        """The digit with the largest logit; the first of several."""
        return int(self.scaled.argmax())


def chain(logits: Floats, temperature: float = 1.0, constant: float = 0.0) -> Chain:
    """Take a row of logits through softmax, step by step.

    Args:
        logits: float32 of shape (10,).
        temperature: what each logit is divided by, above 0.
        constant: what is added to each then.

    Raises:
        ValueError: the temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(f"temperature {temperature} is not above 0")
    scaled = torch.as_tensor(logits) / temperature + constant
    exps = torch.exp(scaled)
    return Chain(
        scaled.numpy(),
        exps.numpy(),
        float(exps.sum()),
        torch.softmax(scaled, dim=0).numpy(),
    )


def parse_logits(text: str) -> tuple[float, ...] | None:
    """Read ten numbers with commas or spaces between them.

    Returns:
        The ten numbers; None for an empty text.

    Raises:
        ValueError: the text says something else; the message says what, in words.
    """
    if not text.strip():
        return None
    words = read("softmax").parts
    written = [one.strip() for one in (text.split(",") if "," in text else text.split())]
    if len(written) != CLASSES:
        raise ValueError(words["logits_count"].format(needed=CLASSES, count=len(written)))
    values = []
    for word in written:
        try:
            value = float(word)
        except ValueError:
            raise ValueError(words["logits_no_number"].format(word=word)) from None
        if not abs(value) <= LOGIT_LIMIT:
            limits = {"least": f"{-LOGIT_LIMIT:.0f}", "most": f"{LOGIT_LIMIT:.0f}"}
            raise ValueError(words["logits_range"].format(word=word, **limits))
        values.append(value)
    return tuple(values)


def write_logits(values: npt.ArrayLike) -> str:
    """Write ten numbers as `parse_logits` reads them, with six significant digits."""
    near = np.clip(np.asarray(values, dtype=np.float64), -LOGIT_LIMIT, LOGIT_LIMIT)
    return ", ".join(f"{value:.6g}" for value in near)


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """The sums over rows and columns of a batch of softmaxes.

    Attributes:
        rows: float32 of shape (B,), one sum for each image.
        columns: float32 of shape (10,), one sum for each digit.
    """

    rows: Floats
    columns: Floats


def sums(logits: torch.Tensor, dim: int) -> Sums:
    """Run softmax along one axis of a batch and sum along both.

    Args:
        logits: shape (B, 10).
        dim: 1 for each image by itself, 0 for each digit over the batch.
    """
    out = torch.softmax(logits, dim=dim)
    return Sums(out.sum(dim=1).numpy(), out.sum(dim=0).numpy())


def _exps(logits: torch.Tensor) -> torch.Tensor:
    # The rows' largest logits taken away: what is shown here shall not fail by an overflow.
    return torch.exp(logits - logits.max(dim=1, keepdim=True).values)


def broadcast_error(logits: torch.Tensor) -> str:
    """Divide (B, 10) by (B,) and return what PyTorch says.

    Args:
        logits: shape (B, 10), B neither 1 nor 10.

    Raises:
        ValueError: PyTorch finds nothing wrong: B is 1 or 10.
    """
    exps = _exps(logits)
    return error_of(lambda: exps / exps.sum(dim=1))


def square(logits: torch.Tensor) -> tuple[Floats, Floats]:
    """Divide (10, 10) by (10,), which PyTorch does without a word, and by (10, 1).

    Args:
        logits: shape (B, 10), B at least 10; its first ten rows are used.

    Returns:
        The wrong and the right quotients, float32 of shape (10, 10) each.
    """
    exps = _exps(logits[:SQUARE])
    total = exps.sum(dim=1)
    return (exps / total).numpy(), (exps / total.view(-1, 1)).numpy()


@dataclass(frozen=True, slots=True, eq=False)
class TooLarge:
    """The formula and the stable form on the same row.

    Attributes:
        logits: float32 of shape (10,).
        exps: float32 of shape (10,), `exp` of the logits: infinite above 88.72.
        naive: float32 of shape (10,), the formula: NaN where it fails.
        shifted: float32 of shape (10,), logits minus the largest of them.
        stable: float32 of shape (10,), the stable form.
    """

    logits: Floats
    exps: Floats
    naive: Floats
    shifted: Floats
    stable: Floats


def too_large(top: float) -> TooLarge:
    """Run both forms on ten logits that go down from `top` by 1."""
    return _both_forms(top - torch.arange(CLASSES, dtype=torch.float32).view(1, -1))


def too_small(logit: float = SMALL_LOGIT) -> TooLarge:
    """Run both forms on ten equal logits, so far below 0 that exp of them is 0."""
    return _both_forms(torch.full((1, CLASSES), logit))


def _both_forms(row: torch.Tensor) -> TooLarge:
    return TooLarge(
        row[0].numpy(),
        torch.exp(row)[0].numpy(),
        by_hand.softmax(row)[0].numpy(),
        (row - row.max())[0].numpy(),
        by_hand.stable_softmax(row)[0].numpy(),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """Cross-entropy on logits and, by mistake, on probabilities.

    Attributes:
        once: float32 of shape (10,), softmax of the logits.
        twice: float32 of shape (10,), softmax of `once`.
        right: the loss on the logits.
        doubled: the loss on the probabilities.
        slope: the loss's gradient at the true digit's logit.
        doubled_slope: the same of the loss on the probabilities.
        best: the loss on the probabilities when they are perfect.
        best_probability: what a perfect answer gets from the second softmax.
        worst: the loss on the probabilities when another digit has them all.
    """

    once: Floats
    twice: Floats
    right: float
    doubled: float
    slope: float
    doubled_slope: float
    best: float
    best_probability: float
    worst: float


def losses(logits: Floats, truth: int) -> Losses:
    """Compute the losses of one row.

    Args:
        logits: float32 of shape (10,).
        truth: the label, 0 to 9.
    """
    row, label = torch.as_tensor(logits).view(1, -1), torch.tensor([truth])
    once = torch.softmax(row, dim=1)
    perfect = F.one_hot(label, CLASSES).float()
    other = perfect.roll(1, dims=1)
    return Losses(
        once[0].numpy(),
        torch.softmax(once, dim=1)[0].numpy(),
        float(F.cross_entropy(row, label)),
        float(F.cross_entropy(once, label)),
        _slope(row, truth, lambda logits: F.cross_entropy(logits, label)),
        _slope(row, truth, lambda logits: F.cross_entropy(torch.softmax(logits, dim=1), label)),
        float(F.cross_entropy(perfect, label)),
        float(torch.softmax(perfect, dim=1)[0, truth]),
        float(F.cross_entropy(other, label)),
    )


def _slope(row: torch.Tensor, truth: int, loss: Callable[[torch.Tensor], torch.Tensor]) -> float:
    with torch.enable_grad():
        logits = row.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(logits), logits)
    return float(gradient[0, truth])


def far_behind(gap: float = LOGIT_GAP) -> tuple[float, float, float]:
    """Take the loss of a digit that lies far behind, by hand and by `cross_entropy`.

    Args:
        gap: how much larger another digit's logit is.

    Returns:
        The true digit's probability, -log of it, and the loss on the logits.
    """
    row = torch.zeros(1, CLASSES)
    row[0, 1] = gap
    probability = torch.softmax(row, dim=1)[0, 0]
    stable = F.cross_entropy(row, torch.tensor([0]))
    return float(probability), float(-torch.log(probability)), float(stable)
