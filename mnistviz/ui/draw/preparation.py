"""The steps from a picture to the input of the network, and how much accuracy each is worth."""

import dataclasses
from typing import Any

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Floats, Pixels
from mnistviz.digits.lines import FULL, INNER
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.digits.preparation import Prepared, Steps, prepare
from mnistviz.digits.strokes import SIZE
from mnistviz.figures import pictures
from mnistviz.lessons.draw import figures, redrawn
from mnistviz.network.answers import count_right, prediction
from mnistviz.results import kept
from mnistviz.spec.fields import SIDE
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.draw import reading
from mnistviz.ui.elements import components, question, show
from mnistviz.ui.session import cached, links
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import from_to, number, percent, percents

NAMES = tuple(field.name for field in dataclasses.fields(Steps))
"""The steps, in their order."""

READS = 0.2
"""The share of right answers from which on a network reads at all: twice that of guessing."""

LEARNED = 0.5
"""The share from which on a network has learned enough to be asked about."""

FEW = 1 / 3
"""The share that the question's right answer names."""

SEED = 7
"""Seeds the sizes and places of the digits that are drawn anew."""

_cards = components.make("draw/preparation", '<ol class="steps"></ol>', js=("elements/dom",))


def select_steps(lesson: Lesson) -> Steps:
    """Let the person leave steps out, and return those that are done."""
    words = lesson.parts
    st.header(words["heading"], anchor=False)
    st.markdown(words["intro"])
    left_out = st.pills(
        words["leave_out"],
        NAMES,
        selection_mode="multi",
        **links.worded("draw_left_out"),
        help=words["leave_out_help"],
        wrap=True,
    )
    return Steps(**{name: name not in left_out for name in NAMES})


def draw_steps(
    spec: NetworkSpec, prepared: Prepared, dark: bool, steps: Steps, lesson: Lesson
) -> None:
    """Show a digit after each step, with its numbers, and the answer if the step were otherwise.

    Args:
        spec: the network.
        prepared: the digit.
        dark: whether it came as dark ink on light paper.
        steps: which steps are done.
        lesson: the words.
    """
    words = lesson.parts
    otherwise = [dataclasses.replace(steps, **{n: not getattr(steps, n)}) for n in NAMES]
    changed = [prepare(prepared.gray, prepared.ink, other).inputs for other in otherwise]
    answers = reading.probabilities(spec, np.stack(changed))
    cards = [_card("came", prepared.gray, _describe_size(prepared, lesson), lesson)]
    pictured = _pictures(prepared, steps)
    for name, picture, row in zip(NAMES, pictured, answers, strict=True):
        done = getattr(steps, name)
        card = _card(name, picture, _describe_step(name, prepared, dark, steps, lesson), lesson)
        card["off"] = not done
        form = words["without" if done else "with"]
        card["answer"] = form.format(says=_describe_answer(row, lesson))
        cards.append(card)
    _leave_out_repeated(cards)
    _cards(key="draw_steps", data={"cards": cards})


def _leave_out_repeated(cards: list[dict[str, Any]]) -> None:
    """Send a picture that a step has not changed once: a drawing's are most of what is sent."""
    shown = ""
    for card in cards:
        if card["picture"] == shown:
            card["picture"] = ""
        shown = card["picture"] or shown


def _card(name: str, picture: Pixels, numbers: str, lesson: Lesson) -> dict[str, Any]:
    title = lesson.parts[f"{name}_title"]
    return {
        "title": title,
        "numbers": numbers,
        "picture": pictures.data_uri(np.ascontiguousarray(picture)),
        "crisp": max(picture.shape[:2]) <= SIDE,
        "alt": lesson.parts["alt"].format(title=title, numbers=numbers),
        "answer": "",
        "off": False,
    }


def _pictures(prepared: Prepared, steps: Steps) -> list[Pixels]:
    """Return the picture of the digit after each step."""
    lit = prepared.ink if steps.ink else prepared.gray
    signed = pictures.signed(prepared.inputs, 1.0)
    cropped = prepared.box.cut(lit)
    return [lit, cropped, prepared.lined, prepared.scaled, prepared.pixels, signed]


def _describe_size(prepared: Prepared, lesson: Lesson) -> str:
    height, width = prepared.gray.shape
    return lesson.parts["came_numbers"].format(height=height, width=width)


