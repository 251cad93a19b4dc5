"""What goes on around every page in the browser alone; the server is not asked.

One component for all of it, as each costs: the terms and their panel, where the focus goes, what is
said aloud, and the way in which a page is presented. The JavaScript is by matter in `around/`.
"""

import re

from mnistviz.ui.elements import components
from mnistviz.ui.frame import glossary
from mnistviz.words import read


def _presenting() -> str:
    words = read("frame").parts
    keys = re.sub(r"\*\*(.+?)\*\*", r"<kbd>\1</kbd>", words["present_keys"])
    leave = f'<button type="button" class="leave">{words["present_leave"]}</button>'
    return f'<div class="presenting"><p>{keys}</p>{leave}</div>'


_around = components.make(
    "frame/around",
    _presenting() + glossary.panels(),
    css=("elements/buttons", "frame/dialog", "frame/twins", "frame/glossary"),
    js=(
        "elements/dom",
        "elements/words",
        "elements/numbers",
        "frame/dialog",
        "frame/twins",
        "frame/names",
        "frame/glossary",
        "frame/around/deep",
        "frame/around/watch",
        "frame/around/heading",
        "frame/around/focus",
        "frame/around/popovers",
        "frame/around/said",
        "frame/around/paper",
        "frame/around/present",
        "frame/around/pointer",
        "frame/around/keys",
    ),
)


def draw(page: str) -> None:
    """Draw the button that opens the glossary; with it, all else begins.

    Args:
        page: the name of the page: a new one is shown from its top.
    """
    words = read("frame").parts
    _around(
        key="glossary",
        data={
            "page": page,
            "title": read(page).title,
            "words": {name: words[name] for name in ("present", "present_help")},
        },
    )
