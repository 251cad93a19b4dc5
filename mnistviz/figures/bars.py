"""The ten probabilities of one digit as bars."""

import numpy as np
import plotly.graph_objects as go

from mnistviz.digits.arrays import Floats
from mnistviz.figures import charts, theme
from mnistviz.network.answers import prediction
from mnistviz.words import read
from mnistviz.words.quantities import percents

ZOOMS = {0.12: 0.03, 0.15: 0.05, 0.2: 0.05, 0.3: 0.1, 0.5: 0.25, 0.75: 0.25, 1.0: 0.25}
"""Where the zoomed axis may end, and the step of its ticks: at most five of them, so that they have
room on a phone. The largest of ten probabilities is at least 0.1."""

HEIGHT = 356
"""Pixels; ten bars and their axis, whatever they say."""


def axis_end(probabilities: Floats, zoom: bool) -> float:
    """Return where the axis of the probabilities ends.

    Args:
        probabilities: shape (10,).
        zoom: whether the axis shall end a little above the longest bar, instead of at 1.
    """
    if not zoom:
        return 1.0
    longest = float(np.fmax.reduce(probabilities))
    return next((end for end in ZOOMS if end >= longest), 1.0)


def softmax_bars(probabilities: Floats, truth: int | None, zoom: bool = False) -> go.Figure:
    """Draw ten horizontal bars, 0 at the top, with their values.

    The prediction is the one bar in full color; `✓` stands beside the true digit, and `✗` behind
    the value of a wrong prediction.

    Args:
        probabilities: float32 of shape (10,), each 0 to 1; NaN has a word and no length.
        truth: the label of the digit, 0 to 9; None if it is not known.
        zoom: whether the axis ends a little above the longest bar, instead of at 1.
    """
    says = prediction(probabilities)
    marks = ["" for _ in probabilities]
    if says is not None and truth is not None:
        marks[says] = " ✓" if says == truth else " ✗"
    digits = [str(digit) for digit in range(len(probabilities))]
    values = percents(probabilities)
    bars = charts.lying_bars(
        names=digits,
        # Without a number there would be no bar, and the word stands at its end.
        values=[0.0 if np.isnan(p) else float(p) for p in probabilities],
        texts=[
            f"<b>{value}{mark}</b>" if mark else value
            for value, mark in zip(values, marks, strict=True)
        ],
        hover=[f"{digit}: {value}" for digit, value in zip(digits, values, strict=True)],
        color=[
            theme.ACCENT if digit == says else theme.ACCENT_PALE for digit in range(len(digits))
        ],
        font_size=theme.BAR_FONT_SIZE,
    )
    # In low bars too: they are as high as the window allows.
    bars.update(constraintext="none")
    end = axis_end(probabilities, zoom)
    ticks = [ZOOMS[end] * number for number in range(round(end / ZOOMS[end]) + 1)]
    return go.Figure(
        data=[bars],
        layout=theme.layout(
            height=HEIGHT,
            margin={"l": 52, "r": 104, "t": 0, "b": 30},
            bargap=0.28,
            xaxis=charts.labeled_axis(
                ticks,
                [f"{100 * tick:.0f}\N{NO-BREAK SPACE}%" for tick in ticks],
                range=[0, end],
                showgrid=True,
                tickangle=0,
            ),
            yaxis=charts.names_axis(
                theme.BAR_FONT_SIZE,
                tickmode="array",
                tickvals=digits,
                ticktext=[
                    f"<b>✓ {digit}</b>" if digit == str(truth) else digit for digit in digits
                ],
            ),
        ),
    )


def softmax_bars_alt(probabilities: Floats, truth: int | None) -> str:
    """Say in words what the bars show, for those who do not see them.

    Args:
        probabilities: float32 of shape (10,).
        truth: the label of the digit, 0 to 9; None if it is not known.
    """
    values = ", ".join(f"{digit}: {p}" for digit, p in enumerate(percents(probabilities)))
    says = prediction(probabilities)
    words = read("figures").parts
    answer = words["bars_answer_none" if says is None else "bars_answer"].format(says=says)
    part = "bars_alt" if truth is None else "bars_alt_known"
    return words[part].format(values=values, answer=answer, truth=truth)
