"""Strokes, ink and the form of MNIST, beside slow loops and beside MNIST itself."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from mnistviz.digits import mnist
from mnistviz.digits.preparation import ALL, Box, Steps, inputs, prepare, resized
from mnistviz.digits.strokes import (
    MAX_POINTS,
    MAX_STROKES,
    SIZE,
    Drawing,
    DrawingError,
    Pixels,
    Stroke,
    Tool,
    read,
    written,
)
from mnistviz.network import styles
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.loop import accuracy
from tests.drawings import raster
from tests.helpers.networks import learned

LINE = Stroke(Tool.PEN, 22.0, ((60.0, 60.0), (200.0, 60.0), (120.5, 230.1)))
AS_IT_CAME = replace(ALL, line=False)
RESAMPLING = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.NEAREST)


@pytest.fixture(scope="module")
def digits() -> mnist.Digits:
    return mnist.load(mnist.SAMPLE_ROOT)


def on_canvas(picture: Pixels) -> Pixels:
    return np.kron(picture, np.ones((10, 10), np.uint8))


def ink_at(drawing: Drawing, row: int, column: int) -> int:
    """The ink of one pixel, by the distance of its middle from each line in turn."""
    share, x, y = 0.0, column + 0.5, row + 0.5
    for stroke in drawing:
        for start, end in zip(stroke.points, stroke.points[1:] or stroke.points, strict=False):
            (ax, ay), (bx, by) = start, end
            length = math.hypot(bx - ax, by - ay)
            along = 0.0 if not length else ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length**2
            along = min(max(along, 0.0), 1.0)
            distance = math.dist((x, y), (ax + along * (bx - ax), ay + along * (by - ay)))
            covered = min(max(stroke.width / 2 + 0.5 - distance, 0.0), 1.0)
            share = max(share, covered) if stroke.tool is Tool.PEN else min(share, 1 - covered)
    return round(255 * share)


def test_strokes_become_ink() -> None:
    eraser = Stroke(Tool.ERASER, 30.0, ((100.0, 20.0), (130.3, 250.0)))
    dot = Stroke(Tool.PEN, 8.0, ((279.0, 279.9),))
    drawing = (LINE, eraser, dot, replace(LINE, width=3.0, points=((-40.0, 90.0), (300.0, 140.0))))
    ink = raster(drawing)
    assert ink.dtype == np.uint8
    assert ink.shape == (SIZE, SIZE)
    places = [*np.random.default_rng(3).integers(0, SIZE, (4000, 2)).tolist(), (279, 279), (60, 60)]
    edge = 0
    for row, column in places:
        wanted = ink_at(drawing, row, column)
        edge += 0 < wanted < 255
        assert abs(int(ink[row, column]) - wanted) <= 1
    assert edge > 30


def test_nothing_is_paper_and_beside_the_canvas_too() -> None:
    assert not raster(()).any()
    assert not raster((replace(LINE, points=((-100.0, -100.0), (-90.0, 300.0))),)).any()


def test_what_is_written_is_read_again() -> None:
    drawing = (LINE, Stroke(Tool.ERASER, 8.5, ((0.1, -3.0),)))
    assert read(written(drawing)) == drawing
    assert read([]) == ()
    assert written(drawing)[1] == {"tool": "eraser", "width": 8.5, "points": [[0.1, -3.0]]}


GOOD = {"tool": "pen", "width": 22, "points": [[1, 2]]}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("abc", "list of at most 400"),
        (None, "list of at most 400"),
        ([GOOD] * (MAX_STROKES + 1), "list of at most 400"),
        ([7], "two numbers"),
        ([{**GOOD, "tool": "brush"}], "two numbers"),
        ([{"tool": "pen", "width": 22}], "two numbers"),
        ([{**GOOD, "points": [[1, 2, 3]]}], "two numbers"),
        ([{**GOOD, "points": [["a", 2]]}], "two numbers"),
        ([{**GOOD, "points": 3}], "two numbers"),
        ([{**GOOD, "points": []}], "a stroke of 0 points"),
        ([{**GOOD, "points": [[1, 2]] * (MAX_POINTS + 1)}], "a stroke of 20,001 points"),
        ([{**GOOD, "points": [[1, 2]] * 10_001}] * 2, "a drawing of 20,002 points"),
        ([{**GOOD, "points": [[math.nan, 2]]}], "far from the canvas"),
        ([{**GOOD, "points": [[1, 1e9]]}], "far from the canvas"),
        ([{**GOOD, "width": 1}], "a line 1.0 wide"),
        ([{**GOOD, "width": math.inf}], "a line inf wide"),
        ([{**GOOD, "width": math.nan}], "a line nan wide"),
    ],
)
def test_what_is_no_drawing_is_refused(given: object, says: str) -> None:
    with pytest.raises(DrawingError, match=says):
        read(given)


def test_a_new_pixel_is_the_mean_of_what_it_covers() -> None:
    rng = np.random.default_rng(4)
    for old_rows, old_columns, rows, columns in ((7, 5, 3, 2), (3, 4, 7, 9), (20, 13, 20, 13)):
        picture = rng.integers(0, 256, (old_rows, old_columns)).astype(np.uint8)
        # Fine squares: each old pixel as `rows` by `columns` of them, each new one old by old.
        fine = np.kron(picture, np.ones((rows, columns)))
        wanted = fine.reshape(rows, old_rows, columns, old_columns).mean(axis=(1, 3))
        np.testing.assert_allclose(resized(picture, rows, columns), wanted, atol=0.5 + 1e-5)


def test_each_step_has_its_numbers() -> None:
    ink = np.zeros((100, 90), np.uint8)
    ink[20:70, 30:50] = 255
    ink[20:30, 50:55] = 100
    done = prepare(255 - ink, ink, AS_IT_CAME)
    assert done.box == Box(20, 30, 70, 55)
    assert done.scaled.shape == (20, 10)
    rows, columns, total = 0, 0, 0
    for row in range(20):
        for column in range(10):
            value = int(done.scaled[row, column])
            rows, columns, total = rows + row * value, columns + column * value, total + value
    assert done.mass == pytest.approx((rows / total, columns / total))
    assert done.place == (round(14 - rows / total), round(14 - columns / total))
    top, left = done.place
    np.testing.assert_array_equal(done.pixels[top : top + 20, left : left + 10], done.scaled)
    assert done.pixels.sum() == done.scaled.sum()
    np.testing.assert_allclose(done.inputs, (done.pixels.ravel() / 255 - 0.5) / 0.5, atol=1e-6)
    assert done.inputs.dtype == np.float32


def test_each_step_can_be_left_out() -> None:
    ink = np.zeros((100, 90), np.uint8)
    ink[20:70, 30:50] = 255
    gray = 255 - ink
    assert prepare(gray, ink, replace(ALL, ink=False)).scaled[0, 0] == 255
    assert prepare(gray, ink, replace(ALL, crop=False)).box == Box(0, 0, 100, 90)
    stretched = prepare(gray, ink, replace(ALL, scale=False))
    assert stretched.scaled.shape == (28, 28)
    assert stretched.place == (0, 0)
    # By its frame: (28 - 20) / 2 rows and (28 - 8) / 2 columns.
    assert prepare(gray, ink, replace(ALL, center=False)).place == (4, 10)
    bare = prepare(gray, ink, replace(ALL, normalize=False)).inputs
    assert (float(bare.min()), float(bare.max())) == (0, 1)
    nothing = prepare(gray, ink, Steps(False, False, False, False, False))
    np.testing.assert_array_equal(nothing.pixels, resized(gray, 28, 28))


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (280, 280), (3, 1)])
@pytest.mark.parametrize("value", [0, 255])
def test_pictures_of_one_gray(shape: tuple[int, int], value: int) -> None:
    ink = np.full(shape, value, np.uint8)
    done = prepare(ink, ink)
    assert done.pixels.shape == (28, 28)
    assert (done.mass is None) == (value == 0)
    assert bool(done.pixels.any()) == bool(value)


def test_inputs_are_those_of_mnist(digits: mnist.Digits) -> None:
    examples = mnist.examples(digits)
    np.testing.assert_array_equal(inputs(digits.test_pixels.numpy()), examples.test_inputs.numpy())


@pytest.mark.parametrize("factor", [1.0, 0.5])
def test_digits_drawn_back_come_out_as_they_were(digits: mnist.Digits, factor: float) -> None:
    """Large on the canvas, with full ink and with pale ink."""
    pale = np.round(factor * digits.test_pixels[::24].numpy()).astype(np.uint8)
    apart = []
    for picture in pale:
        ink = on_canvas(picture)
        apart.append(np.abs(prepare(ink, ink, AS_IT_CAME).pixels.astype(int) - picture).mean())
    print(f"\n{len(apart)} digits: {np.mean(apart):.3f} gray levels apart on average")
    assert np.mean(apart) < 1.5


def moved(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """A digit in another size and at another place of the canvas, with other ink."""
    size = int(rng.integers(60, 241))
    resampling = RESAMPLING[int(rng.integers(len(RESAMPLING)))]
    large = np.asarray(Image.fromarray(picture).resize((size, size), resampling))
    large = (large * rng.uniform(0.5, 1)).astype(np.uint8)
    ink = np.zeros((SIZE, SIZE), np.uint8)
    top, left = rng.integers(0, SIZE + 1 - size, 2)
    ink[top : top + size, left : left + size] = large
    return ink


def test_moved_and_scaled_digits_are_read_as_well(digits: mnist.Digits) -> None:
    rng = np.random.default_rng(5)
    spec = NetworkSpec(hidden=(32,), training=TrainSpec(epochs=4))
    network = styles.build(spec, learned(spec))
    labels = digits.test_labels[:100]
    stored = digits.test_pixels[:100].numpy()
    prepared, stretched = [], []
    for picture in stored:
        ink = moved(picture, rng)
        # Pale ink is no part of the test set: what is lost by it is not lost by the moving.
        full = (ink.astype(np.float64) * 255 / max(int(ink.max()), 1)).astype(np.uint8)
        prepared.append(prepare(full, full).inputs)
        stretched.append(inputs(resized(full, 28, 28)))
    with torch.no_grad():
        own, after, without = (
            accuracy(network(torch.from_numpy(np.stack(rows))), labels)
            for rows in (inputs(stored), prepared, stretched)
        )
    print(f"\nstored {own:.1%}, moved and prepared {after:.1%}, moved alone {without:.1%}")
    assert after > own - 0.03
    # And without the preparation they are not: the steps are what does it.
    assert without < own - 0.2
