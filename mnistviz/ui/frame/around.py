"""What goes on around every page in the browser alone; the server is not asked.

One component for all of it, as each costs: the terms and their panel, where the focus goes, what is
said aloud, and the way in which a page is presented. The JavaScript is by matter in `around/`.
"""

from mnistviz.ui.elements import components
from mnistviz.ui.frame import glossary
from mnistviz.words import read

_around = components.make(
    "frame/around",
    glossary.panels(),
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
    ),
)


def draw(page: str) -> None:
    """Draw the button that opens the glossary; with it, all else begins.

    Args:
        page: the name of the page: a new one is shown from its top.
    """
    _around(key="glossary", data={"page": page, "title": read(page).title})
