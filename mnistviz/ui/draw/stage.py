"""The page that reads a person's own digits: the picture, the sentence, and what explains it."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from mnistviz.digits import finding, regions
from mnistviz.digits.arrays import Floats
from mnistviz.digits.doubts import doubt
from mnistviz.digits.finding import FoundDigit
from mnistviz.digits.light import Ink
from mnistviz.digits.photo.loading import Photo
from mnistviz.digits.preparation import Steps
from mnistviz.figures import bars
from mnistviz.lessons.draw import script
from mnistviz.network import answers, forward
from mnistviz.network.answers import prediction
from mnistviz.results import kept
from mnistviz.spec.fields import SIDE, Weights
from mnistviz.spec.presets import HANDS, hands_network
from mnistviz.ui.draw import pad, photo_panel, reading, weights_panel
from mnistviz.ui.draw.own_set import panel
from mnistviz.ui.draw.reading import ReadDigit
from mnistviz.ui.elements import show, widgets
from mnistviz.ui.session import cached, state
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, say
from mnistviz.words.quantities import epochs, percent, percents

DRAWING, PHOTO = "drawing", "photo"
"""Where the digits come from; as in the link."""

FILE_NAME = "own_digit.py"

SHOWN = 0.0005
"""The probability from which on the second answer is worth a word: 0.1 % with one decimal."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadPicture:
    """The digits of a picture and how the network classifies them.

    Attributes:
        digits: in reading order; none where nothing is drawn or found.
        dark: whether they came as dark ink on light paper.
        empty: the part of the lesson that says why there are none.
        note: what else is to be said of them.
        first: the digit that is selected at first.
    """

    digits: tuple[ReadDigit, ...]
    dark: bool
    empty: str
    note: str = ""
    first: int = 0

    @property
    def rows(self) -> list[Floats]:
        """Their probabilities, float32 of shape (10,) each."""
        return [digit.probabilities for digit in self.digits]


def is_gone(hand: InHand) -> bool:
    """Tell whether the server has let the loaded weights in hand go since the page was drawn."""
    loaded = hand.network.loaded
    return bool(loaded) and cached.loaded_store().get(loaded) is None


def offer_training(hand: InHand, lesson: Lesson) -> None:
    """Say that the weights have learned nothing, if so, and offer those that have.

    It belongs outside the fragment: the sidebar has to follow.
    """
    if reading.is_untrained(hand.network):
        with st.container(key="draw_offer", horizontal=True, vertical_alignment="center"):
            st.markdown(lesson.parts["untrained"])
            st.button(
                lesson.parts["train"],
                key="draw_train",
                icon=":material/model_training:",
                on_click=state.apply,
                args=({"weights": "trained"},),
                disabled=state.is_refused({"weights": "trained"}),
            )


def offer_hands(lesson: Lesson) -> None:
    """Offer the network that reads other people's digits best, unless it is in hand."""
    now, best = state.settings(), hands_network()
    assert best.training is not None
    st.button(
        lesson.parts["hands"],
        key="draw_hands",
        icon=":material/front_hand:",
        help=lesson.parts["hands_help"].format(
            units=" and ".join(map(str, best.hidden)), epochs=epochs(best.training.epochs)
        ),
        disabled=all(now[key] == value for key, value in HANDS.items()) or state.is_refused(HANDS),
        on_click=state.apply,
        args=(HANDS,),
    )


def read_picture(hand: InHand, steps: Steps, lesson: Lesson) -> ReadPicture:
    """Let the person draw or bring a photo, and read the digits in it.

    Args:
        hand: what is in hand.
        steps: which steps of the preparation are done.
        lesson: the page's words.
    """
    with st.container(key="draw_picture"):
        row = st.container(key="draw_controls", horizontal=True, gap="medium")
        with row:
            source = _select("source", (DRAWING, PHOTO), lesson)
        if source == PHOTO:
            return _read_photo(hand, steps)
        with row:
            paper = _select("paper", (pad.BLACK, pad.WHITE), lesson)
        drawn = pad.draw_pad(hand, steps, paper)
    digits, dark = drawn.digits, paper == pad.WHITE
    return ReadPicture(digits, dark, "empty", pad.describe_agreement(drawn), len(digits))


def _read_photo(hand: InHand, steps: Steps) -> ReadPicture:
    photo = photo_panel.choose()
    if photo is None:
        return ReadPicture((), False, "empty_photo")
    ink = photo_panel.find_ink(photo)
    if ink is None:
        photo_panel.draw_boxes(photo, [], [])
        return ReadPicture((), False, "no_ink")
    digits = reading.classify(hand.network, _find_digits(photo, ink, steps))
    note = ""
    if len(digits) == regions.MOST:
        total = len(regions.regions(ink.ink, regions.PIECES))
        note = say("draw", "of_many", count=len(digits), total=total) if total > len(digits) else ""
    boxes = [digit.box for digit in digits]
    note = " ".join(filter(None, (note, _doubt(photo, ink, steps))))
    result = ReadPicture(digits, ink.dark, "no_ink", note)
    photo_panel.draw_boxes(photo, boxes, list(answers.text(result.rows)))
    return result


