"""Tests of what scripts/bootstrap.py makes and keeps: offline, and nothing is installed."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections import namedtuple
from pathlib import Path

import pytest

from scripts import bootstrap

SCRIPT = Path(bootstrap.__file__)

posix = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")

# Plays the environment's Python and its pip, and writes down what it is asked. The files beside it
# are what it answers; `at-install` is what pip does.
STAND_IN = """#!/bin/sh
cd "$(dirname "$0")"
echo "$@" >> calls
case "$*" in
    -ISc*) cat version ;;
    "-m ensurepip") test ! -e no-ensurepip && touch has-pip && echo done ;;
    "-m pip --version") test -e has-pip && echo pip 1 ;;
    "-m pip install"*) echo "pip tells its progress"; . ./at-install ;;
    *) exit 1 ;;
esac
"""


class Machine:
    """A folder with requirements files and an environment whose Python is a stand-in."""

    def __init__(self, folder: Path) -> None:
        self.venv = folder / "environment"
        self.bin = self.venv / "bin"
        self.stamp = self.venv / "mnistviz-installed.txt"
        self.requirements = folder / "requirements.txt"
        self.requirements.write_text("# The app\nplotly>=7.1,<8\n")
        self.tools = folder / "requirements-dev.txt"
        self.tools.write_text("-r requirements.txt\npytest\n")
        self.bin.mkdir(parents=True)
        (self.bin / "at-install").touch()
        (self.bin / "has-pip").touch()
        (self.bin / "version").write_text("3 13 1")
        (self.bin / "python").write_text(STAND_IN)
        (self.bin / "python").chmod(0o755)

    def calls(self, start: str = "-m pip install") -> list[str]:
        """Return what the stand-in was asked, as far as it begins so."""
        lines = (self.bin / "calls").read_text().splitlines()
        return [line for line in lines if line.startswith(start)]

    def start(self) -> subprocess.CompletedProcess[str]:
        """Run the script as a user does, in a session of its own, so that it can be interrupted.

        A shell has what it starts in the background ignore interrupts, and a child inherits that.
        """
        arguments = [str(self.requirements), "--venv", str(self.venv)]
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return python(str(SCRIPT), *arguments, start_new_session=True)
        finally:
            signal.signal(signal.SIGINT, before)


def python(*arguments: str, **options: bool) -> subprocess.CompletedProcess[str]:
    """Run this Python."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def run(requirements: Path, environment: Path) -> object:
    """Run the script in this process; return the sentence or the code that it ends with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["", str(requirements), "--venv", str(environment)])
        try:
            bootstrap.main()
        except SystemExit as stop:
            return stop.code
    return 0


def leave_free(monkeypatch: pytest.MonkeyPatch, gigabytes: float) -> None:
    """Let every disk have that much free."""
    usage = namedtuple("usage", "free")(gigabytes * 1e9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


class TestPython:
    def test_an_older_one_gets_a_sentence(self) -> None:
        done = python(
            "-c",
            "import runpy, sys; sys.version_info = (3, 10, 14); sys.version = '3.10.14 (main)';"
            f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')",
        )
        sentence = "mnistviz needs Python 3.11 or newer, but this is Python 3.10.14.\n"
        assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)

    def test_an_older_one_can_read_the_script_as_far_as_that(self) -> None:
        tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
        kinds = [type(node) for node in tree.body]
        # The types of a function are looked at where it is defined.
        assert kinds.index(ast.If) < kinds.index(ast.FunctionDef)

    def test_windows_has_it_elsewhere(self) -> None:
        assert Path(bootstrap.venv_python(Path("e"), "nt")) == Path("e/Scripts/python.exe")
        assert Path(bootstrap.venv_python(Path("e"), "posix")) == Path("e/bin/python")


class TestEnvironment:
    @pytest.fixture
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make environments without pip, which takes seconds, and install nothing."""
        monkeypatch.setattr(venv.EnvBuilder, "_setup_pip", lambda *_: None)
        monkeypatch.setattr(bootstrap, "install", lambda *_: None)

    @pytest.mark.usefixtures("quick")
    def test_is_made(self, machine: Machine, tmp_path: Path) -> None:
        assert run(machine.requirements, tmp_path / "new") == 0
        assert bootstrap.python_version(tmp_path / "new") == sys.version_info[:3]

    @posix
    @pytest.mark.usefixtures("quick")
    def test_is_repaired_when_its_python_has_gone(self, machine: Machine) -> None:
        (machine.bin / "python").unlink()
        (machine.bin / "python").symlink_to("python3")
        (machine.bin / "python3").symlink_to("/gone/python3")
        assert bootstrap.python_version(machine.venv) == ()
        assert run(machine.requirements, machine.venv) == 0
        assert bootstrap.python_version(machine.venv) == sys.version_info[:3]

    def test_debian_s_package_is_named(
        self, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "ensurepip", None)
        sentence = "This Python has no ensurepip: on Debian and Ubuntu, install python3-venv first."
        assert run(machine.requirements, tmp_path / "new") == sentence

    @pytest.mark.parametrize("free", [0.01, 100.0])
    @pytest.mark.parametrize(
        "error", [OSError(28, "No space left"), subprocess.CalledProcessError(1, ["ensurepip"])]
    )
    def test_one_that_cannot_be_made_is_a_sentence(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch, error: Exception, free: float
    ) -> None:
        def fail(*_: object) -> None:
            raise error

        monkeypatch.setattr(venv.EnvBuilder, "create", fail)
        leave_free(monkeypatch, free)
        new = machine.venv.with_name("new")
        sentence = str(run(machine.requirements, new))
        assert sentence.startswith(f"{new} could not be made ({error}): remove it")
        assert ("0.01 GB free, 1.65 are needed" in sentence) == (free < 1)

    def test_a_folder_that_cannot_be_used_is_a_sentence(self, machine: Machine) -> None:
        sentence = str(run(machine.requirements, machine.requirements))
        assert sentence.startswith(f"Cannot use {machine.requirements}")

    @posix
    @pytest.mark.usefixtures("quick")
    @pytest.mark.parametrize("version", ["3 10 4", ""])
    def test_one_with_an_older_or_broken_python_is_refused(
        self, machine: Machine, version: str
    ) -> None:
        (machine.bin / "version").write_text(version)
        sentence = str(run(machine.requirements, machine.venv))
        assert "broken or older than 3.11: remove it" in sentence

    @posix
    def test_one_without_pip_gets_it(self, machine: Machine) -> None:
        (machine.bin / "has-pip").unlink()
        assert run(machine.requirements, machine.venv) == 0
        assert len(machine.calls("-m ensurepip")) == len(machine.calls()) == 1

    @posix
    def test_one_that_cannot_get_pip_is_refused(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (machine.bin / "has-pip").unlink()
        (machine.bin / "no-ensurepip").touch()
        leave_free(monkeypatch, 0.01)
        sentence = str(run(machine.requirements, machine.venv))
        assert "has no pip and cannot get it: remove it, start again." in sentence
        assert "0.01 GB free" in sentence


@posix
class TestInstallation:
    def test_pip_is_heard(self, machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(machine.requirements, machine.venv) == 0
        assert machine.calls()[0].endswith(f" -r {machine.requirements}")
        assert "pip tells its progress\n" in capfd.readouterr().out

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all wheels are without CUDA")
    def test_pip_is_told_which_pytorch(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MNISTVIZ_TORCH", "cpu")
        machine.requirements.write_text("torch==2.15.0\ntorchvision==0.29.2\n")
        assert run(machine.tools, machine.venv) == 0
        more = f"--extra-index-url {bootstrap.CPU_INDEX} torch==2.15.0+cpu torchvision==0.29.2+cpu"
        assert machine.calls()[0].endswith(f" -r {machine.tools} {more}")

    def test_a_second_start_is_quick_and_silent_and_asks_pip_nothing(
        self, machine: Machine
    ) -> None:
        assert run(machine.requirements, machine.venv) == 0
        before = machine.calls("-m")
        seconds = []
        for _ in range(3):
            begin = time.perf_counter()
            done = machine.start()
            seconds.append(time.perf_counter() - begin)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert machine.calls("-m") == before
        # It takes 0.06 s; the limit leaves room for a busy machine.
        assert min(seconds) < 0.5

    @pytest.mark.parametrize(
        ("text", "installations"),
        [
            ("plotly>=7.1,<8  # a word\r\n\r\n# and more", 1),
            ("plotly>=7.1,<9\n", 2),
            ("plotly>=7.1,<8\npillow\n", 2),
        ],
    )
    def test_follows_what_an_included_file_asks_for(
        self, machine: Machine, text: str, installations: int
    ) -> None:
        run(machine.tools, machine.venv)
        machine.requirements.write_bytes(text.encode())
        run(machine.tools, machine.venv)
        assert len(machine.calls()) == installations

    def test_follows_the_python(self, machine: Machine) -> None:
        run(machine.requirements, machine.venv)
        (machine.bin / "version").write_text("3 13 2")
        run(machine.requirements, machine.venv)
        assert len(machine.calls()) == 2

    def test_the_tools_bring_the_app_but_not_the_other_way_round(self, machine: Machine) -> None:
        for path in (machine.requirements, machine.tools, machine.requirements):
            assert run(path, machine.venv) == 0
        names = [Path(call).name for call in machine.calls()]
        assert names == ["requirements.txt", "requirements-dev.txt"]

    def test_one_that_breaks_off_is_done_again(self, machine: Machine) -> None:
        run(machine.requirements, machine.venv)
        (machine.bin / "at-install").write_text("test -e ../mnistviz-installed.txt; exit $?")
        assert "pip ended with 1" in str(run(machine.tools, machine.venv))
        (machine.bin / "at-install").write_text("exit 0")
        assert run(machine.requirements, machine.venv) == 0
        assert len(machine.calls()) == 3

    @pytest.mark.parametrize("text", ["", "damaged"])
    def test_a_damaged_stamp_counts_as_none(self, machine: Machine, text: str) -> None:
        machine.stamp.write_text(text)
        assert run(machine.requirements, machine.venv) == 0
        assert len(machine.calls()) == 1

    @pytest.mark.parametrize("free", [0.2, 100.0])
    def test_a_failure_says_what_may_be_missing(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch, free: float
    ) -> None:
        (machine.bin / "at-install").write_text("exit 2")
        leave_free(monkeypatch, free)
        sentence = str(run(machine.requirements, machine.venv))
        assert "installation failed (pip ended with 2)" in sentence
        assert "The first start needs the network." in sentence
        assert ("has 0.20 GB free, 0.90 are needed" in sentence) == (free < 1)

    def test_a_failure_ends_with_1_and_without_traceback(self, machine: Machine) -> None:
        (machine.bin / "at-install").write_text("exit 2")
        done = machine.start()
        assert done.returncode == 1
        assert done.stderr.startswith("The installation failed")
        assert "Traceback" not in done.stderr

    def test_an_interrupt_ends_with_130(self, machine: Machine) -> None:
        # To the whole group, as a terminal sends it.
        (machine.bin / "at-install").write_text("trap 'exit 1' INT\nkill -INT 0")
        done = machine.start()
        assert done.returncode == 130
        assert done.stderr == "\nStopped before the installation was complete.\n"
        assert not machine.stamp.exists()

    @pytest.mark.parametrize("tidies_up", [True, False])
    def test_an_interrupted_pip_has_three_seconds_to_tidy_up(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch, tidies_up: bool
    ) -> None:
        events: list[object] = []

        class Pip(subprocess.Popen[bytes]):
            def __init__(self, _command: list[str]) -> None:
                super().__init__(["true"])

            def wait(self, timeout: float | None = None) -> int:
                events.append(timeout)
                if timeout is None:
                    raise KeyboardInterrupt
                if tidies_up:
                    return super().wait(timeout)
                raise subprocess.TimeoutExpired("pip", timeout)

            def kill(self) -> None:
                events.append("kill")
                super().kill()

        monkeypatch.setattr(bootstrap, "output_of", lambda *_command, **_options: "3 13 1")
        monkeypatch.setattr(subprocess, "Popen", Pip)
        assert run(machine.requirements, machine.venv) == 130
        assert events == [None, 3, "kill"]


class TestRequirements:
    @pytest.mark.parametrize("line", ["-r {}", "-r{}", "--requirement {}", "--requirement={}"])
    def test_includes_are_read(self, machine: Machine, line: str) -> None:
        machine.tools.write_text(line.format("requirements.txt"))
        texts = bootstrap.read_requirements(machine.tools, {})
        assert texts[machine.requirements] == "plotly>=7.1,<8"

    def test_files_that_include_each_other_come_to_an_end(self, machine: Machine) -> None:
        machine.requirements.write_text("-r requirements-dev.txt\n")
        assert len(bootstrap.read_requirements(machine.tools, {})) == 2

    @pytest.mark.parametrize("name", ["none.txt", "environment"])
    def test_one_that_cannot_be_read_is_a_sentence(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "environment").mkdir()
        sentence = str(run(tmp_path / name, tmp_path / "new"))
        assert sentence.startswith(f"Cannot use {(tmp_path / name).resolve()}: ")
        assert not (tmp_path / "new").exists()
