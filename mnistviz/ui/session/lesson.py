"""A lesson link: what a teacher has hidden, what is fixed, and what there is to do.

It holds for the whole session. What is hidden is drawn all the same, and the browser does not show
it; what is fixed keeps its value whoever wants to change it, a preset, a reset or a control.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import streamlit as st

from mnistviz.spec.activations import cut
from mnistviz.spec.fields import FIELDS, Value
from mnistviz.ui.pages import PAGES
from mnistviz.words import read
from mnistviz.words.untrusted import code, plain

HIDE, LOCK, TASK = "hide", "lock", "task"

KEYS = (HIDE, LOCK, TASK)
"""The keys of the link; the browser keeps them there from page to page."""

LONGEST_TASK = 200
"""Characters of what there is to do."""

_RULES = "lesson_rules"
"""The session's key of what its link has hidden and fixed."""

_FIXED = "lesson_fixed"
"""The session's key of the values that are fixed, by the key of the setting."""

_OF_SEVERAL = {
    "activation": '.st-key-activation, [class*="st-key-activation_of"]',
    "layers": ".st-key-layers, .st-key-presets",
}
"""Where a setting is on the page that has more than one widget."""

FRAME_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "sidebar": '[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"]',
        "pages": ':is(.st-key-ways, .st-key-ways_on) a, [data-testid="stTopNav"], .rc-overflow',
        "start": ".st-key-start",
        "training": ".st-key-training, .st-key-training_settings",
        "more_settings": ".st-key-more_settings",
        "reset": ".st-key-reset",
        "deeper": ".st-key-deeper",
        "questions": '[class*="_question"]',
        "ways_from_here": ".st-key-ways_from_here",
        "digit_grid": ".st-key-digit_grid",
        "go_to": ".st-key-go_to",
        "share": ".mnistviz-share",
        "present": ".mnistviz-present",
    }
)
"""What pages have in common and can be hidden: by its name in a link, where it is on the page."""

PARTS: Mapping[str, str] = MappingProxyType(
    {
        **{key: _OF_SEVERAL.get(key, f".st-key-{key}") for key in FIELDS},
        **FRAME_PARTS,
        **{
            f"{page.name}_{name}": f".st-key-{page.name}_{name}_open"
            for page in PAGES
            for name in page.expanders
        },
        **{switch: f".st-key-{switch}" for page in PAGES for switch in page.switches},
    }
)
"""All that can be hidden; no other name reaches the browser."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a lesson link asks for.

    Attributes:
        hidden: names in `PARTS`.
        locked: keys of settings.
        task: what there is to do, a text; empty for none.
    """

    hidden: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    task: str = ""


def read_rules(query: Mapping[str, str]) -> tuple[Rules, list[str]]:
    """Read what a link hides and fixes, and describe what it names that is not there.

    Args:
        query: the keys and texts of the link.
    """
    problems: list[str] = []

    def known(key: str, names: Mapping[str, object]) -> tuple[str, ...]:
        asked = dict.fromkeys(filter(None, map(str.strip, query.get(key, "").split(","))))
        wrong = [name for name in asked if name not in names]
        if wrong:
            say = read("frame").parts["lesson_unknown"]
            problems.append(say.format(key=key, name=code(wrong[0])))
        return tuple(name for name in asked if name in names)

    locked = known(LOCK, FIELDS)
    # One activation for each hidden layer is fixed with the layers, or it would be cut with them.
    if "activation" in locked and "layers" not in locked and "," in query.get("activation", ""):
        locked = (*locked, "layers")
    task = plain(query.get(TASK, "").strip(), LONGEST_TASK)
    return Rules(known(HIDE, PARTS), locked, task), problems


def keep(rules: Rules) -> None:
    """Keep for the session what its link asks for."""
    st.session_state[_RULES] = rules


def rules() -> Rules:
    """Return what the link of this session asks for."""
    kept: Rules = st.session_state.get(_RULES, Rules())
    return kept


def is_locked(key: str) -> bool:
    """Tell whether a setting is fixed."""
    return key in rules().locked


def fixed(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return settings with those that are fixed as the link has them.

    Args:
        values: every setting, by key.
    """
    kept: dict[str, Value] = st.session_state.get(_FIXED, {})
    together = {**values, **kept}
    if "activation" in kept:
        together["activation"] = cut(str(kept["activation"]), int(together["layers"]))
    return together


def hold(values: Mapping[str, Value]) -> None:
    """Fix what is locked at the first run; at any other, put its widgets back where they were.

    Args:
        values: every setting as it is to be, by key.
    """
    locked = rules().locked
    if _FIXED not in st.session_state:
        st.session_state[_FIXED] = {key: values[key] for key in locked}
    for key in locked:
        if key in st.session_state and st.session_state[key] != values[key]:
            st.session_state[key] = values[key]


def for_browser() -> dict[str, object]:
    """Return what the browser does: which parts it hides, and which keys it keeps in the link."""
    asked = rules()
    texts = {HIDE: ",".join(asked.hidden), LOCK: ",".join(asked.locked), TASK: asked.task}
    return {
        "hidden": ", ".join(PARTS[name] for name in asked.hidden),
        "keys": {key: text for key, text in texts.items() if text},
    }


def show() -> None:
    """Show what there is to do, and say what is fixed."""
    asked = rules()
    if not (asked.task or asked.locked):
        return
    with st.container(key="lesson_link", gap=None):
        if asked.task:
            st.text(asked.task)
        if asked.locked:
            names = ", ".join(read("settings").parts[key] for key in asked.locked)
            st.caption(read("frame").parts["lesson_locked"].format(names=names))
