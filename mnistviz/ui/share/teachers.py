"""The panel For teachers: ready classes, and a builder of lesson links.

The browser gets an empty panel and fetches what stands in it when somebody opens it.
"""

import json
from functools import lru_cache

from mnistviz.spec.fields import FIELDS
from mnistviz.ui import pages
from mnistviz.ui.session import lesson
from mnistviz.ui.share.classes import CLASSES
from mnistviz.words import read, spoken


def body() -> str:
    """Return the panel before it is filled."""
    return '<div class="teaching"></div>'


@lru_cache(maxsize=1)
def told() -> bytes:
    """Return all that stands in the panel, as JSON."""
    return json.dumps(
        {
            "words": dict(read("teachers").parts),
            "classes": [
                {
                    "address": one.address,
                    "minutes": one.minutes,
                    **{part: one.text(part) for part in ("title", "say", "ask")},
                }
                for one in CLASSES
            ],
            "pages": [
                {
                    "name": page.name,
                    "path": "" if page.name == pages.LANDING else page.name,
                    "title": read(page.name).title,
                }
                for page in pages.PAGES
            ],
            "settings": [
                {"key": key, "label": read("settings").parts[key], "default": field.default}
                for key, field in FIELDS.items()
            ],
            "parts": [
                {"key": key, "label": _label(key)} for key in lesson.PARTS if key not in FIELDS
            ],
            "longest": lesson.LONGEST_TASK,
        }
    ).encode()


def _label(key: str) -> str:
    """Return what a part of a page is called."""
    if key in lesson.FRAME_PARTS:
        return read("teachers").parts[f"part_{key}"]
    page, _, name = key.partition("_")
    title = read(page).parts.get(f"{name}_title", "")
    return f"{read(page).title}: {spoken(title) if title and '{' not in title else name}"
