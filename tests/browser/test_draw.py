"""The page Draw as a person meets it: by mouse, by finger, by keyboard; and nothing is lost."""

import re

import numpy as np
import torch
from playwright.sync_api import Locator, Page, expect

from mnistviz.digits import preparation, strokes
from mnistviz.network import styles
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec
from tests.browser.hand import (
    FOUR_TWO,
    SEVEN,
    agreement,
    by_finger,
    by_mouse,
    canvas,
    kept_strokes,
    next_picture,
    on_screen,
    open_draw,
    values,
)
from tests.browser.screens import Device, expect_in_sight, expect_nothing_wider
from tests.browser.stage import expect_at_rest, expect_heard, frames, percents
from tests.drawings import raster
from tests.serving import Server

TRAINED = "epochs=8&weights=trained"
SOME_KB = 40_000


def expected(page: Page, spec: NetworkSpec) -> list[str]:
    """The ten numbers that PyTorch gives for what is on the canvas."""
    ink = raster(strokes.read(kept_strokes(page)))
    inputs = torch.from_numpy(preparation.prepare(ink, ink).inputs).reshape(1, 784)
    built = styles.build(spec, parameters(spec))
    row = styles.probabilities(built, inputs)[0].tolist()
    return percents(row)


def pad(page: Page) -> Locator:
    return page.locator(".pad")


def test_a_stroke_by_mouse_is_read(page: Page, server: Server) -> None:
    open_draw(page, server, TRAINED)
    expect(page.locator(".pad .says")).to_have_text("Draw a digit.")
    assert values(page) == [""] * 10
    by_mouse(page, *SEVEN)
    expect(page.locator(".pad .read")).to_have_text("7")
    expect(page.locator(".pad .best .digit")).to_have_text("7")
    expect(page.locator(".pad .spoken")).to_contain_text("The network reads 7, with")
    expect(agreement(page)).to_contain_text("the same 784 pixels")
    pixels = page.locator(".pad .pixels").evaluate(
        "e => [...e.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 == 0)"
    )
    ink = raster(strokes.read(kept_strokes(page)))
    wanted = preparation.prepare(ink, ink).pixels
    np.testing.assert_array_equal(np.array(pixels).reshape(28, 28), wanted)


def test_the_bars_move_while_the_pen_does(page: Page, server: Server) -> None:
    with frames(page, "framesent") as sent:
        open_draw(page, server)
        assert sent != []
        first, second, third = on_screen(page, SEVEN[0])
        page.mouse.move(*first)
        page.mouse.down()
        sent.clear()
        page.mouse.move(*second, steps=5)
        expect(page.locator(".pad .best")).to_have_count(1)
        before = values(page)
        page.mouse.move(*third, steps=5)
        expect(page.locator(".pad .value").first).not_to_have_text(before[0])
        assert sent == []
        page.mouse.up()
        expect(agreement(page)).to_be_visible()
    assert values(page) == expected(page, NetworkSpec())


def test_undo_redo_clear_and_eraser(page: Page, server: Server) -> None:
    open_draw(page, server)
    by_mouse(page, ((60, 60), (200, 60)), ((60, 200), (200, 200)))
    assert len(kept_strokes(page)) == 2
    both = canvas(page).evaluate("e => e.toDataURL()")
    pad(page).get_by_role("button", name="Undo").click()
    assert len(kept_strokes(page)) == 1
    pad(page).get_by_role("button", name="Redo").click()
    next_picture(page)
    assert canvas(page).evaluate("e => e.toDataURL()") == both
    pad(page).get_by_role("button", name="Clear").click()
    expect(page.locator(".pad .says")).to_have_text("Draw a digit.")
    page.keyboard.press("Control+z")
    assert len(kept_strokes(page)) == 2
    pad(page).get_by_role("button", name="Eraser").click()
    by_mouse(page, ((130, 20), (130, 260)))
    next_picture(page)
    assert [stroke["tool"] for stroke in kept_strokes(page)] == ["pen", "pen", "eraser"]
    dark = canvas(page).evaluate("e => e.getContext('2d').getImageData(130, 60, 1, 1).data[0]")
    assert dark == 0
    expect(agreement(page)).to_contain_text("on the 4 digits")


