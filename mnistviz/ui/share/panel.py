"""The panel Share as HTML; the browser fills it when it is opened."""

import html
import json

from mnistviz.ui.share.served import LONGEST
from mnistviz.words import read


def _field(name: str, label: str, rows: int) -> str:
    copy = read("share").parts["copy"]
    return (
        f'<div class="copied"><label for="share-{name}">{label}</label>'
        f'<div><textarea id="share-{name}" rows="{rows}" readonly spellcheck="false"></textarea>'
        f'<button type="button" class="copy" data-of="share-{name}" aria-label="{copy}: {label}">'
        f"{copy}</button></div></div>"
    )


def body() -> str:
    """Return what stands in the panel: the link, its QR code, and two texts to put elsewhere."""
    words = read("share").parts
    told = html.escape(json.dumps(dict(words)))
    return (
        f'<div class="sharing" data-words="{told}" data-longest="{LONGEST}">'
        f"{_field('link', words['link'], 2)}"
        '<p class="share-said" role="status"></p>'
        f'<div class="qr"><img alt="{words["qr_alt"]}"><p class="no-qr" hidden>{words["too_long"]}'
        f'</p><button type="button" class="fill">{words["fill"]}</button></div>'
        f"{_field('course', words['course'], 3)}{_field('embed', words['embed'], 4)}"
        f"<p>{words['stays']}</p></div>"
    )
