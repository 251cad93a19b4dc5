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
from mnistviz.spec.fields import Data
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.session import cached
from mnistviz.words import say


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


def is_untrained(spec: NetworkSpec) -> bool:
    """Tell whether a network has its first weights; of loaded ones nobody knows."""
    return spec.training is None and not spec.loaded


def note_on_tests(spec: NetworkSpec) -> str:
    """Write why the app's test digits may be no test for a network; nothing where they are one.

    They come from MNIST's 60,000 training digits.
    """
    if spec.loaded:
        return say("draw", "tests_loaded")
    if spec.training is not None and spec.training.data is Data.FULL:
        return say("draw", "tests_full")
    return ""


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
