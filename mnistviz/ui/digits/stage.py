"""The page of the digits: its controls, its stage, its sentence and its question."""

import base64
from collections.abc import Sequence
from typing import Any

import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.lessons.digits import pixels
from mnistviz.lessons.digits.pixels import VALUES, Pixel
from mnistviz.results import kept
from mnistviz.spec.fields import INPUTS, SIDE
from mnistviz.ui.digits import pictures
from mnistviz.ui.elements import question, widgets
from mnistviz.ui.session import cached, choices, links
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, quantities, read

FIRST_INDEX = INPUTS // 2 + SIDE // 2
"""The pixel that is marked at first: the middle of the picture."""


def pixel(hand: InHand, index: int) -> Pixel:
    """Return the marked pixel of the digit in hand."""
    return pixels.pixel(cached.batch_of(hand.digit), hand.digit.image, index)


def choose_form(lesson: Lesson) -> int:
    """Draw the choice of the table's numbers; return 0 stored, 1 `ToTensor`, 2 `Normalize`."""
    options = choices.CHOICES["digits_values"].values
    words = lesson.parts
    return options.index(
        widgets.choose("digits_values", words["values"], options, words["values_help"])
    )


def choose_index(lesson: Lesson) -> int:
    """Draw the field of the marked pixel's place in the 784, and return it."""
    index = st.number_input(
        lesson.parts["index"],
        min_value=0,
        max_value=INPUTS - 1,
        value=FIRST_INDEX,
        step=1,
        help=lesson.parts["index_help"],
        width=250,
        **links.bound(pictures.INDEX_KEY),
    )
    return int(index)


def listed(text: str) -> list[str]:
    """Read a list of the lesson, one entry a line."""
    return [line.removeprefix("- ") for line in text.splitlines()]


def columns(text: str, names: Sequence[str]) -> list[dict[str, str]]:
    """Read a list of the lesson whose entries hold several texts, `- a | b`.

    Args:
        text: the lines.
        names: what the texts of an entry are called.
    """
    return [dict(zip(names, entry.split(" | "), strict=True)) for entry in listed(text)]


def stage(hand: InHand, form: int, index: int, lesson: Lesson) -> None:
    """Show the digit as picture, as table of numbers and as one line."""
    words, label = lesson.parts, cached.label(hand.digit)
    names = ("table", "table_how", "table_tap", "strip", "place", "at", "index")
    pictures.pixels(
        {
            **place(hand, index),
            "cells": cells(form),
            "form": form,
            "readout": columns(words["readout"], ("value", "name", "how")),
            "words": {
                **{name: words[name] for name in names},
                "alt": words["alt"].format(label=label),
                "title": read("frame")
                .parts["digit"]
                .format(image=hand.digit.image, a_digit=quantities.a_digit(label)),
            },
        }
    )


def place(hand: InHand, index: int) -> dict[str, Any]:
    """Return what both components need of the digit in hand and its marked pixel."""
    batch, digit = cached.batch_of(hand.digit), hand.digit
    units, normals = written()
    return {
        "pixels": base64.b64encode(batch.pixels[digit.image].numpy().tobytes()).decode("ascii"),
        "index": index,
        "units": units,
        "normals": normals,
        "constants": {
            "image": digit.image,
            "length": len(batch.labels),
            "mean": quantities.number(MEAN),
            "std": quantities.number(STD),
            "most": VALUES - 1,
            "inputs": INPUTS,
        },
    }


@kept(maxsize=1)
def written() -> tuple[list[str], list[str]]:
    """Write what `ToTensor` and `Normalize` make of each of the 256 stored values."""
    return _numbers(pixels.units()), _numbers(pixels.normals())


def _numbers(values: Floats) -> list[str]:
    return [quantities.number(float(value)) for value in values]


@kept(maxsize=3)
def cells(form: int) -> list[str]:
    """Write each of the 256 stored values for a small cell.

    Args:
        form: 0 as it is stored, 1 after `ToTensor`, 2 after `Normalize`.
    """
    if form == 0:
        return [str(raw) for raw in range(VALUES)]
    values = pixels.units() if form == 1 else pixels.normals()
    return [_short(float(value)) for value in values]


def _short(value: float) -> str:
    """Write a number from -1 to 1 with two decimals, without the 0 before the point."""
    text = f"{abs(value):.2f}"
    sign = "\N{MINUS SIGN}" if value < 0 and float(text) else ""
    return sign + (text[:1] if float(text) in (0, 1) else text[1:])


def sentence(hand: InHand, index: int, lesson: Lesson) -> None:
    """Show the sentence about the marked pixel."""
    at, digit = pixel(hand, index), hand.digit
    black = int((cached.pixels(digit) == 0).sum())
    with st.container(key="sentence"):
        st.markdown(
            lesson.parts["sentence"].format(
                row=at.row,
                column=at.column,
                raw=at.raw,
                normal=quantities.number(at.normal),
                index=at.index,
                inputs=INPUTS,
                black=black,
                lowest=written()[1][0],
            )
        )


def ask(hand: InHand, lesson: Lesson) -> None:
    """Ask what comes out of flattening the batch."""
    images = cached.batch_of(hand.digit).images
    question.ask(
        lesson,
        length=len(images),
        images=tuple(images.shape),
        side=SIDE,
        inputs=INPUTS,
        total=images.numel(),
        total_written=f"{images.numel():,}",
    )


def neighbors(index: int) -> dict[str, int]:
    """Return the places of the marked pixel and the one below it in the 784.

    At the lower edge it is the pixel above and the marked one.
    """
    row, column = divmod(index, SIDE)
    row = min(row, SIDE - 2)
    above = row * SIDE + column
    return {"row": row, "column": column, "above": above, "below": above + SIDE}
