"""The classification, with PyTorch, of digits that a person has brought."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from mnistviz.digits.arrays import Floats
from mnistviz.digits.finding import FoundDigit
from mnistviz.digits.preparation import Box, Prepared
from mnistviz.network import styles
from mnistviz.network.answers import prediction
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.session import cached


@dataclass(frozen=True, slots=True, eq=False)
class ReadDigit:
    """One digit of a picture and what the network says of it.

    Attributes:
        box: where it stands, in pixels of the picture.
        prepared: its way to the network.
        probabilities: float32 of shape (10,), from PyTorch.
    """

    box: Box
    prepared: Prepared
    probabilities: Floats

    @property
    def says(self) -> int | None:
        """The digit with the largest probability; None when several share it, or with NaN."""
        return prediction(self.probabilities)


def classify(spec: NetworkSpec, digits: Sequence[FoundDigit]) -> tuple[ReadDigit, ...]:
    """Classify the digits of a picture; see `probabilities`.

    Args:
        spec: the network.
        digits: the digits; there may be none.
    """
    if not digits:
        return ()
    rows = probabilities(spec, np.stack([one.prepared.inputs for one in digits]))
    return tuple(
        ReadDigit(one.box, one.prepared, row) for one, row in zip(digits, rows, strict=True)
    )


def probabilities(spec: NetworkSpec, inputs: Floats) -> Floats:
    """Classify prepared digits with the network written in the spec's style.

    Args:
        spec: the network.
        inputs: float32 of shape (N, 784).

    Returns:
        float32 of shape (N, 10).
    """
    built = styles.build(spec, cached.parameters(spec))
    return styles.probabilities(built, torch.from_numpy(inputs)).numpy()
