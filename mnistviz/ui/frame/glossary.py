"""Two panels over the page: the glossary, and the numbers of all that is in sight.

In the words a term is a link, `[batch](#term-batch)`. The browser shows what it means on hover, on
focus and at a touch. It makes the tables of the numbers too: the server has no part in either.
"""

import html
import json
import re

from mnistviz.words import read, terms


def _rich(text: str) -> str:
    return re.sub(r"`(.+?)`", r"<code>\1</code>", html.escape(text, quote=False))


def dialog(name: str, button: str, title: str, idea: str, body: str) -> str:
    """Return a panel over the page and the button that opens it, as HTML; see `dialog.js`."""
    close = read("frame").parts["close"]
    return (
        f'<button type="button" class="open-{name}">{button}</button>'
        f'<dialog class="{name}" aria-label="{title}"><div class="head"><div><h2>{title}</h2>'
        f'<p>{idea}</p></div><button type="button" class="close">{close}</button></div>'
        f"{body}</dialog>"
    )


def panels(beside: str) -> str:
    """Return both panels, their buttons, and the box in which one term is explained.

    Args:
        beside: what stands in the same row, as HTML.
    """
    glossary, numbers = read("glossary"), read("numbers")
    entries = "".join(
        f'<dt id="{key}">{_rich(term.name)}</dt><dd>{_rich(term.meaning)}</dd>'
        for key, term in sorted(terms().items(), key=lambda entry: entry[1].name.lower())
    )
    words = html.escape(json.dumps(dict(numbers.parts)))
    return (
        f'<div class="panels" data-words="{words}">'
        + dialog("glossary", glossary.title, glossary.title, glossary.idea, f"<dl>{entries}</dl>")
        + dialog("numbers", numbers.title, numbers.title, numbers.idea, '<div class="twins"></div>')
        + f'{beside}</div><div class="meaning" role="tooltip" popover="manual"></div>'
    )
