"""The panel that takes a photo: bring one, one that is no good, try an example, set the ink."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnistviz.digits.photo import loading
from mnistviz.digits.photo.examples import Example, count
from mnistviz.words import read
from tests.app.session import PATIENCE

WORDS = read("draw/photo_panel").parts


def script() -> None:
    """Show the panel as the page does, with one box that holds all the ink."""
    from collections import namedtuple

    import numpy as np
    import streamlit as st

    from mnistviz.ui.draw import photo_panel

    box = namedtuple("box", "top left bottom right")
    elsewhere = st.toggle("elsewhere", key="elsewhere")
    if not elsewhere:
        shown = photo_panel.choose()
        if shown is not None:
            ink = photo_panel.find_ink(shown)
            boxes = []
            if ink is not None:
                rows, columns = np.flatnonzero(ink.ink.any(1)), np.flatnonzero(ink.ink.any(0))
                boxes = [
                    box(*(int(n) for n in (rows[0], columns[0], rows[-1] + 1, columns[-1] + 1)))
                ]
            photo_panel.draw_boxes(shown, boxes, ["7"] * len(boxes))


@pytest.fixture
def at() -> AppTest:
    return run(AppTest.from_function(script, default_timeout=PATIENCE))


def run(at: AppTest) -> AppTest:
    at.run()
    assert [error.value for error in at.exception] == []
    return at


def png(pixels: np.ndarray) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def page(paper: int = 255, ink: int = 0) -> np.ndarray:
    pixels = np.full((200, 300), paper, np.uint8)
    pixels[50:150, 140:160] = ink
    return pixels


def bring(at: AppTest, data: bytes, name: str = "my_7.png") -> AppTest:
    at.get("file_uploader")[0].set_value((name, data, "image/png"))
    return run(at)


def boxes(at: AppTest) -> dict[str, Any]:
    found = {element.key: element for element in at.get("bidi_component")}
    if "draw_photo_boxes" not in found:
        return {}
    value: dict[str, Any] = json.loads(found["draw_photo_boxes"].proto.json)
    return value


def texts(at: AppTest) -> str:
    return "\n".join(each.value for each in (*at.markdown, *at.caption))


def test_nothing_is_there_at_first(at: AppTest) -> None:
    assert boxes(at) == {}
    # The field itself says the limit: the label does not say it again.
    assert at.get("file_uploader")[0].proto.max_upload_size_mb == 10
    assert "MB" not in at.get("file_uploader")[0].label
    assert at.get("file_uploader")[0].key == "draw_photo_file"


def test_a_picture_is_read_and_its_ink_boxed(at: AppTest) -> None:
    bring(at, png(page()))
    assert "300 by 200 pixels" in texts(at)
    assert "my\\_7.png" in texts(at)
    assert "dark on light" in texts(at)
    shown = boxes(at)
    assert [shown[side] for side in ("width", "height")] == [300, 200]
    assert shown["boxes"] == [{"top": 50, "left": 140, "bottom": 150, "right": 160, "text": "7"}]
    assert shown["picture"].startswith("data:image/jpeg;base64,")
    assert "1: read as 7" in shown["alt"]
    assert at.session_state["photo"].gray.nbytes <= loading.LONGEST**2


def test_it_stays_when_the_page_is_left(at: AppTest) -> None:
    bring(at, png(page()))
    before = boxes(at)
    at.toggle(key="elsewhere").set_value(True)
    assert boxes(run(at)) == {}
    at.toggle(key="elsewhere").set_value(False)
    assert boxes(run(at)) == before


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "0 bytes"), (b"%PDF-1.7", "a PDF document"), (png(page())[:90], "cut short")],
)
def test_a_bad_file_leaves_what_was_there(at: AppTest, data: bytes, said: str) -> None:
    bring(at, png(page()))
    before = boxes(at)
    bring(at, data, "<b>*x*</b>.png")
    assert len(at.error) == 1
    assert said in at.error[0].value.replace("\\", "")
    assert "*x*" not in at.error[0].value
    assert boxes(at) == before
    bring(at, png(page(20, 220)))
    assert len(at.error) == 0
    assert "light on dark" in texts(at)


def test_the_server_does_not_keep_the_file(at: AppTest) -> None:
    bring(at, png(page()))
    assert at.get("file_uploader")[0].key == "draw_photo_file_1"
    assert at.get("file_uploader")[0].value is None


def test_an_empty_page_says_so(at: AppTest) -> None:
    bring(at, png(page(255, 255)))
    assert "255 of 255" in at.warning[0].value
    assert boxes(at)["boxes"] == []
    assert boxes(at)["alt"] == WORDS["alt_none"]


def test_the_controls_decide_about_the_ink(at: AppTest) -> None:
    pixels = page(250, 130)
    pixels[50:150, 20:40] = 30
    bring(at, png(pixels))
    assert boxes(at)["boxes"][0]["right"] == 160
    at.get("button_group")[0].set_value("light")
    assert "light on dark" in texts(run(at))
    at.get("button_group")[0].set_value("dark")
    at.get("button_group")[1].set_value("by hand")
    run(at)
    at.slider(key="draw_photo_threshold").set_value(200)
    assert boxes(run(at))["boxes"][0]["right"] == 40
    assert "**200**" in texts(at)


def test_put_away_is_forgotten(at: AppTest) -> None:
    bring(at, png(page()))
    at.button(key="draw_photo_put_away").click()
    assert boxes(run(at)) == {}
    assert "photo" not in at.session_state


@pytest.mark.parametrize("example", Example)
def test_an_example_can_be_tried(at: AppTest, example: Example) -> None:
    at.button(key=f"draw_photo_try_{example}").click()
    run(at)
    assert f"{count(example)} of the app's test digits" in texts(at)
    assert len(at.warning) == 0
    first = boxes(at)["picture"]
    at.button(key=f"draw_photo_try_{example}").click()
    assert boxes(run(at))["picture"] != first
    other = run(AppTest.from_function(script, default_timeout=PATIENCE))
    other.button(key=f"draw_photo_try_{example}").click()
    assert boxes(run(other))["picture"] == first


def test_the_camera_waits_behind_its_switch(at: AppTest) -> None:
    assert len(at.get("camera_input")) == 0
    at.toggle(key="draw_photo_use_camera").set_value(True)
    assert len(run(at).get("camera_input")) == 1
