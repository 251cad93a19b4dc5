"""Drawing, own set and files as the browser keeps them, for a page that is loaded anew."""

import base64

import streamlit as st

from mnistviz.digits.own_set import LENGTH, OwnDigit, OwnSet, OwnSetError
from mnistviz.results import kept
from mnistviz.ui.draw.own_set import state
from mnistviz.ui.elements import components
from mnistviz.ui.session.state import InHand, name
from mnistviz.words import read

KEPT = "draw_kept"

_kept = components.make(
    "draw/own_set/kept",
    '<div class="kept"><p role="status"></p><button type="button"></button></div>',
    css=("elements/buttons",),
    js=("elements/kept", "draw/files"),
)


def draw(hand: InHand) -> None:
    """Say what is kept in this browser, and offer to forget it.

    It belongs outside the fragment that draws the pad: a pen that is lifted must not send the set.

    Args:
        hand: what is in hand; loaded weights are kept as the file that they came from.
    """
    own, words = state.current(), read("draw/own_set").parts
    _kept(
        key=KEPT,
        data={
            "session": name(),
            "digest": own.digest,
            "digits": pack(own),
            "weights": hand.network.loaded,
            "fresh": not own.digits and not state.can_undo(),
            "words": {part: words[f"browser_{part}"] for part in ("kept", "forget", "forgotten")},
        },
        on_set_change=_bring_back,
    )


@kept(maxsize=32)
def pack(own: OwnSet) -> str:
    """Return a set as text, for a browser to keep: 785 bytes a digit, in base64."""
    return base64.b64encode(
        b"".join(bytes([digit.label]) + digit.pixels for digit in own.digits)
    ).decode()


def unpack(text: object) -> list[OwnDigit]:
    """Return the digits that a browser has kept.

    Raises:
        OwnSetError: they are none.
    """
    try:
        packed = base64.b64decode(str(text), validate=True)
    except ValueError as error:
        raise OwnSetError from error
    size = LENGTH + 1
    return [OwnDigit(packed[at + 1 : at + size], packed[at]) for at in range(0, len(packed), size)]


def _bring_back() -> None:
    """Take what the browser has kept, to what is there; what is no set of digits, in silence."""
    try:
        state.add(unpack(st.session_state[KEPT].set))
    except OwnSetError:
        return
