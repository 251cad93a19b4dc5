"""The page Train as a person meets it: train, watch, scrub, pause, leave."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import (
    LOW,
    PATIENCE_MS,
    PHONE,
    Device,
    bottom,
    expect_in_sight,
    expect_nothing_wider,
    top,
)
from tests.browser.stage import expect_at_rest, frames
from tests.serving import Server

QUICK = "epochs=2&batch_size=128"
LONG = "epochs=50&batch_size=1"


def open_train(page: Page, server: Server, query: str) -> None:
    page.goto(f"{server.url}/train?{query}")
    expect(reading(page)).not_to_be_empty(timeout=PATIENCE_MS)
    # The page is drawn before its script has come to its end.
    expect_at_rest(page)


def reading(page: Page) -> Locator:
    return page.locator(".player .reading")


def status(page: Page) -> Locator:
    return page.locator(".st-key-train_status")


def press_train(page: Page) -> None:
    page.locator(".st-key-train_go").get_by_role("button").click()


def test_train_watch_and_scrub(page: Page, server: Server) -> None:
    open_train(page, server, QUICK)
    expect(reading(page)).to_contain_text("Untrained: this")
    expect(page.locator(".player .play")).to_be_disabled()
    press_train(page)
    expect(status(page)).to_contain_text("digits per second.")
    expect(page).to_have_url(re.compile("weights=trained"))
    # It is watched from its start to its end.
    expect(reading(page)).to_contain_text("After step 64 of 64")
    expect(page.locator(".st-key-sentence")).to_contain_text("Right on ")
    place = page.get_by_role("slider", name="Place in the training")
    place.focus()
    page.keyboard.press("Home")
    expect(reading(page)).to_contain_text("Untrained: this")
    expect(page).to_have_url(re.compile("train_snapshot=0"))
    page.keyboard.press("ArrowRight")
    expect(reading(page)).to_contain_text("After step 2 of 64")
    page.locator(".player .last").click()
    expect(reading(page)).to_contain_text("After step 64 of 64")


def test_a_training_moves_nothing_and_its_answer_is_in_sight_of_its_buttons(
    page: Page, server: Server
) -> None:
    page.set_viewport_size({"width": LOW[0], "height": LOW[1]})
    open_train(page, server, QUICK)
    sentence = page.locator(".st-key-sentence")
    parts = [sentence, page.locator(".player"), page.locator(".film canvas")]
    before = [top(part) for part in parts]
    press_train(page)
    expect(sentence).to_contain_text("Right on ")
    expect(reading(page)).to_contain_text("After step 64 of 64")
    expect_at_rest(page)
    assert [top(part) for part in parts] == before
    assert bottom(sentence) <= LOW[1]
    assert bottom(page.locator(".player .play")) <= LOW[1]


def test_on_a_phone_the_answer_comes_right_below_the_buttons(phone: Page, server: Server) -> None:
    open_train(phone, server, f"{QUICK}&weights=trained")
    sentence = phone.locator(".st-key-sentence")
    expect(sentence).to_contain_text("Right on ")
    far = bottom(sentence.locator("p")) - top(phone.locator(".st-key-train_buttons"))
    assert far < PHONE[1] / 2
    assert bottom(sentence.locator("p")) <= PHONE[1]
    player = phone.locator(".player")
    assert bottom(player) - top(player) < PHONE[1]
    rows = {round(top(player.locator(name))) for name in (".first", ".back", ".on", ".last")}
    assert len(rows) == 1


def test_what_is_drawn_is_said_too(page: Page, server: Server) -> None:
    open_train(page, server, f"{QUICK}&weights=trained")
    expect(reading(page)).to_contain_text("After step 64 of 64")
    expect(page.get_by_role("img", name=re.compile("Two charts by step"))).to_be_visible()
    bars = page.get_by_role("img", name=re.compile("Probabilities of the ten classes"))
    label = bars.get_attribute("aria-label") or ""
    assert [f"{digit}: " in label for digit in range(10)] == [True] * 10
    place = page.get_by_role("slider", name="Place in the training")
    assert place.get_attribute("aria-valuetext") == reading(page).inner_text()


def test_the_pictures_follow_the_place(page: Page, server: Server) -> None:
    open_train(page, server, f"{QUICK}&weights=trained")
    expect(status(page)).to_contain_text("digits per second.")
    expect(page.locator(".player .play")).to_be_enabled()
    canvas = page.locator(".film canvas")
    at_end = canvas.evaluate("element => element.toDataURL()")
    page.locator(".player .first").click()
    expect(reading(page)).to_contain_text("Untrained: this")
    assert canvas.evaluate("element => element.toDataURL()") != at_end


def test_playing_asks_the_server_nothing(page: Page, server: Server) -> None:
    with frames(page, "framesent") as sent:
        open_train(page, server, f"{QUICK}&weights=trained")
        expect(status(page)).to_contain_text("digits per second.")
        expect(reading(page)).to_contain_text("After step 64 of 64")
        expect_at_rest(page)
        page.locator(".player").get_by_role("button", name="2\u00a0s").click()
        assert sent != []
        sent.clear()
        page.locator(".player .play").click()
        page.locator(".player").evaluate(
            """player => new Promise((done) => {
              const most = player.drawn + 20;
              const picture = () => player.drawn < most ? requestAnimationFrame(picture) : done();
              picture();
            })"""
        )
        assert sent == []


def test_pause_go_on_and_stop(page: Page, server: Server) -> None:
    open_train(page, server, f"{LONG}&seed=21")
    press_train(page)
    expect(status(page)).to_contain_text(re.compile(r"Step [\d,]+ of 200,000"))
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(status(page)).to_contain_text("Paused at step")
    paused = status(page).inner_text()
    # The page runs anew, and finds the training where it was.
    page.get_by_role("button", name="Next image").click()
    expect(page).to_have_url(re.compile("image=1"))
    expect_at_rest(page)
    assert status(page).inner_text() == paused
    press_train(page)
    expect(status(page)).to_contain_text("left.")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(status(page)).to_contain_text("Ready: ")
    expect(page).not_to_have_url(re.compile("weights=trained"))


def test_another_page_waits_for_the_training_and_can_do_without(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?{LONG}&seed=22&weights=trained")
    bar = page.get_by_test_id("stProgress")
    expect(bar).to_contain_text(re.compile(r"step [\d,]+ of 200,000"), timeout=30_000)
    page.get_by_role("button", name="Show the first weights instead").click()
    expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 0")
    expect(bar).to_have_count(0)
    expect(page).not_to_have_url(re.compile("weights=trained"))


def test_what_was_trained_is_on_the_other_pages(page: Page, server: Server) -> None:
    open_train(page, server, f"{QUICK}&weights=trained&image=5")
    # It may be the first training of the server.
    expect(status(page)).to_contain_text("digits per second.")
    expect(reading(page)).to_contain_text("After step 64 of 64")
    shown = re.search(r"gets ([<> \xa0\d.]+%)", reading(page).inner_text())
    assert shown is not None
    page.get_by_role("link", name="Classify").first.click()
    bars = page.get_by_test_id("stPlotlyChart")
    expect(bars).to_contain_text(shown.group(1))


def test_the_page_holds_together(device: Device, server: Server) -> None:
    page = device.page
    open_train(page, server, f"{QUICK}&weights=trained")
    expect(page.locator(".st-key-sentence")).to_contain_text("Right on ")
    for size in device.walk():
        expect_in_sight(page.locator(".st-key-sentence"), size)
    keys = ("compare", "weights", "good", "classes", "sure", "believed")
    opened = "&".join(f"train_{key}_open=true" for key in keys)
    open_train(page, server, f"{QUICK}&weights=trained&{opened}")
    expect(page.locator(".st-key-train_weights_open [data-testid=stCode]")).to_be_visible()
    for _ in device.walk():
        expect_nothing_wider(page)
