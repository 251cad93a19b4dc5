"""The page of the four styles: its code table, its sentence and its outputs."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Doubles, Floats
from mnistviz.figures import theme
from mnistviz.lessons.modules import compare, table, tries
from mnistviz.network.answers import prediction
from mnistviz.results import kept
from mnistviz.spec.fields import INPUTS, Style
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.elements import components, digit_picker, question, widgets
from mnistviz.ui.session import cached, links, state
from mnistviz.ui.session.memo import once_per_batch
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, quantities, read

KEY = "modules_tensor"

OFFERED = ("by_hand", "exercise")
"""Networks that this page offers, by their names in `PRESETS`."""

ASKED = (INPUTS, 256)
"""Inputs and outputs of the layer whose parameters are to be counted."""


_code = components.make(
    "modules/code",
    '<div class="box"><h2 class="hidden"></h2>'
    '<div class="scroll" role="group"><div class="styles" role="table"></div></div>'
    '<div class="keys" role="slider" tabindex="0"></div></div>',
    css=("elements/scrolled",),
    js=("elements/dom", "elements/answers"),
)

_outputs = components.make(
    "modules/outputs",
    '<div class="panels"><div class="panel same"></div><div class="panel apart"></div></div>',
    js=("elements/dom",),
)


@once_per_batch(maxsize=256)
def rows_of(spec: NetworkSpec, digit: DigitSpec) -> tuple[Floats, ...]:
    """Classify the batch of a digit in each style: four arrays of float32, shape (B, 10)."""
    return tuple(cached.rows(replace(spec, style=style), digit) for style in Style)


@once_per_batch(maxsize=256)
def differences(spec: NetworkSpec, digit: DigitSpec) -> Doubles:
    """Compare the styles on the batch of a digit; see `compare.differences`."""
    return compare.differences(rows_of(spec, digit))


def networks(lesson: Lesson) -> None:
    """Offer networks worth seeing here; it stands outside the stage, as the sidebar follows."""
    labels = read("settings").parts
    offered = {labels[f"preset_{name}"]: PRESETS[name] for name in OFFERED}
    widgets.settings_to_try(lesson.parts["try"], offered, key="modules_network")


def choose_tensor(hand: InHand, lesson: Lesson) -> str:
    """Draw the names of all tensors and return the selected one."""
    names = table.tensor_names(hand.network)
    if st.session_state.get(KEY, names[0]) not in names:
        # The network has become smaller, and the tensor is gone.
        st.session_state[KEY] = names[0]
    with st.container(
        key="modules_choice", horizontal=True, vertical_alignment="center", gap="small"
    ):
        # The label stands beside the names, not above: the code below needs the height.
        st.markdown(lesson.parts["tensor"], width="content", help=lesson.parts["tensor_help"])
        selected = st.pills(
            lesson.parts["tensor"],
            names,
            default=names[0],
            required=True,
            label_visibility="collapsed",
            wrap=True,
            **links.bound(KEY),
        )
    # A link with nothing behind the key leaves even required pills without a choice.
    return str(selected or names[0])


def code_table(hand: InHand, tensor: str, lesson: Lesson) -> None:
    """Draw the code of the four styles, lined up, with one tensor marked in all of them."""
    _code(
        key="modules_code_table",
        data={
            **_table(replace(hand.network, style=Style.MODULE)),
            "columns": lesson.names("columns"),
            "chosen": tensor,
            "current": list(Style).index(hand.network.style),
            "in_hand": lesson.parts["in_hand"],
            "colors": list(theme.LAYERS),
            "name": lesson.parts["code_name"],
            "alt": lesson.parts["alt"],
            "keys": lesson.parts["tensor"],
        },
        on_tensor_change=_take,
    )


def _take() -> None:
    tensor = st.session_state["modules_code_table"].tensor
    if tensor in table.tensor_names(state.current().network):
        st.session_state[KEY] = tensor


@kept(maxsize=64)
def _table(spec: NetworkSpec) -> dict[str, Any]:
    words, rows = read("modules").parts, []
    for row in table.rows(spec):
        cells = [
            [
                {
                    "indent": (len(line) - len(line.lstrip())) // 4,
                    "pieces": [
                        [piece.text, piece.layer, list(piece.kinds)]
                        for piece in table.pieces(row, style, line)
                    ],
                }
                for line in row.code[style]
                if line
            ]
            for style in Style
        ]
        notes = [words.get(f"note_{row.part}_{style.value}", "") for style in Style]
        rows.append(
            {"cells": cells, "notes": notes, "heading": words.get(f"heading_{row.part}", "")}
        )
    tensors = {name: _addresses(spec, name) for name in table.tensor_names(spec)}
    return {"rows": rows, "tensors": tensors}


def _addresses(spec: NetworkSpec, tensor: str) -> list[list[str]]:
    addresses = []
    layers = cached.parameters(spec)
    for style, reached in table.access(spec, tensor).items():
        value = compare.number_at(spec, layers, tensor, style)
        place = ", ".join(str(index) for index in reached.place)
        addresses.append([reached.code, str(reached.shape), f"[{place}]", quantities.number(value)])
    return addresses


def sentence(hand: InHand, tensor: str, lesson: Lesson) -> None:
    """Show the sentence: one tensor has several addresses, and the styles give one answer."""
    largest = float(differences(hand.network, hand.digit).max())
    count = int(np.prod(table.access(hand.network, tensor)[Style.MODULE].shape))
    about_tensor = lesson.parts["seen_one" if count == 1 else "seen"].format(
        tensor=tensor, count=f"{count:,}"
    )
    about_outputs = lesson.parts[f"apart_{_kind(largest)}"].format(
        largest=quantities.number(largest)
    )
    with st.container(key="sentence"):
        st.markdown(f"{about_tensor} {about_outputs}")


def _kind(largest: float) -> str:
    if np.isnan(largest):
        return "nan"
    if largest == 0:
        return "none"
    return "rounding" if largest <= compare.ROUNDING else "grown"


def outputs(hand: InHand, lesson: Lesson) -> None:
    """Draw the ten probabilities of each style, and how far the styles are apart."""
    words, deviations = lesson.parts, differences(hand.network, hand.digit)
    digit = hand.digit
    rows = [rows[digit.image] for rows in rows_of(hand.network, hand.digit)]
    by_digit = np.stack(rows, axis=1).tolist()
    _outputs(
        key="modules_outputs_table",
        data={
            "columns": lesson.names("columns"),
            "title": digit_picker.bold(words["outputs"]),
            "digit": words["digit"],
            "true": cached.label(digit),
            "true_word": words["true"],
            "accent": theme.ACCENT,
            "probabilities": [[_share(share) for share in shares] for shares in by_digit],
            "says": [prediction(row) for row in rows],
            "texts": list(zip(*map(quantities.percents, rows), strict=True)),
            "apart_title": digit_picker.bold(words["apart"].format(count=digit.batch_length)),
            "apart": [[quantities.number(float(value)) for value in line] for line in deviations],
            "apart_why": words["apart_why"],
        },
    )


def _share(probability: float) -> float:
    return 0.0 if math.isnan(probability) else probability


def ask_order(hand: InHand, lesson: Lesson) -> None:
    """Ask which order of lines matters; the answer is run with this network."""
    answered = "modules_question" in question.answered()
    question.ask(lesson, seen=_swapped(hand, lesson) if answered else "")


def _swapped(hand: InHand, lesson: Lesson) -> str:
    ran = tries.forward_order(
        hand.network, cached.parameters(hand.network), cached.inputs(hand.digit)
    )
    if ran.error:
        return lesson.parts["swapped_error"]
    difference = tries.difference_of(ran)
    part = "swapped_difference" if difference else "swapped_same"
    return lesson.parts[part].format(difference=quantities.number(difference))


def ask_parameters(hand: InHand, lesson: Lesson) -> None:
    """Ask how many parameters a layer has."""
    inputs, outputs = ASKED
    weights = inputs * outputs
    question.ask(
        lesson,
        "parameters",
        inputs=inputs,
        outputs=outputs,
        added=f"{inputs + outputs:,}",
        weights=f"{weights:,}",
        total=f"{weights + outputs:,}",
        too_many=f"{weights + inputs:,}",
        architecture=hand.network.architecture,
        count=f"{hand.network.parameter_count:,}",
    )