# A photo and its ink are their own keys: they are kept as long as the entry.
@kept(maxsize=8)
def _find_digits(photo: Photo, ink: Ink, steps: Steps) -> tuple[FoundDigit, ...]:
    return finding.find(photo.gray, ink.ink, ink.paper, steps)


@kept(maxsize=8)
def _doubt(photo: Photo, ink: Ink, steps: Steps) -> str:
    return doubt(photo.gray, [digit.box for digit in _find_digits(photo, ink, steps)])


def _select(name: str, options: tuple[str, ...], lesson: Lesson) -> str:
    """Let the person select one of several options, the first one at first."""
    parts = lesson.parts
    return widgets.choose(f"draw_{name}", parts[name], options, parts[f"{name}_help"])


def draw_sentence(hand: InHand, result: ReadPicture, lesson: Lesson) -> None:
    """Draw the sentence that says what is read, and whether browser and PyTorch agree."""
    with st.container(key="sentence", gap="xsmall"):
        if not result.digits:
            st.markdown(lesson.parts[result.empty])
            return
        guess = lesson.parts["guess"] if reading.is_untrained(hand.network) else ""
        st.markdown(f"{describe(result, lesson)} {guess}".strip())
        if result.note:
            st.caption(result.note)


def keep(result: ReadPicture) -> None:
    """Offer to keep the digits of the picture in the person's own set."""
    panel.keep([one.prepared for one in result.digits], [one.says for one in result.digits])


def describe(result: ReadPicture, lesson: Lesson) -> str:
    """Write what the network reads.

    Args:
        result: at least one digit.
        lesson: the page's words.
    """
    words, rows = lesson.parts, result.rows
    if len(rows) > 1:
        each = ", ".join(_describe_digit(row, lesson) for row in rows)
        lefts = [one.box.left for one in result.digits]
        form = "says_many" if lefts == sorted(lefts) else "says_lines"
        return words[form].format(text=answers.text(rows), each=each)
    row = rows[0]
    if np.isnan(row).any():
        return words["says_broken"]
    says = prediction(row)
    if says is None:
        shared = int((row == row.max()).sum())
        return words["says_tie"].format(shared=shared, percent=percent(float(row.max())))
    second, first = np.argsort(row, kind="stable")[-2:]
    form = "says" if row[second] >= SHOWN else "says_alone"
    texts = percents(row)
    return words[form].format(says=first, percent=texts[first], second=second, next=texts[second])


def _describe_digit(row: Floats, lesson: Lesson) -> str:
    says = prediction(row)
    if says is None:
        return lesson.parts["each_open"]
    return lesson.parts["each"].format(says=says, percent=percents(row)[says])


def select_digit(result: ReadPicture, lesson: Lesson) -> ReadDigit | None:
    """Let the person select one of several digits; None if there is none."""
    count = len(result.digits)
    if count == 0:
        return None
    place = 0
    if count > 1:
        words, says = lesson.parts, answers.text(result.rows)
        names = [words["which_name"].format(number=n + 1, says=says[n]) for n in range(count)]
        place = st.segmented_control(
            words["which"],
            range(count),
            default=min(result.first, count - 1),
            required=True,
            format_func=names.__getitem__,
            key=f"draw_which_{count}",
            help=words["which_help"],
            persist_state="session",
        )
    return result.digits[place]


def explain(hand: InHand, digit: ReadDigit, steps: Steps, lesson: Lesson) -> None:
    """Draw the expanders that explain the answer to a digit: bars, layers and code."""
    words = lesson.parts
    with show.opened(words["bars_title"], "draw_bars_open") as opened:
        if opened:
            st.markdown(words["bars"])
            show.figure(
                bars.softmax_bars(digit.probabilities, None),
                key="draw_bars",
                alt=bars.softmax_bars_alt(digit.probabilities, None),
            )
    with show.opened(words["layers_title"], "draw_layers_open") as opened:
        if opened:
            _draw_layers(hand, digit.prepared.inputs, lesson)
    show.script(
        lesson,
        lambda: script.script(hand.network, digit.prepared.pixels, steps.normalize),
        FILE_NAME,
        hand.network,
    )


def offer_weights(hand: InHand, lesson: Lesson) -> None:
    """Offer to load weights: behind a heading, unless they are asked for already."""
    title = lesson.parts["weights_title"]
    if state.settings()["weights"] == Weights.LOADED:
        st.header(title, anchor=False)
        weights_panel.panel(hand)
        return
    with show.opened(title, "draw_weights_open") as opened:
        if opened:
            weights_panel.panel(hand)


def _draw_layers(hand: InHand, inputs: Floats, lesson: Lesson) -> None:
    st.markdown(lesson.parts["layers"])
    images = torch.from_numpy(inputs).view(1, 1, SIDE, SIDE)
    show.layers(forward.steps(hand.network, cached.parameters(hand.network), images, 0))
