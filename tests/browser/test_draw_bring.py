"""What a person brings to the page Draw: a photo, a set, weights; and what is no such thing."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from torch import nn

from mnistviz.digits import strokes
from mnistviz.words import read
from tests.browser.hand import SEVEN, agreement, by_mouse, kept_strokes, open_draw
from tests.browser.stage import expect_at_rest
from tests.drawings import raster
from tests.serving import Server

QUICK = "epochs=8&weights=trained"


def png(*digits: tuple[strokes.Stroke, ...]) -> bytes:
    """Digits side by side, dark on white paper."""
    sheet = np.concatenate([255 - raster(digit) for digit in digits], axis=1)
    written = io.BytesIO()
    Image.fromarray(sheet).save(written, "PNG")
    return written.getvalue()


def seven() -> tuple[strokes.Stroke, ...]:
    points = tuple((float(x), float(y)) for x, y in SEVEN[0])
    return (strokes.Stroke(strokes.Tool.PEN, 22.0, points),)


def chooser(page: Page, part: str) -> Locator:
    return page.locator(f"{part} input[type=file]").first


def test_a_photo_is_read_and_a_bad_one_takes_nothing_away(
    page: Page, server: Server, tmp_path: Path
) -> None:
    page.goto(f"{server.url}/draw?{QUICK}&draw_source=photo")
    given = chooser(page, ".st-key-draw_photo")
    given.wait_for(state="attached", timeout=60_000)
    sheet = png(seven(), seven())
    given.set_input_files({"name": "page.png", "mimeType": "image/png", "buffer": sheet})
    expect(page.locator(".st-key-sentence")).to_contain_text("reads 77")
    expect(page.locator(".st-key-draw_photo_boxes .box")).to_have_count(2)
    page.locator(".st-key-draw_photo_another button").click()
    file = tmp_path / "page.png"
    # A file that is too large is not sent at all: the field itself says so.
    for content, place, said in (
        (b"%PDF-1.7 scan", ".st-key-draw_photo [data-testid=stAlert]", "PDF"),
        (bytes(40_000_000), "[data-testid=stPopoverBody]", "10.0MB or smaller"),
    ):
        file.write_bytes(content)
        expect_at_rest(page)
        chooser(page, "[data-testid=stPopoverBody]").set_input_files(file)
        expect(page.locator(place)).to_contain_text(said)
        expect(page.locator(".st-key-draw_photo_boxes .box")).to_have_count(2)
    # What offers another picture is out of the way of one that comes.
    other = tmp_path / "other.png"
    other.write_bytes(png(seven(), seven(), seven()))
    expect_at_rest(page)
    chooser(page, "[data-testid=stPopoverBody]").set_input_files(other)
    expect(page.locator(".st-key-draw_photo_boxes .box")).to_have_count(3)
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()


def test_a_set_goes_home_and_comes_back(page: Page, server: Server) -> None:
    open_draw(page, server, QUICK)
    by_mouse(page, *SEVEN)
    expect(agreement(page)).to_be_visible()
    page.locator(".st-key-draw_keep button").click()
    expect(page.locator(".st-key-draw_set_cards, .st-key-own_cards").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the set").click()
    path = Path(download.value.path())
    with zipfile.ZipFile(path) as opened:
        assert any(name.endswith("_label_7.png") for name in opened.namelist())
    page.get_by_role("button", name="Empty the set").click()
    expect(page.get_by_text("The set is empty.").first).to_be_visible()
    expect_at_rest(page)
    given = page.locator(".st-key-draw_set_file input[type=file]")
    given.set_input_files({"name": "own.zip", "mimeType": "application/zip", "buffer": b"no zip"})
    refused = page.get_by_text(re.compile("cannot be read as a zip"))
    expect(refused).to_be_visible()
    content = path.read_bytes()
    expect_at_rest(page)
    # One after the other: Streamlit may lose a file that is given while it takes one away.
    page.locator(".st-key-draw_set_file [data-testid=stFileChipDeleteBtn]").click()
    expect(refused).to_be_hidden()
    expect_at_rest(page)
    given.set_input_files({"name": "own.zip", "mimeType": "application/zip", "buffer": content})
    expect(page.get_by_text("The set holds 1 digit.").first).to_be_visible()
    assert len(kept_strokes(page)) == 1
    # With the last card its button goes: the focus is not lost.
    page.locator(".st-key-draw_set_cards button").press("Enter")
    expect(page.get_by_text("The set is empty.").first).to_be_visible()
    expect(page.get_by_role("heading", name="Your own set")).to_be_focused()


@pytest.mark.parametrize("kind", ["state_dict", "model"])
def test_weights_are_taken_or_refused_and_the_drawing_stays(
    page: Page, server: Server, kind: str, tmp_path: Path
) -> None:
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(784, 20), nn.Tanh(), nn.Linear(20, 10))
    file = tmp_path / "mine.pt"
    torch.save(model.state_dict() if kind == "state_dict" else model, file)
    open_draw(page, server, f"{QUICK}&draw_weights_open=true")
    by_mouse(page, *SEVEN)
    expect(agreement(page)).to_be_visible()
    chooser(page, ".st-key-draw_weights_file").set_input_files(file)
    panel = page.locator(".st-key-draw_weights_panel")
    if kind == "model":
        expect(panel.get_by_test_id("stAlert")).to_contain_text("holds a whole model")
    else:
        expect(panel).to_contain_text("784 → 20 → 10")
        expect(page).to_have_url(re.compile("weights=loaded"))
        expect(agreement(page)).to_contain_text("PyTorch agree")
        page.get_by_role("link", name="Classify").first.click()
        expect(page.locator(".st-key-sentence")).to_contain_text("mine.pt")
        page.get_by_test_id("stTopNavSection").filter(has_text="The lab").click()
        page.get_by_role("menuitem", name=read("draw").title, exact=True).click()
        expect(agreement(page)).to_contain_text("PyTorch agree")
    expect(page.locator(".pad .ink")).to_be_visible()
    assert len(kept_strokes(page)) == 1


def test_one_file_after_another_each_with_other_layers(
    page: Page, server: Server, tmp_path: Path
) -> None:
    """Pad, sentence and sidebar come to the same network, whoever of them hears of it first."""
    torch.manual_seed(3)
    made = {
        "deep": nn.Sequential(nn.Linear(784, 20), nn.Tanh(), nn.Linear(20, 10)),
        "flat": nn.Sequential(nn.Linear(784, 10)),
    }
    for name, model in made.items():
        torch.save(model.state_dict(), tmp_path / f"{name}.pt")
    open_draw(page, server, "weights=initial&draw_weights_open=true")
    by_mouse(page, *SEVEN)
    expect(agreement(page)).to_be_visible()
    panel = page.locator(".st-key-draw_weights_panel")
    for number, name in enumerate(("deep", "flat", "deep", "flat")):
        if number:
            panel.get_by_role("button", name="Load another file").click()
        chooser(page, ".st-key-draw_weights_file").set_input_files(tmp_path / f"{name}.pt")
        expect(panel).to_contain_text("20 → 10" if name == "deep" else "784 → 10")
        expect(agreement(page)).to_contain_text("PyTorch agree")
        expect(page.locator(".pad .best")).to_have_count(1)
        layers = page.locator(".st-key-layers [role=radio][aria-checked=true]")
        expect(layers).to_have_text("1" if name == "deep" else "0")
