"""Runs scripts as a person does, and reads what they print."""

from __future__ import annotations

import io
import itertools
import os
import re
from contextlib import chdir, redirect_stdout
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]

NUMBERS = itertools.count()


def printed(text: str) -> list[float]:
    """Read the ten lines that a script prints, and nothing else."""
    lines = text.splitlines()
    for digit, line in enumerate(lines):
        assert re.fullmatch(rf"{digit}: [01]\.[0-9]{{8}}", line), text
    assert len(lines) == 10, text
    return [float(line[3:]) for line in lines]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a script, without the folder of the full set."""
    kept = {key: value for key, value in os.environ.items() if key != "MNISTVIZ_DATA"}
    return {**kept, **more}


def run(text: str, folder: Path = ROOT, **more: str) -> str:
    """Run a script in a namespace of its own; return what it printed.

    A process of its own would import torch first, for seconds. Before the script PyTorch's global
    generator is moved, which one that did not seed it would notice.

    Args:
        text: The script.
        folder: Where it runs; as a rule in the root of the repository.
        more: What its environment has beside this one's.
    """
    said, number = io.StringIO(), next(NUMBERS)
    with (
        # What a script changes for all, comes back: the generator, gradients, the environment.
        torch.random.fork_rng(),
        torch.enable_grad(),
        pytest.MonkeyPatch.context() as patch,
        chdir(folder),
        redirect_stdout(said),
    ):
        patch.delenv("MNISTVIZ_DATA", raising=False)
        for name, value in more.items():
            patch.setenv(name, value)
        torch.manual_seed(1000 + number)
        torch.rand(number % 7 + 1)
        exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    return said.getvalue()
