"""Runs scripts as a person does, and reads what they print."""

from __future__ import annotations

import io
import itertools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision import datasets

from mnistviz.lessons.activations import script as activations
from mnistviz.lessons.classify import script as classify
from mnistviz.lessons.clinic import script as clinic
from mnistviz.lessons.clinic.operations import LIMITS, Change, Operation
from mnistviz.lessons.digits import script as digits
from mnistviz.lessons.draw import script as draw
from mnistviz.lessons.initialization import script as initialization
from mnistviz.lessons.inside import script as inside
from mnistviz.lessons.modules import script as modules
from mnistviz.lessons.softmax import script as softmax
from mnistviz.lessons.tensors import script as tensors
from mnistviz.lessons.train import script as train
from mnistviz.spec.specs import DigitSpec, NetworkSpec

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


def offline(_: datasets.MNIST) -> None:
    """Refuse to download what is not there."""
    raise AssertionError("a script has asked for a download")


def run(
    text: str,
    folder: Path = ROOT,
    download: Callable[[datasets.MNIST], None] = offline,
    **more: str,
) -> str:
    """Run a script in a namespace of its own; return what it printed.

    A process of its own would import torch first, for seconds. Before the script PyTorch's global
    generator is moved, which one that did not seed it would notice.

    Args:
        text: The script.
        folder: Where it runs; as a rule in the root of the repository.
        download: What becomes of a set whose files are missing.
        more: What its environment has beside this one's.
    """
    said, number, fetch = io.StringIO(), next(NUMBERS), datasets.MNIST.download

    def fetch_missing(self: datasets.MNIST) -> None:
        (fetch if self._check_exists() else download)(self)

    with (
        # What a script changes for all, comes back: the generator, gradients, the environment.
        torch.random.fork_rng(),
        torch.enable_grad(),
        pytest.MonkeyPatch.context() as patch,
        chdir(folder),
        redirect_stdout(said),
    ):
        patch.setattr(datasets.MNIST, "download", fetch_missing)
        patch.delenv("MNISTVIZ_DATA", raising=False)
        for name, value in more.items():
            patch.setenv(name, value)
        torch.manual_seed(1000 + number)
        torch.rand(number % 7 + 1)
        exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    return said.getvalue()


def of_all_pages(network: NetworkSpec, digit: DigitSpec) -> Iterator[tuple[str, str]]:
    """Write the scripts of all pages for one network and one digit, each with its name."""
    last = len(network.shapes)
    yield "classify", classify.script(network, digit)
    yield "digits", digits.script(network, digit, 402)
    yield "loader", digits.loader_script(digit, 100, 5, 16)
    yield "tensors", tensors.script(network, digit, 0)
    yield "softmax", softmax.script(network, digit, None, 1.0, 0.0)
    yield "softmax_changed", softmax.script(network, digit, None, 2.0, -0.5)
    yield "softmax_added", softmax.script(network, digit, None, 1.0, 3.0)
    yield "softmax_own", softmax.script(network, digit, tuple(map(float, range(10))), 0.5, 0.0)
    yield "activations", activations.script(network, digit)
    yield "initialization", initialization.script(network, digit)
    yield "inside_first", inside.script(network, digit, 1, 0)
    yield "inside_last", inside.script(network, digit, last, 3)
    yield "inside_two", inside.script(network, digit, last, 3, 5)
    pixels = np.arange(784, dtype=np.uint8).reshape(28, 28)
    yield "draw", draw.script(network, pixels, normalized=True)
    yield "draw_raw", draw.script(network, pixels, normalized=False)
    for operation in Operation:
        if operation is Operation.SHUFFLED_LABELS and network.training is None:
            continue
        strength = LIMITS[operation].default if operation in LIMITS else 0
        name = operation.value.replace(" ", "_")
        yield f"clinic_{name}", clinic.script(network, digit, Change(operation, strength))
    if network.training is None and not network.loaded:
        yield "modules", modules.script(network, digit)
    if network.training is not None:
        yield "train", train.script(network)
