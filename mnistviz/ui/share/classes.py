"""Ready classes: links in the order of a lesson of forty-five minutes; their words lie apart."""

from dataclasses import dataclass

from mnistviz.ui import pages
from mnistviz.words import read


@dataclass(frozen=True, slots=True)
class ReadyClass:
    """One part of a lesson.

    Attributes:
        name: of its words: NAME_title, NAME_say and NAME_ask.
        page: the page it starts at.
        query: the rest of its link.
        minutes: how long it takes.
    """

    name: str
    page: str
    query: str
    minutes: int

    @property
    def address(self) -> str:
        """Its link, relative to where the app lies."""
        path = "" if self.page == pages.LANDING else self.page
        return f"{path}?{self.query}" if self.query else path

    def text(self, part: str) -> str:
        """Return one of its texts: its title, what to say, or what to ask."""
        return read("teachers").parts[f"{self.name}_{part}"]


CLASSES = (
    ReadyClass("untrained", "classify", "weights=initial&image=0", 5),
    ReadyClass("ways", "modules", "modules_names_open=true", 7),
    ReadyClass(
        "zeros", "initialization", "init=zeros&bias=zeros&initialization_zeros_open=true", 7
    ),
    ReadyClass("fast", "train", "activation=leaky_relu&optimizer=sgd&lr=10", 8),
    ReadyClass("unit", "inside", "weights=trained&layers=1&w1=32", 8),
    ReadyClass("draw", "draw", "weights=trained", 10),
)
"""In the order of a class."""


def table() -> str:
    """Return the list as Markdown, as it stands in the README."""
    heads = "| Minutes | Link | Say | Ask |\n| --- | --- | --- | --- |"
    rows = (
        f"| {one.minutes} | {one.text('title')}: `/{one.address}` "
        f"| {one.text('say')} | {one.text('ask')} |"
        for one in CLASSES
    )
    return "\n".join((heads, *rows))
