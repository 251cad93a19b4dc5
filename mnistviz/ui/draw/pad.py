"""The pad to draw on: live in the browser, and once more with PyTorch when the hand rests."""

import secrets
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import streamlit as st

from mnistviz.digits import strokes
from mnistviz.digits.arrays import Doubles, Pixels
from mnistviz.digits.finding import FoundDigit, find
from mnistviz.digits.preparation import Steps
from mnistviz.digits.strokes import (
    MAX_POINTS,
    MAX_STROKES,
    SIZE,
    Drawing,
    DrawingError,
    Stroke,
    Tool,
)
from mnistviz.network import wire
from mnistviz.results import Place, kept
from mnistviz.spec import fields
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.draw import reading
from mnistviz.ui.draw.reading import ReadDigit
from mnistviz.ui.elements import components
from mnistviz.ui.session import cached
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, read
from mnistviz.words.quantities import number

PAD_KEY = "draw_pad"

BLACK, WHITE = "black", "white"
"""Papers: with the white one, ink is dark and what comes to the network at first is too."""

CLOSE = 1e-4
"""The largest difference at which two computations of the same probabilities agree."""

GUESSES = {"reads": "guesses", "live_one": "live_guess", "live_many": "live_guesses"}
"""Parts of the lesson, and those that stand for them where the network is untrained."""

_ICONS = {
    "pen": "M3 17.25V21h3.75L17.81 9.94l-3.75-3.75zM20.71 7.04a1 1 0 0 0 0-1.41l-2.34-2.34a1 1 0 0 "
    "0-1.41 0l-1.83 1.83 3.75 3.75z",
    "eraser": "M14.9 3.6 3.4 15.1a1.5 1.5 0 0 0 0 2.1L7.2 21H21v-2h-8.5l8.1-8.1a1.5 1.5 0 0 0 0-2.1"
    "l-5.2-5.2a1.5 1.5 0 0 0-2.1 0zM9.7 19H8l-3-2.9 4.1-4.1 4.9 4.9z",
    "undo": "M12.5 8c-2.65 0-5.05.99-6.9 2.6L2 7v9h9l-3.62-3.62A7.6 7.6 0 0 1 12.5 10.5c3.54 0 "
    "6.55 2.31 7.6 5.5l2.37-.78A10.5 10.5 0 0 0 12.5 8z",
    "redo": "M18.4 10.6A10.4 10.4 0 0 0 11.5 8 10.5 10.5 0 0 0 1.54 15.22L3.9 16a8 8 0 0 1 7.6-5.5c"
    "1.95 0 3.73.72 5.12 1.88L13 16h9V7z",
    "clear": "M6 19c0 1.1.9 2 2 2h8c1.1 0 2-.9 2-2V7H6zM19 4h-3.5l-1-1h-5l-1 1H5v2h14z",
}


def _button(name: str) -> str:
    icon = f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_ICONS[name]}"/></svg>'
    return f'<button type="button" class="{name}">{icon}</button>'


_pad = components.make(
    "draw/pad",
    (
        '<div class="pad"><h2 class="live"></h2><div class="tools">'
        '<div class="buttons" role="toolbar">'
        f"{''.join(map(_button, _ICONS))}</div>"
        '<label class="width"><span class="dot"></span>'
        '<input type="range" min="8" max="60" step="1"></label></div>'
        f'<div class="sheet"><canvas class="ink" width="{SIZE}" height="{SIZE}" tabindex="0" '
        'role="application" aria-describedby="how"></canvas>'
        '<div class="hint" aria-hidden="true"></div><div class="boxes" aria-hidden="true"></div>'
        '<div class="cursor" hidden></div></div>'
        '<div class="answer"><span class="says"></span><span class="read"></span>'
        '<span class="sure" aria-hidden="true"></span></div>'
        '<div class="look"><canvas class="pixels" width="28" height="28" role="img"></canvas>'
        '<div class="seen-title"></div><div class="of"></div></div>'
        '<div class="said"><div class="bars" role="list"></div>'
        '<div class="axis" aria-hidden="true"><span>0&nbsp;%</span><span>50&nbsp;%</span>'
        "<span>100&nbsp;%</span></div></div>"
        '<p class="note" data-said></p><p class="keys"></p>'
        '<div class="live spoken" data-said></div><div id="how" hidden></div></div>'
    ),
    css=("elements/bars",),
    js=(
        "elements/dom",
        "elements/words",
        "elements/numbers",
        "elements/pixels",
        "elements/bars",
        "elements/kept",
        "draw/line",
        "draw/math",
        "draw/network",
        "draw/hand",
        "draw/keys",
    ),
)

_weights = components.make("draw/network_sender", "<span hidden></span>", js=("draw/network",))


