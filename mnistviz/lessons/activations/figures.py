"""The figures of the page about activations: axes of the curves, flat units, histograms."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mnistviz.figures import charts, theme
from mnistviz.lessons.activations.histograms import Histogram
from mnistviz.lessons.activations.sampling import Curve
from mnistviz.words.quantities import from_to, number, percent

SLOPE_RANGE = (-0.2, 1.35)
"""The axis of slopes, the same for every function."""

SLOPE_TICKS = (0.0, 0.5, 1.0)

BOUND = 1.35
"""How far the axis of outputs reaches at least, to either side of 0."""

ROW = 34
PANEL = 140


def output_range(curve: Curve) -> tuple[float, float]:
    """Return the ends of the axis of outputs: the whole curve lies between, with some room."""
    high = max(BOUND, 1.05 * float(curve.outputs[-1]))
    least = float(curve.outputs.min())
    bounded = -BOUND if least < -BOUND / 2 else 0.0
    low = min(-0.12 * high, bounded if high == BOUND else 1.05 * least)
    return low, high


def output_ticks(curve: Curve) -> tuple[float, ...]:
    """Return the ticks of that axis: 1 for a function that stays there, else the ends of x."""
    low, high = output_range(curve)
    step = 1.0 if high == BOUND else curve.end / 2
    return tuple(step * number for number in range(-2, 3) if low <= step * number <= high)


def shares(rows: Sequence[tuple[str, float, str, bool]]) -> go.Figure:
    """Draw shares as bars, one below the other.

    Args:
        rows: for each bar its name, the share from 0 to 1, what one reads when pointing at it,
            and whether it is of the digit in hand, which has the full color.
    """
    bars = charts.lying_bars(
        names=[name for name, *_ in rows],
        values=[share for _, share, _, _ in rows],
        texts=[percent(share) for _, share, _, _ in rows],
        hover=[f"{name}: {words}" for name, _, words, _ in rows],
        color=[theme.ACCENT if full else theme.ACCENT_PALE for *_, full in rows],
        font_size=theme.FONT_SIZE,
    )
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=ROW * len(rows) + 36,
            margin={"l": 124, "r": 4, "t": 4, "b": 32},
            bargap=0.3,
            # Room for the words beyond the longest bar.
            xaxis=_shares_axis(1.3),
            yaxis=charts.names_axis(theme.FONT_SIZE),
        ),
    )


def _shares_axis(end: float) -> dict[str, Any]:
    labels = [f"{share}\N{NO-BREAK SPACE}%" for share in (0, 50, 100)]
    return charts.labeled_axis([0, 0.5, 1], labels, range=[0, end])


def histograms(records: Sequence[Histogram], titles: Sequence[str], across: str) -> go.Figure:
    """Draw how the outputs of each layer spread, one layer below the other on equal axes.

    Args:
        records: one for each hidden layer.
        titles: what stands above each.
        across: what lies along the axis.
    """
    rows = len(records)
    figure = make_subplots(
        rows=rows,
        cols=1,
        shared_xaxes=True,
        subplot_titles=list(titles),
        vertical_spacing=0.34 / rows,
    )
    for row, record in enumerate(records, start=1):
        figure.add_trace(_histogram(record), row, 1)
    low, high = float(records[0].edges[0]), float(records[0].edges[-1])
    figure.update_xaxes(charts.numbers_axis(range=[low, high], exponentformat="power"))
    title = {"text": across, "font": {"size": theme.TICK_FONT_SIZE}, "standoff": 4}
    figure.update_xaxes(title=title, row=rows)
    figure.update_yaxes(_shares_axis(1))
    figure.update_annotations(font_size=theme.FONT_SIZE, x=0, xanchor="left", yshift=10)
    figure.update_layout(
        theme.layout(
            height=PANEL * rows + 60, margin={"l": 58, "r": 12, "t": 40, "b": 52}, bargap=0.05
        )
    )
    return figure


def _histogram(record: Histogram) -> go.Bar:
    bins = zip(record.edges, record.edges[1:], record.shares, strict=False)
    return go.Bar(
        x=((record.edges[:-1] + record.edges[1:]) / 2).tolist(),
        y=record.shares.tolist(),
        width=float(record.edges[1] - record.edges[0]),
        marker={"color": theme.ACCENT, "line": {"width": 0}},
        hovertext=[
            f"{from_to(number(float(a)), number(float(b)))}: {percent(float(share))}"
            for a, b, share in bins
        ],
        hoverinfo="text",
    )
