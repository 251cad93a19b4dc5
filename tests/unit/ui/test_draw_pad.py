"""What the pad makes of a drawing, and of what a browser says of it."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
import torch

from mnistviz.digits.preparation import ALL, Steps, prepare
from mnistviz.digits.strokes import MAX_STROKES, Stroke, Tool
from mnistviz.network import styles
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.draw import pad
from mnistviz.ui.draw.pad import BLACK, WHITE, Reading, Verdict
from tests.drawings import raster

SEVEN = (Stroke(Tool.PEN, 22.0, ((80.0, 60.0), (190.0, 60.0), (130.0, 230.0))),)
TWO = (*SEVEN, Stroke(Tool.PEN, 22.0, ((250.0, 60.0), (250.0, 230.0))))
SPEC = NetworkSpec(hidden=(12,))


def said(reading: Reading, apart: float = 0.0) -> list[dict[str, Any]]:
    """What a browser says that sees the same."""
    return [
        {
            "sum": zlib.crc32(digit.prepared.pixels.tobytes()),
            "shares": (digit.probabilities.astype(float) + apart).tolist(),
        }
        for digit in reading.digits
    ]


@pytest.mark.parametrize("style", list(Style))
def test_one_digit_is_read_from_the_whole_canvas(style: Style) -> None:
    spec = NetworkSpec(style=style)
    (digit,) = pad.reading_of(spec, SEVEN, ALL, BLACK).digits
    ink = raster(SEVEN)
    wanted = prepare(ink, ink)
    np.testing.assert_array_equal(digit.prepared.pixels, wanted.pixels)
    inputs = torch.from_numpy(wanted.inputs).reshape(1, 784)
    row = styles.probabilities(styles.build(spec, parameters(spec)), inputs)[0].numpy()
    np.testing.assert_array_equal(digit.probabilities, row)
    assert digit.says == int(row.argmax())


def test_several_digits_have_a_frame_each() -> None:
    left, right = pad.reading_of(SPEC, TWO, ALL, BLACK).digits
    assert left.box.right <= right.box.left
    assert right.prepared.ink.shape[0] == right.prepared.ink.shape[1] < 280
    alone = pad.reading_of(SPEC, SEVEN, ALL, BLACK).digits[0]
    np.testing.assert_array_equal(left.prepared.scaled, alone.prepared.scaled)


def test_white_paper_is_turned_by_the_first_step_alone() -> None:
    black = pad.reading_of(SPEC, SEVEN, ALL, BLACK).digits[0].prepared
    white = pad.reading_of(SPEC, SEVEN, ALL, WHITE).digits[0].prepared
    np.testing.assert_array_equal(white.pixels, black.pixels)
    np.testing.assert_array_equal(white.gray, 255 - black.gray)
    as_it_came = pad.reading_of(SPEC, SEVEN, Steps(ink=False), WHITE).digits[0].prepared
    assert as_it_came.pixels.mean() > 100 > black.pixels.mean()


def test_browser_and_pytorch_are_compared() -> None:
    reading = pad.reading_of(SPEC, TWO, ALL, BLACK)
    verdicts = {
        Verdict.WAITS: None,
        Verdict.AGREES: said(reading, apart=5e-5),
        Verdict.APART: said(reading, apart=2e-4),
        Verdict.PIXELS: [{**one, "sum": one["sum"] ^ 1} for one in said(reading)],
    }
    for verdict, check in verdicts.items():
        result = pad.reading_of(SPEC, TWO, ALL, BLACK, check)
        assert result.agreement.verdict is verdict
        assert pad.describe_agreement(result)
    agrees = pad.reading_of(SPEC, TWO, ALL, BLACK, said(reading, apart=5e-5))
    assert agrees.agreement.difference == pytest.approx(5e-5, rel=1e-3)
    assert "the 2 digits" in pad.describe_agreement(agrees)
    assert "10⁻⁵" in pad.describe_agreement(agrees)


@pytest.mark.parametrize(
    "check",
    ["abc", 7, [], [{}], [{"sum": 1}], [{"sum": "x", "shares": []}], [{"sum": 1, "shares": [1]}]],
)
def test_what_a_browser_cannot_have_said_is_no_agreement(check: object) -> None:
    result = pad.reading_of(SPEC, SEVEN, ALL, BLACK, check)
    assert result.agreement.verdict is Verdict.PIXELS


def test_an_empty_canvas_needs_no_agreement() -> None:
    reading = pad.reading_of(SPEC, (), ALL, BLACK)
    assert reading.digits == ()
    assert reading.agreement.verdict is Verdict.EMPTY
    assert pad.describe_agreement(reading) == ""


def test_what_is_not_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = parameters(SPEC)
    layers[1].bias[3] = float("nan")
    monkeypatch.setattr(pad.cached, "parameters", lambda spec: layers)
    spec = NetworkSpec(hidden=(12,), seed=987)
    reading = pad.reading_of(spec, SEVEN, ALL, BLACK)
    assert reading.digits[0].says is None
    nulls = [{**one, "shares": [None] * 10} for one in said(reading)]
    broken = pad.reading_of(spec, SEVEN, ALL, BLACK, nulls)
    assert broken.agreement.verdict is Verdict.BROKEN
    assert "not a number" in pad.describe_agreement(broken)
    finite = [{**one, "shares": [0.1] * 10} for one in said(reading)]
    apart = pad.reading_of(spec, SEVEN, ALL, BLACK, finite)
    assert apart.agreement.verdict is Verdict.APART
    pad._read.cache_clear()


def test_a_full_canvas_is_that_of_its_raster() -> None:
    """Stroke by stroke, from what is there already, comes out what all strokes at once do."""
    strokes = tuple(
        Stroke(
            Tool.ERASER if number % 5 == 4 else Tool.PEN,
            9.0,
            ((number % 250 + 10.0, number / 2 + 20), (140.0, 150.0)),
        )
        for number in range(MAX_STROKES)
    )
    reading = pad.reading_of(NetworkSpec(hidden=()), strokes, Steps(), pad.BLACK)
    np.testing.assert_array_equal(reading.ink, raster(strokes))
    more = (*strokes[:-1], Stroke(Tool.PEN, 30.0, ((200.0, 200.0),)))
    reading = pad.reading_of(NetworkSpec(hidden=()), more, Steps(), pad.BLACK)
    np.testing.assert_array_equal(reading.ink, raster(more))
