"""The exercise on softmax, solved: code that is run."""

from mnistviz.lessons.tries import Ran, run
from mnistviz.spec.fields import CLASSES


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
