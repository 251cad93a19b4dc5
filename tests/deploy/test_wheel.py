"""Tests of the wheel: built, installed beside the tested packages, and started from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import mnistviz
from mnistviz.ui import pages
from scripts.scale import running, wait_for
from tests.deploy.visitor import Visitor
from tests.serving import ROOT, free_port

pytest.importorskip("build", reason="build is not installed: requirements-dev.txt has it")

# What is built from; a copy, as a build leaves its own files behind.
SOURCES = ("app.py", "setup.py", "pyproject.toml", "requirements.txt", "README.md", "LICENSE")
FOLDERS = ("mnistviz", "pages", ".streamlit")
CACHES = ("__pycache__", ".*_cache")
OURS = ("PYTHONPATH", "MNISTVIZ_DATA")
WINDOWS = os.name == "nt"


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if name not in OURS},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the source distribution and of the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("build")
    for name in SOURCES:
        shutil.copy(ROOT / name, folder)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*CACHES))
    (folder / ".streamlit" / "secrets.toml").write_text("secret = 1\n")
    run(sys.executable, "-m", "build", "--no-isolation", folder)
    return folder / "dist"


@pytest.fixture(scope="module")
def scripts(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    commands = folder / ("Scripts" if WINDOWS else "bin")
    python = commands / "python"
    (wheel,) = dist.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps")
    run(*pip, wheel)
    place = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    )
    # With what that folder names in its own files of this kind.
    tested = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})"
    (place / "tested.pth").write_text(tested)
    return commands


def held(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def test_the_wheel_holds_what_is_served_and_nothing_else(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = {name for name in held(wheel) if ".dist-info/" not in name}
    source = dist.parent
    package = {
        path.relative_to(source).as_posix()
        for path in (source / "mnistviz").rglob("*")
        if path.is_file()
    }
    top = {f"mnistviz/top/pages/{page.name}.py" for page in pages.PAGES}
    top |= {f"mnistviz/top/{name}" for name in ("app.py", "README.md", ".streamlit/config.toml")}
    left_out = {"mnistviz/ruff.toml", "mnistviz/words/README.md"}
    assert names - left_out == (package | top) - left_out
    # The 5,000 digits are most of it.
    assert wheel.stat().st_size < 3_000_000


def test_the_index_would_take_both(dist: Path) -> None:
    pytest.importorskip("twine", reason="twine is not installed: requirements-dev.txt has it")
    said = run(sys.executable, "-m", "twine", "check", "--strict", *dist.iterdir())
    assert said.count("PASSED") == 2


def test_the_command_tells_of_itself(scripts: Path, tmp_path: Path) -> None:
    version = run(scripts / "mnistviz", "--version", cwd=tmp_path)
    assert version == f"mnistviz {mnistviz.__version__}\n"
    assert run(scripts / "python", "-m", "mnistviz", "--version", cwd=tmp_path) == version
    told = run(scripts / "mnistviz", "--help", cwd=tmp_path)
    assert {"--port", "--address", "--no-browser", "--version"} <= set(
        re.findall("--[a-z-]+", told)
    )


@pytest.fixture(params=["mnistviz", "python -m mnistviz"])
def url(request: pytest.FixtureRequest, scripts: Path, tmp_path: Path) -> Iterator[str]:
    """A server, started from an empty folder by someone without settings."""
    port = free_port()
    first, *rest = request.param.split()
    command = [str(scripts / first), *rest, "--port", str(port), "--no-browser"]
    home = tmp_path / "home"
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    empty = tmp_path / "empty"
    empty.mkdir()
    with running(command, {**kept, "HOME": str(home)}, empty) as server:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, server)
        yield address
    # It leaves nothing behind where it is started.
    assert list(empty.iterdir()) == []


def test_it_serves_the_pages_from_an_empty_folder(url: str) -> None:
    visitor = Visitor(url)
    try:
        status, html = visitor.ask("/softmax", Accept="text/html")
        assert status == 200
        # The settings of `.streamlit/config.toml` hold: its colors are there before all else.
        assert b"#14131a" in html
        visitor.open()
        assert "handwritten" in visitor.run("", "layers=1&w1=16")
        assert "Activation functions" in visitor.run("activations", "layers=1&w1=16")
        assert "Softmax" in visitor.run("softmax", "layers=1&w1=16")
    finally:
        visitor.close()
