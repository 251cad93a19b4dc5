"""The panel "Take home": what leaves the app is what is seen, and it costs nothing while closed."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from mnistviz.lessons import take_home
from mnistviz.lessons.classify import script
from mnistviz.network.files import saving
from mnistviz.network.parameters import parameters
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.session import cached
from mnistviz.words import read
from tests.browser.stage import expect_at_rest, open_classify
from tests.serving import Server

WORDS = read("take_home")
BARS = "Ten bars, one for each digit"


def open_panel(page: Page) -> Locator:
    page.get_by_role("button", name=WORDS.title).click()
    panel = page.get_by_role("dialog", name=WORDS.title)
    expect(panel.get_by_role("button", name="PNG").first).to_be_visible()
    return panel


def downloaded(panel: Locator, name: str) -> tuple[str, bytes]:
    """Press a button, and return the name of the file that comes, and what is in it."""
    with panel.page.expect_download() as coming:
        panel.get_by_role("button", name=name, exact=True).click()
    file = coming.value
    return file.suggested_filename, Path(file.path()).read_bytes()


def test_the_files_are_those_of_what_is_seen(page: Page, server: Server) -> None:
    network, digit = NetworkSpec(), DigitSpec(image=3)
    layers = parameters(network)
    open_classify(page, f"{server.url}/?image=3")
    panel = open_panel(page)
    parts = WORDS.parts
    wanted = {
        "everything": (
            f"{take_home.folder_name(network)}.zip",
            take_home.zipped(network, digit, layers),
        ),
        "script": (script.file_name(network), script.script(network, digit).encode()),
        "notebook": (
            take_home.notebook_name(network),
            take_home.notebook_text(network, digit).encode(),
        ),
        "safetensors": (saving.file_name(network), saving.to_safetensors(network, layers)),
        "torch_file": (take_home.torch_name(network), take_home.state_dict(layers)),
    }
    for name, file in wanted.items():
        assert downloaded(panel, parts[name]) == file, name


def test_a_picture_leaves_as_it_is_seen_with_its_numbers(page: Page, server: Server) -> None:
    open_classify(page, f"{server.url}/?image=3")
    chart = page.locator(".st-key-softmax_bars .stPlotlyChart").bounding_box() or {}
    texts = page.locator(".st-key-softmax_bars .bars text").all_text_contents()
    panel = open_panel(page)
    name, png = downloaded(panel, f"PNG: {BARS}")
    assert name == "ten_bars_one_for_each_digit.png"
    picture = Image.open(io.BytesIO(png))
    # Two dots for one of the page, and more in it than the ground.
    assert picture.width == pytest.approx(2 * chart["width"], abs=2)
    assert len(picture.convert("RGB").getcolors(100_000) or []) > 20
    _, svg = downloaded(panel, f"SVG: {BARS}")
    drawing = ElementTree.fromstring(svg)
    said = ["".join(part.itertext()) for part in drawing.iter() if part.tag.endswith("}text")]
    assert set(texts) <= set(said)
    # It needs nothing of the page, and runs nothing.
    assert b"var(--" not in svg
    assert b"<script" not in svg
    assert b"class=" not in svg
    _, table = downloaded(panel, f"CSV: {BARS}")
    _, *rows = csv.reader(io.StringIO(table.decode("utf-8-sig")))
    shares = cached.row(NetworkSpec(), DigitSpec(image=3)).tolist()
    assert [float(row[2]) for row in rows] == pytest.approx(shares, abs=1e-6)
    _, pixels = downloaded(panel, "CSV: Handwritten 1, 28 by 28 pixels")
    _, *lines = csv.reader(io.StringIO(pixels.decode("utf-8-sig")))
    wanted = cached.pixels(DigitSpec(image=3)).tolist()
    assert [[int(cell) for cell in line[1:]] for line in lines] == wanted


def test_a_picture_has_what_stylesheets_draw(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/modules?layers=1&w1=8")
    expect(page.get_by_role("button", name=WORDS.title)).to_be_visible(timeout=60_000)
    expect_at_rest(page)
    panel = open_panel(page)
    _, svg = downloaded(panel, "SVG: The ten probabilities of this digit, in each style")
    # Ten bars of four styles lie behind the numbers.
    assert svg.count(b"<linearGradient") == 40
    # The font goes along, so that letters are as wide as on the page.
    assert b'@font-face { font-family: "Source Sans"' in svg
    _, svg = downloaded(panel, "SVG: The code of the network in four styles, a column for each")
    assert "\u25b8" in svg.decode()
    page.goto(f"{server.url}/train?layers=1&w1=8")
    expect(page.get_by_role("button", name=WORDS.title)).to_be_visible(timeout=60_000)
    expect_at_rest(page)
    panel = open_panel(page)
    _, svg = downloaded(panel, "SVG: The answer for this digit")
    # A bar is pushed out of its track, and what is beyond the track is not seen.
    assert svg.count(b"<clipPath") >= 10


def test_the_panel_is_worked_by_keys(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    button = page.get_by_role("button", name=WORDS.title)
    button.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name=WORDS.title)
    expect(panel.get_by_role("button", name="PNG").first).to_be_visible()
    assert panel.evaluate("panel => panel.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()


def test_a_finger_reaches_all_of_it(phone: Page, server: Server) -> None:
    for place in ("", "tensors"):
        phone.goto(f"{server.url}/{place}")
        button = phone.get_by_role("button", name=WORDS.title)
        expect(button).to_be_visible(timeout=60_000)
        expect_at_rest(phone)
        panel = open_panel(phone)
        for one in [button, *panel.get_by_role("button").all()]:
            box = one.bounding_box() or {}
            assert min(box["width"], box["height"]) >= 44 or box["x"] > 300, one
        assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
        phone.keyboard.press("Escape")
        expect(panel).to_be_hidden()


def test_weights_that_are_being_trained_come_at_the_end(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/train?epochs=1&layers=1&w1=8")
    expect(page.get_by_role("button", name=WORDS.title)).to_be_visible(timeout=60_000)
    panel = open_panel(page)
    expect(panel).to_contain_text(WORDS.parts["weights_wait"])
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.get_by_role("button", name=read("train").parts["train"], exact=True).click()
    expect(page.locator(".st-key-train_status")).to_contain_text("Done", timeout=60_000)
    expect_at_rest(page)
    panel = open_panel(page)
    name, _ = downloaded(panel, WORDS.parts["safetensors"])
    assert name == "mnist_784_8_10_trained.safetensors"
