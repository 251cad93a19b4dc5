"""Which pages there are, in which order, what is to be known of each, and the way to the next."""

from dataclasses import dataclass
from enum import Enum, auto

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mnistviz.spec.fields import Weights
from mnistviz.ui.top import TOP
from mnistviz.words import read

FOLDER = TOP / "pages"

LESSON, LAB = "lesson", "lab"
"""The sections of the navigation."""


class Shows(Enum):
    """Which network a page shows, compared with the one in hand; see `state.shown_on`."""

    IN_HAND = auto()
    """That very one: with trained weights, it waits for the training."""

    INITIAL = auto()
    """The same with the weights that it starts with: nothing has to be trained."""

    BY_HAND = auto()
    """The same from bare tensors, whatever its style."""

    LEARNING = auto()
    """The same while it learns, as far as it is."""


@dataclass(frozen=True, slots=True)
class Page:
    """What other rooms have to know of a page.

    Attributes:
        name: of its script, its folder and its words.
        uses: which settings of the sidebar it is about, in the order in which they stand there; the
            others are folded under "More settings". See `frame.sidebar`.
        minutes: that its core takes in a class, for the pages of the lesson.
        weights: which weights the network has there as long as nobody has chosen any.
        section: of the navigation; nothing for a page that stands alone.
        shows: which network it shows.
        loads: whether one can load a file of weights there.
        expanders: the names of its expanders. NAME is `PAGE_NAME_open` in the link.
        switches: the keys of its other widgets that are on or off and stand in the link.
        reset: those of its switches that "Reset all" turns off, as if they were settings.
    """

    name: str
    uses: tuple[str, ...]
    section: str = ""
    minutes: int = 0
    weights: Weights = Weights.INITIAL
    shows: Shows = Shows.IN_HAND
    loads: bool = False
    expanders: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()

    @property
    def flags(self) -> tuple[str, ...]:
        """The keys of all that is on or off on the page and stands in the link."""
        return (*(f"{self.name}_{name}_open" for name in self.expanders), *self.switches)


_NETWORK = ("layers", "activation")
"""The settings of which the sizes of a network come."""

PAGES = (
    Page(
        "classify",
        uses=("weights", *_NETWORK),
        expanders=("layers", "model", "code"),
        switches=("zoom",),
        reset=("zoom",),
    ),
    Page(
        "digits",
        uses=("seed", "data"),
        section=LESSON,
        minutes=7,
        shows=Shows.INITIAL,
        expanders=("data", "axes", "flatten", "histogram", "loader", "counts", "old", "code"),
    ),
    Page(
        "tensors",
        uses=(*_NETWORK, "start", "weights"),
        section=LESSON,
        minutes=7,
        shows=Shows.BY_HAND,
        expanders=("breaks", "check", "exercise", "code"),
        switches=("tensors_mended",),
    ),
    Page(
        "softmax",
        uses=("weights", *_NETWORK, "start"),
        section=LESSON,
        minutes=7,
        expanders=("untrained", "dims", "broadcast", "large", "loss", "exercise", "code"),
    ),
    Page(
        "modules",
        uses=("style", *_NETWORK),
        section=LESSON,
        minutes=7,
        shows=Shows.INITIAL,
        expanders=(
            *("orders", "names", "omissions", "printed", "which", "exercise"),
            *("free", "sizes", "linear", "functions", "old", "code"),
        ),
        switches=("modules_mended",),
    ),
    Page(
        "activations",
        uses=(*_NETWORK, "weights", "start"),
        section=LESSON,
        minutes=6,
        expanders=("all", "relu", "fold", "layers", "stable", "code"),
    ),
    Page(
        "initialization",
        uses=("start", *_NETWORK, "seed"),
        section=LESSON,
        minutes=6,
        shows=Shows.INITIAL,
        expanders=("forms", "sure", "why", "zeros", "saturated", "code"),
    ),
    Page(
        "train",
        uses=(*_NETWORK, "start", "augment", "seed"),
        section=LAB,
        shows=Shows.LEARNING,
        expanders=(
            *("compare", "good", "classes", "sure", "believed", "glass", "augment"),
            *("weights", "code"),
        ),
    ),
    Page(
        "inside",
        uses=("weights", *_NETWORK),
        section=LAB,
        expanders=("fires", "classes", "saliency", "wall", "map", "code"),
    ),
    Page(
        "clinic",
        uses=("weights", *_NETWORK),
        section=LAB,
        expanders=("map", "code"),
        switches=("clinic_mended",),
    ),
    Page(
        "draw",
        uses=("weights", *_NETWORK, "training"),
        section=LAB,
        weights=Weights.TRAINED,
        loads=True,
        expanders=(
            *("measure", "bars", "layers", "code"),
            *("confusions", "train", "set_code", "weights"),
        ),
    ),
)
"""Every page, in the order of the navigation; the first is the landing page."""

LANDING = PAGES[0].name

LOADS = next(page.name for page in PAGES if page.loads)
"""The page on which one loads a file of weights."""

SECTIONS: dict[str, tuple[str, ...]] = {
    section: tuple(page.name for page in PAGES if page.section == section)
    for section in dict.fromkeys(page.section for page in PAGES)
}
"""The names of the pages, by the section of the navigation."""

FLAGS = frozenset(flag for page in PAGES for flag in page.flags)
"""The keys of all that is on or off on some page and stands in the link; off is the default."""

RESET = tuple(key for page in PAGES for key in page.reset)
"""The keys of the switches that "Reset all" turns off."""


def about(name: str) -> Page:
    """Return what is to be known of a page."""
    return next(page for page in PAGES if page.name == name)


def shows(name: str) -> Shows:
    """Return which network a page shows."""
    return about(name).shows


def lesson_minutes() -> int:
    """Return how many minutes the pages of the lesson take together."""
    return sum(page.minutes for page in PAGES)


def section_title(section: str) -> str:
    """Return a section's name on the screen; nothing for the one without a name."""
    return read("frame").parts[f"section_{section}"] if section else ""


def page(name: str) -> StreamlitPage:
    """Return a page as Streamlit's navigation knows it."""
    return st.Page(FOLDER / f"{name}.py", title=read(name).title, default=name == LANDING)


def place(name: str) -> str:
    """Say where a page stands in its section; nothing for a page that stands alone."""
    for section, names in SECTIONS.items():
        if section and name in names:
            minutes = about(name).minutes
            words = read("frame").parts["place_minutes" if minutes else "place"]
            return words.format(
                section=section_title(section),
                number=names.index(name) + 1,
                of=len(names),
                minutes=minutes,
            )
    return ""


def ways(name: str) -> None:
    """Show where a page stands, and the ways to the pages before and after it.

    It stands above the page and below it; both are the same.
    """
    names = [page.name for page in PAGES]
    at, words = names.index(name), read("frame").parts
    if at:
        before = names[at - 1]
        label = words["previous"].format(title=read(before).title)
        st.page_link(page(before), label=label, icon=":material/arrow_back:")
    if at + 1 < len(names):
        after = names[at + 1]
        label = words["next"].format(title=read(after).title)
        st.page_link(
            page(after), label=label, icon=":material/arrow_forward:", icon_position="right"
        )
