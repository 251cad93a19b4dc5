"""What several components share is written once, and each takes what it needs, and no more."""

from collections import Counter
from itertools import chain

import pytest

from tests.components import COMMENT, UI, declared, files, read, uses

FILES = files()
SHARED = sorted(set(chain(*FILES.values())) - set(FILES))
NUMBERLESS = {
    "classify/glide": "moves the bars of a chart",
    "draw/network_sender": "shows nothing",
    "draw/own_set/kept": "says one sentence, and shows nothing else",
    "frame/around": "holds the panel with the numbers of all others",
    "frame/take_home": "lists what all others tell",
}
"""Components that tell no numbers, and why."""


def test_every_file_is_part_of_a_component_but_what_comes_before_or_after_all() -> None:
    there = {path.relative_to(UI).with_suffix("").as_posix() for path in UI.rglob("*.js")}
    assert there == {
        "frame/first_paint",
        "frame/waiting",
        "elements/drawn",
        *chain(*FILES.values()),
    }


@pytest.mark.parametrize("component", FILES)
def test_no_name_is_declared_twice(component: str) -> None:
    names = Counter(chain(*map(declared, (*FILES[component], "elements/drawn"))))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("component", FILES)
def test_a_component_takes_what_it_uses(component: str) -> None:
    """Names of functions only: what is called is not by chance the name of a variable."""
    taken = FILES[component]
    known = set(chain(*map(declared, taken)))
    functions = {name: file for file in SHARED for name in declared(file) if file not in taken}
    missing = [
        (file, name)
        for file in taken
        for name in functions.keys() - known
        if uses(file, rf"{name}\(") and f"const {name} =" not in read(file)
    ]
    assert missing == []


@pytest.mark.parametrize("component", FILES)
def test_a_component_takes_nothing_that_it_does_not_use(component: str) -> None:
    taken = FILES[component]
    needless = [
        file
        for at, file in enumerate(taken[:-1])
        if not any(uses(later, name) for later in taken[at + 1 :] for name in declared(file))
    ]
    assert needless == []


@pytest.mark.parametrize("file", sorted(set(chain(*FILES.values()))))
def test_a_file_begins_with_what_it_is(file: str) -> None:
    assert read(file).startswith("// ")


@pytest.mark.parametrize("component", FILES)
def test_a_component_tells_its_numbers(component: str) -> None:
    code = (COMMENT.sub("", read(file)) for file in FILES[component])
    tells = any(".numbers = " in text for text in code)
    assert tells != (component in NUMBERLESS)
