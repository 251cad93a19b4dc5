"""The line of a digit: measured, and brought to the width and the darkness of MNIST's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from mnistviz.digits import finding, lines, mnist
from mnistviz.digits.preparation import ALL, Prepared, Steps, inputs, prepare
from mnistviz.digits.strokes import SIZE, Pixels
from mnistviz.network import styles
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.loop import accuracy
from tests.drawings import raster
from tests.helpers.handwriting import written_by_hand
from tests.helpers.networks import learned, load

AS_IT_CAME = Steps(line=False)


def line_of(width: float, turned: float, long: float = 200) -> Pixels:
    """One straight line, drawn eight times as large and shrunk."""
    large = Image.new("L", (8 * SIZE, 8 * SIZE))
    middle, end = np.full(2, 4.0 * SIZE), 4 * long * np.array((np.cos(turned), np.sin(turned)))
    aside = 4 * width * np.array((-np.sin(turned), np.cos(turned)))
    corners = [end + aside, end - aside, -end - aside, -end + aside]
    ImageDraw.Draw(large).polygon([tuple(middle + corner) for corner in corners], fill=255)
    return np.asarray(large.reduce(8))


def done(ink: Pixels) -> Prepared:
    return prepare(ink, ink)


@pytest.mark.parametrize("turned", [0, 0.2, 0.4, np.pi / 4, 1.2, np.pi / 2])
@pytest.mark.parametrize("width", [5, 12, 24, 36])
def test_the_width_of_a_straight_line(width: float, turned: float) -> None:
    ink = line_of(width, turned)
    box = done(ink).box
    line = done(ink).line
    assert line is not None
    wanted = 20 * width / max(box.height, box.width)
    assert line.width == pytest.approx(wanted, rel=0.12, abs=0.06)


def test_faintness_does_not_change_the_width() -> None:
    ink = raster(written_by_hand(3, 14, np.random.default_rng(1)))
    faint = (ink * 0.3).astype(np.uint8)
    dark, pale = done(ink).line, done(faint).line
    assert dark is not None
    assert pale is not None
    assert pale.width == pytest.approx(dark.width, rel=0.02)


@pytest.mark.parametrize(("pen", "low", "high"), [(1, 1.9, 2.6), (5, 1.9, 2.6), (58, 2.5, 4.9)])
def test_a_line_becomes_as_wide_as_is_said(pen: float, low: float, high: float) -> None:
    rng = np.random.default_rng(2)
    for digit in range(10):
        prepared = done(raster(written_by_hand(digit, pen, rng)))
        line = prepared.line
        assert line is not None
        assert (line.width < line.made) == (pen < 20)
        assert low < line.made < high
        again = done(np.pad(prepared.lined, lines.FINE)).line
        assert again is not None
        assert again.width == pytest.approx(line.made, rel=0.05)
        assert prepared.pixels.max() >= lines.FULL - 8


def test_the_pads_own_pen_passes_unchanged() -> None:
    """The pen of 22 pixels of the canvas, a digit of 120 to 220 high."""
    rng = np.random.default_rng(3)
    for number in range(40):
        ink = raster(written_by_hand(number % 10, 22, rng))
        prepared, before = done(ink), prepare(ink, ink, AS_IT_CAME)
        assert prepared.line is not None
        assert prepared.line.made == prepared.line.width
        np.testing.assert_array_equal(prepared.pixels, before.pixels)


def test_the_digits_of_mnist_stay() -> None:
    digits = load().test_pixels[:300].numpy()
    changed = [np.abs(done(one).pixels.astype(int) - one) for one in digits]
    same = np.mean([not one.any() for one in changed])
    print(f"\n{same:.0%} stay as they are; {np.mean(changed):.2f} gray levels apart on average")
    assert same > 0.8
    assert np.mean(changed) < 2.5


def test_faint_ink_beside_dark_ink_is_read_by_its_own_darkness() -> None:
    rng = np.random.default_rng(4)
    dark, faint = (raster(written_by_hand(digit, 24, rng))[:, 60:220] for digit in (3, 5))
    both = np.hstack((dark, (faint * 0.4).astype(np.uint8)))
    _, second = finding.find(both, both, 0, ALL)
    alone = prepare(faint, faint)
    assert second.prepared.line is not None
    assert second.prepared.line.level == round(0.4 * 255)
    assert second.prepared.pixels.max() >= lines.FULL - 2
    apart = np.abs(second.prepared.pixels.astype(int) - alone.pixels)
    assert apart.max() <= 4


def dot(radius: int) -> Pixels:
    rows, columns = np.ogrid[:SIZE, :SIZE]
    inside = (rows - 90) ** 2 + (columns - 200) ** 2 <= radius**2
    return (255 * inside).astype(np.uint8)


@pytest.mark.parametrize(
    "ink",
    [
        np.zeros((SIZE, SIZE), np.uint8),
        np.full((SIZE, SIZE), 255, np.uint8),
        np.full((1, 1), 255, np.uint8),
        dot(0),
        dot(40),
        255 - raster(written_by_hand(4, 20, np.random.default_rng(5))),
    ],
    ids=["empty", "full", "one pixel", "a speck", "a dot", "inverted"],
)
def test_what_has_no_line_stays(ink: Pixels) -> None:
    assert done(ink).line is None
    np.testing.assert_array_equal(done(ink).pixels, prepare(ink, ink, AS_IT_CAME).pixels)


def test_without_cropping_the_line_is_measured_in_the_digit_and_the_frame_stays() -> None:
    rng = np.random.default_rng(6)
    thin, pen = (raster(written_by_hand(7, width, rng)) for width in (3, 22))
    wide = prepare(thin, thin, Steps(crop=False))
    assert wide.line is not None
    assert wide.line.width == pytest.approx(done(thin).line.width)
    assert wide.lined.shape == (lines.FINE, lines.FINE)
    assert wide.pixels.sum() > 2 * prepare(thin, thin, Steps(crop=False, line=False)).pixels.sum()
    kept = prepare(pen, pen, Steps(crop=False))
    assert kept.lined.shape == (SIZE, SIZE)


@pytest.mark.parametrize("side", [40, 1000])
def test_small_and_large_pictures(side: int) -> None:
    large = Image.fromarray(raster(written_by_hand(2, 4, np.random.default_rng(7))))
    ink = np.asarray(large.resize((side, side), Image.Resampling.BOX))
    line = done(ink).line
    assert line is not None
    assert line.made == pytest.approx(lines.WIDENED, abs=0.3)
    assert done(ink).pixels.max() >= lines.FULL - 8


def test_thin_and_thick_pens_are_read_as_well() -> None:
    """With a network of MNIST, the accuracy for each pen with the step and without."""
    spec = NetworkSpec(hidden=(32,), training=TrainSpec(epochs=4))
    network = styles.build(spec, learned(spec))
    labels = torch.arange(60) % 10
    table = {}
    for pen in (1, 2, 4, 8, 20, 65):
        rng = np.random.default_rng(pen)
        inks = [raster(written_by_hand(int(label), pen, rng)) for label in labels]
        both = []
        for steps in (AS_IT_CAME, ALL):
            rows = np.stack([prepare(ink, ink, steps).pixels for ink in inks])
            with torch.no_grad():
                both.append(float(accuracy(network(torch.from_numpy(inputs(rows))), labels)))
        table[pen] = both
        print(f"\na pen of {pen:2} in 200: {both[0]:.0%} without the step, {both[1]:.0%} with it")
    assert all(without < 0.4 for without, _ in (table[pen] for pen in (1, 2, 4)))
    assert all(having > 0.8 for _, having in (table[pen] for pen in (1, 2, 4, 8, 20)))
    assert table[65][1] >= table[65][0]


def test_the_sample_has_the_lines_that_are_said() -> None:
    digits = mnist.load(mnist.SAMPLE_ROOT).test_pixels.numpy()
    widths = [line.width for one in digits if (line := done(one).line) is not None]
    thin, middle = np.percentile(widths, (10, 50))
    assert thin == pytest.approx(lines.THINNEST, abs=0.1)
    assert middle == pytest.approx(lines.WIDENED, abs=0.1)
    assert 0 < np.mean(np.array(widths) > lines.THICKEST) < 0.01
    assert digits.reshape(len(digits), -1).max(1).min() == lines.FULL
