"""Tests of figures and pictures: what they show is what was given, read back from the result."""

from __future__ import annotations

import base64
import io
import itertools
import json
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mnistviz.digits import mnist
from mnistviz.figures import charts, pictures, theme
from mnistviz.figures.bars import ZOOMS, axis_end, softmax_bars, softmax_bars_alt

Row = npt.NDArray[np.float32]

EVEN = np.array([0.09, 0.1, 0.11, 0.08, 0.12, 0.1, 0.1, 0.09, 0.14, 0.07], dtype=np.float32)
TIED = np.full(10, 0.1, dtype=np.float32)
SURE = np.array([0.0] * 7 + [1.0] + [0.0] * 2, dtype=np.float32)
BROKEN = np.full(10, np.nan, dtype=np.float32)


def bar(figure: go.Figure) -> dict[str, Any]:
    """Return the one trace of the figure as the browser gets it."""
    [trace] = json.loads(figure.to_json())["data"]
    return trace


def layout(figure: go.Figure) -> dict[str, Any]:
    """Return the layout of the figure as the browser gets it."""
    found: dict[str, Any] = json.loads(figure.to_json())["layout"]
    return found


def plain(text: str) -> str:
    """Take the tags of bold text away."""
    return re.sub("</?b>", "", text)


class TestBars:
    @pytest.mark.parametrize("row", [EVEN, TIED, SURE], ids=["even", "tied", "sure"])
    def test_a_bar_is_as_long_as_its_probability(self, row: Row) -> None:
        figure = softmax_bars(row, truth=8)
        [trace] = figure.data
        assert trace.type == "bar"
        assert trace.orientation == "h"
        assert list(trace.x) == row.tolist()
        assert list(trace.y) == list("0123456789")

    def test_zero_stands_at_the_top(self) -> None:
        axis = layout(softmax_bars(EVEN, truth=8))["yaxis"]
        assert axis["type"] == "category"
        assert axis["autorange"] == "reversed"

    def test_each_bar_has_its_value(self) -> None:
        texts = [plain(text) for text in bar(softmax_bars(EVEN, truth=3))["text"]]
        assert texts[0] == "9.0\u00a0%"
        assert texts[4] == "12.0\u00a0%"
        assert texts[9] == "7.0\u00a0%"
        hover = bar(softmax_bars(EVEN, truth=3))["hovertext"]
        assert hover[4] == "4: 12.0\u00a0%"
        assert bar(softmax_bars(EVEN, truth=3))["hoverinfo"] == "text"

    def test_no_bar_has_all_beside_others_that_have_some(self) -> None:
        row = np.array([1, 1e-9, *[0] * 8], dtype=np.float32)
        texts = [plain(text) for text in bar(softmax_bars(row, truth=0))["text"]]
        assert texts[0].startswith(">\u00a099.9\u00a0%")
        assert texts[1:3] == ["<\u00a00.1\u00a0%", "0.0\u00a0%"]
        assert "0: >\u00a099.9\u00a0%" in softmax_bars_alt(row, truth=0)

    @pytest.mark.parametrize(("truth", "mark"), [(8, "✓"), (3, "✗")])
    def test_the_mark_stands_behind_the_prediction(self, truth: int, mark: str) -> None:
        texts = bar(softmax_bars(EVEN, truth))["text"]
        assert texts[8] == f"<b>14.0\u00a0% {mark}</b>"
        for digit in set(range(10)) - {8}:
            assert not re.search("[✓✗]|<b>", texts[digit])

    @pytest.mark.parametrize("truth", range(10))
    @pytest.mark.parametrize("row", [EVEN, TIED], ids=["even", "tied"])
    def test_a_check_stands_beside_the_true_digit(self, row: Row, truth: int) -> None:
        axis = layout(softmax_bars(row, truth))["yaxis"]
        assert axis["tickmode"] == "array"
        assert axis["tickvals"] == list("0123456789")
        expected = [f"<b>✓ {digit}</b>" if digit == truth else str(digit) for digit in range(10)]
        assert axis["ticktext"] == expected

    def test_no_mark_stands_behind_a_tie(self) -> None:
        two = np.array([0.4, 0.4] + [0.025] * 8, dtype=np.float32)
        for row in (TIED, two):
            for text in bar(softmax_bars(row, truth=0))["text"]:
                assert not re.search("[✓✗]|<b>", text)

    @pytest.mark.parametrize("truth", [8, 3])
    def test_the_prediction_is_the_bar_in_full_color(self, truth: int) -> None:
        colors = bar(softmax_bars(EVEN, truth))["marker"]["color"]
        expected = [theme.ACCENT if digit == 8 else theme.ACCENT_PALE for digit in range(10)]
        assert colors == expected

    def test_a_tie_has_no_bar_in_full_color(self) -> None:
        assert set(bar(softmax_bars(TIED, 0))["marker"]["color"]) == {theme.ACCENT_PALE}

    @pytest.mark.parametrize("row", [EVEN, TIED, SURE, BROKEN])
    def test_the_axis_goes_from_0_to_1_whatever_is_shown(self, row: Row) -> None:
        # Else 14 % would look like certainty, and the bars would jump from one to the next.
        axis = layout(softmax_bars(row, truth=8))["xaxis"]
        assert axis["range"] == [0, 1]
        assert axis["fixedrange"] is True
        assert axis["tickvals"] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
        assert axis["ticktext"] == [f"{tick}\u00a0%" for tick in (0, 25, 50, 75, 100)]

    @pytest.mark.parametrize(
        ("largest", "end"),
        [
            (0.1, 0.12),
            (0.12, 0.12),
            (0.1201, 0.15),
            (0.19, 0.2),
            (0.25, 0.3),
            (0.31, 0.5),
            (0.5, 0.5),
            (0.74, 0.75),
            (0.76, 1.0),
            (1.0, 1.0),
            (1.0000001, 1.0),
        ],
    )
    def test_zoomed_it_ends_a_little_above_the_longest_bar(
        self, largest: float, end: float
    ) -> None:
        row = np.full(10, (1 - largest) / 9, dtype=np.float32)
        row[2] = largest
        assert axis_end(row, zoom=True) == end
        assert axis_end(row, zoom=False) == 1
        axis = layout(softmax_bars(row, truth=0, zoom=True))["xaxis"]
        assert axis["range"] == [0, end]

    @settings(derandomize=True, deadline=None, max_examples=100)
    @given(st.lists(st.floats(0, 10, width=32), min_size=10, max_size=10))
    def test_zoomed_no_bar_is_cut_off(self, logits: list[float]) -> None:
        exps = np.exp(np.array(logits))
        row = (exps / exps.sum()).astype(np.float32)
        end = axis_end(row, zoom=True)
        assert end in ZOOMS
        assert row.max() <= end
        assert all(smaller < row.max() for smaller in ZOOMS if smaller < end)

    @pytest.mark.parametrize("zoom", [False, True])
    def test_what_is_not_a_number_is_said_and_not_drawn(self, zoom: bool) -> None:
        trace = bar(softmax_bars(BROKEN, truth=4, zoom=zoom))
        assert trace["text"] == ["NaN"] * 10
        # Plotly writes no word beside a bar whose length is no number.
        assert trace["x"] == [0.0] * 10
        assert set(trace["marker"]["color"]) == {theme.ACCENT_PALE}
        assert layout(softmax_bars(BROKEN, truth=4, zoom=zoom))["xaxis"]["range"] == [0, 1]

    def test_one_value_that_is_not_a_number_leaves_the_others(self) -> None:
        row = EVEN.copy()
        row[0] = np.nan
        trace = bar(softmax_bars(row, truth=4, zoom=True))
        assert trace["text"][0] == "NaN"
        assert trace["x"][0] == 0
        assert trace["x"][8] == pytest.approx(0.14)
        assert axis_end(row, zoom=True) == 0.15

    def test_what_is_given_stays_as_it_is(self) -> None:
        row = EVEN.copy()
        row.setflags(write=False)
        softmax_bars(row, truth=1, zoom=True)
        assert np.array_equal(row, EVEN)

    def test_the_size_does_not_depend_on_what_is_shown(self) -> None:
        # The page below must not move when another digit is chosen.
        sizes = {
            json.dumps([found["height"], found["margin"]])
            for found in (layout(softmax_bars(row, 3)) for row in (EVEN, TIED, SURE, BROKEN))
        }
        assert len(sizes) == 1

    def test_words_for_those_who_do_not_see_it(self) -> None:
        assert softmax_bars_alt(EVEN, truth=3) == (
            "Ten bars, one for each digit. 0: 9.0\u00a0%, 1: 10.0\u00a0%, 2: 11.0\u00a0%, "
            "3: 8.0\u00a0%, 4: 12.0\u00a0%, 5: 10.0\u00a0%, 6: 10.0\u00a0%, 7: 9.0\u00a0%, "
            "8: 14.0\u00a0%, 9: 7.0\u00a0%. prediction 8, true digit 3."
        )

    @pytest.mark.parametrize("row", [TIED, BROKEN], ids=["tied", "nan"])
    def test_words_without_a_prediction(self, row: Row) -> None:
        assert softmax_bars_alt(row, 5).endswith(". no single prediction, true digit 5.")


