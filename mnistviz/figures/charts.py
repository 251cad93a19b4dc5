"""The parts that charts have in common: bars that lie one below the other, and plain axes."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from mnistviz.figures import theme


def lying_bars(
    names: Sequence[str],
    values: Sequence[float],
    texts: Sequence[str],
    hover: Sequence[str],
    color: str | Sequence[str],
    font_size: int = theme.TICK_FONT_SIZE,
) -> go.Bar:
    """Return horizontal bars with their values at their ends; see `names_axis`.

    Args:
        names: one for each bar.
        values: the lengths, finite.
        texts: what stands at the end of each bar.
        hover: what one reads when pointing at each.
        color: of all bars, or of each.
        font_size: of the texts, in pixels.
    """
    return go.Bar(
        orientation="h",
        x=list(values),
        y=list(names),
        text=list(texts),
        textposition="outside",
        textfont={"size": font_size},
        cliponaxis=False,
        marker=bar_marker(color),
        hovertext=list(hover),
        hoverinfo="text",
    )


def bar_marker(color: str | Sequence[str]) -> dict[str, Any]:
    """Return the look of bars: a pale one has a line around it, so that its end is seen.

    Args:
        color: of all bars, or of each.
    """
    if isinstance(color, str):
        return {"color": color, "line": {"width": _line(color), "color": theme.ACCENT}}
    line = {"width": [_line(one) for one in color], "color": theme.ACCENT}
    return {"color": list(color), "line": line}


def _line(color: str) -> int:
    return 1 if color == theme.ACCENT_PALE else 0


def names_axis(font_size: int = theme.TICK_FONT_SIZE, **more: Any) -> dict[str, Any]:
    """Return the upright axis of `lying_bars`: their names, the first at the top, no grid.

    Args:
        font_size: of the names, in pixels.
        more: properties of `plotly.graph_objects.layout.YAxis`, on top.
    """
    return {
        "type": "category",
        "autorange": "reversed",
        "tickfont": {"size": font_size},
        "showgrid": False,
        "fixedrange": True,
        **more,
    }


def numbers_axis(**more: Any) -> dict[str, Any]:
    """Return an axis of numbers that cannot be dragged, with grid lines and no line at 0.

    Args:
        more: properties of `plotly.graph_objects.layout.XAxis` or `YAxis`, on top.
    """
    return {
        "tickfont": {"size": theme.TICK_FONT_SIZE},
        # Where there is little room Plotly would turn the numbers.
        "tickangle": 0,
        "gridcolor": theme.GRID,
        "zeroline": False,
        "fixedrange": True,
        **more,
    }


def labeled_axis(ticks: Sequence[float], labels: Sequence[str], **more: Any) -> dict[str, Any]:
    """Return an axis of numbers with ticks where they are wanted, and texts for them.

    Args:
        ticks: where.
        labels: one text for each.
        more: properties of `plotly.graph_objects.layout.XAxis` or `YAxis`, on top.
    """
    return numbers_axis(tickmode="array", tickvals=list(ticks), ticktext=list(labels), **more)
