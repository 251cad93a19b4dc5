"""Tests of the page of the digits as a person uses it, without a browser."""

from __future__ import annotations

import base64
import json
import re

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.spec.fields import Split, Value, defaults
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.words import read
from mnistviz.words.quantities import number, percent
from tests.app.session import Session, link
from tests.helpers.networks import load

WORDS = read("digits")
NAMES = ("data", "axes", "flatten", "histogram", "loader", "counts", "old", "code")
OPEN = {f"digits_{name}_open": "true" for name in NAMES}
MIDDLE = 406
TIMES = "\N{MULTIPLICATION SIGN}"


def visit(**query: str) -> Session:
    return Session.visit("digits", **query)


def in_hand(settings: dict[str, Value]) -> tuple[mnist.Batch, DigitSpec]:
    digit = DigitSpec.from_settings({**defaults(), **settings})
    return mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed, digit.split), digit


def texts(session: Session) -> str:
    return "\n".join(text.value for text in session.at.markdown)


def assert_shows(session: Session, settings: dict[str, Value], index: int) -> None:
    """Check picture, readout and sentence against the batch itself."""
    batch, digit = in_hand(settings)
    stored = batch.pixels[digit.image].numpy().ravel()
    drawn = session.component("digits_pixels")
    shown = np.frombuffer(base64.b64decode(drawn["pixels"]), dtype=np.uint8)
    np.testing.assert_array_equal(shown, stored)
    raw = int(stored[index])
    normal = number(raw / 255 / 0.5 - 1)
    assert [drawn["index"], drawn["constants"]["image"]] == [index, digit.image]
    assert drawn["constants"]["length"] == len(batch.labels)
    assert [drawn["units"][raw], drawn["normals"][raw]] == [number(raw / 255), normal]
    label = int(batch.labels[digit.image])
    assert drawn["words"]["alt"].startswith(f"Handwritten {label},")
    assert f"**{label}**" in drawn["words"]["title"]
    row, column = divmod(index, 28)
    assert session.sentence.startswith(
        f"The pixel in row {row}, column {column} is stored as **{raw}**. "
        f"[Normalized](#term-normalize), it reaches the network as **{normal}**, "
        f"at index **{index}**. {(stored == 0).sum()} of the 784 pixels are black"
    )
    assert session.at.number_input(key="digits_index").value == index
    assert "{" not in texts(session)


CASES: dict[str, dict[str, Value]] = {
    "style tensors": {"style": "tensors"},
    "No hidden layer": {"layers": 0},
    "test digits": {"split": "test", "image": 3},
    "last test digit": {"split": "test", "batch": 15, "image": 39},
    "last digit": {"batch": 62, "image": 31, "seed": 999_999, "activation": "none"},
    "least": {"layers": 4, "w1": 1, "w2": 1, "w3": 1, "w4": 1, "seed": 0, "image": 63},
    "most": {"layers": 1, "w1": 1024, "init": "normal", "std": 100.0, "bias": "normal"},
}


def assert_speaks_of_its_part(said: str, digit: DigitSpec) -> None:
    """Check that every count says which digits it counts, and counts those."""
    stored, labels = load(mnist.SAMPLE_ROOT).part(digit.split)
    ours = {"training": "training digits", "test": "test digits"}[digit.split]
    assert f"The {len(labels):,} {ours} make " in said
    assert f"The first 16 {ours}, as they are stored" in said
    assert f"**In the sample**, {len(labels):,} {ours}: {len(labels) // 10} of each" in said
    assert f"right on at most {percent(0.1)} of these {len(labels):,} {ours}." in said
    units = stored.numpy() / 255
    mean, std = units.mean(), units.std()
    centered = (
        f"For all {len(labels):,} {ours} here that is `Normalize(({mean:.4f},), ({std:.4f},))`"
    )
    assert centered in said
    assert f"black would become {number(-mean / std)}, white {number((1 - mean) / std)}" in said


@pytest.mark.parametrize("name", CASES)
def test_each_network_with_everything_open(name: str) -> None:
    settings = CASES[name]
    session = visit(**link(settings), **OPEN)
    assert_shows(session, settings, MIDDLE)
    batch, digit = in_hand(settings)
    length, units = (
        len(batch.labels),
        NetworkSpec.from_settings({**defaults(), **settings}).sizes[1],
    )
    axes = session.component("digits_axes")
    assert axes["shapes"] == [[length, 1, 28, 28], [1, 28, 28], [28, 28], [28], []]
    assert axes["pixels"] == session.component("digits_pixels")["pixels"]
    said = texts(session)
    assert f"`labels[{digit.image}]` is {int(batch.labels[digit.image])}." in said
    assert f"`({length}, 1, 28, 28)` becomes `({length}, 784)`" in said
    word = "unit" if units == 1 else "units"
    assert f"{units:,} {word}: 784 {TIMES} {units:,} = {784 * units:,} weights" in said
    mean = float(batch.pixels.double().mean())
    assert f"mean {number(mean)}" in said
    assert f"mean {number(mean / 127.5 - 1)}" in said
    black = float((batch.pixels == 0).double().mean())
    assert f"{percent(black)} of the pixels are black" in said
    assert_speaks_of_its_part(said, digit)
    code = [block.value for block in session.at.code]
    assert sum("Error: " in text for text in code) == 2
    assert f"torch.Size([{length}, 1, 28, 28])\ntorch.Size([{length}])" in "\n".join(code)
    assert "torch.Size([64, 1, 784])" in code
    assert (f"The {64 - length} extra ones hold" in said) == (length < 64)
    assert any(f"image, row, column = {digit.image}, 14, 14" in text for text in code)


