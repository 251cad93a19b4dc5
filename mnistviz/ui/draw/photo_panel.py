"""The panel of the page Draw that takes a photo of digits, and shows what was found on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from mnistviz.digits import ink
from mnistviz.digits.ink import NoInk
from mnistviz.digits.light import FULL, Ink
from mnistviz.digits.photo import examples, loading
from mnistviz.digits.photo.examples import Example
from mnistviz.digits.photo.headers import PictureError
from mnistviz.digits.photo.loading import Photo
from mnistviz.digits.preparation import Box
from mnistviz.results import kept
from mnistviz.spec.fields import Data
from mnistviz.ui.elements import components, widgets
from mnistviz.ui.session import cached, choices, links, uploads
from mnistviz.words import Lesson, read
from mnistviz.words.quantities import either
from mnistviz.words.untrusted import escaped

PHOTO, NAME, ERROR = "photo", "draw_photo_name", "draw_photo_error"
"""The session's keys: the picture, what the person calls it, and why the last one was refused."""

FILE, CAMERA, USE_CAMERA = "draw_photo_file", "draw_photo_camera", "draw_photo_use_camera"
"""The keys of the uploader, the camera and its switch."""

READ = "draw_photo_read"
"""The session's key: how many files were read. Each leaves an empty uploader with a new key."""

OF_FILE = "draw_photo_of_file"
"""The session's key: the number of the file that the picture comes from; 0 if from none."""

TURNS = "draw_photo_turns"
"""The session's key: by how many quarters the picture was turned to the left, 0 to 3."""

BOXES = "draw_photo_boxes"
"""The key of the picture with its boxes."""

TRIED = "draw_photo_tried"
"""The session's key: how many examples were made."""

INKS = {"automatic": None, "dark": True, "light": False}
"""What ink may be, as in the link."""

AUTOMATIC = "automatic"

THRESHOLDS = choices.CHOICES["draw_photo_threshold_by"].values

USUAL = 100
"""The threshold by hand, at first."""

MEGABYTE = 1_000_000

_boxes = components.make(
    "draw/photo_panel",
    '<div class="photo" role="img"></div>',
    js=("elements/dom", "elements/kept", "draw/files"),
)


def choose() -> Photo | None:
    """Offer to bring a picture, and, once there is one, how its ink is found.

    Returns:
        The picture in hand, or None. It stays when the page is left, until it is put away.
    """
    lesson = read("draw/photo_panel")
    photo: Photo | None = st.session_state.get(PHOTO)
    with st.container(key="draw_photo"):
        if photo is None:
            _draw_ways(lesson)
        else:
            _draw_in_hand(photo, lesson)
        if ERROR in st.session_state:
            st.error(escaped(st.session_state[ERROR]), icon=":material/error:")
        if photo is not None:
            _draw_controls(lesson)
    return photo


def find_ink(photo: Photo) -> Ink | None:
    """Find the ink of the picture as its controls say, and describe it.

    Args:
        photo: what `choose` has returned, in the same run.

    Returns:
        None if there is no ink; the page says so then.
    """
    words = read("draw/photo_panel").parts
    state = st.session_state
    by_hand = state.get("draw_photo_threshold_by") == THRESHOLDS[1]
    threshold = int(state.get("draw_photo_threshold", USUAL)) if by_hand else None
    result = _compute_ink(photo, INKS[state.get("draw_photo_ink") or AUTOMATIC], threshold)
    if isinstance(result, str):
        st.warning(result, icon=":material/ink_eraser:")
        return None
    sentence = words["found_dark" if result.dark else "found_light"]
    numbers = {"paper": result.paper, "level": result.level, "threshold": result.threshold}
    st.caption(sentence.format(**numbers, full=FULL))
    return result


def draw_boxes(photo: Photo, boxes: Sequence[Box], texts: Sequence[str]) -> None:
    """Show the picture with a numbered box around each digit, and what is read there.

    Args:
        photo: the picture.
        boxes: where its digits stand, in reading order.
        texts: what is read in each, such as "7".
    """
    words, (height, width) = read("draw/photo_panel").parts, photo.gray.shape
    each = "; ".join(
        words["alt_each"].format(number=number, text=text) for number, text in enumerate(texts, 1)
    )
    part = {0: "alt_none", 1: "alt_one"}.get(len(boxes), "alt")
    _boxes(
        key=BOXES,
        on_turns_change=_turn_again,
        data={
            "picture": _picture(photo),
            "file": st.session_state.get(OF_FILE, 0),
            "turns": st.session_state.get(TURNS, 0),
            "width": width,
            "height": height,
            "alt": words[part].format(count=len(boxes), each=each),
            "boxes": [
                {
                    "top": box.top,
                    "left": box.left,
                    "bottom": box.bottom,
                    "right": box.right,
                    "text": text,
                }
                for box, text in zip(boxes, texts, strict=True)
            ],
        },
    )


# A picture is its own key: what is kept stands beside the pictures that sessions hold.
@kept(maxsize=8)
def _compute_ink(photo: Photo, dark: bool | None, threshold: int | None) -> Ink | str:
    try:
        return ink.ink_of(photo.gray, dark, threshold)
    except NoInk as error:
        return str(error)


@kept(maxsize=8)
def _picture(photo: Photo) -> str:
    return loading.data_uri(photo)


def _draw_ways(lesson: Lesson) -> None:
    """Offer all ways to a picture."""
    st.markdown(lesson.idea)
    _draw_uploader(lesson)
    _draw_examples(lesson)
    _draw_camera(lesson)


