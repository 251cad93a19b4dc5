"""The browser's own way from strokes to probabilities, beside Python's: no page, no server."""

from __future__ import annotations

import base64
import json
import math
import random
import zlib
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass
from itertools import product

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page

from mnistviz.digits import mnist
from mnistviz.digits.finding import find
from mnistviz.digits.preparation import Steps
from mnistviz.digits.strokes import SIZE, Drawing, Pixels, Stroke, Tool, written
from mnistviz.network import styles, wire
from mnistviz.network.activations import FORMS
from mnistviz.network.answers import prediction
from mnistviz.network.parameters import parameters
from mnistviz.spec.activations import Activations, settled
from mnistviz.spec.fields import Activation, Bias, Init
from mnistviz.spec.specs import NetworkSpec
from tests.drawings import raster
from tests.helpers.handwriting import written_by_hand
from tests.serving import ROOT

FOLDER = ROOT / "mnistviz" / "ui"
SPECS = 64
CLOSE = 1e-4

HELPERS = """
const told = (array) => btoa(String.fromCharCode(...array));
const heard = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const picture = ({height, width, data}) => ({height, width, data: heard(data)});
"""


@dataclass(frozen=True)
class Seen:
    """One digit of a picture as Python sees it."""

    box: tuple[int, int, int, int]
    pixels: Pixels
    inputs: np.ndarray