def test_two_digits_are_boxed_and_read_from_left_to_right(page: Page, server: Server) -> None:
    open_draw(page, server, TRAINED)
    by_mouse(page, *FOUR_TWO)
    expect(page.locator(".pad .read")).to_have_text("42")
    expect(page.locator(".pad .boxes div")).to_have_text(["4", "2"])
    expect(page.locator(".pad .of")).to_contain_text("Digit 2 of 2")
    expect(agreement(page)).to_contain_text("on the 2 digits")
    page.locator(".pad .read button", has_text="4").click()
    expect(page.locator(".pad .of")).to_contain_text("Digit 1 of 2")
    expect(page.locator(".pad .best .digit")).to_have_text("4")


def test_by_keyboard_alone(page: Page, server: Server) -> None:
    open_draw(page, server, TRAINED)
    canvas(page).focus()
    expect(page.locator(".pad .cursor")).to_be_visible()
    for key, times in (("ArrowUp", 8), ("ArrowLeft", 5), (" ", 1), ("ArrowRight", 10)):
        for _ in range(times):
            page.keyboard.press(key)
    expect(page.locator(".pad .spoken")).to_have_text("Row 7, column 20.")
    for _ in range(8):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(page.locator(".pad .read")).to_have_text("7")
    said = page.locator(".pad .spoken[data-said]")
    expect(said).to_have_text(re.compile("^Pen up. The network reads 7, with "))
    (stroke,) = kept_strokes(page)
    assert stroke["points"][0] == [90, 60]
    # An R on the page would run it anew; here it is Redo.
    page.keyboard.press("u")
    expect(page.locator(".pad .says")).to_have_text("Draw a digit.")
    page.keyboard.press("r")
    expect(page.locator(".pad .read")).to_have_text("7")
    page.keyboard.press("+")
    expect(page.get_by_role("slider", name="Line width")).to_have_value("24")
    page.keyboard.press("e")
    eraser = pad(page).get_by_role("button", name="Eraser")
    expect(eraser).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Delete")
    assert kept_strokes(page) == []
    expect(page.locator(".pad .undo")).to_have_attribute("aria-disabled", "false")


