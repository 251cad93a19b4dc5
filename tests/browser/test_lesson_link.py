"""Lesson links in a real browser: made in the panel, and what a learner finds."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from mnistviz.ui.share.classes import CLASSES
from mnistviz.words import read
from tests.browser.screens import PHONE
from tests.browser.stage import CHOSEN, expect_query, open_more_settings, query, settled_box
from tests.browser.through import arrive
from tests.serving import Server

words = read("teachers").parts

TASK = "Find a <b>3</b> & say why"


def make_link(page: Page) -> str:
    """Make a lesson link by keys: a seed that is fixed, no layers, no code, and something to do."""
    page.locator(".st-key-teachers button").press("Enter")
    page.get_by_label(words["task"]).fill(TASK)
    for summary in page.locator(".teaching summary").all():
        summary.press("Enter")
    page.get_by_label("Seed: 5").select_option("fixed")
    page.get_by_label("Hidden layers: 2").select_option("hidden")
    page.get_by_label("Classify: The code").press("Space")
    page.get_by_role("checkbox", name=words["part_share"], exact=True).press("Space")
    return page.locator("#lesson-link").input_value()


def test_a_teacher_makes_a_link_and_a_learner_opens_it(page: Page, server: Server) -> None:
    arrive(page, f"{server.url}/?seed=5")
    link = make_link(page)
    page.get_by_role("button", name=words["preview"]).press("Enter")
    preview = page.frame_locator(".preview iframe")
    expect(preview.get_by_text(TASK)).to_be_visible()
    # The panel itself is no part of what the learner opens.
    arrive(page, link)
    assert query(page) == {
        "seed": "5",
        "hide": "layers,share,classify_code",
        "lock": "seed",
        "task": TASK,
    }
    expect(page.get_by_text(TASK)).to_be_visible()
    expect(page.get_by_text("Fixed by this link: Seed.")).to_be_visible()
    for hidden in (".st-key-layers", ".st-key-presets", ".st-key-classify_code_open"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".mnistviz-share")).to_be_hidden()
    expect(page.locator(".st-key-classify_model_open")).to_be_visible()
    page.get_by_role("button", name="Reset all").click()
    open_more_settings(page)
    expect(page.locator(".st-key-seed input")).to_be_disabled()
    expect(page.locator(".st-key-seed input")).to_have_value("5")
    # They hold on the next page too.
    page.locator(".st-key-ways a").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Digits")
    expect_query(page, seed="5", task=TASK, lock="seed", hide="layers,share,classify_code")
    expect(page.get_by_text(TASK)).to_be_visible()


def test_a_digit_that_is_fixed_is_not_asked_for(page: Page, server: Server) -> None:
    arrive(page, f"{server.url}/?lock=image,batch,weights&image=3&hide=pages")
    grid = page.locator(".st-key-digit_grid .grid")
    expect(grid).to_have_attribute("aria-disabled", "true")
    grid.locator("[role=radio]").nth(5).click(force=True)
    expect(page.locator(CHOSEN)).to_have_attribute("data-index", "3")
    for key in ("digit_grid", "digit_view"):
        for button in page.locator(f".st-key-{key} .steps button").all():
            expect(button).to_be_disabled()
    # Neither is the training that could not be shown.
    expect(page.locator(".st-key-train_this button")).to_be_disabled()
    # No key leads where the link hides the way.
    page.keyboard.press("p")
    expect(page.locator("html[data-present]")).to_have_count(1)
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    expect(page.locator("html[data-present]")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Classify")
    expect_query(page, image="3", hide="pages", lock="image,batch,weights")


def test_weights_that_are_fixed_are_named_by_the_link(page: Page, server: Server) -> None:
    arrive(page, f"{server.url}/")
    page.locator(".st-key-teachers button").press("Enter")
    page.get_by_label(words["start"]).select_option(label="Draw")
    page.locator(".teaching summary").first.press("Enter")
    page.get_by_label("Weights: initial").select_option("fixed")
    link = page.locator("#lesson-link").input_value()
    # Draw begins with trained ones.
    arrive(page, link)
    expect_query(page, weights="initial", lock="weights")
    page.reload()
    expect_query(page, weights="initial", lock="weights")
    chosen = page.locator(".st-key-weights").get_by_role("radio", name="initial")
    expect(chosen).to_be_checked()
    expect(chosen).to_be_disabled()


def test_the_panel_on_a_phone(phone: Page, server: Server) -> None:
    arrive(phone, f"{server.url}/")
    phone.locator(".st-key-teachers button").tap()
    dialog = phone.locator("dialog.teachers")
    links = dialog.locator(".classes a")
    expect(links).to_have_count(len(CLASSES))
    assert [link.get_attribute("href") for link in links.all()] == [
        f"/{one.address}" for one in CLASSES
    ]
    assert settled_box(dialog)["width"] <= PHONE[0]
    close = dialog.locator(".head button")
    assert close.evaluate("button => button.scrollWidth <= button.clientWidth")
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    for summary in dialog.locator("summary").all():
        summary.tap()
    for control in dialog.locator(":is(button, select, .task, summary, a, .chosen):visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44
