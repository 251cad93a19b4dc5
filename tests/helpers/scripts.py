"""Runs scripts as a person does, and reads what they print."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Importing torch takes seconds, running a script a moment: one process runs many scripts, each in
# a namespace of its own. Between them it moves torch's global generator, which a script that did
# not seed it would notice. A script that fails gives its traceback in the place of its output.
RUN_MANY = """
import contextlib, io, json, os, runpy, sys, traceback
import torch
answers = {}
for number, (path, environment) in enumerate(json.load(sys.stdin)):
    os.environ.update(environment)
    torch.manual_seed(1000 + number)
    torch.rand(number % 7 + 1)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(path, run_name="__main__")
    except BaseException:
        said.write(traceback.format_exc())
    for name in environment:
        del os.environ[name]
    answers[path] = said.getvalue()
json.dump(answers, sys.stdout)
"""


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


def run_many(jobs: list[tuple[Path, Mapping[str, str]]]) -> dict[str, str]:
    """Run scripts in one process, from the repository root; return what each printed."""
    done = subprocess.run(
        [sys.executable, "-c", RUN_MANY],
        cwd=ROOT,
        # Each of the two processes has one core; more threads would wait for each other.
        env=environment(OMP_NUM_THREADS="1"),
        input=json.dumps([(str(path), dict(more)) for path, more in jobs]),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    answers: dict[str, str] = json.loads(done.stdout)
    return answers
