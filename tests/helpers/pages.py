"""Pages as people bring them, made of test digits from a seed, with the truth about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from mnistviz.digits import mnist
from mnistviz.digits.preparation import Box

Pixels = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]


@dataclass
class Page:
    """A picture and the digits on it, in reading order, each with the box of its ink."""

    kind: str
    gray: Pixels
    digits: list[int]
    boxes: list[Box]
    dark: bool = True


@dataclass
class Sheet:
    """Ink that is laid on paper: 0 to 1 of shape (H, W), and what was written."""

    ink: Doubles
    digits: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def write(self, index: int, top: int, left: int, side: int, tilt: float, dark: float) -> None:
        """Write one test digit; `side` is the height of MNIST's frame, 28 rows."""
        pixels, labels = _mnist()
        drawn = Image.fromarray(pixels[index]).resize((side, side), Image.Resampling.BICUBIC)
        shape = np.asarray(drawn.rotate(tilt, Image.Resampling.BICUBIC)) / 255
        shape = np.where(shape < 0.1, 0, np.minimum(shape * 1.4, 1)) * dark
        rows, columns = np.flatnonzero(shape.any(1)), np.flatnonzero(shape.any(0))
        cut = shape[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        part = self.ink[top : top + cut.shape[0], left : left + cut.shape[1]]
        np.maximum(part, cut[: part.shape[0], : part.shape[1]], out=part)
        self.digits.append(int(labels[index]))
        self.boxes.append(Box(top, left, top + part.shape[0], left + part.shape[1]))


@cache
def _mnist() -> tuple[Pixels, npt.NDArray[np.int64]]:
    data = mnist.load(mnist.SAMPLE_ROOT)
    return data.test_pixels.numpy(), data.test_labels.numpy()


def _digit(rng: np.random.Generator) -> int:
    return int(rng.integers(len(_mnist()[0])))


def _number(
    rng: np.random.Generator,
    shape: tuple[int, int],
    rows: int,
    columns: int,
    side: int,
    dark: float = 1.0,
) -> Sheet:
    """Write rows of digits onto an empty sheet, as evenly as a hand does."""
    sheet = Sheet(np.zeros(shape))
    height, width = shape
    for row in range(rows):
        for column in range(columns):
            top = round((row + 0.5) * height / rows - side * 0.36 + rng.uniform(-0.04, 0.04) * side)
            left = round((column + 0.5) * width / columns - side * 0.3)
            tilt = float(rng.uniform(-7, 7))
            sheet.write(_digit(rng), max(top, 2), max(left, 2), side, tilt, dark)
    return sheet


def _photo(
    rng: np.random.Generator,
    ink: Doubles,
    paper: float = 220,
    level: float = 50,
    grain: float = 3.0,
    light: float = 0.25,
) -> Pixels:
    """Photograph a sheet: uneven light, grain, a lens, JPEG."""
    height, width = ink.shape
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    fall = 1 - light * np.clip(0.5 + 0.7 * (np.cos(angle) * (x - 0.5) + np.sin(angle) * y), 0, 1)
    gray = fall * (paper + (level - paper) * ink) + grain * rng.standard_normal(ink.shape)
    return _jpeg(np.clip(np.rint(gray), 0, 255).astype(np.uint8), 85, blur=0.8)


def _jpeg(gray: Pixels, quality: int, blur: float = 0) -> Pixels:
    picture = Image.fromarray(gray)
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("L"))


def _lines(
    shape: tuple[int, int],
    places: list[tuple[float, float, float, float]],
    width: int,
    dark: float,
) -> Doubles:
    """Draw straight lines (x0, y0, x1, y1), twice as large and reduced: with soft edges."""
    height, across = shape
    large = Image.new("L", (2 * across, 2 * height))
    pen = ImageDraw.Draw(large)
    for x0, y0, x1, y1 in places:
        pen.line((2 * x0, 2 * y0, 2 * x1, 2 * y1), fill=255, width=2 * width)
    reduced = large.resize((across, height), Image.Resampling.BOX)
    return np.asarray(reduced) / 255 * dark


def _page(kind: str, gray: Pixels, sheet: Sheet) -> Page:
    return Page(kind, gray, sheet.digits, sheet.boxes)