def decode(uri: str) -> npt.NDArray[np.uint8]:
    """Read a picture back out of its address."""
    kind, _, content = uri.partition(",")
    assert kind == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(content, validate=True)), formats=["PNG"]) as image:
        return np.asarray(image)


@pytest.fixture(scope="module")
def digits() -> npt.NDArray[np.uint8]:
    """All the training digits of the sample: uint8 of shape (4000, 28, 28)."""
    return mnist.load(mnist.SAMPLE_ROOT).train_pixels.numpy()


class TestPictures:
    def test_a_picture_keeps_every_pixel(self, digits: npt.NDArray[np.uint8]) -> None:
        for pixels in digits[:20]:
            found = decode(pictures.data_uri(pixels))
            assert found.dtype == np.uint8
            assert np.array_equal(found, pixels)

    def test_a_picture_keeps_every_shade_and_its_place(self) -> None:
        shades = np.arange(256, dtype=np.uint8).reshape(8, 32)
        assert np.array_equal(decode(pictures.data_uri(shades)), shades)
        transparent = np.stack([shades, shades[::-1]], axis=-1)
        assert np.array_equal(decode(pictures.data_uri(transparent)), transparent)

    def test_a_part_of_a_larger_array_is_a_picture_too(self) -> None:
        whole = np.arange(64, dtype=np.uint8).reshape(8, 8)
        assert np.array_equal(decode(pictures.data_uri(whole[::2, 1::3])), whole[::2, 1::3])

    @pytest.mark.parametrize("count", [64, 32, 9, 1])
    def test_a_sheet_has_eight_digits_in_a_row(
        self, digits: npt.NDArray[np.uint8], count: int
    ) -> None:
        sheet = decode(pictures.data_uri(pictures.sheet(digits[:count])))
        cell, half = 28 + pictures.GAP, pictures.GAP // 2
        assert sheet.shape == (8 * cell, 8 * cell, 2)
        shades, opacity = sheet[..., 0], sheet[..., 1]
        covered = np.zeros_like(opacity, dtype=bool)
        for number, (row, column) in enumerate(itertools.product(range(8), range(8))):
            if number < count:
                top, left = row * cell + half, column * cell + half
                place = (slice(top, top + 28), slice(left, left + 28))
                assert np.array_equal(shades[place], digits[number])
                covered[place] = True
        # Where there is no digit, the page shows through, be it light or dark.
        assert (opacity == np.where(covered, 255, 0)).all()
        assert covered.sum() == count * 784

    def test_the_digits_stay_as_they_are(self, digits: npt.NDArray[np.uint8]) -> None:
        batch = digits[:32].copy()
        pictures.sheet(batch)[:] = 7
        assert np.array_equal(batch, digits[:32])


class TestTheme:
    def test_a_figure_leaves_the_page_behind_it_visible(self) -> None:
        found = layout(go.Figure(layout=theme.layout()))
        assert found["paper_bgcolor"] == found["plot_bgcolor"] == "rgba(0,0,0,0)"
        assert found["showlegend"] is False

    def test_a_figure_adds_properties_of_its_own(self) -> None:
        found = theme.layout(height=3, dragmode="zoom")
        assert found["height"] == 3
        assert found["dragmode"] == "zoom"
        # The shared look stays what it was.
        assert theme.layout()["dragmode"] is False
        assert "height" not in theme.layout()


class TestPaleBars:
    def test_they_have_a_line_around_them(self) -> None:
        marker = charts.bar_marker([theme.ACCENT, theme.ACCENT_PALE])
        assert marker["line"] == {"width": [0, 1], "color": theme.ACCENT}
        assert charts.bar_marker(theme.ACCENT_PALE)["line"]["width"] == 1
        assert charts.bar_marker(theme.POSITIVE)["line"]["width"] == 0
