"""Finished trainings in the cache folder: of several processes, one trains and the others read."""

import contextlib
import functools
import hashlib
import json
import os
from array import array
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load, save

import mnistviz
from mnistviz.digits import mnist
from mnistviz.digits.cache_folder import Lock, remove_old, write_whole
from mnistviz.limits import FOLDER_BYTES
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.loop import Mark

_LEARNS = ("spec", "digits", "network", "training")
"""The rooms of the house in which a change may train the same spec to other numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What a finished run has recorded.

    Attributes:
        losses: of every step, from step 1.
        accuracies: of every step's batch.
        marks: by step, what was recorded at a few of them.
        exploded: whether the loss was no number at the end.
        seconds: that were computed.
    """

    losses: "array[float]"
    accuracies: "array[float]"
    marks: Mapping[int, Mark]
    exploded: bool
    seconds: float


class Place:
    """The place of one training in the cache folder."""

    def __init__(self, spec: NetworkSpec) -> None:
        """Find the place; nothing is read or written yet.

        Args:
            spec: the network, with its training.
        """
        named = json.dumps([_version(), asdict(spec)], sort_keys=True)
        name = hashlib.sha256(named.encode()).hexdigest()[:24]
        folder = mnist.full_root() / "runs"
        self._path = folder / f"{name}.run"
        self._told = folder / f"{name}.step"
        self._lock = Lock(folder / f"{name}.lock")

    def take(self) -> bool:
        """Take the training over, unless another process has it."""
        return self._lock.take()

    def free(self) -> None:
        """Leave the training to others."""
        self._lock.free()

    def tell(self, step: int) -> None:
        """Tell other processes how far the training is."""
        with contextlib.suppress(OSError):
            self._told.write_text(str(step))

    def told(self) -> int:
        """Return how far the process is that has the training; 0 if it has not told."""
        try:
            return int(self._told.read_text())
        except (OSError, ValueError):
            return 0

    def read(self) -> Record | None:
        """Return the finished training, if it is there and whole."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return None
        digest, content = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
        if hashlib.sha256(content).digest() != digest:
            return None
        with contextlib.suppress(OSError):
            os.utime(self._path)
        return _record(load(content))

    def write(self, record: Record) -> None:
        """Keep a finished training, and make room for it. Without a folder nothing is kept."""
        content = save(_tensors(record))
        with contextlib.suppress(OSError):
            write_whole(self._path, hashlib.sha256(content).digest() + content)
            _make_room(self._path.parent)
        with contextlib.suppress(OSError):
            self._told.unlink()


_DIGEST_BYTES = hashlib.sha256().digest_size


@functools.cache
def _version() -> str:
    """Name all that decides which numbers a spec is trained to, but the machine."""
    digest = hashlib.sha256(f"{mnistviz.__version__} {torch.__version__}".encode())
    package = Path(mnistviz.__file__).parent
    for file in sorted(file for room in _LEARNS for file in (package / room).rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _make_room(folder: Path) -> None:
    for kind in ("*.step", "*.lock"):
        for leftover in folder.glob(kind):
            remove_old(leftover)
    files = sorted(((file.stat(), file) for file in folder.glob("*.run")), key=_last_read)
    size = sum(stat.st_size for stat, _ in files)
    for stat, file in files[:-1]:
        if size <= FOLDER_BYTES:
            return
        file.unlink()
        size -= stat.st_size


def _last_read(file: tuple[os.stat_result, Path]) -> float:
    return file[0].st_mtime


def _tensors(record: Record) -> dict[str, torch.Tensor]:
    """Give every number of a record a name; the parameters of a step begin with its number."""
    marks = record.marks
    tensors = {
        "losses": torch.from_numpy(np.array(record.losses)),
        "accuracies": torch.from_numpy(np.array(record.accuracies)),
        "exploded": torch.tensor(record.exploded),
        "seconds": torch.tensor(record.seconds, dtype=torch.float64),
        "steps": torch.tensor(list(marks), dtype=torch.int64),
        "tests": torch.tensor(
            [(mark.test_loss, mark.test_accuracy) for mark in marks.values()], dtype=torch.float64
        ),
    }
    for step, mark in marks.items():
        for layer in mark.layers or ():
            tensors[f"{step} {layer.name} weight"] = layer.weight.detach().contiguous()
            tensors[f"{step} {layer.name} bias"] = layer.bias.detach().contiguous()
    return tensors


def _record(tensors: Mapping[str, torch.Tensor]) -> Record:
    marks = {
        step: Mark(loss, accuracy, _layers(tensors, step))
        for step, (loss, accuracy) in zip(
            tensors["steps"].tolist(), tensors["tests"].tolist(), strict=True
        )
    }
    return Record(
        array("f", tensors["losses"].tolist()),
        array("f", tensors["accuracies"].tolist()),
        marks,
        bool(tensors["exploded"]),
        float(tensors["seconds"]),
    )


def _layers(tensors: Mapping[str, torch.Tensor], step: int) -> Parameters | None:
    layers, number = [], 1
    while (weight := tensors.get(f"{step} fc{number} weight")) is not None:
        name = f"fc{number}"
        layers.append(Layer(name, weight, tensors[f"{step} {name} bias"]))
        number += 1
    return tuple(layers) or None
