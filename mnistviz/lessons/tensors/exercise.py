"""The lesson's exercises on bare tensors, solved: code that is run."""

import torch

from mnistviz.codegen import parts
from mnistviz.lessons.tries import Ran, run
from mnistviz.network import by_hand
from mnistviz.spec.fields import CLASSES, INPUTS
from mnistviz.spec.presets import PRESETS

UNITS = int(PRESETS["by_hand"]["w1"])
"""Hidden units of the network that is to be written by hand."""


def network_by_hand(images: torch.Tensor) -> Ran:
    """Solve the exercise of the network by hand: 784 inputs, sigmoid units, 10 outputs.

    Args:
        images: float32 of shape (B, 1, 28, 28).
    """
    lines = [
        *parts.source(by_hand.sigmoid),
        "",
        "inputs = images.view(images.shape[0], -1)",
        f"weights_1, bias_1 = torch.randn({INPUTS}, {UNITS}), torch.randn({UNITS})",
        f"weights_2, bias_2 = torch.randn({UNITS}, {CLASSES}), torch.randn({CLASSES})",
        "",
        "hidden = sigmoid(torch.mm(inputs, weights_1) + bias_1)",
        "logits = torch.mm(hidden, weights_2) + bias_2",
        "print(tuple(hidden.shape))",
        "print(bool(((hidden >= 0) & (hidden <= 1)).all()))",
        "print(tuple(logits.shape))",
    ]
    return run("\n".join(lines), images=images)
