"""The words of the pages, apart from the code: one Markdown file for each page."""

import re
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
        right: which of them is right, from 0; None where this has to be computed.
        reasons: of each answer, why it is not the right one; empty for the right one.
    """

    text: str
    options: tuple[str, ...]
    right: int | None
    reasons: tuple[str, ...]


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

    def question(self, name: str = "question") -> Question:
        """Return the question of a part: its text, then a list of answers.

        The right answer is the one that begins with `[x]`, if one does. The lines below an answer,
        indented, say why it is not the right one.

        Args:
            name: the part.

        Raises:
            KeyError: there is no such part.
            ValueError: more than one answer is marked.
        """
        text, *answers = self.parts[name].split("\n- ")
        marked = [number for number, answer in enumerate(answers) if answer.startswith("[x]")]
        if len(marked) > 1:
            raise ValueError(f"{len(marked)} right answers in {self.name}, {name}")
        split = [answer.removeprefix("[x]").strip().partition("\n") for answer in answers]
        return Question(
            text.strip(),
            tuple(option.strip() for option, _, _ in split),
            marked[0] if marked else None,
            tuple(" ".join(reason.split()) for _, _, reason in split),
        )

    def names(self, part: str) -> list[str]:
        """Return the names that a part lists on one line, with `|` between them."""
        return [name.strip() for name in self.parts[part].split("|")]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the glossary.

    Attributes:
        name: as it is written.
        meaning: one or two sentences of Markdown.
    """

    name: str
    meaning: str


@cache
def terms() -> Mapping[str, Term]:
    """Return the glossary, by the name that links to a term have: `[batch](#term-batch)`."""
    split = {key: text.partition("\n") for key, text in read("glossary").parts.items()}
    return MappingProxyType(
        {key: Term(name.strip(), meaning.strip()) for key, (name, _, meaning) in split.items()}
    )


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


def spoken(text: str) -> str:
    """Return a text without the signs of Markdown, for what reads it out as it is written."""
    unlinked = re.sub(r"\[([^\]]+)\]\(#term-[a-z0-9-]+\)", r"\1", text)
    return re.sub(r"\*\*|`|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)", "", unlinked)
