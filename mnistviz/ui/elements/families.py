"""Keys that the style of the page calls by how they end, as `[class*="_question"]`.

Asked in that way, the browser looks again at every question for each class of any element that
comes, goes or changes, and a chart that is drawn anew has hundreds. So each is replaced by the
classes themselves, which have to be known: those here.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from mnistviz.ui import pages

QUESTIONS = (
    *("classify", "digits", "tensors", "tensors_shape", "tensors_parameters"),
    *("softmax", "softmax_sums", "softmax_division", "modules", "modules_parameters"),
    *("activations", "initialization", "train", "train/one_step", "train/augmentation"),
    *("inside", "clinic_prediction", "draw"),
)
"""What the keys of the questions begin with, `question.ask`."""

TOLD = ("softmax_both", "train_glass_meaning", "train_glass_unit", "clinic_why")
"""The same for what comes with an answer, `question.tell`."""

EXERCISES = ("tensors", "modules", "softmax")
"""The same for the exercises, `exercises.offer`."""

_COLUMNS = tuple(
    flag.removesuffix("_open")
    for name in ("softmax", "initialization")
    for flag in pages.about(name).flags
    if flag.endswith("_open")
)
"""The same for what opens below a page with small charts beside one another."""

_FAMILIES: Mapping[str, Iterable[str]] = MappingProxyType(
    {
        **dict.fromkeys(("question", "reason", "room", "reveal"), QUESTIONS),
        **dict.fromkeys(("awaited", "told"), TOLD),
        **dict.fromkeys(("task", "solved"), EXERCISES),
        "open": _COLUMNS,
    }
)

_ENDING = rf'\[class\*="_({"|".join(_FAMILIES)})"\]'
_ASKED = re.compile(_ENDING)
_ASKED_WITHIN = re.compile(rf"([^(),]*){_ENDING}(?=[,)])")
_WITHIN = re.compile(r":has\([^()]*\)")


def check(family: tuple[str, ...], key: str) -> None:
    """Refuse a key of which the style of the page would not know.

    Raises:
        LookupError: it is not in the family.
    """
    if key not in family:
        raise LookupError(f"{key} is missing in mnistviz/ui/elements/families.py")


def named(css: str) -> str:
    """Return a style sheet with the classes themselves for how they end.

    Within `:has()` they stand one by one: `:is()` there is taken for whatever there may be.
    """
    listed = _WITHIN.sub(lambda within: _ASKED_WITHIN.sub(_one_by_one, within[0]), css)
    return _ASKED.sub(lambda asked: f":is({', '.join(_classes(asked[1]))})", listed)


def _one_by_one(asked: re.Match[str]) -> str:
    return ",".join(f"{asked[1]}{name}" for name in _classes(asked[2]))


def _classes(ending: str) -> list[str]:
    beginnings = (re.sub(r"[^a-zA-Z0-9_-]", "-", key) for key in _FAMILIES[ending])
    return [f".st-key-{beginning}_{ending}" for beginning in beginnings]