class Verdict(StrEnum):
    """The result of comparing browser and PyTorch; each but the first is a part of the lesson."""

    EMPTY = "empty"
    AGREES = "agree"
    APART = "agree_apart"
    BROKEN = "agree_broken"
    PIXELS = "agree_pixels"
    WAITS = "agree_waits"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether browser and PyTorch prepare the same pixels and compute the same probabilities.

    Attributes:
        verdict: the result of the comparison.
        difference: the largest one between two probabilities; 0 where none were compared.
    """

    verdict: Verdict
    difference: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A drawing, and how the network classifies its digits.

    Attributes:
        drawing: the strokes.
        ink: uint8 of shape (280, 280), 0 is paper and 255 is ink.
        digits: what was found, in reading order; none on an empty canvas.
        agreement: whether the browser agrees.
    """

    drawing: Drawing
    ink: Pixels
    digits: tuple[ReadDigit, ...]
    agreement: Agreement


def drawing() -> Drawing:
    """Return the drawing of this session."""
    stored = st.session_state.get("drawing", ())
    return tuple(Stroke(Tool(tool), width, points) for tool, width, points in stored)


def put(drawing: Drawing) -> None:
    """Put another drawing onto the canvas, with the one before to be undone; for an `on_click`."""
    sync = _sync_state()
    _store(drawing)
    sync["epoch"] += 1
    sync["given"] = strokes.written(drawing)


def _store(drawing: Drawing) -> None:
    # Plain values: classes change their identity when Streamlit loads a module anew.
    st.session_state["drawing"] = tuple((one.tool.value, one.width, one.points) for one in drawing)


def _sync_state() -> dict[str, Any]:
    """Return the state that keeps the drawing in step between browser and server.

    `session` names this session. `epoch` counts the drawings that Python has put, `revision` the
    changes that the browser has made. `given` are the strokes that the component gets: those of
    the last run of the whole page, as a component whose data change is sent anew. `check` is what
    the browser computed, `refused` why its last drawing was not taken.
    """
    if "drawing_told" not in st.session_state:
        st.session_state["drawing_told"] = {
            "session": secrets.token_hex(8),
            "epoch": 0,
            "revision": 0,
            "given": strokes.written(drawing()),
            "given_revision": 0,
            "check": None,
            "refused": "",
        }
    sync: dict[str, Any] = st.session_state["drawing_told"]
    return sync


def _receive() -> None:
    """Take over what the browser has drawn, unless Python has put another drawing since."""
    message, sync = st.session_state[PAD_KEY].drawn, _sync_state()
    if not isinstance(message, Mapping):
        return
    revision = message.get("revision")
    mine = message.get("session") == sync["session"] and message.get("epoch") == sync["epoch"]
    if not mine or not isinstance(revision, int) or revision < sync["revision"]:
        return
    sync.update(revision=revision, check=message.get("check"))
    try:
        _store(strokes.read(message.get("strokes")))
    except DrawingError as error:
        sync["refused"] = str(error)
    else:
        sync["refused"] = ""


@kept(maxsize=4)
def _packed(spec: NetworkSpec) -> wire.Packed:
    return wire.pack(spec.activation, cached.parameters(spec))


@kept(maxsize=512)
def _digest(spec: NetworkSpec) -> str:
    return _packed(spec).digest


def send_weights(hand: InHand) -> None:
    """Send the network in hand to the browser. It shows nothing.

    It belongs outside the fragment that draws the pad: a pen that is lifted runs that fragment, and
    must not send the weights again.
    """
    sync = _sync_state()
    sync.update(given=strokes.written(drawing()), given_revision=sync["revision"])
    _weights(key="draw_weights", data=_packed(cached.same_numbers(hand.network)).data)


def draw_pad(hand: InHand, steps: Steps, paper: str) -> Reading:
    """Draw the canvas, the 28 by 28 pixels and the bars, and read the drawing with PyTorch.

    Args:
        hand: the network in hand.
        steps: which steps of MNIST's preparation are done.
        paper: `BLACK` or `WHITE`.
    """
    sync, lesson = _sync_state(), read("draw/pad")
    digest = _digest(cached.same_numbers(hand.network))
    _pad(
        key=PAD_KEY,
        data={
            "session": sync["session"],
            "epoch": sync["epoch"],
            "revision": sync["given_revision"],
            "strokes": sync["given"],
            "digest": digest,
            "steps": asdict(steps),
            "paper": paper,
            "words": _words(lesson, reading.is_untrained(hand.network)),
        },
        on_drawn_change=_receive,
    )
    if sync["refused"]:
        st.warning(lesson.parts["refused"].format(reason=sync["refused"]), icon=":material/block:")
    return reading_of(hand.network, drawing(), steps, paper, _current_check(digest, steps, paper))