@pytest.mark.parametrize("index", [0, 27, 28, 783])
def test_a_link_brings_the_pixel_back(index: int) -> None:
    assert_shows(visit(digits_index=str(index)), {}, index)


@pytest.mark.parametrize("text", ["784", "-1", "x", "9" * 12])
def test_a_pixel_that_is_not_there_becomes_the_middle(text: str) -> None:
    assert_shows(visit(digits_index=text), {}, MIDDLE)


@pytest.mark.parametrize("component", ["digits_pixels", "digits_axes"])
def test_a_pixel_and_an_image_are_chosen_in_a_picture(component: str) -> None:
    session = visit(digits_axes_open="true", batch="62")
    session.press(component, "index", 783)
    assert_shows(session, {"batch": 62}, 783)
    session.press(component, "image", 31)
    assert_shows(session, {"batch": 62, "image": 31}, 783)
    session.press(component, "image", 32)
    assert_shows(session, {"batch": 62}, 783)


@pytest.mark.parametrize("value", [784, -1, "x", None, [1]])
def test_what_is_no_pixel_is_passed_over(value: object) -> None:
    session = visit()
    session.press("digits_pixels", "index", value)
    assert_shows(session, {}, MIDDLE)


@pytest.mark.parametrize("form", ["stored", "ToTensor", "Normalize"])
def test_the_table_changes_its_numbers_and_nothing_else(form: str) -> None:
    session = visit(digits_values=form)
    assert_shows(session, {}, MIDDLE)
    cells = session.component("digits_pixels")["cells"]
    wanted = {"stored": ("0", "255"), "ToTensor": ("0", "1"), "Normalize": ("\u22121", "1")}
    assert (cells[0], cells[255]) == wanted[form]


@pytest.mark.parametrize("split", ["training", "test"])
@pytest.mark.parametrize("answer", range(len(WORDS.question().options)))
def test_choose_then_reveal(answer: int, split: str) -> None:
    # The last batch of either part is a short one.
    last = {"training": 62, "test": 15}[split]
    session = visit(split=split, batch=str(last), digits_index="783")
    images = in_hand({"split": split, "batch": last})[0].images
    radio = session.at.radio(key="digits_answer")
    shape = f"`{tuple(images.view(images.shape[0], -1).shape)}`"
    assert [option == shape for option in radio.options].index(True) == WORDS.question().right
    assert len(set(radio.options)) == len(radio.options)
    assert session.at.button(key="digits_reveal").disabled
    before = texts(session) + json.dumps(session.component("digits_pixels")["words"])
    assert shape not in before
    assert f"({len(images)}, 784" not in before
    radio.set_value(answer)
    session.run()
    session.at.button(key="digits_reveal").click()
    session.run()
    said = texts(session)
    assert ("✓" in said) == (answer == WORDS.question().right)
    assert f"1 {TIMES} 28 {TIMES} 28 = 784. All {images.numel():,} numbers" in said


@pytest.mark.parametrize(
    ("split", "size", "said"),
    [
        ("test", "1", "The 1,000 test digits make **1,000** batches; the last one is full too."),
        ("test", "64", "make **16** batches; the last one holds the remaining 40."),
        ("test", "256", "make **4** batches; the last one holds the remaining 232."),
        ("training", "1", "make **4,000** batches; the last one is full too."),
        ("training", "64", "make **63** batches; the last one holds the remaining 32."),
        ("training", "256", "make **16** batches; the last one holds the remaining 160."),
    ],
)
def test_the_batch_size_cuts_the_digits(split: str, size: str, said: str) -> None:
    session = visit(digits_loader_open="true", digits_size=size, split=split)
    assert said in texts(session)
    assert f"`({size}, 1, 28, 28)`" in texts(session)


def rows(session: Session) -> list[str]:
    """The labels of the rows of digits, as their alternative text says them."""
    return [image.alt for group in session.at.get("image") for image in group.proto.imgs]


@pytest.mark.parametrize("split", ["training", "test"])
def test_another_seed_is_another_order(split: str) -> None:
    session = visit(digits_loader_open="true", split=split)
    names, labels = zip(*(row.split(": ") for row in rows(session)), strict=True)
    assert names == ("not shuffled", "seed 7, epoch 1", "seed 8, epoch 1", "seed 8, epoch 2")
    assert len(set(labels)) == 4
    stored = load(mnist.SAMPLE_ROOT).part(Split(split))[1][:16].tolist()
    first = in_hand({"split": split})[0].labels[:16].tolist()
    assert labels[:2] == tuple(", ".join(map(str, some)) for some in (stored, first))
    output = next(block.value for block in session.at.code if block.value.startswith("(64,"))
    assert f" 2 [{labels[3]}]" in output
    session.at.number_input(key="digits_seed").set_value(7)
    session.run()
    _, ours, same, other = (row.partition(": ")[2] for row in rows(session))
    assert ours == same != other


@pytest.mark.parametrize(("split", "each"), [("training", 400), ("test", 100)])
def test_digits_are_counted_in_words_too(split: str, each: int) -> None:
    session = visit(digits_counts_open="true", split=split)
    charts = {chart.key: chart.proto for chart in session.at.get("plotly_chart")}
    labels = in_hand({"split": split})[0].labels.tolist()
    for key, counts in [
        ("digits_counts_batch", [labels.count(digit) for digit in range(10)]),
        ("digits_counts_set", [each] * 10),
    ]:
        (bars,) = json.loads(charts[key].spec)["data"]
        assert bars["y"] == counts
        assert re.findall(r"(\d): (\d+)", charts[key].alt) == [
            (str(digit), str(count)) for digit, count in enumerate(counts)
        ]
