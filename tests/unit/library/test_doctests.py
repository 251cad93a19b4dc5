"""The examples of all that is public: they run, and give what they say."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

import mnistviz

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", mnistviz.__all__)
def test_what_is_public_says_what_it_is(name: str) -> None:
    one = getattr(mnistviz, name)
    assert one.__doc__
    assert one.__name__ == name


@pytest.mark.parametrize("name", [name for name in mnistviz.__all__ if name != "Training"])
def test_the_example_of_what_is_public_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    examples = doctest.DocTestFinder(recurse=False).find(getattr(mnistviz, name), name)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    done = [runner.run(one) for one in examples]
    assert sum(one.attempted for one in done) >= 2
    assert sum(one.failed for one in done) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", ["__init__", "README"])
def test_the_first_example_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"__init__": mnistviz.__doc__, "README": (ROOT / "README.md").read_text("utf-8")}
    found = re.findall(r"```python\n(.*?)```", str(texts[name]), re.DOTALL)
    (example,) = (one for one in found if "view_classify" in one)
    shown: list[go.Figure] = []
    monkeypatch.setattr(go.Figure, "show", lambda figure: shown.append(figure))
    exec(compile(example.replace("epochs=5", "epochs=1"), "example.py", "exec"), {})
    assert len(shown) == example.count(".show()")


def test_the_page_of_the_documentation_has_all_that_is_public() -> None:
    doc = pytest.importorskip("pdoc.doc", reason="pdoc is not installed: requirements-dev.txt")
    # As the Makefile does: what is public is loaded first.
    assert all(hasattr(mnistviz, name) for name in mnistviz.__all__)
    members = doc.Module(mnistviz).members
    assert sorted(members) == mnistviz.__all__
    assert all(one.docstring for one in members.values())
