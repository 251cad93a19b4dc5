"""The JavaScript of the components, as `components.make` is told to put it together."""

import ast
import re
from pathlib import Path

from tests.serving import ROOT

UI = ROOT / "mnistviz" / "ui"

DECLARED = re.compile(r"^(?:const|let|(?:async )?function|class) (\[[^\]]*\]|\w+)", re.MULTILINE)
COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)


def files() -> dict[str, tuple[str, ...]]:
    """The files of each component, its own one last, in the order in which they follow."""
    return {name: (*shared, name) for path in UI.rglob("*.py") for name, shared in _made(path)}


def _made(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    made = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "components.make":
            shared = [_texts(word.value) for word in node.keywords if word.arg == "js"]
            made.append((ast.literal_eval(node.args[0]), shared[0] if shared else ()))
    return made


def _texts(names: ast.expr) -> tuple[str, ...]:
    """The texts of a tuple, and of the tuples that are unpacked in it."""
    if isinstance(names, ast.Starred):
        return _texts(names.value)
    if isinstance(names, ast.Tuple):
        return tuple(text for name in names.elts for text in _texts(name))
    return (ast.literal_eval(names),)


def read(name: str) -> str:
    return (UI / f"{name}.js").read_text(encoding="utf-8")


def declared(name: str) -> list[str]:
    """The names that a file declares at its top level."""
    return [one for found in DECLARED.findall(read(name)) for one in re.findall(r"\w+", found)]


def uses(name: str, word: str) -> bool:
    """Whether a file has a word outside its comments, and not as the name of a property."""
    return re.search(rf"(?<![.\w]){word}\b(?!:)", COMMENT.sub("", read(name))) is not None
