"""The words of the pages: complete, plain, and all of them in one place."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from mnistviz.spec.fields import FIELDS
from mnistviz.spec.presets import PRESETS
from mnistviz.words import Lesson, read

ROOT = Path(__file__).resolve().parents[3]
WORDS = ROOT / "mnistviz" / "words" / "en"
NAMES = sorted(file.relative_to(WORDS).with_suffix("").as_posix() for file in WORDS.rglob("*.md"))
PAGES = sorted(file.stem for file in (ROOT / "pages").glob("*.py"))
ASKING = [name for name in PAGES if "question" in read(name).parts]
UI = [
    file
    for file in sorted((ROOT / "mnistviz" / "ui").rglob("*.py"))
    # The clinic has a question for each operation, and measures which answer is right.
    if file.parent.name in (*ASKING, "clinic")
]


def texts(lesson: Lesson) -> dict[str, str]:
    """Every text of a lesson, without what stands in code type."""
    whole = {"title": lesson.title, "idea": lesson.idea, **lesson.parts}
    return {name: re.sub(r"`[^`]*`", "", text) for name, text in whole.items()}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_words_of_its_own(name: str) -> None:
    assert name in NAMES
    assert 1 <= len(read(name).title.split()) <= 5
    assert 10 <= len(read(name).idea.split()) <= 40


@pytest.mark.parametrize("name", NAMES)
def test_the_words_are_plain(name: str) -> None:
    for part, text in texts(read(name)).items():
        found = re.search(r"\b(simply|just|obviously|easy|easily|trivial\w*)\b|!(?!=)", text, re.I)
        assert found is None, (part, found)


# What a setting's help says to try is no number that somebody computed.
@pytest.mark.parametrize("name", sorted({*NAMES} - {"settings"}))
def test_no_number_with_decimals_is_typed(name: str) -> None:
    # Numbers on the screen are computed. What may stand there: code, and a few constants.
    for part, text in texts(read(name)).items():
        found = re.search(r"\d\.\d{2,}", text)
        assert found is None, (part, found)


@pytest.mark.parametrize("key", FIELDS)
def test_each_setting_has_a_label_and_a_help(key: str) -> None:
    parts = read("settings").parts
    assert 1 <= len(parts[key].split()) <= 4
    assert parts[f"{key}_help"].endswith(".")


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_has_a_label(name: str) -> None:
    assert 2 <= len(read("settings").parts[f"preset_{name}"].split()) <= 4


@pytest.mark.parametrize("name", ASKING)
def test_a_question_has_one_right_answer_and_a_reason(name: str) -> None:
    lesson = read(name)
    assert lesson.question.text.endswith("?")
    assert 3 <= len(lesson.question.options) <= 5
    assert len(set(lesson.question.options)) == len(lesson.question.options)
    assert len(lesson.parts["why"]) > 80
    assert re.search(r"\{\w+\}", lesson.parts["why"])


@pytest.mark.parametrize("name", PAGES)
def test_pages_only_arrange(name: str) -> None:
    source = (ROOT / "pages" / f"{name}.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 60
    assert not re.search(r"\b(torch|numpy|plotly)\b", source)


@pytest.mark.parametrize("file", UI, ids=lambda file: file.stem)
def test_what_is_drawn_has_its_words_elsewhere(file: Path) -> None:
    """No sentence stands in the code that draws a page of the lesson."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, documented)
    }
    for node in ast.walk(tree):
        # A string on a line of its own is a docstring of a constant.
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docs.add(node.value.value)
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docs
    ]
    sentences = [
        text
        for text in strings
        if re.search(r"(?<![\w<=\"-])[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", text) and "<" not in text
    ]
    assert sentences == []


class TestReading:
    def test_there_is_one_for_the_landing_page(self) -> None:
        assert "classify" in NAMES

    @pytest.mark.parametrize("name", NAMES)
    def test_a_lesson_is_read_whole(self, name: str) -> None:
        lesson = read(name)
        text = (WORDS / f"{name}.md").read_text(encoding="utf-8")
        assert [f"# {lesson.title}"] == re.findall("^# .*$", text, re.MULTILINE)
        assert [f"## {name}" for name in lesson.parts] == re.findall("^## .*$", text, re.MULTILINE)
        assert lesson.title
        assert lesson.idea
        assert all(lesson.parts.values())
        # Put together again, the parts are the file: no word is lost and none stands twice.
        parts = (f"## {name}\n\n{body}" for name, body in lesson.parts.items())
        assert "\n\n".join([f"# {lesson.title}", lesson.idea, *parts]) == text.strip()

    def test_the_landing_page(self) -> None:
        lesson = read("classify")
        assert lesson.title == "Classify"
        assert lesson.idea.endswith("one for each digit from 0 to 9.")
        assert "✓" in lesson.parts["marks"]

    def test_a_lesson_is_shared_and_cannot_change(self) -> None:
        lesson = read("classify")
        assert read("classify") is lesson
        with pytest.raises(TypeError):
            lesson.parts["marks"] = "other"

    @pytest.mark.parametrize("name", ["", "nothing", "Classify.md"])
    def test_there_is_no_such_lesson(self, name: str) -> None:
        with pytest.raises(FileNotFoundError):
            read(name)


def test_names_of_a_part_stand_on_one_line() -> None:
    lesson = Lesson("page", "Page", "An idea.", {"columns": "Name | What it is|Size "})
    assert lesson.names("columns") == ["Name", "What it is", "Size"]
