"""The components of our own: small pieces of HTML, CSS and JavaScript, without an iframe."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from mnistviz import ui
from mnistviz.figures import theme
from mnistviz.ui.elements import families

_FOLDER = Path(ui.__file__).parent

_BY_PAGE = "".join(
    f"  --{name}: light-dark({on_light}, {on_dark});\n"
    for name, (on_light, on_dark) in {
        "focus": theme.FOCUS,
        "soft": theme.SOFT,
        **{f"code-{part}": colors for part, colors in theme.CODE.items()},
    }.items()
)
"""Colors of which there are two, for the light and for the dark page."""

_COLORS = f""":root, :host {{
  --accent: {theme.ACCENT};
  --pale: {theme.ACCENT_PALE};
  --positive: {theme.POSITIVE};
  --negative: {theme.NEGATIVE};
  --grid: {theme.GRID};
  --gray: {theme.GRAY};
{_BY_PAGE}}}
"""
"""The colors of the figures, for every style sheet."""


def make(
    name: str, html: str, css: Sequence[str] = (), js: Sequence[str] = ()
) -> ComponentRenderer:
    """Register a component, with the files `NAME.css` and `NAME.js` below `mnistviz/ui/`.

    Args:
        name: of the component and of its files, as `train/player`; without a CSS file it has no
            style of its own.
        html: what stands in it at first.
        css: names of files that go before its own, without `.css`; several components share them.
            All have `elements/base`, `elements/term` and the colors of the figures, as
            `var(--accent)`.
        js: the same for JavaScript.

    Returns:
        What draws it; each call needs a `key` and the `data` to draw.
    """
    own = [name] if (_FOLDER / f"{name}.css").exists() else []
    return st.components.v2.component(
        f"mnistviz.{name.replace('/', '.')}",
        html=html,
        css=_COLORS + _text(["elements/base", "elements/term", *css, *own], "css"),
        js=_marked(_text([*js, name], "js")),
    )


_ENTRY = "export default function ("
"""How the script of every component begins what Streamlit calls."""


def _marked(script: str) -> str:
    # The first paint waits for what a script draws, and its file comes later than the HTML.
    if script.count(_ENTRY) != 1:
        raise ValueError(f"the script of a component needs {_ENTRY!r} once")
    named = script.replace(_ENTRY, "function drawComponent(")
    return "\n".join((named, _text(["elements/drawn"], "js")))


GROUND_STYLES = ("layout", "narrow", "expander", "question", "exercise", "stages")
"""What lies under every page, by matter: style sheets in `mnistviz/ui/frame/page/`. After them come
those of single pages, each in `page.css` in the page's own folder."""

OVER_STYLES = ("sidebar", "type", "color", "around")
"""The same for what goes over a page, whichever it is."""

LAST_STYLES = ("numbers", "forced", "print")
"""The same for what goes over all else, a page that is presented too."""


@cache
def page_style() -> str:
    """Return the style of the page around the components, as elements of HTML.

    What is for one page, or for a page that is presented, has an element of its own: what asks with
    `:has()` costs each change of a page, and `frame/first_paint.js` turns it off where it has no
    part.
    """
    pages = [path.parent.name for path in sorted(_FOLDER.glob("*/page.css"))]
    return "".join(
        [
            _style("", "frame/page", GROUND_STYLES, before=_COLORS),
            *(_style(f' data-page="{page}"', page, ("page",)) for page in pages),
            _style("", "frame/page", OVER_STYLES),
            _style(" data-presenting", "frame/page", ("present", "present_stages")),
            _style("", "frame/page", LAST_STYLES),
            _style("", "elements", ("term", "finger", "scrolled")),
        ]
    )


def _style(attributes: str, folder: str, names: Sequence[str], before: str = "") -> str:
    text = families.named(_text([f"{folder}/{name}" for name in names], "css"))
    return f"<style{attributes}>{before}{text}</style>"


def _text(names: Sequence[str], ending: str) -> str:
    return "\n".join((_FOLDER / f"{name}.{ending}").read_text(encoding="utf-8") for name in names)
