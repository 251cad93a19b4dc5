"""What goes on around every page, in a real browser: where the focus is, and presenting."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from mnistviz.ui import pages
from mnistviz.words import read
from tests.browser.by_keys import (
    IN_FOCUS,
    IS_CONTROL,
    NAMES,
    button,
    expect_ring,
    open_page,
    press,
    press_until,
)
from tests.browser.screens import expect_in_sight, expect_nothing_wider
from tests.browser.stage import expect_at_rest, expect_query
from tests.serving import Server

MOST_TABS = 12
"""Presses of Tab until the first control of a page has the focus."""


class TestHeading:
    def test_of_each_page_is_where_the_keyboard_begins(self, page: Page, server: Server) -> None:
        # No page has to be waited for while a network learns.
        heading = open_page(page, server, NAMES[0], "?weights=initial")
        expect(heading).to_have_css("outline-style", "none")
        for name in NAMES:
            expect(heading).to_have_text(read(name).title)
            expect(heading).to_be_focused()
            press_until(page, "Tab", IS_CONTROL, MOST_TABS)
            page.locator(".st-key-ways a").last.press("Enter")
            expect_ring(heading)

    def test_draws_a_ring_for_who_comes_by_keys_alone(self, page: Page, server: Server) -> None:
        heading = open_page(page, server, "softmax")
        for link, title in (("ways_on", "modules"), ("ways", "activations")):
            page.locator(f".st-key-{link} a").last.click()
            expect(heading).to_have_text(read(title).title)
            expect(heading).to_be_focused()
            expect(heading).to_have_css("outline-style", "none")

    def test_what_is_around_the_page_comes_before_it(self, page: Page, server: Server) -> None:
        open_page(page, server, "softmax")
        skips = f"() => ({IN_FOCUS})().dataset.testid === 'stSkipToContent'"
        press_until(page, "Shift+Tab", skips, 60)

    def test_the_keys_scroll_the_page(self, page: Page, server: Server) -> None:
        open_page(page, server, "softmax")
        for key in ("ArrowDown", "Space", "PageDown"):
            before = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
            page.keyboard.press(key)
            page.wait_for_function(
                "before => document.querySelector('[data-testid=stMain]').scrollTop > before",
                arg=before,
            )

    def test_the_next_page_begins_at_its_heading(self, page: Page, server: Server) -> None:
        open_page(page, server, "digits")
        page.locator(".st-key-ways a").last.focus()
        page.keyboard.press("Enter")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(read("tensors").title)
        expect(heading).to_be_focused()
        page.go_back()
        expect(heading).to_have_text(read("digits").title)
        expect(heading).to_be_focused()


class TestFocus:
    def test_goes_from_train_to_pause_to_stop_and_back(self, page: Page, server: Server) -> None:
        open_page(page, server, "train", "?epochs=1&layers=1&w1=16")
        press(page, "train_go")
        expect(page.locator(".st-key-train_status")).to_contain_text("Done:")
        expect(button(page, "train_stop")).to_be_focused()
        page.keyboard.press("Enter")
        expect(button(page, "train_go")).to_be_focused()

    def test_goes_from_pause_to_what_goes_on(self, page: Page, server: Server) -> None:
        open_page(page, server, "train", "?batch_size=8&layers=3&w1=512")
        press(page, "train_go")
        for key in ("train_pause", "train_go", "train_pause"):
            expect(button(page, key)).to_be_focused()
            expect(button(page, key)).to_be_enabled()
            page.keyboard.press("Enter")
        expect(button(page, "train_go")).to_be_focused()
        press(page, "train_stop")

    def test_goes_to_the_heading_where_a_button_has_done_its_work(
        self, page: Page, server: Server
    ) -> None:
        heading = open_page(page, server, "tensors")
        press(page, "tensors_preset")
        expect(button(page, "tensors_preset")).to_be_disabled()
        expect_ring(heading)

    def test_goes_to_the_heading_of_a_question_that_is_answered(
        self, page: Page, server: Server
    ) -> None:
        open_page(page, server, "tensors")
        page.locator(".st-key-tensors_answer input").first.press("Space")
        expect(button(page, "tensors_reveal")).to_be_enabled()
        press(page, "tensors_reveal")
        question = page.locator(".st-key-tensors_question")
        expect(question.locator("[class*=_reason]")).to_be_visible()
        expect_ring(question.locator("h2"))

    def test_goes_to_the_heading_where_a_notice_is_closed(self, page: Page, server: Server) -> None:
        heading = open_page(page, server, "tensors", "?layers=9")
        press(page, "close_link_notice")
        expect(page.locator(".st-key-link_notice")).to_have_count(0)
        expect_ring(heading)

    def test_goes_to_the_title_while_a_training_is_waited_for(
        self, page: Page, server: Server
    ) -> None:
        heading = open_page(page, server, "clinic", "?epochs=50&layers=4&w1=512")
        press(page, "clinic_train")
        expect_ring(page.locator(".st-key-learning h1"))
        press(page, "not_trained")
        expect(page.locator(".st-key-learning")).to_have_count(0)
        expect_ring(heading)

    def test_is_left_to_whoever_has_moved_on(self, page: Page, server: Server) -> None:
        open_page(page, server, "tensors")
        press(page, "tensors_preset")
        page.locator(".st-key-go_to button").focus()
        expect(button(page, "tensors_preset")).to_be_disabled()
        expect_at_rest(page)
        expect(page.locator(".st-key-go_to button")).to_be_focused()


class TestPopover:
    def test_is_walked_through_as_if_it_stood_behind_its_button(
        self, page: Page, server: Server
    ) -> None:
        open_page(page, server, "tensors")
        opens, body = page.locator(".st-key-go_to button"), page.get_by_test_id("stPopoverBody")
        opens.press("Enter")
        expect(body.get_by_role("spinbutton", name="Batch")).to_be_focused()
        page.keyboard.press("Escape")
        expect(body).to_have_count(0)
        expect(opens).to_be_focused()
        page.keyboard.press("Enter")
        expect(body.get_by_role("spinbutton", name="Batch")).to_be_focused()
        opened = f"() => ({IN_FOCUS})().getAttribute('aria-expanded') === 'true'"
        press_until(page, "Shift+Tab", opened, 3)
        expect(opens).to_be_focused()
        page.keyboard.press("Tab")
        left = f"() => !({IN_FOCUS})().closest('[data-testid=stPopoverBody]')"
        press_until(page, "Tab", left, 6)
        expect(body).to_have_count(0)
        expect(page.locator(".st-key-tensors_unit button").first).to_be_focused()

    def test_of_the_navigation_takes_the_focus(self, page: Page, server: Server) -> None:
        open_page(page, server, "tensors")
        section = page.get_by_test_id("stTopNavSection").first
        section.press("Enter")
        expect(page.get_by_test_id("stTopNavDropdownLink").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(section).to_be_focused()


def test_what_opens_takes_the_focus_as_soon_as_it_is_there(page: Page, server: Server) -> None:
    open_page(page, server, "digits")
    summary = page.locator(".st-key-digits_data_open summary")
    summary.press("Enter")
    # It comes part by part, hidden: nothing in it, nor behind it, can have the focus yet.
    page.keyboard.press("Tab")
    opened = "() => document.activeElement.closest('[data-testid=stExpanderDetails]') !== null"
    page.wait_for_function(opened)
    copies = page.get_by_role("button", name="Copy to clipboard").first
    press_until(page, "Tab", f"() => ({IN_FOCUS})().ariaLabel === 'Copy to clipboard'", 6)
    expect_ring(copies)
    expect(copies.locator("xpath=ancestor::div[@data-testid='stCode']/div")).to_have_css(
        "opacity", "1"
    )


class TestNames:
    """What Streamlit names twice, or not at all."""

    def test_a_slider_has_one_name(self, page: Page, server: Server) -> None:
        open_page(page, server, "softmax")
        expect(page.get_by_role("slider", name="Temperature", exact=True)).to_have_count(1)

    def test_help_says_for_what(self, page: Page, server: Server) -> None:
        open_page(page, server, "modules")
        expect(page.get_by_role("button", name="Help for Which tensor?")).to_be_visible()
        expect(page.get_by_role("button", name="Help", exact=True)).to_have_count(0)


class TestSection:
    def test_of_the_open_page_is_marked(self, page: Page, server: Server) -> None:
        open_page(page, server, pages.LANDING)
        sections = page.get_by_test_id("stTopNavSection")
        marked = page.locator('[data-testid="stTopNavSection"][aria-current="true"]')
        expect(sections).to_have_count(2)
        expect(marked).to_have_count(0)
        page.locator(".st-key-ways a").last.press("Enter")
        expect(marked).to_have_text(pages.section_title(pages.LESSON))
        sections.first.press("Enter")
        opened = page.locator('[data-testid="stTopNavDropdownLink"][aria-current="page"]')
        expect(opened).to_have_text(read("digits").title)
        page.keyboard.press("Escape")
        open_page(page, server, "draw")
        expect(marked).to_have_text(pages.section_title(pages.LAB))


class TestPresent:
    """The page as it is shown to a class."""

    SHOWN = "() => 'present' in document.documentElement.dataset"

    def test_by_the_keys_and_back_to_where_one_was(self, page: Page, server: Server) -> None:
        open_page(page, server, "tensors")
        expect_at_rest(page)
        main = page.get_by_test_id("stMain")
        summary = page.get_by_test_id("stExpander").locator("summary").first
        summary.focus()
        main.evaluate("main => { main.scrollTop = 300; }")
        page.keyboard.press("p")
        expect_ring(page.get_by_role("heading", level=1))
        assert page.evaluate(self.SHOWN)
        expect_query(page, present="1")
        for hidden in ("stSidebar", "stHeader", "stExpander"):
            expect(page.get_by_test_id(hidden).first).to_be_hidden()
        question = page.locator(".st-key-tensors_question")
        expect(question).to_be_hidden()
        page.keyboard.press("q")
        expect(question).to_be_visible()
        page.keyboard.press("q")
        expect(question).to_be_hidden()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 1")
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 0")
        page.keyboard.press("Escape")
        assert not page.evaluate(self.SHOWN)
        expect_query(page, present=None)
        expect(page.get_by_test_id("stSidebar")).to_be_visible()
        assert main.evaluate("main => main.scrollTop") == 300
        expect(summary).to_be_focused()

    def test_goes_on_through_the_pages_and_stays_in_the_link(
        self, page: Page, server: Server
    ) -> None:
        heading = open_page(page, server, "softmax", "?present=1&image=3")
        expect(page.get_by_test_id("stSidebar")).to_be_hidden()
        for key, name in [("PageDown", "modules"), ("b", "softmax"), ("n", "modules")]:
            page.keyboard.press(key)
            expect(heading).to_have_text(read(name).title)
            expect(heading).to_be_focused()
            expect_query(page, present="1")
            assert page.evaluate(self.SHOWN)
        page.get_by_role("button", name="Leave").press("Enter")
        expect_ring(heading)
        expect(page.get_by_test_id("stSidebar")).to_be_visible()
        expect_query(page, present=None)
        expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 3")

    def test_keys_are_left_to_who_types_and_to_controls(self, page: Page, server: Server) -> None:
        open_page(page, server, "softmax")
        field = page.locator(".st-key-softmax_logits input")
        field.press("p")
        page.keyboard.press("Control+p")
        assert not page.evaluate(self.SHOWN)
        page.locator(".mnistviz-present").click()
        assert page.evaluate(self.SHOWN)
        page.locator(".st-key-softmax_temperature input").press("ArrowRight")
        expect_query(page, softmax_temperature="1.1")
        expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 0")

    def test_letters_can_be_switched_off(self, page: Page, server: Server) -> None:
        heading = open_page(page, server, "softmax")
        words = read("frame").parts
        box = page.get_by_role("checkbox", name=words["letters"])
        box.press("Space")
        expect(box).not_to_be_checked()
        # It is kept for the next visit.
        open_page(page, server, "softmax")
        expect(box).not_to_be_checked()
        page.keyboard.press("p")
        assert not page.evaluate(self.SHOWN)
        present = page.get_by_role("button", name=words["present"], exact=True)
        expect(present).to_have_attribute("title", words["present_help"])
        present.press("Enter")
        assert page.evaluate(self.SHOWN)
        expect(page.get_by_text("The letter keys are off.")).to_be_visible()
        page.keyboard.press("n")
        expect(heading).to_have_text(read("softmax").title)
        # What is no letter still counts.
        page.keyboard.press("PageDown")
        expect(heading).to_have_text(read("modules").title)
        page.keyboard.press("Escape")
        box.press("Space")
        heading.focus()
        page.keyboard.press("p")
        assert page.evaluate(self.SHOWN)

    def test_what_a_term_means_is_in_the_way_of_no_key(self, page: Page, server: Server) -> None:
        open_page(page, server, "softmax", "?present=1")
        page.locator('.st-key-heading a[href^="#term-"]').first.focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 1")

    def test_a_pointer_follows_the_mouse(self, page: Page, server: Server) -> None:
        open_page(page, server, "softmax", "?present=1")
        pointer = page.locator(".mnistviz-pointer")
        page.mouse.move(300, 200)
        page.mouse.move(320, 240)
        expect(pointer).to_have_css("opacity", "1")
        box = pointer.bounding_box()
        assert box is not None
        assert (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) == (320, 240)
        page.keyboard.press("Escape")
        expect(pointer).to_have_css("opacity", "0")

    @pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
    def test_idea_stage_and_sentence_fit(
        self, page: Page, server: Server, size: tuple[int, int]
    ) -> None:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        heading = open_page(page, server, NAMES[0], "?present=1")
        for name in NAMES:
            expect(heading).to_have_text(read(name).title)
            expect_at_rest(page)
            expect_in_sight(page.locator(".st-key-sentence p").first, size)
            expect_in_sight(page.get_by_role("button", name="Leave"), size)
            expect(page.locator(".st-key-deeper:visible, summary:visible")).to_have_count(0)
            expect_nothing_wider(page)
            page.keyboard.press("n")
