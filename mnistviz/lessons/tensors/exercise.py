"""The lesson's exercises on bare tensors, solved: code that is run."""

import torch

from mnistviz import codegen
from mnistviz.lessons.tries import Ran, run
from mnistviz.network import by_hand
from mnistviz.spec.specs import CLASSES, INPUTS, PRESETS

UNITS = int(PRESETS["The lesson by hand"]["w1"])
"""Hidden units of the network that is to be written by hand."""


def network_by_hand(images: torch.Tensor) -> Ran:
    """Solve the exercise of the network by hand: 784 inputs, sigmoid units, 10 outputs.

    Args:
        images: float32 of shape (B, 1, 28, 28).
    """
    lines = [
        *codegen.source(by_hand.sigmoid),
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


def softmax(count: int) -> Ran:
    """Solve the exercise of softmax as the formula says it.

    Args:
        count: rows of logits that it is tried on.
    """
    lines = [
        "def softmax(x):",
        "    exps = torch.exp(x)  # (B, 10)",
        "    return exps / exps.sum(dim=1).view(-1, 1)",
        "",
        f"logits = torch.randn({count}, {CLASSES})",
        "probabilities = softmax(logits)",
        "print(tuple(probabilities.shape))",
        "print(bool(((probabilities >= 0) & (probabilities <= 1)).all()))",
        "sums = probabilities.sum(dim=1)",
        "print(torch.allclose(sums, torch.ones_like(sums)))",
    ]
    return run("\n".join(lines))
