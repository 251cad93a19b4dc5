"""Tests of what Streamlit Community Cloud reads, against two package indexes of our own.

The Cloud installs with uv and, where that fails, with pip, and runs from the root.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy import indexes
from tests.serving import ROOT

LIST = (ROOT / "requirements.txt").read_text()
PACKAGES = re.findall(r"(?m)^[a-z]+", LIST)
PINS = dict(re.findall(r"(?m)^(torch|torchvision)==(\S+)$", LIST))
TORCH, VISION = PINS["torch"], PINS["torchvision"]
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
CLEAN = {name: value for name, value in os.environ.items() if name[:3] not in ("PIP", "UV_")}
NOWHERE = "http://127.0.0.1:9"
LINUX = "x86_64-manylinux_2_28"
# What the Cloud takes first in a folder comes first.
RECOGNIZED = ("uv.lock", "Pipfile", "environment.yml", "requirements.txt", "pyproject.toml")

needs_uv = pytest.mark.skipif(UV is None, reason="uv is not installed: requirements-dev.txt has it")


@dataclass
class Places:
    """Where the two indexes are."""

    pypi: str
    pytorch: str


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    folders = {
        "simple": indexes.pypi(LIST, TORCH, VISION),
        "cpu": indexes.pytorch(TORCH, VISION),
    }
    with indexes.serving(folders) as url:
        yield Places(f"{url}/simple", f"{url}/cpu")


def by_uv(
    requirements: Path, places: Places, platform: str
) -> tuple[dict[str, str], subprocess.CompletedProcess[str]]:
    """Let uv choose for a platform; return the version of each package."""
    command = [str(UV), "pip", "compile", str(requirements), "--python-platform", platform]
    options = ["--index-url", places.pypi, "--no-config", "--no-cache", "--no-annotate"]
    environment = {**CLEAN, "UV_HTTP_RETRIES": "0", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [*command, *options], env=environment, capture_output=True, text=True, timeout=60
    )
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)$", done.stdout)), done


def by_pip(requirements: Path, places: Places, platform: str, folder: Path) -> dict[str, str]:
    """Let pip download for a platform; return the version and platform of each package."""
    command = [sys.executable, "-m", "pip", "download", "--isolated", "--quiet", "--retries", "0"]
    options = ["--index-url", places.pypi, "--only-binary", ":all:", "--platform", platform]
    done = subprocess.run(
        [*command, *options, "--dest", str(folder / "got"), "-r", str(requirements)],
        env={**CLEAN, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    parts = [path.stem.split("-") for path in (folder / "got").iterdir()]
    return {name: f"{version} {platform}" for name, version, _, _, platform in parts}


class TestWhichFile:
    """The Cloud looks in the folder of the file that it runs, then at the root."""

    @pytest.mark.parametrize(
        ("entry", "expected"),
        [
            ("deploy/cloud/streamlit_app.py", "deploy/cloud/requirements.txt"),
            ("app.py", "requirements.txt"),
        ],
    )
    def test_the_cloud_finds(self, entry: str, expected: str) -> None:
        folders = [(ROOT / entry).parent, ROOT]
        files = [folder / name for folder in folders for name in RECOGNIZED]
        assert next(file for file in files if file.is_file()) == ROOT / expected

    def test_the_list_asks_no_index_of_its_own(self) -> None:
        lines = [line for line in LIST.splitlines() if not line.startswith("#")]
        assert all(re.fullmatch(r"[a-z]+[=>][^+ ]+", line) for line in lines)
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        dynamic = project["tool"]["setuptools"]["dynamic"]
        assert dynamic["dependencies"]["file"] == ["requirements.txt"]


class TestCpuWheels:
    @needs_uv
    @pytest.mark.parametrize(
        ("platform", "build"),
        [
            (LINUX, "+cpu"),
            ("aarch64-manylinux_2_28", "+cpu"),
            ("x86_64-pc-windows-msvc", "+cpu"),
            ("aarch64-apple-darwin", ""),
        ],
    )
    def test_uv_takes_them(self, places: Places, tmp_path: Path, platform: str, build: str) -> None:
        requirements = indexes.copy_requirements(ROOT, tmp_path, places.pytorch)
        chosen, done = by_uv(requirements, places, platform)
        assert done.returncode == 0, done.stderr
        assert chosen["torch"] == TORCH + build
        assert chosen["torchvision"] == VISION + build
        # All else comes from PyPI, also what PyTorch's index has in an old version.
        assert chosen["pillow"].startswith("13.")
        assert sorted(chosen) == sorted(PACKAGES)

    @pytest.mark.parametrize(
        ("platform", "build"),
        [(indexes.LINUX, "+cpu"), (indexes.WINDOWS, "+cpu"), (indexes.MAC, "")],
    )
    def test_pip_takes_them(
        self, places: Places, tmp_path: Path, platform: str, build: str
    ) -> None:
        requirements = indexes.copy_requirements(ROOT, tmp_path, places.pytorch)
        chosen = by_pip(requirements, places, platform, tmp_path)
        assert chosen["torch"] == f"{TORCH}{build} {platform}"
        assert chosen["torchvision"] == f"{VISION}{build} {platform}"
        assert chosen["pillow"].startswith("13.")
        assert sorted(chosen) == sorted(PACKAGES)

    @needs_uv
    def test_an_extra_index_would_not_do(self, places: Places, tmp_path: Path) -> None:
        """Show why the Cloud's file has pages and no index."""
        requirements = indexes.copy_requirements(ROOT, tmp_path, places.pytorch)
        requirements.write_text(f"--extra-index-url {places.pytorch}/\n-r ../../requirements.txt\n")
        _, done = by_uv(requirements, places, LINUX)
        assert done.returncode != 0
        assert "pillow" in done.stderr


class TestWithoutPyTorchsIndex:
    def test_pip_goes_on_by_itself(self, places: Places, tmp_path: Path) -> None:
        requirements = indexes.copy_requirements(ROOT, tmp_path, NOWHERE)
        chosen = by_pip(requirements, places, indexes.LINUX, tmp_path)
        assert chosen["torch"] == f"{TORCH} {indexes.LINUX}"
        assert chosen["torchvision"] == f"{VISION} {indexes.LINUX}"
        assert indexes.CUDA.replace("-", "_") in chosen

    @needs_uv
    def test_uv_says_which_address_failed(self, places: Places, tmp_path: Path) -> None:
        requirements = indexes.copy_requirements(ROOT, tmp_path, NOWHERE)
        _, done = by_uv(requirements, places, LINUX)
        assert done.returncode != 0
        assert f"Failed to read `--find-links` URL: {NOWHERE}/torch/" in done.stderr

    @needs_uv
    def test_the_list_at_the_root_is_the_way_on(self, places: Places) -> None:
        chosen, done = by_uv(ROOT / "requirements.txt", places, LINUX)
        assert done.returncode == 0, done.stderr
        assert chosen["torch"] == TORCH
        assert sorted(chosen) == sorted([*PACKAGES, indexes.CUDA])
