"""The words of the pages: complete, plain, and all of them in one place."""

from __future__ import annotations

import ast
import builtins
import re
from pathlib import Path

import pytest

from mnistviz.spec.fields import FIELDS
from mnistviz.spec.presets import PRESETS
from mnistviz.words import Lesson, read, say, spoken, terms

ROOT = Path(__file__).resolve().parents[3]
WORDS = ROOT / "mnistviz" / "words" / "en"
NAMES = sorted(file.relative_to(WORDS).with_suffix("").as_posix() for file in WORDS.rglob("*.md"))
PAGES = sorted(file.stem for file in (ROOT / "pages").glob("*.py"))
CODE = ROOT / "mnistviz"
NOT_SPOKEN = {
    "codegen/*.py": "Python to take home: its comments belong to it",
    "lessons/*/*script.py": "the same",
    "lessons/*/exercise.py": "Python that is shown and run",
    "lessons/modules/t*.py": "the same",
    "lessons/tensors/*.py": "the same",
    "lessons/clinic/operations.py": "fixed values of a choice, as links hold them",
    "ui/session/choices.py": "the same, and texts of old links",
    "digits/strokes.py": "errors of what a browser sends, for developers",
    "network/files/torch_file.py": "names of types and functions of PyTorch",
    "network/files/readers.py": "two lines of Python to save a file",
    "network/files/converting.py": "the same, to convert one",
    "ui/elements/components.py": "how a script of ours begins",
    "spec/*.py": "knows no words; its errors speak to developers",
    "ui/frame/bunches.py": "what the log of the server is told",
    "limits.py": "errors of what whoever serves the app has set",
}
"""Files that hold sentences, and why they may."""

FILES = [
    file
    for file in sorted(CODE.rglob("*.py"))
    if not any(file.relative_to(CODE).match(pattern) for pattern in NOT_SPOKEN)
]
SENTENCE = re.compile(r"(?<![\w<=\"-])[A-Za-z]{2,} [a-z]{2,}|^[A-Z][a-z]+$")
"""Two words in a row, or one that begins with a capital letter."""

NOT_READ = {
    *("Key", "Kind", "Normalize", "Option", "Readers", "Training", "Value"),
    "version https://git-lfs",
}
"""Names of Python and PyTorch, and how a file begins."""


def texts(lesson: Lesson) -> dict[str, str]:
    """Every text of a lesson, without what stands in code type."""
    whole = {"title": lesson.title, "idea": lesson.idea, **lesson.parts}
    return {name: re.sub(r"`[^`]*`", "", text) for name, text in whole.items()}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_words_of_its_own(name: str) -> None:
    assert name in NAMES
    assert 1 <= len(read(name).title.split()) <= 5
    assert 10 <= len(read(name).idea.split()) <= 40


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


@pytest.mark.parametrize(
    ("name", "part"),
    [(name, part) for name in NAMES for part, text in read(name).parts.items() if "- [x]" in text],
)
def test_a_question_has_one_right_answer_and_each_answer_a_reason(name: str, part: str) -> None:
    lesson = read(name)
    question = lesson.question(part)
    assert question.text.endswith("?")
    assert 2 <= len(question.options) <= 5
    assert len(set(question.options)) == len(question.options)
    for number, reason in enumerate(question.reasons):
        assert bool(reason) == (number != question.right), question.options[number]
    assert len(lesson.parts[f"{part}_why"]) > 80


TERM = re.compile(r"\[([^\]]+)\]\(#term-([a-z0-9-]+)\)")


def test_every_link_to_a_term_leads_to_one() -> None:
    linked = {
        key: name
        for name in NAMES
        for text in texts(read(name)).values()
        for _, key in TERM.findall(text)
    }
    assert linked.keys() <= terms().keys()
    # What a beginner cannot know opens where it is read.
    needed = {"module", "functional", "sequential", "relu", "seed", "batch", "bias", "epoch"}
    assert {*needed, "logit", "fc", "gradient", "overfitting"} <= linked.keys()


def test_a_term_is_explained_in_a_sentence_or_two() -> None:
    for key, term in terms().items():
        assert 4 <= len(term.meaning.split()) <= 45, key
        assert term.meaning.endswith("."), key
        # Nothing opens in what has opened.
        assert "](#" not in term.meaning, key


@pytest.mark.parametrize("name", PAGES)
def test_pages_only_arrange(name: str) -> None:
    source = (ROOT / "pages" / f"{name}.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 60
    assert not re.search(r"\b(torch|numpy|plotly)\b", source)


def strings(file: Path) -> list[str]:
    """Return the texts in a file that are no docstrings and no errors of Python's own kinds."""
    passed_over: set[ast.AST] = set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed_over.add(node.value)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if isinstance(node.exc.func, ast.Name) and hasattr(builtins, node.exc.func.id):
                passed_over.update(ast.walk(node.exc))
        elif isinstance(node, ast.JoinedStr):
            passed_over.update(node.values)
    found = []
    for node in ast.walk(tree):
        if node in passed_over:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            found.append("".join(map(str, parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CODE)))
def test_what_a_visitor_reads_stands_with_the_words(file: Path) -> None:
    sentences = {
        text for text in strings(file) if SENTENCE.search(text) and "<" not in text
    } - NOT_READ
    assert sentences == set()


@pytest.mark.parametrize("pattern", NOT_SPOKEN)
def test_what_is_let_off_needs_it(pattern: str) -> None:
    files = [file for file in CODE.rglob("*.py") if file.relative_to(CODE).match(pattern)]
    assert any(SENTENCE.search(text) for file in files for text in strings(file))


class TestReading:
    def test_a_text_is_said_with_its_numbers(self) -> None:
        said = say("settings", "whole", minimum=0, maximum=4)
        assert said == "a whole number from 0 to 4"
        with pytest.raises(KeyError):
            say("settings", "whole", minimum=0)

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
        assert lesson.idea.endswith("answers with ten probabilities.")
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


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("What is `sums` of **all** [digits](#term-digit)?", "What is sums of all digits?"),
        ("The *largest* gets larger.", "The largest gets larger."),
        ("2 * 3 * 4 stays", "2 * 3 * 4 stays"),
    ],
)
def test_what_is_read_out_has_no_signs_of_markdown(text: str, heard: str) -> None:
    assert spoken(text) == heard
