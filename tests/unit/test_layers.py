"""Tests of the order of the house: who may import what, and words apart from code."""

from __future__ import annotations

import ast
import json
import pkgutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

import mnistviz

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mnistviz"
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
CORE = sorted(
    module.name
    for module in pkgutil.walk_packages([str(PACKAGE)], "mnistviz.")
    if not f"{module.name}.".startswith("mnistviz.ui.")
)


def loaded_by(*modules: str) -> set[str]:
    """Return the top-level packages in a fresh process after it has imported the modules."""
    code = (
        "import importlib, json, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def imported(source: str) -> set[str]:
    """Return the top-level packages that a script names in its imports, wherever they stand."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(str(node.module).partition(".")[0])
    return names


def test_the_core_works_without_streamlit() -> None:
    assert {"mnistviz.spec.specs", "mnistviz.codegen", "mnistviz.figures.bars"} <= set(CORE)
    packages = loaded_by(*CORE)
    assert {"torch", "plotly", "mnistviz"} <= packages
    assert "streamlit" not in packages


def test_specs_need_the_standard_library_alone() -> None:
    # They are read where torch is not yet, or not at all.
    others = loaded_by("mnistviz.spec.specs") - set(sys.stdlib_module_names) - loaded_by("json")
    assert others == {"mnistviz"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_import_neither_torch_nor_plotly(page: Path) -> None:
    names = imported(page.read_text(encoding="utf-8"))
    assert "streamlit" in names
    assert not names & {"torch", "torchvision", "plotly"}


FLOORS = (
    {"spec", "words"},
    {"digits"},
    {"network"},
    {"training", "figures"},
    {"codegen"},
    {"lessons"},
    {"library"},
    {"ui"},
)
"""The rooms of `mnistviz/`, from the ground up."""

LEVELS = {room: level for level, floor in enumerate(FLOORS) for room in floor}
SHARED = {"lessons": set[str](), "ui": {"elements", "session"}}
"""Which folders of a room all pages may use; what lies in no folder belongs to all."""

FILES = sorted(PACKAGE.rglob("*.py"))


@cache
def imported_modules(file: Path) -> set[tuple[str, ...]]:
    """Return the paths below `mnistviz` that a file imports, as ("ui", "session", "cached")."""
    paths: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            paths |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            paths |= {(*str(node.module).split("."), alias.name) for alias in node.names}
    return {path[1:] for path in paths if path[0] == "mnistviz" and len(path) > 1}


def folder(path: Sequence[str]) -> str | None:
    """Return the folder of a room in which a module lies; None for one that lies in none."""
    return path[1] if (PACKAGE / Path(*path[:2])).is_dir() else None


def test_the_rooms_are_those_of_the_house() -> None:
    rooms = {place.name for place in PACKAGE.iterdir() if (place / "__init__.py").exists()}
    assert rooms == set(LEVELS)
    for init in PACKAGE.rglob("__init__.py"):
        docstring = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8")))
        assert docstring, f"{init} does not say what its folder is"


@pytest.mark.parametrize("room", sorted(LEVELS))
def test_imports_go_down_only(room: str) -> None:
    up = {
        (file.relative_to(PACKAGE).as_posix(), ".".join(path))
        for file in FILES
        for path in imported_modules(file)
        if file.is_relative_to(PACKAGE / room) and path[0] in LEVELS and path[0] != room
        if LEVELS[path[0]] >= LEVELS[room]
    }
    assert up == set()


@pytest.mark.parametrize("room", [*SHARED])
def test_no_page_knows_another(room: str) -> None:
    """The frame knows every page by its script alone, and no page knows the frame."""
    across = set()
    for file in FILES:
        own = file.relative_to(PACKAGE).parts
        if own[0] != room or folder(own) in (None, "frame"):
            continue
        for path in imported_modules(file):
            other = folder(path) if path[0] == room and len(path) > 1 else None
            if other not in (None, folder(own), *SHARED[room]):
                across.add((Path(*own).as_posix(), ".".join(path)))
    assert across == set()


@pytest.mark.parametrize("name", [page.stem for page in PAGES[1:]])
def test_a_page_is_four_places(name: str) -> None:
    assert (PACKAGE / "lessons" / name / "__init__.py").exists()
    assert (PACKAGE / "ui" / name / "__init__.py").exists()
    assert (PACKAGE / "words" / "en" / f"{name}.md").exists()


def test_an_import_is_found_wherever_it_stands() -> None:
    source = "import a.b\nfrom c.d import e\ndef f():\n    import g as h\nfrom . import i\n"
    assert imported(source) == {"a", "c", "g"}


def test_the_package_has_a_version() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{mnistviz.__version__}"' in text
