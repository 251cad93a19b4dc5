"""The glossary: each term opens where it stands, and all of them in one panel.

In the words a term is a link, `[batch](#term-batch)`. The browser shows what it means on hover, on
focus and at a touch; the server has no part in it.
"""

import html
import re

from mnistviz.words import read, terms


def _rich(text: str) -> str:
    return re.sub(r"`(.+?)`", r"<code>\1</code>", html.escape(text, quote=False))


def panel() -> str:
    """Return the button, the panel that it opens, and the box in which one term is explained."""
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
