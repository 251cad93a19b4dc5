"""The command: what it takes, and what Streamlit is told."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pytest
from streamlit.web import cli

from mnistviz.ui import command

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What Streamlit is started with, instead of its start."""
    started: list[list[str]] = []
    monkeypatch.setattr(sys, "argv", ["mnistviz"])
    monkeypatch.setattr(cli, "main", lambda **_: started.append(sys.argv))
    return started


def test_it_answers_this_machine_alone_unless_told_otherwise(told: list[list[str]]) -> None:
    command.main([])
    command.main(["--port", "8600", "--address", "0.0.0.0", "--no-browser"])
    app = str(ROOT / "app.py")
    start = ["streamlit", "run", app]
    assert told == [
        [*start, "--server.port=8501", "--server.address=127.0.0.1"],
        [*start, "--server.port=8600", "--server.address=0.0.0.0", "--server.headless=true"],
    ]


def test_what_follows_two_dashes_is_streamlits(told: list[list[str]]) -> None:
    command.main(["--no-browser", "--", "--server.baseUrlPath=mnist"])
    assert told[0][-2:] == ["--server.headless=true", "--server.baseUrlPath=mnist"]


@pytest.mark.parametrize("port", ["0", "65536", "-1", "web", "8_501", "\N{FULLWIDTH DIGIT EIGHT}"])
def test_a_port_that_is_none_is_said(
    port: str, told: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main([f"--port={port}"])
    assert (
        f"'{port}' is not a port: choose a whole number from 1 to 65535" in capsys.readouterr().err
    )
    assert told == []


def test_what_is_no_option_is_said(
    told: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(["8600"])
    assert "'8600' is not an option" in capsys.readouterr().err
    assert told == []


def test_control_c_ends_it_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(**options: bool) -> None:
        assert options == {"standalone_mode": False}
        raise click.Abort

    monkeypatch.setattr(cli, "main", interrupted)
    monkeypatch.setattr(sys, "argv", ["mnistviz"])
    with pytest.raises(SystemExit) as ended:
        command.main([])
    assert ended.value.code == 0
    assert capsys.readouterr() == ("", "")