def _words(lesson: Lesson, untrained: bool) -> dict[str, str]:
    """Return the words of the pad; an untrained network guesses what a trained one reads."""
    limits = {"strokes": f"{MAX_STROKES:,}", "points": f"{MAX_POINTS:,}"}
    words = dict(lesson.parts)
    for name, guess in GUESSES.items():
        text = words.pop(guess)
        words[name] = text if untrained else words[name]
    words["full_strokes"] = words["full_strokes"].format(**limits)
    words["full_points"] = words["full_points"].format(**limits)
    words["width_now"] = words["width_now"].replace("{size}", str(SIZE))
    return {name: text for name, text in words.items() if not name.startswith("agree")}


def reading_of(
    spec: NetworkSpec, drawing: Drawing, steps: Steps, paper: str, check: object = None
) -> Reading:
    """Read a drawing with PyTorch, and compare with what a browser says of it.

    Args:
        spec: the network.
        drawing: the strokes.
        steps: which steps of MNIST's preparation are done.
        paper: `BLACK` or `WHITE`.
        check: a list of `{"sum": CRC-32 of the 28 by 28 pixels, "shares": [p0, …, p9]}`, one for
            each digit; None while the browser has said nothing.
    """
    ink, _ = _digits(drawing, steps, paper)
    digits = _read(spec, drawing, steps, paper)
    return Reading(drawing, ink, digits, _compare(digits, check))


_laid: Place[strokes.Shares] = Place(32)


def _shares(drawing: Drawing) -> strokes.Shares:
    """Return what the strokes cover. Most drawings are one that was there, and a stroke more."""
    for count in range(len(drawing), 0, -1):
        there = _laid.find(drawing[:count])
        if there is not None:
            break
    else:
        count, there = 0, strokes.blank()
    return _laid.get(drawing, lambda: _lay(there, drawing[count:]))


def _lay(there: strokes.Shares, more: Drawing) -> strokes.Shares:
    shares = there.copy()
    for stroke in more:
        strokes.lay(shares, stroke)
    return shares


@kept(maxsize=16)
def _digits(drawing: Drawing, steps: Steps, paper: str) -> tuple[Pixels, tuple[FoundDigit, ...]]:
    ink = strokes.levels(_shares(drawing))
    if paper == WHITE:
        return ink, find(255 - ink, ink, 255, steps)
    return ink, find(ink, ink, 0, steps)


@kept(maxsize=16)
def _read(spec: NetworkSpec, drawing: Drawing, steps: Steps, paper: str) -> tuple[ReadDigit, ...]:
    return reading.classify(spec, _digits(drawing, steps, paper)[1])


def _current_check(digest: str, steps: Steps, paper: str) -> object:
    """Return what the browser computed, if of this drawing, this network and these steps."""
    sync = _sync_state()
    check = sync["check"]
    if not isinstance(check, Mapping) or sync["refused"]:
        return None
    wanted = {
        "revision": sync["revision"],
        "digest": digest,
        "steps": asdict(steps),
        "paper": paper,
    }
    same = all(check.get(name) == value for name, value in wanted.items())
    return check.get("digits") if same else None


def _compare(digits: tuple[ReadDigit, ...], check: object) -> Agreement:
    if not digits:
        return Agreement(Verdict.EMPTY)
    if check is None:
        return Agreement(Verdict.WAITS)
    try:
        sums, reported = _parse_check(check)
    except (KeyError, TypeError, ValueError):
        return Agreement(Verdict.PIXELS)
    if sums != [zlib.crc32(digit.prepared.pixels.tobytes()) for digit in digits]:
        return Agreement(Verdict.PIXELS)
    computed = np.stack([digit.probabilities for digit in digits]).astype(np.float64)
    both = np.isfinite(computed) & np.isfinite(reported)
    if not np.array_equal(np.isfinite(computed), np.isfinite(reported)):
        return Agreement(Verdict.APART, float("inf"))
    difference = float(np.abs(computed - reported)[both].max(initial=0))
    if not both.all():
        return Agreement(Verdict.BROKEN, difference)
    return Agreement(Verdict.AGREES if difference <= CLOSE else Verdict.APART, difference)


def _parse_check(check: object) -> tuple[list[int], Doubles]:
    """Return the checksums and probabilities that the browser sent; in JSON, NaN is null.

    Raises:
        KeyError, TypeError, ValueError: it is no list of checksums and ten probabilities.
    """
    if not isinstance(check, list):
        raise TypeError
    sums = [int(digit["sum"]) for digit in check]
    rows = [[np.nan if p is None else float(p) for p in digit["shares"]] for digit in check]
    return sums, np.array(rows, np.float64).reshape(len(sums), 10)


def describe_agreement(result: Reading) -> str:
    """Write whether browser and PyTorch agree; nothing while the canvas is empty."""
    agreement, count = result.agreement, len(result.digits)
    if agreement.verdict is Verdict.EMPTY:
        return ""
    part = agreement.verdict.value
    if agreement.verdict is Verdict.AGREES and count > 1:
        part = "agree_many"
    return (
        read("draw/pad")
        .parts[part]
        .format(difference=number(agreement.difference), count=count, pixels=fields.SIDE**2)
    )
