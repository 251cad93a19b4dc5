"""The look that all figures share. Text and grid take their color from the page's theme."""

from typing import Any

import plotly.graph_objects as go

ACCENT = "#7a5cf5"
"""Probability. Contrast at least 3:1 on the light and on the dark page."""

ACCENT_PALE = "rgba(122, 92, 245, 0.38)"
"""Probability of what is not the prediction. It says too little on a light page by itself: a bar
of it stands in a line of the accent."""

POSITIVE = "rgb(43, 108, 217)"
"""The end of the scale of signed values at +."""

NEGATIVE = "rgb(224, 112, 22)"
"""The end of the scale of signed values at -."""

LAYERS = ("#0b8f61", "#d1498b", "#a67c00", "#148bb0", "#b5542f")
"""One hue for each layer, where code is marked by the tensor that it names: apart from the blue and
the orange of signed values and from the accent. Never the only sign."""

CLASSES = (
    "#d55e00",
    "#0079bd",
    "#009e73",
    "#a67c00",
    "#b85c96",
    "#808080",
    "#a6611a",
    "#2f8fc4",
    "#7a5cf5",
    "#d1495b",
)
"""One hue for each of the ten classes, after Okabe and Ito, of a lightness for either page. They
only help: a class is drawn as its digit."""

GRID = "rgba(128, 128, 128, 0.25)"
"""Grid lines, on either page."""

GRAY = "#808080"
"""What is neither: a count, what is usual, the other one of two. At least 3:1 on either page."""

FOCUS = ("#5f3fdc", "#9d87ff")
"""What has the focus and what is chosen, on the light and on the dark page: Streamlit's primary
color in `.streamlit/config.toml`."""

SOFT = ("#5b5866", "#b3b0c0")
"""Words that stand back, as captions do, on the light and on the dark page."""

PAPER, INK = "#ffffff", "#1d1b26"
"""Ground and letters of a figure outside the app, whose page is not known: see `on_paper`."""

CODE = {
    "comment": ("#5c5a66", "#a9a6b8"),
    "keyword": ("#1558b0", "#8ab8ff"),
    "string": ("#1b6a34", "#83d698"),
    "number": ("#0b655e", "#6fd6c4"),
    "operator": ("#8f4200", "#f2ab6b"),
}
"""The parts of code, on the light and on the dark page: at least 4.5:1."""

FONT_SIZE = 16
TICK_FONT_SIZE = 14
BAR_FONT_SIZE = 18

CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
"""Plotly's own buttons are off: the page's controls say what a chart shows."""


def layout(**more: Any) -> dict[str, Any]:
    """Return the layout of every figure, with more of its own on top.

    Args:
        more: properties of `plotly.graph_objects.Layout`.
    """
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
        "font": {"size": FONT_SIZE},
        **more,
    }


def on_paper(figure: go.Figure) -> go.Figure:
    """Give a figure that stands on no page of ours a ground and dark letters of its own.

    Args:
        figure: it is changed.

    Returns:
        The same figure.
    """
    return figure.update_layout(
        template="none",
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"color": INK, "size": FONT_SIZE},
    )
