"""What `make vulnerabilities` says of what pip-audit has found."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace

import pytest

from scripts import vulnerabilities

SAFE = {"name": "one", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "two", "skip_reason": "not found"}
BAD = {"name": "three", "version": "3.1", "vulns": [{"id": "CVE-1", "fix_versions": ["3.2"]}]}
UNMENDED = {"name": "four", "version": "4.0", "vulns": [{"id": "CVE-2", "fix_versions": []}]}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([SAFE, UNKNOWN], 0, ["1 packages looked up, 1 that", "No known vulnerability."]),
        ([SAFE, BAD, UNMENDED], 1, ["three 3.1: CVE-1, mended in 3.2\n", "four 4.0: CVE-2\n"]),
    ],
)
def test_each_known_one_is_named(
    packages: list[dict[str, object]],
    code: int,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = SimpleNamespace(stdout=json.dumps({"dependencies": packages}), stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    assert vulnerabilities.main() == code
    printed = capsys.readouterr().out
    assert all(part in printed for part in said)


def test_that_nobody_answers_is_said_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = SimpleNamespace(stdout="", stderr="Traceback\nConnectionError: no route")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    assert vulnerabilities.main() == 0
    assert "ConnectionError: no route" in capsys.readouterr().out
