"""Tests of the figures that tell how good a network is: what they show is what was given."""

from __future__ import annotations

import numpy as np
import pytest

from mnistviz.figures import theme
from mnistviz.lessons.train import results_figures
from mnistviz.training.evaluation import reliability


def test_a_bar_for_each_class_and_the_worst_in_full_color() -> None:
    shares = np.array([0.9, 0.5, np.nan, 1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9])
    values = [f"value {digit}" for digit in range(10)]
    (bars,) = results_figures.class_bars(shares, values, values).data
    assert list(bars.y) == list("0123456789")
    assert list(bars.x) == [0.9, 0.5, 0, 1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]
    assert list(bars.text) == list(bars.hovertext) == values
    assert [color == theme.ACCENT for color in bars.marker.color] == [n == 1 for n in range(10)]


@pytest.mark.parametrize(("times", "angle"), [(1, 0), (100, -90)])
def test_a_dot_for_each_bin_that_holds_digits(times: int, angle: int) -> None:
    sure = np.tile(np.array([0.25, 0.95, 0.95, 0.95], dtype=np.float32), times)
    right = np.tile([True, True, True, False], times)
    hover = [f"bin {place}" for place in range(10)]
    figure = results_figures.reliability(reliability(sure, right), hover, "across", "up", "digits")
    equal, apart, dots = figure.data
    assert [list(equal.x), list(equal.y), equal.line.dash] == [[0, 1], [0, 1], "dash"]
    assert list(dots.x) == pytest.approx([0.25, 0.95])
    assert list(dots.y) == pytest.approx([1, 2 / 3])
    assert list(dots.hovertext) == ["bin 2", "bin 9"]
    small, large = dots.marker.size
    assert (
        results_figures.LEAST_DOT
        < small
        < large
        < results_figures.LEAST_DOT + results_figures.MORE_DOT
    )
    # Each line goes from where both are equal to the dot.
    assert list(apart.x) == pytest.approx([0.25, 0.25, None, 0.95, 0.95, None])
    assert list(apart.y) == pytest.approx([0.25, 1, None, 0.95, 2 / 3, None])
    name, *counts = figure.layout.annotations
    assert name.text == "digits"
    wanted = [0, 0, times, 0, 0, 0, 0, 0, 0, 3 * times]
    assert [count.text for count in counts] == [f"{n:,}" for n in wanted]
    assert {count.textangle for count in counts} == {angle}
    assert figure.layout.xaxis.range == figure.layout.yaxis.range == (0, 1)
