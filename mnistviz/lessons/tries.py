"""Running pieces of code: what they print, and what Python raises."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


def error_text(action: Callable[[], object]) -> str:
    """Do something, and return what Python raises.

    Returns:
        The error as Python prints it, `IndexError: …`; empty when nothing is raised.
    """
    try:
        action()
    # Whatever is raised is what the page shows.
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def error_of(action: Callable[[], object]) -> str:
    """Do what cannot work, and return what Python raises.

    Returns:
        The error as Python prints it, `IndexError: …`.

    Raises:
        ValueError: it works after all.
    """
    text = error_text(action)
    if not text:
        raise ValueError("no error was raised")
    return text


@dataclass(frozen=True, slots=True)
class Ran:
    """Code that was run, what it printed, and what it raised.

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
    # No gradients, as everywhere in the lesson. What is run is written in this package, never by a
    # visitor.
    with torch.no_grad():
        error = error_text(lambda: exec(code, {"__name__": "lesson", **space}))
    return Ran(code, "\n".join(lines), error)
