"""The exercise of the lesson, 784-128-64-10 with `fc1`, `fc2`, `fc3`, solved: code that is run."""

import torch

from mnistviz.lessons.modules.tries import class_parts, join_lines
from mnistviz.lessons.tries import Ran, run
from mnistviz.spec.specs import NetworkSpec

EXERCISE = (128, 64)
"""The hidden layers of the lesson's exercise."""


def exercise(inputs: torch.Tensor) -> Ran:
    """Solve the exercise: 784, 128 ReLU, 64 ReLU, 10 softmax, layers fc1, fc2, fc3."""
    spec = NetworkSpec(hidden=EXERCISE)
    head, registered, forward = class_parts(spec)
    code = join_lines(
        *head,
        *registered,
        *forward,
        "",
        "model = Network()",
        "print(model)",
        "count = sum(p.numel() for p in model.parameters())",
        'print(count, "parameters")',
        "probabilities = model(inputs)",
        "print(tuple(probabilities.shape))",
        "sums = probabilities.sum(dim=1)",
        "print(torch.allclose(sums, torch.ones_like(sums)))",
    )
    return run(code, inputs=inputs)
