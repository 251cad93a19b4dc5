"""Tests of the order of the house: who may import what, and words apart from code."""

from __future__ import annotations

import ast
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mnistviz
from mnistviz import words

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mnistviz"
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
LESSONS = sorted((PACKAGE / "lessons").glob("*.md"))
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


def test_an_import_is_found_wherever_it_stands() -> None:
    source = "import a.b\nfrom c.d import e\ndef f():\n    import g as h\nfrom . import i\n"
    assert imported(source) == {"a", "c", "g"}


class TestLessons:
    def test_there_is_one_for_the_landing_page(self) -> None:
        assert "classify" in [file.stem for file in LESSONS]

    @pytest.mark.parametrize("file", LESSONS, ids=lambda file: file.stem)
    def test_a_lesson_is_read_whole(self, file: Path) -> None:
        lesson = words.read(file.stem)
        text = file.read_text(encoding="utf-8")
        assert [f"# {lesson.title}"] == re.findall("^# .*$", text, re.MULTILINE)
        assert [f"## {name}" for name in lesson.parts] == re.findall("^## .*$", text, re.MULTILINE)
        assert lesson.title
        assert lesson.idea
        assert all(lesson.parts.values())
        # Put together again, the parts are the file: no word is lost and none stands twice.
        parts = (f"## {name}\n\n{body}" for name, body in lesson.parts.items())
        assert "\n\n".join([f"# {lesson.title}", lesson.idea, *parts]) == text.strip()

    def test_the_landing_page(self) -> None:
        lesson = words.read("classify")
        assert lesson.title == "Classify"
        assert lesson.idea.endswith("one for each digit from 0 to 9.")
        assert "✓" in lesson.parts["marks"]

    def test_a_lesson_is_shared_and_cannot_change(self) -> None:
        lesson = words.read("classify")
        assert words.read("classify") is lesson
        with pytest.raises(TypeError):
            lesson.parts["marks"] = "other"  # type: ignore[index]

    @pytest.mark.parametrize("name", ["", "nothing", "Classify.md"])
    def test_there_is_no_such_lesson(self, name: str) -> None:
        with pytest.raises(FileNotFoundError):
            words.read(name)


def test_the_package_has_a_version() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{mnistviz.__version__}"' in text
