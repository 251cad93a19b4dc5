"""The controls of the clinic: which operation, how much of it, and the way back."""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistviz.lessons.clinic import operations
from mnistviz.lessons.clinic.operations import COVER_AT, DOWN, LIMITS, Change, Limits, Operation
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.elements import widgets
from mnistviz.ui.session import links, state
from mnistviz.words import Lesson

PARTS = ("digit", "network")

LAST_PLACE = operations.last_place(int(LIMITS[Operation.COVER].least))
"""The last row or column at which any square may begin."""

PLACE_WIDTH = 260
"""Pixels of the field for a row or a column, with its name before it."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """What the person has set.

    Attributes:
        change: the operation.
        mended: whether everything is put back.
        place: where an operation without a strength can say how far it is.
    """

    change: Change
    mended: bool
    place: DeltaGenerator


def draw(network: NetworkSpec, lesson: Lesson, spot: DeltaGenerator) -> Knobs:
    """Draw the choice of an operation, its strength, and the way back.

    Args:
        network: the network.
        lesson: the page's words.
        spot: where to ask for the place of a square. It has its room below the stage: the strength
            of each operation is one row, so that the stage stays where it is.
    """
    with st.container(key="clinic_choice"):
        part, right = st.columns([2, 8], gap="medium")
    with part:
        words = lesson.parts
        selected_part = widgets.choose(
            "clinic_part", words["part"], PARTS, words["part_help"], on_change=_break
        )
    with right:
        operation = _operation(selected_part, lesson)
    with st.container(key="clinic_strength"):
        strength, back = st.columns([8, 2], gap="medium", vertical_alignment="center")
    with strength:
        change = _change(operation, network, lesson, spot)
        place = st.empty()
        if operation not in LIMITS and operation is not Operation.ZERO_LAYER:
            place.markdown(lesson.parts["no_strength"])
    with back:
        mended = st.toggle(
            lesson.parts["mend"],
            help=lesson.parts["mend_help"],
            persist_state="session",
            **links.flag("clinic_mended"),
        )
    return Knobs(change, mended, place)


def _bound(name: str) -> dict[str, Any]:
    """Return what binds a control to the link, and has it undo the mending."""
    return {**links.bound(f"clinic_{name}"), "on_change": _break}


def _break() -> None:
    """Whoever sets a new operation wants to see it, not what was mended before."""
    state.apply({"clinic_mended": False})


def _operation(part: str, lesson: Lesson) -> Operation:
    offered = operations.ON_DIGIT if part == PARTS[0] else operations.ON_NETWORK
    default = Operation.ROTATE if part == PARTS[0] else Operation.ROUND
    selected = st.pills(
        lesson.parts[f"operation_{part}"],
        [operation.value for operation in offered],
        default=default.value,
        required=True,
        # On a phone in several rows: what lies beside the screen would not be found.
        wrap=True,
        on_change=_break,
        **links.worded(f"clinic_{part}"),
    )
    return Operation(str(selected))


def _change(
    operation: Operation, network: NetworkSpec, lesson: Lesson, spot: DeltaGenerator
) -> Change:
    match operation:
        case Operation.SHIFT:
            across, along = st.columns(2, gap="medium")
            with across:
                right = _slider(operation.name.lower(), LIMITS[operation], lesson)
            with along:
                down = _slider("down", DOWN, lesson)
            return Change(operation, right, down=int(down))
        case Operation.COVER:
            return _cover(lesson, spot)
        case Operation.ZERO_LAYER:
            return Change(operation, layer=_layer("zero_layer", len(network.shapes), lesson))
        case Operation.UNITS_OFF:
            share, which = st.columns([6, 4], gap="medium")
            with share:
                strength = _slider("units_off", LIMITS[operation], lesson)
            with which:
                layer = _layer("units_layer", max(len(network.hidden), 1), lesson)
            return Change(operation, strength, layer=layer)
    if operation not in LIMITS:
        return Change(operation)
    return Change(operation, _slider(operation.name.lower(), LIMITS[operation], lesson))


def _cover(lesson: Lesson, spot: DeltaGenerator) -> Change:
    side = int(_slider("cover", LIMITS[Operation.COVER], lesson))
    corner = []
    for name in ("cover_row", "cover_column"):
        place = spot.number_input(
            lesson.parts[f"label_{name}"],
            min_value=0,
            max_value=LAST_PLACE,
            value=COVER_AT,
            step=1,
            help=lesson.parts["help_cover_place"],
            width=PLACE_WIDTH,
            **_bound(name),
        )
        # A large square begins earlier, or it would lead over the edge.
        corner.append(min(int(place), operations.last_place(side)))
    return Change(Operation.COVER, side, row=corner[0], column=corner[1])


def _layer(name: str, count: int, lesson: Lesson) -> int:
    layer = widgets.choose(
        f"clinic_{name}",
        lesson.parts["label_layer"],
        range(1, count + 1),
        lesson.parts["help_layer"],
        disabled=count < 2,
        on_change=_break,
    )
    return min(layer, count)


def _slider(name: str, limits: Limits, lesson: Lesson) -> float:
    whole = all(float(one).is_integer() for one in (limits.least, limits.most, limits.step))
    kind = int if whole else float
    value = st.slider(
        lesson.parts[f"label_{name}"],
        min_value=kind(limits.least),
        max_value=kind(limits.most),
        value=kind(limits.default),
        step=kind(limits.step),
        help=lesson.parts[f"help_{name}"],
        **_bound(name),
    )
    return float(value)
