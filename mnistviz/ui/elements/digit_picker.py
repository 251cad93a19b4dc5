"""The digit in hand, to choose: the batch as a grid, and the digit large with its neighbors.

Components of our own, as each is one light element for the browser where Streamlit's would be five.
By mouse, by touch and by keyboard.
"""

import re
from collections.abc import Sequence

import streamlit as st

from mnistviz.spec.specs import DigitSpec
from mnistviz.ui.elements import components, widgets
from mnistviz.ui.session import cached, lesson, state
from mnistviz.words import quantities, read

GRID_KEY = "digit_grid"
VIEW_KEY = "digit_view"


def steps(what: str) -> str:
    """Return the buttons to the thing before and the thing after, for `elements/steps.js`.

    Args:
        what: the things, "batch" or "image".
    """
    words = read("frame").parts

    def button(way: str, by: int, arrow: str, name_first: bool) -> str:
        label = words[f"{way}_{what}"]
        parts = [f'<span aria-hidden="true">{arrow}</span>', f'<span class="name">{label}</span>']
        text = "&nbsp;".join(reversed(parts) if name_first else parts)
        return f'<button type="button" value="{by}" aria-label="{label}">{text}</button>'

    before = button("previous", -1, "&lsaquo;", name_first=False)
    after = button("next", 1, "&rsaquo;", name_first=True)
    return f'<div class="steps">{before}{after}</div>'


_grid = components.make(
    "elements/digit_grid",
    (
        '<h2 class="title"></h2><div class="grid" role="radiogroup" '
        f'data-name="{read("frame").parts["batch_digit"]}"></div>{steps("batch")}'
    ),
    css=("elements/buttons", "elements/stage"),
    js=("elements/dom", "elements/words", "elements/answers", "elements/steps"),
)

_view = components.make(
    "elements/digit_view",
    (
        '<div class="around"><div class="view"><h2 class="title"></h2><img class="picture">'
        f"{steps('image')}</div></div>"
    ),
    css=("elements/buttons", "elements/stage"),
    js=("elements/answers", "elements/steps", "elements/pixels"),
)


def grid(digit: DigitSpec, sheet: str, labels: Sequence[int], title: str) -> None:
    """Draw the batch as a grid, with buttons to the batches before and after.

    Args:
        digit: the digit to frame.
        sheet: the batch as one picture of 8 by 8 digits, a `data:` address.
        labels: the label of each digit in the batch.
        title: the line above, with `**bold**` words.
    """
    words = read("frame").parts
    _grid(
        key=GRID_KEY,
        data={
            "title": bold(title),
            "name": words["batch_name"].format(batch=digit.batch, count=len(labels)),
            "sheet": sheet,
            "labels": list(labels),
            "chosen": digit.image,
            "batch": digit.batch,
            "batches": digit.batch_count,
            **fixed(),
        },
        on_image_change=lambda: _choose_image(GRID_KEY),
        on_batch_change=_choose_batch,
    )


def view(digit: DigitSpec, picture: str, label: int, title: str) -> None:
    """Draw the digit large, with buttons to the ones before and after.

    Args:
        digit: the digit.
        picture: the digit as a picture of 28 by 28 pixels, a `data:` address.
        label: which digit it is.
        title: the line above, with `**bold**` words.
    """
    _view(
        key=VIEW_KEY,
        data={
            "title": bold(title),
            "picture": picture,
            "alt": read("frame").parts["digit_alt"].format(label=label),
            "image": digit.image,
            "count": digit.batch_length,
            **fixed(),
        },
        on_image_change=lambda: _choose_image(VIEW_KEY),
    )


def go_to() -> None:
    """Draw the switch of the digits and the way to one of them by its numbers.

    Each page has both once, as they hold the widgets that bind split, batch and image to the link.
    """
    choose_split()
    choose_number()


def choose_split() -> None:
    """Draw the switch that says which digits the batch is taken from."""
    widgets.pick("split", width="content")


def choose_number() -> None:
    """Draw the way to a digit by its numbers, behind a button: closed, it costs nothing."""
    with (
        st.popover(read("frame").parts["go_to"], key="go_to"),
        st.container(horizontal=True, gap="small"),
    ):
        widgets.number("batch")
        widgets.number("image")


def in_hand(digit: DigitSpec) -> None:
    """Draw the digit in hand large, with its label and the way to its neighbors."""
    label = cached.label(digit)
    title = read("frame").parts["digit"]
    view(
        digit,
        picture=cached.picture(digit),
        label=label,
        title=title.format(image=digit.image, a_digit=quantities.a_digit(label)),
    )


def fixed() -> dict[str, list[str]]:
    """Return what a component is told if a lesson link fixes the digit or its batch."""
    keys = [key for key in ("batch", "image") if lesson.is_locked(key)]
    return {"fixed": keys} if keys else {}


def bold(text: str) -> str:
    """Turn the `**bold**` words and the terms of a title into what a component can show."""
    linked = re.sub(r"\[([^\]]+)\]\((#term-[a-z0-9-]+)\)", r'<a href="\2">\1</a>', text)
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", linked)


def _choose_image(key: str) -> None:
    image = st.session_state[key].image
    if isinstance(image, int):
        state.choose(image)


def _choose_batch() -> None:
    batch = st.session_state[GRID_KEY].batch
    if isinstance(batch, int):
        state.choose_batch(batch)