def test_the_tools_are_one_stop_of_the_tab_key(page: Page, server: Server) -> None:
    open_draw(page, server)
    tools = pad(page).get_by_role("toolbar")
    tools.get_by_role("button", name="Pen").focus()
    page.keyboard.press("ArrowRight")
    expect(tools.get_by_role("button", name="Eraser")).to_be_focused()
    page.keyboard.press("End")
    expect(tools.get_by_role("button", name="Clear the canvas")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("slider", name="Line width")).to_be_focused()
    page.keyboard.press("Tab")
    expect(canvas(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(tools.get_by_role("button", name="Clear the canvas")).to_be_focused()


def test_nothing_is_lost_by_a_setting_or_another_page(page: Page, server: Server) -> None:
    open_draw(page, server)
    by_mouse(page, ((60, 60), (200, 60)), ((60, 200), (200, 200)), ((90, 90), (90, 180)))
    pad(page).get_by_role("button", name="Undo").click()
    drawn = kept_strokes(page)
    assert len(drawn) == 2
    page.locator(".st-key-activation input").click()
    page.get_by_role("option", name="gelu").click()
    expect(page).to_have_url(re.compile("activation=gelu"))
    expect(agreement(page)).to_be_visible()
    assert kept_strokes(page) == drawn
    # A stroke, and away at once.
    by_mouse(page, ((30, 30), (30, 250)))
    page.get_by_role("link", name=re.compile("^Previous")).first.click()
    expect(page).to_have_url(re.compile(r"/clinic\?.*activation=gelu"))
    expect(page.locator(".pad")).to_have_count(0)
    page.go_back()
    expect(page.locator(".pad .boxes div")).to_have_count(3)
    expect(agreement(page)).to_contain_text("on the 3 digits")
    assert kept_strokes(page)[:2] == drawn
    pad(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".pad .boxes div")).to_have_count(2)
    assert kept_strokes(page) == drawn
    by_mouse(page, ((140, 60), (140, 200)))
    expect(agreement(page)).to_be_visible()
    assert values(page) == expected(page, NetworkSpec(activation=Activation.GELU))


def test_a_lifted_pen_sends_no_weights(page: Page, server: Server) -> None:
    with frames(page, "framereceived") as heard:
        open_draw(page, server, "weights=initial&layers=2&w1=1024&w2=1024&seed=5")
        assert sum(map(len, heard)) > 4 * NetworkSpec(hidden=(1024, 1024)).parameter_count
        by_mouse(page, ((60, 60), (200, 60)))
        expect(agreement(page)).to_be_visible()
        # The sentence comes before the rest of what the first stroke brings.
        expect_at_rest(page)
        heard.clear()
        by_mouse(page, ((200, 60), (140, 220)))
        page.wait_for_function("globalThis.mnistvizDraw.drawing.told === 2")
        expect_heard(page, heard)
        expect(agreement(page)).to_be_visible()
    received = sum(map(len, heard))
    print(f"\na lifted pen: {received:,} bytes from the server")
    assert 0 < received < SOME_KB


def test_by_finger_on_a_phone(phone: Page, server: Server) -> None:
    open_draw(phone, server, TRAINED)
    canvas(phone).scroll_into_view_if_needed()
    main = phone.get_by_test_id("stMain")
    before = main.evaluate("element => element.scrollTop")
    by_finger(phone, *SEVEN)
    expect(phone.locator(".pad .read")).to_have_text("7")
    expect(agreement(phone)).to_be_visible()
    assert main.evaluate("element => element.scrollTop") == before
    assert len(kept_strokes(phone)) == 1
    pad(phone).get_by_role("button", name="Clear").tap()
    by_finger(phone, *SEVEN, beside=(250, 250))
    expect(phone.locator(".pad .read")).to_have_text("7")
    assert len(kept_strokes(phone)) == 1
    # Away and back, as by mouse.
    phone.get_by_role("link", name=re.compile("^Previous")).first.tap()
    expect(phone.locator(".pad")).to_have_count(0)
    expect(phone).to_have_url(re.compile("/clinic"))
    phone.go_back()
    # The other page has written its settings into an entry of its own.
    if "/draw" not in phone.url:
        phone.go_back()
    expect(phone.locator(".pad .read")).to_have_text("7", timeout=15_000)
    assert len(kept_strokes(phone)) == 1
    for button in phone.locator(".pad button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_a_phone_shows_canvas_answer_and_bars_at_once(phone: Page, server: Server) -> None:
    open_draw(phone, server, TRAINED)
    by_finger(phone, *SEVEN)
    expect(phone.locator(".pad .read")).to_have_text("7")
    for part in (".ink", ".read", ".sure", ".pixels", ".bars"):
        expect(phone.locator(f".pad {part}")).to_be_in_viewport(ratio=1)


def test_the_canvas_keeps_so_much_and_says_so(page: Page, server: Server) -> None:
    open_draw(page, server)
    page.evaluate(
        """most => {
          const {drawing} = globalThis.mnistvizDraw;
          drawing.strokes = Array.from({length: most}, (_, i) =>
            ({tool: "pen", width: 8, points: [[i % 280, 10]]}));
        }""",
        strokes.MAX_STROKES,
    )
    by_mouse(page, ((60, 60), (200, 60)))
    expect(page.locator(".pad .note")).to_contain_text("it holds up to 400 strokes")
    assert len(kept_strokes(page)) == strokes.MAX_STROKES


def test_the_pad_holds_together(device: Device, server: Server) -> None:
    page = device.page
    open_draw(page, server)
    by_mouse(page, *FOUR_TWO)
    expect(agreement(page)).to_be_visible()
    for size in device.walk():
        expect_nothing_wider(page)
        for part in (".pad .ink", ".pad .pixels", ".pad .bars", ".st-key-sentence"):
            expect_in_sight(page.locator(part), size)
