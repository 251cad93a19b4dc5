"""Tests of what is done before the first visitor comes.

Warming up changes the whole process (it freezes what the garbage collector looks at), so it is
done in a process of its own, once for all tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import gc, json, logging, sys, threading, time
# Streamlit's caches say that no server runs here.
logging.disable()
from mnistviz.lessons.initialization import in_place
from mnistviz.ui.frame.warm_up import IMPORTED_LATER, modules, warm_up
import torch

warm_up()
frozen = gc.get_freeze_count()
seconds = []
for _ in range(5):
    began = time.process_time()
    gc.collect(2)
    seconds.append(time.process_time() - began)
threads = []
thread = threading.Thread(target=lambda: threads.append(torch.get_num_threads()))
thread.start()
thread.join()
# Of what pages do later, this made PyTorch import more.
in_place.run(4, 3, seed=1)
gc.unfreeze()
began = time.process_time()
gc.collect(2)
print(json.dumps({
    "frozen": frozen,
    "collection": min(seconds),
    "collection_unfrozen": time.process_time() - began,
    "threads": torch.get_num_threads(),
    "threads_of_a_new_thread": threads[0],
    "heavy": [name for name in ("torchvision", "torch._dynamo", "sympy") if name in sys.modules],
    "missing": [name for name in (*IMPORTED_LATER, *modules()) if name not in sys.modules],
}))
"""


@dataclass(frozen=True)
class Warmed:
    """What a process measured of itself after it had warmed up."""

    frozen: int
    collection: float
    collection_unfrozen: float
    threads: int
    threads_of_a_new_thread: int
    heavy: list[str]
    missing: list[str]


@pytest.fixture(scope="module")
def warmed() -> Warmed:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return Warmed(**json.loads(answer.stdout.splitlines()[-1]))


def test_a_collection_does_not_keep_everybody_waiting(warmed: Warmed) -> None:
    # Streamlit makes a full collection after every run of a script; with torch imported and not
    # frozen it takes about 0.1 s. The best of five, as a test's machine has other work too.
    assert warmed.collection < 0.020


def test_what_torch_brings_is_frozen(warmed: Warmed) -> None:
    assert warmed.frozen > 100_000
    # Without the freezing the same collection is many times as long.
    assert warmed.collection < warmed.collection_unfrozen / 4


def test_torch_works_on_one_thread(warmed: Warmed) -> None:
    assert warmed.threads == 1


def test_torch_works_on_one_thread_in_the_threads_of_sessions(warmed: Warmed) -> None:
    assert warmed.threads_of_a_new_thread == 1


def test_the_first_page_finds_its_modules_imported(warmed: Warmed) -> None:
    assert warmed.missing == []


def test_what_only_scripts_need_takes_no_memory(warmed: Warmed) -> None:
    # Together they are 160 MB, and a third of all objects.
    assert warmed.heavy == []
