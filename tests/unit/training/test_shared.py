"""Trainings that several processes share by the cache folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mnistviz.digits import cache_folder, mnist
from mnistviz.digits.cache_folder import Lock
from mnistviz.spec.fields import Activation, Optimizer
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import runs, shared
from mnistviz.training.runs import Run
from mnistviz.training.shared import Place
from tests.serving import ROOT

SPEC = NetworkSpec(hidden=(6,), training=TrainSpec(epochs=2, batch_size=100))
EXPLODING = replace(
    SPEC, activation=Activation.LEAKY_RELU, training=TrainSpec(optimizer=Optimizer.SGD, lr=100.0)
)
SLOW = 0.01
"""Seconds that a step takes in the processes of these tests, beside its computing."""

PROCESS = """
import json, sys, time
from mnistviz.digits import mnist
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import runs
from mnistviz.training.runs import Run
from mnistviz.training.shared import Place

slow, trains, trained = float(sys.argv[1]), runs.train, [0]

def train(*given):
    for record in trains(*given):
        trained[0] += 1
        time.sleep(slow)
        yield record

runs.train = train
spec = NetworkSpec(hidden=(6,), training=TrainSpec(epochs=2, batch_size=100))
run = Run(spec, lambda: mnist.examples(mnist.load(mnist.SAMPLE_ROOT)), Place)
print("ready", flush=True)
sys.stdin.readline()
while not (progress := run.watch("me")).finished:
    run.wait(0.1)
    if progress.elsewhere:
        print("waits", progress.step, flush=True)
    elif progress.step:
        print("trains", progress.step, flush=True)
while run.progress().running:
    run.wait(1)
