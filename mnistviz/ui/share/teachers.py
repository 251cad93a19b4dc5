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

_ELSEWHERE = {
    "zoom": ("classify", "zoom"),
    "softmax_large": ("softmax", "big_title"),
    "train_good": ("train/results", ""),
    "train_classes": ("train/results", "classes_title"),
    "train_sure": ("train/results", "sure_title"),
    "train_believed": ("train/results", "believed_title"),
    "train_glass": ("train/one_step", ""),
    "train_augment": ("train/augmentation", ""),
    "draw_measure": ("draw/preparation", "measure_title"),
    "draw_confusions": ("draw/own_set", "confusions_title"),
    "draw_train": ("draw/own_set", "train_title"),
    "draw_set_code": ("teachers", "part_draw_set_code"),
}
"""Parts whose names do not stand under their own name among the words of their page."""


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
                    "weights": page.weights.value,
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
    page = next(page.name for page in pages.PAGES if {key, f"{key}_open"} & {*page.flags})
    if key in _ELSEWHERE:
        file, part = _ELSEWHERE[key]
        words = read(file)
        title = words.parts[part] if part else words.title
    else:
        own = "mend" if key.endswith("_mended") else f"{key.removeprefix(f'{page}_')}_title"
        title = {**read("frame").parts, **read(page).parts}[own]
    return f"{read(page).title}: {spoken(title)}"