@pytest.fixture(scope="module")
def script(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    for name in ("elements/pixels", "draw/math", "draw/line", "draw/network", "draw/hand"):
        page.add_script_tag(path=FOLDER / f"{name}.js")
    page.add_script_tag(content=HELPERS)
    yield page
    page.close()


def scribble(draw: random.Random, strokes: int) -> Drawing:
    """Strokes as a hand makes them, some of them beside the canvas, some of them erased."""
    made = []
    for number in range(strokes):
        x, y = draw.uniform(-20, 300), draw.uniform(-20, 300)
        points = [(round(x, 1), round(y, 1))]
        for _ in range(draw.randrange(12)):
            x, y = x + draw.uniform(-25, 25), y + draw.uniform(-25, 25)
            points.append((round(x, 1), round(y, 1)))
        tool = Tool.ERASER if number and draw.random() < 0.25 else Tool.PEN
        made.append(Stroke(tool, float(draw.randint(8, 60)), tuple(points)))
    return tuple(made)


def seen(ink: Pixels, steps: Steps, paper: str) -> list[Seen]:
    gray, level = (255 - ink, 255) if paper == "white" else (ink, 0)
    return [
        Seen(
            (one.box.top, one.box.left, one.box.bottom, one.box.right),
            one.prepared.pixels,
            one.prepared.inputs,
        )
        for one in find(gray, ink, level, steps)
    ]


def ink_as_json(ink: Pixels) -> dict[str, object]:
    height, width = ink.shape
    return {"height": height, "width": width, "data": base64.b64encode(ink.tobytes()).decode()}


def settings() -> list[tuple[Steps, str]]:
    flags = product((True, False), repeat=6)
    return [(Steps(*each), paper) for each in flags for paper in ("black", "white")]


def test_strokes_become_the_same_ink(script: Page) -> None:
    draw = random.Random(1)
    drawings = [scribble(draw, draw.randint(1, 9)) for _ in range(24)]
    drawings.append((Stroke(Tool.PEN, 22.0, ((140.0, 140.0), (140.0, 140.0), (0.1, 279.9))),))
    inks = script.evaluate(
        """drawings => drawings.map(one => {
          const {data} = raster(one);
          let text = "";
          for (let at = 0; at < data.length; at += 280)
            text += String.fromCharCode(...data.subarray(at, at + 280));
          return btoa(text);
        })""",
        [written(one) for one in drawings],
    )
    for drawing, ink in zip(drawings, inks, strict=True):
        got = np.frombuffer(base64.b64decode(ink), np.uint8).reshape(SIZE, SIZE)
        np.testing.assert_array_equal(got, raster(drawing))


def lines_of_all_kinds(rng: np.random.Generator) -> list[Pixels]:
    """Thin and thick pens, dark and faint, small digits, a speck, a dot, a straight line."""
    inks = []
    for number, pen in enumerate((1, 2, 3, 5, 8, 12, 20, 40, 50, 60, 65, 70)):
        ink = raster(written_by_hand(int(rng.integers(10)), pen, rng))
        inks.append((ink * (0.2 if number % 3 == 1 else 1)).astype(np.uint8))
        small = np.zeros((SIZE, SIZE), np.uint8)
        small[100:140, 60:100] = ink.reshape(40, 7, 40, 7).mean((1, 3))
        inks.append(small)
    for box in ((90, 91, 20, 21), (90, 91, 20, 260), (0, 280, 3, 5), (40, 60, 40, 61)):
        top, bottom, left, right = box
        inks.append(np.zeros((SIZE, SIZE), np.uint8))
        inks[-1][top:bottom, left:right] = int(rng.integers(1, 256))
    return inks


def test_every_digit_becomes_the_same_pixels(script: Page) -> None:
    """Drawings with many digits, digits of MNIST, and bare noise; all steps on and off."""
    draw, rng = random.Random(2), np.random.default_rng(2)
    digits = mnist.load(mnist.SAMPLE_ROOT).test_pixels.numpy()
    inks = [raster(scribble(draw, draw.randint(1, 14))) for _ in range(16)]
    for _ in range(8):
        size = int(rng.integers(3, 10))
        large = np.kron(digits[rng.integers(len(digits))], np.ones((size, size), np.uint8))
        top, left = rng.integers(0, SIZE + 1 - len(large), 2)
        ink = np.zeros((SIZE, SIZE), np.uint8)
        ink[top : top + len(large), left : left + len(large)] = large
        inks.append(ink)
    noise = rng.integers(0, 256, (2, SIZE, SIZE)) * (rng.random((2, SIZE, SIZE)) < 0.1)
    inks += [noise[number].astype(np.uint8) for number in range(2)]
    inks += [np.zeros((SIZE, SIZE), np.uint8), np.full((SIZE, SIZE), 255, np.uint8)]
    inks += lines_of_all_kinds(rng)
    chosen = [(ink, *draw.choice(settings())) for ink in inks]
    chosen += [
        (inks[0], *setting) for setting in settings() if sum(astuple(setting[0])) in (0, 5, 6)
    ]
    answers = script.evaluate(
        """given => given.map(([ink, steps, paper]) => digitsOf(picture(ink), steps, paper)
          .map(({box, pixels}) => [[box.top, box.left, box.bottom, box.right], told(pixels),
            checksum(pixels)]))""",
        [[ink_as_json(ink), asdict(steps), paper] for ink, steps, paper in chosen],
    )
    several = 0
    for (ink, steps, paper), answer in zip(chosen, answers, strict=True):
        wanted = seen(ink, steps, paper)
        several += len(wanted) > 1
        assert [tuple(box) for box, _, _ in answer] == [one.box for one in wanted]
        for (_, pixels, checksum), one in zip(answer, wanted, strict=True):
            got = np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(28, 28)
            np.testing.assert_array_equal(got, one.pixels)
            assert checksum == zlib.crc32(one.pixels.tobytes())
    assert several > 8


def random_spec(draw: random.Random, activation: Activations) -> NetworkSpec:
    most = draw.choice((4, 16, 30, 60))
    return NetworkSpec(
        hidden=tuple(draw.randint(1, most) for _ in range(draw.randint(0, 4))),
        activation=activation,
        init=draw.choice(list(Init)),
        std=draw.choice((0.01, 0.1, 1.0)),
        constant=draw.choice((-0.1, 0.01, 0.1)),
        bias=draw.choice(list(Bias)),
        seed=draw.randrange(1_000_000),
    )


def test_the_network_says_the_same(script: Page) -> None:
    draw = random.Random(3)
    digits = mnist.load(mnist.SAMPLE_ROOT).test_pixels.numpy()
    every = list(Activation)
    asked, wanted, specs = [], [], []
    for number in range(SPECS):
        mixed = tuple(draw.choices(every, k=1 + number % 4))
        spec = random_spec(draw, every[number % len(every)] if number % 3 else mixed)
        if number % 2:
            ink = np.kron(digits[draw.randrange(len(digits))], np.ones((10, 10), np.uint8))
        else:
            ink = raster(scribble(draw, draw.randint(1, 4)))
        steps = Steps(normalize=number % 5 != 0)
        inputs = [one.inputs for one in seen(ink, steps, "black")]
        built = styles.build(spec, parameters(spec))
        rows = torch.from_numpy(np.array(inputs, np.float32).reshape(-1, 784))
        wanted.append(styles.probabilities(built, rows).numpy())
        packed = wire.pack(spec.activation, parameters(spec))
        code = base64.b64encode(packed.data).decode()
        asked.append([code, ink_as_json(ink), asdict(steps), packed.digest])
        specs.append(spec)
    answers = script.evaluate(
        """asked => asked.map(([code, ink, steps, digest]) => {
          const network = readNetwork(heard(code));
          if (network.digest !== digest) throw Error(network.digest);
          return digitsOf(picture(ink), steps, "black")
            .map(({pixels}) => classify(network, pixels, steps.normalize));
        })""",
        asked,
    )
    worst = 0.0
    for spec, answer, want in zip(specs, answers, wanted, strict=True):
        got = np.array(answer).reshape(-1, 10)
        assert np.isfinite(want).all(), spec
        apart = float(np.abs(got - want).max(initial=0))
        assert apart <= CLOSE, (spec, apart)
        worst = max(worst, apart)
    print(f"\n{SPECS} networks: the probabilities differ by at most {worst:.1e}")


@pytest.mark.parametrize("activation", list(Activation))
def test_each_activation_far_out(script: Page, activation: Activation) -> None:
    x = torch.tensor([-1e4, -90.0, -21, -6, -1, -1e-4, 0, 1e-4, 0.5, 1, 6, 21, 90, 1e4])
    want = x if activation is Activation.NONE else FORMS[activation].functional(x)
    got = script.evaluate("([name, x]) => x.map(ACTIVATIONS[name])", [activation.value, x.tolist()])
    np.testing.assert_allclose(got, want.numpy(), rtol=2e-6, atol=1e-7)


def test_what_is_not_a_number_stays_so(script: Page) -> None:
    spec = NetworkSpec(hidden=(3,))
    layers = parameters(spec)
    layers[1].bias[4] = float("nan")
    code = base64.b64encode(wire.pack(spec.activation, layers).data).decode()
    answer = script.evaluate(
        "code => classify(readNetwork(heard(code)), new Uint8Array(784), true).map(String)", code
    )
    assert answer == ["NaN"] * 10


@pytest.mark.parametrize(
    "logits",
    [
        [0.0] * 10,
        [2.0, 2.0, *[0.0] * 8],
        # float32 cannot tell their exponentials apart, though the logits differ.
        [1e-3, float(np.nextafter(np.float32(1e-3), np.float32(1))), *[0.0] * 8],
        [0.1, 0.3, 0.2, *[0.0] * 7],
        [300.0, *[0.0] * 9],
        [float("nan"), *[0.0] * 9],
    ],
)
def test_the_answer_is_that_of_python(script: Page, logits: list[float]) -> None:
    """With a tie among the largest there is none, in the browser as in PyTorch."""
    row = torch.softmax(torch.tensor(logits), 0).numpy()
    asked = [None if math.isnan(one) else one for one in logits]
    answer, shares = script.evaluate(
        """logits => {
          const shares = softmax(Float32Array.from(logits, (one) => one ?? NaN));
          return [bestOf(shares), shares.map((one) => (Number.isNaN(one) ? null : one))];
        }""",
        asked,
    )
    assert answer == prediction(row)
    if answer is not None:
        assert shares == pytest.approx(row.tolist(), rel=1e-6)


@pytest.mark.parametrize("activation", ["gelu", "gelu,tanh"])
def test_the_words_of_the_head(script: Page, activation: str) -> None:
    spec = NetworkSpec(hidden=(5, 4), activation=settled(activation, 2))
    packed = wire.pack(spec.activation, parameters(spec))
    length = int.from_bytes(packed.data[:4], "little")
    head = json.loads(packed.data[4 : 4 + length])
    assert head == {"digest": packed.digest, "sizes": [784, 5, 4, 10], "activation": activation}
    assert len(packed.data) == 4 + length + 4 * spec.parameter_count
    assert (4 + length) % 4 == 0
    other = wire.pack(Activation.RELU, parameters(spec))
    assert other.digest != packed.digest


MEET = """
([kept, given]) => {
  meet(kept, given);
  const {strokes, told, revision, before} = kept;
  return {strokes, isTold: told === revision, before: before.length};
}
"""
OLD, NEW = [{"tool": "pen", "width": 8, "points": [[1, 1]]}], []


@pytest.mark.parametrize(
    ("session", "epoch", "told", "wanted"),
    [
        # A rerun: newer strokes of one's own stay.
        ("a", 0, 3, {"strokes": OLD, "isTold": False, "before": 0}),
        # What was told has not arrived.
        ("a", 0, 4, {"strokes": OLD, "isTold": False, "before": 0}),
        # Python has put another drawing; the old one can be had back.
        ("a", 1, 4, {"strokes": NEW, "isTold": True, "before": 1}),
        # The server has forgotten: it is told again.
        ("b", 0, 4, {"strokes": OLD, "isTold": False, "before": 0}),
        # A browser that knows nothing yet takes what is kept.
        (None, 0, 0, {"strokes": NEW, "isTold": True, "before": 0}),
    ],
)
def test_browser_and_server_meet(
    script: Page, session: str | None, epoch: int, told: int, wanted: dict[str, object]
) -> None:
    mine = session and "a"
    kept = {"session": mine, "epoch": 0, "revision": 4, "told": told, "strokes": OLD}
    given = {"session": session or "a", "epoch": epoch, "revision": 2, "strokes": NEW}
    answer = script.evaluate(MEET, [{**kept, "before": [], "after": []}, given])
    assert answer == wanted
