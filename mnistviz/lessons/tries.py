"""Pieces of code that are really run: what they print, and what Python raises."""

from collections import OrderedDict
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True, slots=True)
class Ran:
    """Code that was run, and what came of it.

    Attributes:
        code: the code, as it was run.
        printed: what it printed, line by line.
        error: what was raised, as Python prints it; empty when nothing was raised.
    """

    code: str
    printed: str
    error: str


def run(code: str, **names: object) -> Ran:
    """Run a piece of code of the lesson; what it prints is kept instead of printed.

    Args:
        code: Python. It finds `torch`, `nn`, `F` and `OrderedDict` imported.
        names: what else it finds.
    """
    lines: list[str] = []

    def keep(*values: object) -> None:
        lines.append(" ".join(str(value) for value in values))

    space = {"torch": torch, "nn": nn, "F": F, "OrderedDict": OrderedDict, "print": keep, **names}
    error = ""
    try:
        # No gradients, as everywhere in the lesson. What is run is written in this package, never
        # by a visitor.
        with torch.no_grad():
            exec(code, {"__name__": "lesson", **space})
    # Whatever is raised is what the page shows.
    except Exception as raised:
        error = f"{type(raised).__name__}: {raised}"
    return Ran(code, "\n".join(lines), error)
