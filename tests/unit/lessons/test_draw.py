"""The figure of a training on, and the words and names that the page is given."""

from __future__ import annotations

from itertools import pairwise

import pytest

from mnistviz.lessons.draw import set_figures
from mnistviz.lessons.draw.set_figures import APART, Line


def lines(*ends: float) -> list[Line]:
    return [Line(f"line {place}", [0.1, 0.5, end], place) for place, end in enumerate(ends)]


def test_each_line_is_told_apart_and_named_at_its_end() -> None:
    fig = set_figures.curves(lines(0.9, 0.3, 0.6), "epoch")
    assert [trace.line.dash for trace in fig.data] == ["solid", "dot", "dash"]
    assert [list(trace.x) for trace in fig.data] == [[0, 1, 2]] * 3
    assert list(fig.data[1].y) == [0.1, 0.5, 0.3]
    assert fig.data[0].hovertext[2] == "line 0, epoch 2: 90.0\N{NO-BREAK SPACE}%"
    names = {one.text: one.y for one in fig.layout.annotations}
    assert names == {"line 0": 0.9, "line 1": 0.3, "line 2": 0.6}
    assert list(fig.layout.yaxis.range) == [0, 1.02]


def test_a_line_keeps_its_look_when_another_is_missing() -> None:
    (first, _, third) = lines(0.9, 0.3, 0.6)
    fig = set_figures.curves([first, third], "epoch")
    assert [trace.line.dash for trace in fig.data] == ["solid", "dash"]


@pytest.mark.parametrize(
    "ends", [(1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.9, 0.91, 0.2), (0.01, 0.05, 0.03), (0.5,)]
)
def test_no_name_stands_on_another(ends: tuple[float, ...]) -> None:
    fig = set_figures.curves(lines(*ends), "epoch")
    heights = [one.y for one in fig.layout.annotations]
    assert all(0 <= height <= 1 + 1e-9 for height in heights)
    placed = sorted(heights)
    apart = [after - before for before, after in pairwise(placed)]
    assert all(gap >= APART - 1e-9 for gap in apart)
    for end, height in zip(ends, heights, strict=True):
        assert abs(end - height) <= 2 * APART + 1e-9
    # The order at the end is that of the lines.
    order = sorted(range(len(ends)), key=lambda place: ends[place])
    by_height = [ends[place] for place in sorted(range(len(ends)), key=lambda p: heights[p])]
    assert by_height == [ends[place] for place in order]
