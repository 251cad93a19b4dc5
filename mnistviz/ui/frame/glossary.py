"""Two panels over the page: the glossary, and the numbers of all that is in sight.

In the words a term is a link, `[batch](#term-batch)`. The browser shows what it means on hover, on
focus and at a touch. It makes the tables of the numbers too: the server has no part in either.
"""

import html
import json
import re

from mnistviz.ui.elements import components
from mnistviz.words import read, terms


def _rich(text: str) -> str:
    return re.sub(r"`(.+?)`", r"<code>\1</code>", html.escape(text, quote=False))


def _dialog(name: str, button: str, title: str, idea: str, body: str) -> str:
    close = read("frame").parts["close"]
    return (
        f'<button type="button" class="open-{name}">{button}</button>'
        f'<dialog class="{name}" aria-label="{title}"><div class="head"><div><h2>{title}</h2>'
        f'<p>{idea}</p></div><button type="button" class="close">{close}</button></div>'
        f"{body}</dialog>"
    )


def _panels() -> str:
    glossary, numbers = read("glossary"), read("numbers")
    entries = "".join(
        f'<dt id="{key}">{_rich(term.name)}</dt><dd>{_rich(term.meaning)}</dd>'
        for key, term in sorted(terms().items(), key=lambda entry: entry[1].name.lower())
    )
    words = html.escape(json.dumps(dict(numbers.parts)))
    return (
        f'<div class="panels" data-words="{words}">'
        + _dialog("glossary", glossary.title, glossary.title, glossary.idea, f"<dl>{entries}</dl>")
        + _dialog("numbers", numbers.title, numbers.title, numbers.idea, '<div class="twins"></div>')
        + '</div><div class="meaning" role="tooltip" popover="manual"></div>'
    )


_glossary = components.make(
    "frame/glossary",
    _panels(),
    css=("elements/buttons", "frame/dialog", "frame/twins"),
    js=(
        "elements/dom",
        "elements/words",
        "elements/numbers",
        "frame/paper",
        "frame/dialog",
        "frame/twins",
        "frame/names",
    ),
)


def draw(page: str) -> None:
    """Draw the buttons that open the panels; with them, the terms of the page begin to answer.

    Args:
        page: the name of the page: a new one is shown from its top.
    """
    _glossary(key="glossary", data={"page": page})