def _rows(rng: np.random.Generator) -> Page:
    rows, columns = int(rng.integers(2, 5)), int(rng.integers(1, 5))
    side = int(rng.integers(60, 150))
    pitch = side * rng.uniform(0.8, 1.0)
    shape = (round(rows * pitch + side * 0.3), round(columns * side * 0.95 + side * 0.2))
    sheet = _number(rng, shape, rows, columns, side)
    if rng.random() < 0.5:
        return _page("rows", np.rint(255 * (1 - sheet.ink)).astype(np.uint8), sheet)
    return _page("rows", _photo(rng, sheet.ink), sheet)


def _gaps(rng: np.random.Generator) -> Page:
    """Write a row of which each digit has lost a little of a stroke."""
    side, columns = int(rng.integers(90, 200)), int(rng.integers(1, 6))
    sheet = _number(rng, (round(side * 1.3), round(columns * side * 1.0 + 20)), 1, columns, side)
    for box in sheet.boxes:
        at = box.top + round(box.height * rng.uniform(0.2, 0.8))
        gap = max(2, round(box.height * rng.uniform(0.03, 0.07)))
        if rng.random() < 0.5:
            sheet.ink[at : at + gap, box.left : box.right] = 0
        else:
            # The bar of a 5 or a 7: a gap from the top down, in its right half.
            at = box.left + round(box.width * rng.uniform(0.5, 0.75))
            sheet.ink[box.top : box.top + box.height // 4, at : at + gap] = 0
    return _page("gaps", np.rint(255 * (1 - sheet.ink)).astype(np.uint8), sheet)


def _small(rng: np.random.Generator) -> Page:
    """Fill a small file with one digit: scanned, thresholded or as JPEG, either way around."""
    side = int(rng.choice([20, 24, 28, 32, 40, 48, 64]))
    pixels, labels = _mnist()
    index = _digit(rng)
    digit = pixels[index]
    rows, columns = np.flatnonzero(digit.any(1)), np.flatnonzero(digit.any(0))
    cut = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    margin = int(rng.integers(0, 1 + side // 10))
    inner = side - 2 * margin
    across = max(round(inner * cut.shape[1] / cut.shape[0]), inner // 4)
    if cut.shape[1] > cut.shape[0]:
        across = inner
    large = np.asarray(Image.fromarray(cut).resize((across, inner), Image.Resampling.BICUBIC))
    ink = np.zeros((side, side), np.uint8)
    left = (side - across) // 2
    ink[margin : margin + inner, left : left + across] = large
    way = rng.integers(4)
    if way == 0:
        ink = np.where(ink > 150, 255, 0).astype(np.uint8)
    dark = rng.random() < 0.7
    gray = 255 - ink if dark else ink
    if way >= 2:
        gray = np.rint(20 + gray.astype(float) * rng.uniform(0.6, 0.9)).astype(np.uint8)
        gray = _jpeg(gray, int(rng.integers(60, 95)))
    box = Box(margin, left, margin + inner, left + across)
    return Page("small", gray, [int(labels[index])], [box], dark)


def _hand(rng: np.random.Generator, columns: int = 4) -> Sheet:
    side = int(rng.integers(110, 190))
    height = round(side * rng.uniform(1.5, 3.2))
    return _number(
        rng, (height, round(columns * side * rng.uniform(0.9, 1.2) + 30)), 1, columns, side
    )


def _ruled(rng: np.random.Generator) -> Page:
    return _on_paper(rng, "ruled", squared=False, dark=float(rng.uniform(0.12, 0.9)))


def _squared_light(rng: np.random.Generator) -> Page:
    return _on_paper(rng, "squared light", squared=True, dark=float(rng.uniform(0.08, 0.3)))


def _squared_dark(rng: np.random.Generator) -> Page:
    return _on_paper(rng, "squared dark", squared=True, dark=float(rng.uniform(0.4, 0.95)))


def _on_paper(rng: np.random.Generator, kind: str, squared: bool, dark: float) -> Page:
    sheet = _hand(rng, int(rng.integers(2, 6)))
    height, width = sheet.ink.shape
    pitch, lean = rng.uniform(28, 75), rng.uniform(-0.03, 0.03)
    places = [
        (0.0, y - lean * width / 2, float(width), y + lean * width / 2)
        for y in np.arange(rng.uniform(0, pitch) - 20, height + 20, pitch)
    ]
    if squared:
        places += [
            (x + lean * height / 2, 0.0, x - lean * height / 2, float(height))
            for x in np.arange(rng.uniform(0, pitch) - 20, width + 20, pitch)
        ]
    rules = _lines(sheet.ink.shape, places, int(rng.integers(1, 4)), dark)
    return _page(kind, _photo(rng, np.maximum(sheet.ink, rules)), sheet)


def _form(rng: np.random.Generator) -> Page:
    """Write each digit into a box of its own, or into one of a row of boxes that touch."""
    side, columns = int(rng.integers(90, 150)), int(rng.integers(2, 7))
    cell = round(side * rng.uniform(1.1, 1.35))
    apart = 0 if rng.random() < 0.5 else round(side * 0.15)
    shape = (cell + 80, columns * (cell + apart) + 80)
    sheet, places = Sheet(np.zeros(shape)), []
    for column in range(columns):
        x, y = 40.0 + column * (cell + apart), 40.0
        right, bottom = x + cell, y + cell
        places += [(x, y, right, y), (right, y, right, bottom), (x, bottom, right, bottom)]
        places.append((x, y, x, bottom))
        left, top = round(x + cell * 0.28), round(y + (cell - side * 0.72) / 2)
        sheet.write(_digit(rng), top, left, side, float(rng.uniform(-6, 6)), 1)
    lines = _lines(shape, places, int(rng.integers(1, 4)), float(rng.uniform(0.5, 1)))
    return _page("form", _photo(rng, np.maximum(sheet.ink, lines)), sheet)


def _table(rng: np.random.Generator) -> Page:
    side = int(rng.integers(70, 110))
    rows, columns = int(rng.integers(2, 4)), int(rng.integers(2, 5))
    high, wide = round(side * 1.15), round(side * 1.3)
    top, left = 45, 50
    shape = (rows * high + 2 * top, columns * wide + 2 * left)
    sheet, places = Sheet(np.zeros(shape)), []
    for row in range(rows + 1):
        y = float(top + row * high)
        places.append((float(left), y, float(left + columns * wide), y))
    for column in range(columns + 1):
        x = float(left + column * wide)
        places.append((x, float(top), x, float(top + rows * high)))
    for row in range(rows):
        for column in range(columns):
            y, x = top + row * high + side * 0.2, left + column * wide + side * 0.4
            sheet.write(_digit(rng), round(y), round(x), side, float(rng.uniform(-6, 6)), 1)
    lines = _lines(shape, places, int(rng.integers(1, 4)), float(rng.uniform(0.5, 1)))
    return _page("table", _photo(rng, np.maximum(sheet.ink, lines)), sheet)


def _edge(rng: np.random.Generator) -> Page:
    """Photograph a page of which one, two or four edges are seen, on a desk."""
    sheet = _hand(rng, int(rng.integers(2, 5)))
    height, width = sheet.ink.shape
    gray = _photo(rng, sheet.ink)
    edges = [int(each) for each in rng.permutation(4)[: rng.choice([1, 2, 4])]]
    desk = [int(height * rng.uniform(0.1, 0.3)) if side in edges else 0 for side in range(4)]
    back = np.full(
        (height + desk[0] + desk[1], width + desk[2] + desk[3]), rng.integers(20, 140), np.float64
    )
    back += 5 * rng.standard_normal(back.shape)
    back[desk[0] : desk[0] + height, desk[2] : desk[2] + width] = gray
    picture = Image.fromarray(np.clip(back, 0, 255).astype(np.uint8))
    turned = np.asarray(picture)
    boxes = [
        Box(box.top + desk[0], box.left + desk[2], box.bottom + desk[0], box.right + desk[2])
        for box in sheet.boxes
    ]
    return Page("edge", _jpeg(turned, 85, blur=1.0), sheet.digits, boxes)


def _plot(rng: np.random.Generator) -> Page:
    """Save a digit as a plot does: a filled square with ticks and numbers at its axes."""
    side = int(rng.integers(200, 400))
    pixels, labels = _mnist()
    index, margin = _digit(rng), side // 5
    size = side + 2 * margin
    light_on_dark = rng.random() < 0.7
    picture = Image.new("L", (size, size), 255)
    digit = pixels[index] if light_on_dark else 255 - pixels[index]
    picture.paste(
        Image.fromarray(digit).resize((side, side), Image.Resampling.NEAREST), (margin, margin)
    )
    pen = ImageDraw.Draw(picture)
    pen.rectangle((margin, margin, margin + side, margin + side), outline=0)
    for tick in range(0, 28, 5):
        at = margin + round((tick + 0.5) * side / 28)
        pen.line((at, margin + side, at, margin + side + 4), fill=0)
        pen.line((margin - 4, at, margin, at), fill=0)
        pen.text((at - 5, margin + side + 6), str(tick), fill=0)
        pen.text((margin - 20, at - 5), str(tick), fill=0)
    if rng.random() < 0.6:
        pen.text((size // 2 - 20, margin // 2), f"label: {labels[index]}", fill=0)
    rows, columns = np.flatnonzero(pixels[index].any(1)), np.flatnonzero(pixels[index].any(0))
    scale = side / 28
    box = Box(
        round(margin + rows[0] * scale),
        round(margin + columns[0] * scale),
        round(margin + (rows[-1] + 1) * scale),
        round(margin + (columns[-1] + 1) * scale),
    )
    return Page("plot", np.asarray(picture), [int(labels[index])], [box], not light_on_dark)


def _shadow(rng: np.random.Generator) -> Page:
    """Let a hand or a phone throw a shadow, with a soft or a rather sharp edge."""
    sheet = _hand(rng, int(rng.integers(2, 6)))
    height, width = sheet.ink.shape
    gray = _photo(rng, sheet.ink).astype(np.float64)
    across = Image.new("L", (width, height))
    corner = (rng.uniform(0.2, 0.8) * width, rng.uniform(0.2, 0.8) * height)
    pen = ImageDraw.Draw(across)
    pen.polygon(
        ((0, 0), (corner[0], 0), corner, (rng.uniform(0, 0.7) * width, height), (0, height)), 255
    )
    soft = across.filter(ImageFilter.GaussianBlur(float(rng.uniform(3, 30))))
    gray *= 1 - np.asarray(soft) / 255 * rng.uniform(0.25, 0.6)
    return _page("shadow", np.rint(gray).astype(np.uint8), sheet)


def _many(rng: np.random.Generator) -> Page:
    rows, columns, side = int(rng.integers(6, 10)), int(rng.integers(8, 11)), 80
    shape = (rows * 90, columns * 80)
    sheet = _number(rng, shape, rows, columns, side)
    factor = np.repeat(np.repeat(rng.uniform(0.5, 1, (rows, columns)), 90, 0), 80, 1)
    if rng.random() < 0.5:
        sheet.ink *= factor
    return _page("many", _photo(rng, sheet.ink), sheet)


def _faint(rng: np.random.Generator) -> Page:
    """Write with a pencil, some of it beside dark ink."""
    sheet, columns = _hand(rng, 4), 4
    faint, width = float(rng.uniform(0.25, 0.45)), sheet.ink.shape[1]
    if rng.random() < 0.5:
        sheet.ink[:, : width // columns * 2] *= faint
    else:
        sheet.ink *= faint
    return _page("faint", _photo(rng, sheet.ink, grain=2.0), sheet)


KINDS: dict[str, Callable[[np.random.Generator], Page]] = {
    "rows": _rows,
    "gaps": _gaps,
    "small": _small,
    "ruled": _ruled,
    "squared light": _squared_light,
    "squared dark": _squared_dark,
    "form": _form,
    "table": _table,
    "edge": _edge,
    "plot": _plot,
    "shadow": _shadow,
    "many": _many,
    "faint": _faint,
}


def page(kind: str, seed: int) -> Page:
    """Make a page of a kind; the same seed makes the same page."""
    return KINDS[kind](np.random.default_rng([list(KINDS).index(kind), seed]))
