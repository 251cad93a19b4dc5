"""The two pictures of the page of the digits: a digit's pixels, and a batch taken apart.

Components of our own, as they answer the pointer at once: nothing is asked of the server.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mnistviz.spec.fields import INPUTS
from mnistviz.ui.elements import components, digit_picker
from mnistviz.ui.session import state

PIXELS_KEY = "digits_pixels"
AXES_KEY = "digits_axes"
INDEX_KEY = "digits_index"
"""The number field that holds which pixel is marked; in the link too."""

_SLIDER = f'tabindex="0" role="slider" aria-valuemin="0" aria-valuemax="{INPUTS - 1}"'
_MARKS = '<div class="band"></div><div class="mark"></div>'
_PIXELS = f"""
<div class="pixels">
  <div class="digit">
    <h2 class="title"></h2>
    <div class="field picture" {_SLIDER}><canvas></canvas>{_MARKS}</div>
    {digit_picker.steps("image")}
    <div class="place"></div>
    <div class="readout"></div>
    <div class="index"></div>
  </div>
  <div class="table-slot">
    <h2 class="title table-title">
      <span class="what"></span> <span class="keys"></span><span class="tap"></span>
    </h2>
    <div class="window"><div class="field table" {_SLIDER}>{_MARKS}</div></div>
  </div>
  <div class="strip-slot">
    <h2 class="title strip-title"></h2>
    <div class="field strip" {_SLIDER}><canvas></canvas>{_MARKS}</div>
    <div class="rows" aria-hidden="true"></div>
  </div>
</div>
"""


_pixels = components.make(
    "digits/pixels",
    _PIXELS,
    css=("elements/buttons", "elements/stage", "elements/pixel_place"),
    js=(
        "elements/dom",
        "elements/words",
        "elements/bytes",
        "elements/pixels",
        "elements/answers",
        "elements/steps",
        "elements/pixel_place",
    ),
)

_axes = components.make(
    "digits/axes",
    '<div class="axes"><div class="expression"></div><div class="chain"></div></div>',
    css=("elements/pixel_place",),
    js=(
        "elements/dom",
        "elements/words",
        "elements/bytes",
        "elements/pixels",
        "elements/answers",
        "elements/pixel_place",
    ),
)


def pixels(data: Mapping[str, Any]) -> None:
    """Draw a digit as picture, as table of numbers and as one line, with one pixel marked.

    Args:
        data: what `digits/pixels.js` reads.
    """
    _pixels(
        key=PIXELS_KEY,
        data={**data, **digit_picker.fixed()},
        on_image_change=lambda: _choose_image(PIXELS_KEY),
        on_index_change=lambda: _choose_index(PIXELS_KEY),
    )


def axes(data: Mapping[str, Any]) -> None:
    """Draw a batch, one of its images, its picture, a row of it and one pixel.

    Args:
        data: what `digits/axes.js` reads.
    """
    _axes(
        key=AXES_KEY,
        data={**data, **digit_picker.fixed()},
        on_image_change=lambda: _choose_image(AXES_KEY),
        on_index_change=lambda: _choose_index(AXES_KEY),
    )


def _choose_image(key: str) -> None:
    image = st.session_state[key].image
    if isinstance(image, int):
        state.choose(image)


def _choose_index(key: str) -> None:
    index = st.session_state[key].index
    if isinstance(index, int) and 0 <= index < INPUTS:
        st.session_state[INDEX_KEY] = index
