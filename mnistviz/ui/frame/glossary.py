"""The glossary: each term opens where it stands, and all of them in one panel.

In the words a term is a link, `[batch](#term-batch)`. The browser shows what it means on hover, on
focus and at a touch; the server has no part in it.
"""

import html
import re

from mnistviz.ui.elements import components
from mnistviz.words import read, terms


def _rich(text: str) -> str:
    return re.sub(r"`(.+?)`", r"<code>\1</code>", html.escape(text, quote=False))


def _panel() -> str:
    words, glossary = read("frame").parts, read("glossary")
    entries = "".join(
        f'<dt id="{key}">{_rich(term.name)}</dt><dd>{_rich(term.meaning)}</dd>'
        for key, term in sorted(terms().items(), key=lambda entry: entry[1].name.lower())
    )
    return (
        f'<button type="button" class="open">{words["glossary"]}</button>'
        '<div class="meaning" role="tooltip" popover="manual"></div>'
        f'<dialog aria-label="{glossary.title}"><div class="head"><div><h2>{glossary.title}</h2>'
        f'<p>{glossary.idea}</p></div><button type="button" class="close">{words["close"]}</button>'
        f"</div><dl>{entries}</dl></dialog>"
    )


_glossary = components.make(
    "frame/glossary", _panel(), css=("elements/buttons",), js=("elements/dom", "frame/paper")
)


def draw(page: str) -> None:
    """Draw the button that opens the panel; with it, the terms of the page begin to answer.

    Args:
        page: the name of the page: a new one is shown from its top.
    """
    _glossary(key="glossary", data={"page": page})
