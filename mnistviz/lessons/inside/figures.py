"""The figure of a unit's mean activation for the digits of each class."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mnistviz.digits.arrays import Doubles
from mnistviz.figures import charts, theme
from mnistviz.words.quantities import number

ROW = 32
"""Pixels of a bar with its share of the gaps."""

ROOM = 1.25
"""How far the axis reaches, in lengths of the longest bar: the values stand at the ends."""


def class_bars(means: Doubles, hover: Sequence[str], is_signed: bool) -> go.Figure:
    """Draw a mean for each class as bars, digit 0 at the top.

    Args:
        means: float64 of shape (10,), finite; a class without digits has none and no bar.
        hover: what one reads when pointing at each.
        is_signed: whether they are logits, blue above 0 and orange below; else activations.
    """
    values = np.nan_to_num(means)
    digits = [str(digit) for digit in range(len(means))]
    colors = [theme.POSITIVE if value >= 0 else theme.NEGATIVE for value in values]
    bars = charts.lying_bars(
        names=digits,
        values=values.tolist(),
        texts=[number(float(mean)) for mean in means],
        hover=[f"{digit}: {text}" for digit, text in zip(digits, hover, strict=True)],
        color=colors if is_signed else theme.ACCENT,
        font_size=theme.FONT_SIZE,
    )
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    if low == high:
        high = 1.0
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=ROW * len(digits) + 36,
            margin={"l": 30, "r": 40, "t": 4, "b": 32},
            bargap=0.3,
            xaxis=charts.numbers_axis(
                range=[ROOM * low, ROOM * high],
                nticks=5,
                zeroline=True,
                zerolinecolor=theme.GRID,
            ),
            yaxis=charts.names_axis(theme.BAR_FONT_SIZE),
        ),
    )