def _draw_uploader(lesson: Lesson) -> None:
    words = lesson.parts
    formats = either(loading.FORMATS)
    numbers = {
        "photo": loading.MAX_JPEG_PIXELS // MEGABYTE,
        "others": loading.MAX_PIXELS // MEGABYTE,
        "longest": f"{loading.LONGEST:,}",
    }
    count = st.session_state.get(READ, 0)
    key = f"{FILE}_{count}" if count else FILE
    # Any kind may come: the bytes say what it is, and phones then offer their camera too.
    st.file_uploader(
        words["file"].format(formats=formats),
        key=key,
        # The field says the limit itself.
        max_upload_size=loading.MAX_BYTES // MEGABYTE,
        help=words["file_help"].format(**numbers),
        on_change=_take,
        args=(key,),
    )


def _take(key: str) -> None:
    """Read the file that has arrived, once; one that is no good leaves what was there before."""
    file: Any = st.session_state[key]
    st.session_state.pop(ERROR, None)
    # Nothing: the person has taken the file away.
    if not isinstance(file, UploadedFile):
        return
    name = "" if key == CAMERA else file.name
    try:
        photo = loading.read(file.getvalue(), name)
    except PictureError as error:
        st.session_state[ERROR] = str(error)
    else:
        _store(photo, name, 0 if key == CAMERA else st.session_state.get(READ, 0) + 1)
    uploads.release(file)
    if key == CAMERA:
        st.session_state[USE_CAMERA] = False
    else:
        st.session_state[READ] = st.session_state.get(READ, 0) + 1


def _store(photo: Photo, name: str, file: int = 0) -> None:
    st.session_state[PHOTO], st.session_state[NAME] = photo, name
    st.session_state[OF_FILE] = file
    st.session_state[TURNS] = 0
    st.session_state.pop(ERROR, None)


def _draw_examples(lesson: Lesson) -> None:
    words = lesson.parts
    with st.container(key="draw_photo_examples", horizontal=True, vertical_alignment="center"):
        st.markdown(words["try"], width="content")
        for example in Example:
            st.button(
                words[f"try_{example}"],
                key=f"draw_photo_try_{example}",
                help=words["try_help"].format(count=examples.count(example)),
                on_click=_make_example,
                args=(example,),
            )


def _make_example(example: Example) -> None:
    """Make an example; the first one of a session is the same for everyone."""
    seed = st.session_state.get(TRIED, 0)
    st.session_state[TRIED] = seed + 1
    pixels = cached.digits(Data.SAMPLE).test_pixels.numpy()
    indices = np.random.default_rng(seed).permutation(len(pixels))[: examples.count(example)]
    _store(examples.make(example, pixels[indices], seed), str(example))


def _draw_camera(lesson: Lesson) -> None:
    """Offer the camera, below all else: it opens into the room that is kept for a picture."""
    words = lesson.parts
    if st.toggle(words["camera"], key=USE_CAMERA, help=words["camera_help"]):
        st.camera_input(words["camera_label"], key=CAMERA, on_change=_take, args=(CAMERA,))


def _draw_in_hand(photo: Photo, lesson: Lesson) -> None:
    words, (rows, columns) = lesson.parts, photo.gray.shape
    width, height = photo.original_size
    name = st.session_state.get(NAME, "")
    if not photo.format:
        count = examples.count(Example(name))
        description = words["example"].format(width=f"{width:,}", height=f"{height:,}", count=count)
    else:
        description = words["read" if (width, height) == (columns, rows) else "reduced"].format(
            name=escaped(loading.shortened(name)) or words["nameless"],
            format=photo.format,
            width=f"{width:,}",
            height=f"{height:,}",
            columns=f"{columns:,}",
            rows=f"{rows:,}",
        )
    with st.container(key="draw_photo_in_hand", horizontal=True, vertical_alignment="center"):
        st.markdown(" ".join((description, *photo.notes)), width="content")
        for side, turns in (("left", 1), ("right", -1)):
            st.button(
                words[f"turn_{side}"],
                key=f"draw_photo_turn_{side}",
                help=words["turn_help"],
                icon=f":material/rotate_{side}:",
                on_click=_turn,
                args=(turns,),
            )
        with st.popover(words["another"], key="draw_photo_another", icon=":material/add_a_photo:"):
            _draw_ways(lesson)
        st.button(
            words["put_away"],
            key="draw_photo_put_away",
            help=words["put_away_help"],
            icon=":material/delete:",
            on_click=_put_away,
        )


def _turn(quarters: int) -> None:
    photo: Photo = st.session_state[PHOTO]
    st.session_state[PHOTO] = loading.turned(photo, quarters)
    st.session_state[TURNS] = (st.session_state.get(TURNS, 0) + quarters) % 4


def _turn_again() -> None:
    """Turn a picture that the browser gave again as it was turned before."""
    turns: Any = st.session_state[BOXES].turns
    if PHOTO in st.session_state and isinstance(turns, int):
        _turn(turns - st.session_state.get(TURNS, 0))


def _put_away() -> None:
    for key in (PHOTO, NAME, ERROR):
        st.session_state.pop(key, None)


def _draw_controls(lesson: Lesson) -> None:
    words = lesson.parts
    with st.container(key="draw_photo_controls", horizontal=True, gap="medium"):
        with links.drawn_late("draw_photo_ink"):
            widgets.choose("draw_photo_ink", words["ink"], list(INKS), words["ink_help"], AUTOMATIC)
        with links.drawn_late("draw_photo_threshold_by"):
            by = widgets.choose(
                "draw_photo_threshold_by", words["threshold"], THRESHOLDS, words["threshold_help"]
            )
        if by == THRESHOLDS[1]:
            with links.drawn_late("draw_photo_threshold"):
                st.slider(
                    words["level"].format(full=FULL),
                    min_value=1,
                    max_value=FULL,
                    value=USUAL,
                    width=280,
                    **links.bound("draw_photo_threshold"),
                )
