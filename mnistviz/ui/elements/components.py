"""The components of our own: small pieces of HTML, CSS and JavaScript, without an iframe."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from mnistviz import ui
from mnistviz.figures import theme

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
        js=_text([*js, name], "js"),
    )


GROUND_STYLES = ("layout", "narrow", "question", "stages")
"""What lies under every page, by matter: style sheets in `mnistviz/ui/frame/page/`. After them come
those of single pages, each in `page.css` in the page's own folder."""

OVER_STYLES = ("sidebar", "type", "color", "around", "present", "numbers", "forced", "print")
"""The same for what goes over a page, whichever it is."""


@cache
def page_style() -> str:
    """Return the style of the page around the components, as an element of HTML."""
    names = [
        *(f"frame/page/{name}" for name in GROUND_STYLES),
        *(f"{path.parent.name}/page" for path in sorted(_FOLDER.glob("*/page.css"))),
        *(f"frame/page/{name}" for name in OVER_STYLES),
        "elements/term",
        "elements/finger",
    ]
    return f"<style>{_COLORS}{_text(names, 'css')}</style>"


def _text(names: Sequence[str], ending: str) -> str:
    return "\n".join((_FOLDER / f"{name}.{ending}").read_text(encoding="utf-8") for name in names)