def _describe_step(name: str, prepared: Prepared, dark: bool, steps: Steps, lesson: Lesson) -> str:
    """Say in numbers what one step has done, or that it was left out."""
    words, box = lesson.parts, prepared.box
    height, width = prepared.scaled.shape
    (top, left), mass = prepared.place, prepared.mass
    values = {
        "height": height,
        "width": width,
        "inner": INNER,
        "top": top,
        "left": left,
        "mean": MEAN,
        "std": STD,
    }
    form = f"{name}_{'numbers' if getattr(steps, name) else 'off'}"
    match name:
        case "ink":
            if steps.ink:
                turn = words["ink_turned" if dark else "ink_kept"]
                return words[form].format(levels=_levels(prepared.gray), turn=turn)
        case "crop":
            values |= {"top": box.top, "left": box.left}
            values |= {"bottom": box.bottom - 1, "right": box.right - 1}
        case "line":
            form = _form_of_line(prepared, steps)
            if prepared.line is not None:
                width, made = (round(one, 1) for one in (prepared.line.width, prepared.line.made))
                values |= {"width": number(width), "made": number(made)}
                values |= {"level": prepared.line.level, "full": FULL}
        case "center":
            if mass is None:
                return words["center_empty"]
            values |= {"row": number(mass[0]), "column": number(mass[1])}
        case "normalize":
            low = -1 if steps.normalize else 0
            values |= {"low": number(low), "high": 1}
    return words[form].format(**values)


def _form_of_line(prepared: Prepared, steps: Steps) -> str:
    """Return the name of the words for what was done to the line."""
    line = prepared.line
    if not steps.line:
        return "line_off"
    if line is None:
        return "line_none"
    if line.made != line.width:
        return "line_widened" if line.made > line.width else "line_thinned"
    return "line_faint" if line.level < FULL else "line_kept"


def _levels(picture: Pixels) -> str:
    return from_to(int(picture.min()), int(picture.max()))


def _describe_answer(row: Floats, lesson: Lesson) -> str:
    says = prediction(row)
    if says is None:
        return lesson.parts["answer_broken" if np.isnan(row).any() else "answer_tie"]
    return lesson.parts["answer"].format(says=says, percent=percents(row)[says])


def draw_measurement(hand: InHand, lesson: Lesson) -> None:
    """Draw the expander with the accuracy of the network for each way to prepare digits."""
    words = lesson.parts
    with show.opened(words["measure_title"], "draw_measure_open") as opened:
        if not opened:
            return
        right = {way: accuracy(hand.network, way) for way in (redrawn.PLAIN, *redrawn.WAYS)}
        values = {
            "count": redrawn.COUNT,
            "shortest": redrawn.SHORTEST,
            "longest": redrawn.LONGEST,
            "size": SIZE,
            "side": SIDE,
            **{way: percent(share) for way, share in right.items()},
        }
        st.markdown(words["measure"].format(**values))
        names = [words[f"way_{way}"] for way in right]
        rows = "; ".join(
            f"{name}: {percent(share)}" for name, share in zip(names, right.values(), strict=True)
        )
        show.figure(
            figures.ways(names, list(right.values())),
            key="draw_ways",
            alt=words["measure_alt"].format(count=redrawn.COUNT, rows=rows),
        )
        form = "measure_seen"
        if right[redrawn.PLAIN] < READS:
            first = reading.is_untrained(hand.network)
            form = "measure_untrained" if first else "measure_unable"
        text = words[form].format(**values)
        st.markdown(f"{text} {reading.note_on_tests(hand.network)}".strip())


def ask(hand: InHand, lesson: Lesson) -> None:
    """Ask what a network reads without the preparation, if it has learned to read with it.

    Args:
        hand: the network.
        lesson: the page's words.
    """
    if reading.is_untrained(hand.network):
        return
    plain, shrunk = (accuracy(hand.network, way) for way in (redrawn.PLAIN, "shrunk"))
    if plain < LEARNED or shrunk >= FEW:
        return
    question.ask(
        lesson,
        count=redrawn.COUNT,
        side=SIDE,
        plain=percent(plain),
        shrunk=percent(shrunk),
        all=percent(accuracy(hand.network, "all")),
    )


@kept(maxsize=len(redrawn.WAYS) + 1)
def _redrawn(way: str) -> redrawn.Redrawn:
    sample = cached.digits(redrawn.DATA)
    pixels = sample.test_pixels[: redrawn.COUNT].numpy()
    return redrawn.prepared(pixels, sample.test_labels[: redrawn.COUNT].numpy(), SEED, way)


@kept(maxsize=256)
def accuracy(spec: NetworkSpec, way: str) -> float:
    """Return the share of right answers, 0 to 1, for a way to prepare the digits; see `redrawn`."""
    digits = _redrawn(way)
    rows = reading.probabilities(spec, digits.inputs)
    return count_right(rows, digits.labels.tolist()) / len(digits.labels)
