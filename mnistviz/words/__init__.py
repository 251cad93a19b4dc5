"""The words of the pages, apart from the code: one Markdown file for each page."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is asked before the page shows the answer.

    Attributes:
        text: the question.
        options: the answers to choose from.
        right: which of them is right, from 0.
    """

    text: str
    options: tuple[str, ...]
    right: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """The words of one page.

    Attributes:
        name: the page's file name without its ending.
        title: the page's heading.
        idea: the one sentence below it.
        parts: the other texts, Markdown, by the heading they have in the file.
    """

    name: str
    title: str
    idea: str
    parts: Mapping[str, str]

    @property
    def question(self) -> Question:
        """The question of the part `question`: its text, then a list of answers.

        The right answer is the one that begins with `[x]`.

        Raises:
            KeyError: the page asks nothing.
            ValueError: not exactly one answer is marked.
        """
        text, *answers = self.parts["question"].split("\n- ")
        (right,) = (number for number, answer in enumerate(answers) if answer.startswith("[x]"))
        options = tuple(answer.removeprefix("[x]").strip() for answer in answers)
        return Question(text.strip(), options, right)

    def names(self, part: str) -> list[str]:
        """Return the names that a part lists on one line, with `|` between them."""
        return [name.strip() for name in self.parts[part].split("|")]


@cache
def read(name: str) -> Lesson:
    """Read the words of a page.

    The file begins with `# title` and the idea; each further part begins with `## name`.

    Args:
        name: the page's file name without its ending, as `classify`.

    Raises:
        FileNotFoundError: there is no such page.
    """
    text = (Path(__file__).parent / "en" / f"{name}.md").read_text(encoding="utf-8")
    head, *parts = text.split("\n## ")
    title, _, idea = head.partition("\n")
    named = (part.partition("\n") for part in parts)
    return Lesson(
        name,
        title.removeprefix("# ").strip(),
        idea.strip(),
        MappingProxyType({heading.strip(): body.strip() for heading, _, body in named}),
    )


def say(lesson: str, part: str, /, **values: object) -> str:
    """Return one text of the words, with its placeholders filled.

    Args:
        lesson: the file of the words, as for `read`.
        part: the heading of the text.
        **values: what stands for each placeholder.

    Raises:
        FileNotFoundError: there is no such file.
        KeyError: there is no such part, or a placeholder has no value.
    """
    return read(lesson).parts[part].format(**values)
