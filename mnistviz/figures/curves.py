"""Loss and accuracy of a training by step, one above the other."""

from collections.abc import Sequence

import plotly.graph_objects as go

from mnistviz.digits.arrays import Floats, Integers
from mnistviz.figures import charts, theme
from mnistviz.words import say

HEIGHT = 520
"""Pixels of both charts."""


def figure(
    of_batches: Sequence[Floats], test_steps: Integers, of_tests: Sequence[Floats]
) -> go.Figure:
    """Draw loss above and accuracy below: of the batches a thin line, of the test digits a dashed.

    Args:
        of_batches: losses and accuracies, each float32 of shape (steps,), from step 1.
        test_steps: int64 of shape (M,), the steps at which the test digits were asked.
        of_tests: losses and accuracies of the test digits, each float32 of shape (M,).
    """
    drawn = go.Figure(layout=theme.layout(height=HEIGHT))
    for place, (batches, tests) in enumerate(zip(of_batches, of_tests, strict=True)):
        axes = {"xaxis": "x", "yaxis": "y2" if place else "y", "showlegend": not place}
        drawn.add_trace(
            go.Scatter(
                x=list(range(1, len(batches) + 1)),
                y=batches,
                name=say("figures", "batches"),
                line={"color": theme.GRAY, "width": 1},
                **axes,
            )
        )
        drawn.add_trace(
            go.Scatter(
                x=test_steps,
                y=tests,
                name=say("figures", "test_digits"),
                line={"color": theme.ACCENT, "width": 3, "dash": "dash"},
                **axes,
            )
        )
    drawn.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 76, "r": 16, "t": 48, "b": 56},
        xaxis=charts.numbers_axis(title={"text": say("figures", "step")}, anchor="y2"),
        yaxis=charts.numbers_axis(
            title={"text": say("figures", "loss")}, domain=[0.54, 1], rangemode="tozero"
        ),
        yaxis2=charts.numbers_axis(
            title={"text": say("figures", "accuracy")},
            domain=[0, 0.46],
            range=[0, 1],
            tickformat=".0%",
        ),
    )
    return theme.on_paper(drawn)