layers = [tensor for layer in run.layers for tensor in (layer.weight, layer.bias)]
print(json.dumps({
    "trained": trained[0], "error": progress.error, "losses": list(run.losses),
    "marks": sorted(run.marks), "sum": sum(layer.double().sum().item() for layer in layers),
}), flush=True)
"""


@pytest.fixture(scope="module")
def examples() -> mnist.Examples:
    return mnist.examples(mnist.load(mnist.SAMPLE_ROOT))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the trainings, in a cache folder of the test's own."""
    monkeypatch.setenv(mnist.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "runs"


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start processes that train once they are told to."""
    started: list[subprocess.Popen[str]] = []

    def one(slow: float = SLOW) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(slow)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield one
    for process in started:
        process.kill()
        process.communicate()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert read_line(process) == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()


def result(process: subprocess.Popen[str]) -> tuple[dict[str, object], list[str]]:
    """Return what a process has come to, and what it said until then."""
    output, _ = process.communicate(timeout=60)
    *said, last = output.splitlines()
    return json.loads(last), said


def finish(run: Run) -> None:
    while run.watch("me").running:
        run.wait(0.5)
    run.leave("me")


def test_two_processes_train_a_network_once(
    start: Callable[..., subprocess.Popen[str]], folder: Path
) -> None:
    first, second = start(), start()
    go(first)
    assert read_line(first).startswith("trains ")
    go(second)
    (learned, _), (found, said) = result(first), result(second)
    assert learned["trained"] == SPEC.training.steps + 1
    assert found.pop("trained") == 0
    del learned["trained"]
    assert found == learned
    # Meanwhile it has known how far the other one was.
    steps = [int(line.split()[1]) for line in said if line.startswith("waits ")]
    assert 0 < max(steps) <= SPEC.training.steps
    assert [file.suffix for file in folder.iterdir()] == [".run"]


def test_of_a_process_that_is_killed_another_one_takes_over(
    start: Callable[..., subprocess.Popen[str]], folder: Path
) -> None:
    killed, other = start(10 * SLOW), start(0.0)
    go(killed)
    assert read_line(killed).startswith("trains ")
    go(other)
    assert read_line(other).startswith("waits ")
    killed.send_signal(signal.SIGKILL)
    found, _ = result(other)
    assert (found["trained"], found["error"]) == (SPEC.training.steps + 1, "")
    assert [file.suffix for file in folder.iterdir()] == [".run"]


@pytest.mark.parametrize("spec", [SPEC, EXPLODING])
def test_what_is_read_is_what_was_recorded(
    folder: Path, examples: mnist.Examples, spec: NetworkSpec
) -> None:
    learned, found = (Run(spec, lambda: examples, Place) for _ in range(2))
    finish(learned)
    finish(found)
    assert found.losses.tobytes() == learned.losses.tobytes()
    assert found.accuracies.tobytes() == learned.accuracies.tobytes()
    assert found.exploded == learned.exploded
    assert found.progress() == learned.progress()
    assert list(found.marks) == list(learned.marks)
    for one, other in zip(found.marks.values(), learned.marks.values(), strict=True):
        assert repr(one.test_loss) == repr(other.test_loss)
        assert one.test_accuracy == other.test_accuracy
        for layer, same in zip(one.layers or (), other.layers or (), strict=True):
            assert layer.name == same.name
            assert torch.equal(layer.weight.nan_to_num(), same.weight.nan_to_num())
            assert torch.equal(layer.bias.nan_to_num(), same.bias.nan_to_num())


def test_who_has_begun_takes_what_another_has_finished(
    folder: Path, examples: mnist.Examples
) -> None:
    slow = replace(SPEC, training=TrainSpec(epochs=5, batch_size=10))
    begun, other = (Run(slow, lambda: examples, Place) for _ in range(2))
    begun.watch("me")
    while not begun.losses:
        begun.wait(0.01)
    begun.pause("me")
    assert not begun.progress().finished
    finish(other)
    begun.go_on("me")
    finish(begun)
    assert begun.progress() == other.progress()


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-1] + b"?"])
def test_a_damaged_file_is_trained_anew(
    damage: Callable[[bytes], bytes], folder: Path, examples: mnist.Examples
) -> None:
    first, second = (Run(SPEC, lambda: examples, Place) for _ in range(2))
    finish(first)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    finish(second)
    assert second.losses == first.losses
    assert Place(SPEC).read() is not None


def in_the_way(folder: Path) -> None:
    # Not even the system's administrator makes a folder below a file.
    folder.parent.mkdir()
    folder.write_bytes(b"")


def full(folder: Path) -> None:
    folder.mkdir(parents=True)


@pytest.mark.parametrize("spoil", [in_the_way, full])
def test_a_folder_that_cannot_be_written_is_passed_over(
    spoil: Callable[[Path], None],
    folder: Path,
    examples: mnist.Examples,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoil(folder)
    if spoil is full:

        def no_room(*_: object) -> None:
            raise OSError("No space left on device")

        monkeypatch.setattr(cache_folder.os, "replace", no_room)
    run = Run(SPEC, lambda: examples, Place)
    finish(run)
    assert (run.progress().finished, run.progress().error) == (True, "")
    assert not folder.is_dir() or list(folder.iterdir()) == []


def test_the_folder_is_bounded(
    folder: Path, examples: mnist.Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = [replace(SPEC, seed=seed) for seed in range(3)]
    finish(Run(specs[0], lambda: examples, Place))
    (file,) = folder.iterdir()
    monkeypatch.setattr(shared, "FOLDER_BYTES", 2.5 * file.stat().st_size)
    finish(Run(specs[1], lambda: examples, Place))
    hour_ago = time.time() - 3600
    for spec, age in ((specs[0], 1), (specs[1], 0)):
        os.utime(Place(spec)._path, (hour_ago - age, hour_ago - age))
    # Who is read stays.
    assert Place(specs[0]).read() is not None
    finish(Run(specs[2], lambda: examples, Place))
    assert [Place(spec).read() is not None for spec in specs] == [True, False, True]


def test_another_version_has_a_place_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Place(SPEC)._path
    assert Place(replace(SPEC, seed=8))._path != here
    monkeypatch.setattr(shared, "_version", lambda: "another")
    assert Place(SPEC)._path != here


def test_who_waits_for_another_process_has_no_place_in_the_line(
    folder: Path, examples: mnist.Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "LOOKS_EVERY", 0.01)
    other = Place(SPEC)
    assert other.take()
    other.tell(7)
    run = Run(SPEC, lambda: examples, Place)
    while not (progress := run.watch("me")).elsewhere:
        run.wait(0.01)
    assert (progress.step, progress.ahead, progress.finished) == (7, 0, False)
    assert runs.pool.LINE.ahead(run) == 0
    other.free()
    finish(run)
    assert not run.progress().elsewhere
    assert run.progress().step == SPEC.training.steps


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    one, other = Lock(tmp_path / "folder" / "lock"), Lock(tmp_path / "folder" / "lock")
    assert one.take()
    assert not other.take()
    other.free()
    assert not other.take()
    one.free()
    assert other.take()
    other.free()
    assert list((tmp_path / "folder").iterdir()) == []


def test_where_there_can_be_no_locks_everybody_has_it(tmp_path: Path) -> None:
    (tmp_path / "folder").write_bytes(b"")
    for _ in range(2):
        lock = Lock(tmp_path / "folder" / "lock")
        assert lock.take()
        lock.free()
