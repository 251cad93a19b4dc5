"""A network that was trained, kept on disk."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import mnistviz
from mnistviz.digits import cache_folder
from mnistviz.network.files.saving import to_safetensors
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import keeping
from tests.serving import ROOT

SPEC = NetworkSpec(hidden=(6,), training=TrainSpec(epochs=1, batch_size=1000))

Trainings = list[NetworkSpec]


@pytest.fixture
def trainings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trainings:
    """Keep in a folder of the test's own, and list what is trained."""
    done, learned = Trainings(), keeping.learned

    def learn(spec: NetworkSpec) -> Parameters:
        done.append(spec)
        return learned(spec)

    monkeypatch.setenv("MNISTVIZ_DATA", str(tmp_path / "cache"))
    monkeypatch.setattr(keeping, "learned", learn)
    return done


def same(one: Parameters, other: Parameters) -> bool:
    return all(
        a.name == b.name and torch.equal(a.weight, b.weight) and torch.equal(a.bias, b.bias)
        for a, b in zip(one, other, strict=True)
    )


def test_it_is_trained_once_and_read_from_then_on(trainings: Trainings, tmp_path: Path) -> None:
    first = keeping.kept(SPEC)
    again = keeping.kept(SPEC)
    assert trainings == [SPEC]
    assert same(first, again)
    assert [file.suffix for file in (tmp_path / "cache").rglob("*.*")] == [".safetensors"]


def test_it_learns_on_one_thread_and_gives_the_others_back() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        keeping.learned(SPEC)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_another_network_and_another_version_have_a_file_of_their_own(
    trainings: Trainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping.kept(SPEC)
    keeping.kept(replace(SPEC, seed=8))
    monkeypatch.setattr(mnistviz, "__version__", "0.0")
    keeping.kept(SPEC)
    assert len(trainings) == 3


def bit_turned(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


def of_another_shape(_: bytes) -> bytes:
    layers = parameters(replace(SPEC.untrained, hidden=(7,)))
    return to_safetensors(SPEC, layers, **{keeping.DIGEST: hashlib.sha256().hexdigest()})


def without_a_layer(_: bytes) -> bytes:
    return to_safetensors(SPEC, parameters(SPEC.untrained)[:1])


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"\xff" * len(data),
        lambda data: b"\x80\x04cos\nsystem\n.",
        bit_turned,
        of_another_shape,
        without_a_layer,
    ],
)
def test_a_damaged_file_is_trained_anew(
    damage: Callable[[bytes], bytes], trainings: Trainings
) -> None:
    first = keeping.kept(SPEC)
    path = keeping.place_of(SPEC)
    path.write_bytes(damage(path.read_bytes()))
    assert same(keeping.kept(SPEC), first)
    assert len(trainings) == 2
    # It is whole again.
    assert same(keeping.kept(SPEC), first)
    assert len(trainings) == 2


def test_a_folder_that_cannot_be_written_is_passed_over(
    trainings: Trainings, tmp_path: Path
) -> None:
    # A file in the place of the folder keeps even the system's administrator out.
    (tmp_path / "cache").write_bytes(b"")
    first = keeping.kept(SPEC)
    assert same(keeping.kept(SPEC), first)
    assert len(trainings) == 2


def test_a_disk_that_is_full_leaves_nothing_behind(
    trainings: Trainings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(cache_folder.os, "replace", full)
    keeping.kept(SPEC)
    assert [file for file in (tmp_path / "cache").rglob("*") if file.is_file()] == []


KILLED = """
import os, signal
from mnistviz.training import keeping
from mnistviz.spec.specs import NetworkSpec, TrainSpec

os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
keeping.kept(NetworkSpec(hidden=(6,), training=TrainSpec(epochs=1, batch_size=1000)))
"""


def test_a_process_killed_while_it_writes_breaks_nothing_and_is_swept_up_after(
    trainings: Trainings, tmp_path: Path
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    (leftover,) = (tmp_path / "cache" / "networks").iterdir()
    first = keeping.kept(SPEC)
    # Another server may be writing it: it goes once it is old.
    assert leftover.exists()
    os.utime(leftover, (0, 0))
    keeping.place_of(SPEC).unlink()
    assert same(keeping.kept(SPEC), first)
    assert len(trainings) == 2
    assert list(leftover.parent.iterdir()) == [keeping.place_of(SPEC)]
