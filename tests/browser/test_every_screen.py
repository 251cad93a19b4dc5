"""Every page on every screen, for the eye, the hand and the ear: one visit for many checks.

A page is opened four times: on a desk and by touch, as it opens and with all that can be opened
below it. Each visit walks through its widths; only the colors differ between the schemes, so the
dark one is measured where the colors are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mnistviz.ui import pages
from mnistviz.words import read
from tests.browser.audit import visit
from tests.browser.audit.contrast import pale
from tests.browser.audit.faults import (
    Fault,
    brief,
    heading_faults,
    overlaps,
    small_letters,
    small_targets,
)
from tests.browser.audit.keyboard import walk
from tests.browser.audit.motion import Shift, keep_shifts, settle, shift_after, shift_on_load
from tests.browser.audit.rules import violations
from tests.browser.screens import BACKGROUNDS, DESK, expect_in_sight
from tests.serving import Server

DESKS = (1920, 1280, 1024)
LARGE = (1280, 1920)
PHONES = (360, 820, 768)
PRESENTED = (1024, 390)
"""Widths of an old projector, and of a window that is narrow for whatever reason."""
LOWEST = 1280
"""From this width on the sentence is in sight without scrolling."""
LEAST_LETTERS = 17.9
"""Pixels of the letters that are read from the last row, on a large screen; 18 but for rounding."""
LEAST_PRESENTED = 15.9
"""The same on the smallest projector, 1280 x 720."""
MOST_EMPTY = 0.08
"""Of the window's height, between what is presented and the keys below it."""
GROWTH = 1.1
"""How much higher the rows of bars are at least, when they are presented in the same window."""
MOST_TABS = 12
MOST_SHIFT = 0.05
NEXT = ".st-key-digit_view button >> nth=-1"
SPLIT = ".st-key-split [role=radio] >> nth=1"
SOURCE = ".st-key-draw_source [role=radio] >> nth={}"
BOARD = ".st-key-draw_photo_try_board [data-testid=stBaseButton-secondary]:visible"
DRAWING_AND_BACK = (SOURCE.format(1), BOARD, SOURCE.format(0), SOURCE.format(1))
TRAIN = ".st-key-clinic_train button"
CAMERA = ".st-key-draw_photo_use_camera label"
FIX = ".st-key-tensors_mended label"
BOTH = ".st-key-softmax_train_both label"
QUESTION = "[data-testid=stMain] [class*='_question']:visible"
EXPANDER = "[data-testid=stMain] [data-testid=stExpander]"
DETAILS = "[data-testid=stExpanderDetails]"
LETTERS = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
BEYOND = """(main => main.scrollHeight - main.clientHeight)(
  document.querySelector('[data-testid=stMain]'))"""
KEYS = re.compile(r"\barrow keys?\b|\bkeyboard\b|\bletter keys\b", re.IGNORECASE)
"""Words that a finger has no use for."""
EMPTY = """() => {
  const keys = document.querySelector('[data-testid=stLayoutWrapper]:has(> .st-key-ways_on)');
  const ends = [...keys.parentElement.children].filter((part) => part !== keys)
    .map((part) => part.getBoundingClientRect()).filter(({ height }) => height > 1);
  const end = Math.max(...ends.map(({ bottom }) => bottom));
  return (keys.getBoundingClientRect().top - end) / innerHeight;
}"""
ROW = ", ".join(
    (
        ".st-key-train_player .bar",
        ".st-key-softmax_sliders .row",
        ".st-key-inside_terms .row",
        ".st-key-clinic_stage .row",
    )
)
NOT_PRESENTED = ".st-key-ways, .st-key-draw_kept, .st-key-draw_pad .keys"
NAMES = [page.name for page in pages.PAGES]
BY_NAME = pytest.mark.parametrize("name", NAMES)


@dataclass
class Notes:
    """What was found, with the screen on which it was."""

    said: dict[str, str] = field(default_factory=dict)

    def add(self, where: str, found: Iterable[Fault]) -> None:
        """Note faults; one that other screens have too is told once."""
        for one in brief(found):
            self.said.setdefault(one.split(" at [")[0], f"{where}: {one}")

    def add_shift(self, where: str, shift: Shift) -> None:
        if shift.total >= MOST_SHIFT:
            self.said[where] = f"{where}: {shift}"

    def expect_none(self) -> None:
        if self.said:
            pytest.fail(
                "\n".join((f"{len(self.said)} kinds of faults", *self.said.values())), False
            )


@pytest.fixture(scope="module")
def desk_tab(chromium: Browser) -> Iterator[Page]:
    """As everywhere, but it keeps what jumps."""
    context = chromium.new_context()
    keep_shifts(context)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def phone_tab(chromium: Browser) -> Iterator[Page]:
    """As everywhere, but it keeps what jumps, and is as wide as a phone says it is."""
    context = chromium.new_context(has_touch=True, is_mobile=True)
    keep_shifts(context)
    yield context.new_page()
    context.close()


def opened(server: Server, name: str) -> str:
    """The link to a page with everything open below it, about a network that has learned."""
    learns = pages.about(name).shows in (pages.Shows.IN_HAND, pages.Shows.LEARNING)
    learned = {"weights": "trained", "epochs": "2"} if learns else {}
    return visit.link(server.url, name, True, {**learned, "layers": "4"})


def add_widths(notes: Notes, page: Page, widths: Iterable[int], where: str = "") -> None:
    """Note what does not hold together where the window is so wide."""
    for width in widths:
        visit.resize(page, width)
        notes.add(f"{width}{where}", overlaps(page))


def go_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS["dark"])
    # Some of Streamlit's parts glide from one color to the other.
    page.wait_for_function("() => document.getAnimations().every((one) => !one.transitionProperty)")


def present(page: Page) -> None:
    """Present the page; on a projector its letters are larger, and it is seen without scrolling."""
    page.locator("h1").focus()
    page.keyboard.press("p")
    page.wait_for_function("'present' in document.documentElement.dataset")
    visit.rest(page)
    assert page.evaluate(LETTERS) >= 18
    expect_no_scrolling(page)
    expect(page.locator(NOT_PRESENTED).locator("visible=true")).to_have_count(0)


def expect_no_scrolling(page: Page) -> None:
    beyond = page.evaluate(BEYOND)
    assert beyond <= 1, f"{beyond} pixels below the window"


def add_presented(notes: Notes, page: Page, row_before: float) -> None:
    """Note where a page that is presented is small, or leaves its window empty."""
    for width in LARGE:
        visit.resize(page, width)
        notes.add(f"{width}, presented", overlaps(page))
        notes.add(f"{width}, presented", small_letters(page, LEAST_PRESENTED))
        empty = page.evaluate(EMPTY)
        if empty > MOST_EMPTY:
            notes.add(f"{width}, presented", [Fault("empty", "window", more=f"{empty:.0%}")])
    row = row_height(page)
    if row < GROWTH * row_before:
        more = f"{row:.0f} px, {row_before:.0f} before"
        notes.add(f"{LARGE[-1]}, presented", [Fault("low rows", "stage", more=more)])


def row_height(page: Page) -> float:
    """Return how high a row of bars is, in a stage that has any whose height is of its own."""
    row = page.locator(ROW)
    return float(row.first.evaluate("row => row.offsetHeight")) if row.count() else 0.0


def flip_sidebar(page: Page) -> str:
    """Open the sidebar if it is closed, else close it; return which it is now."""
    state: visit.Sidebar = "closed" if visit.is_open(page) else "open"
    visit.set_sidebar(page, state)
    return state


def answer(question: Locator, notes: Notes, where: str) -> None:
    """Select an answer and have it revealed: nothing jumps, and the focus is somewhere after."""

    def act() -> None:
        question.locator("[data-testid=stRadioOption]").first.click()
        question.locator("[data-testid=stButton] button:enabled").click()
        expect(question.locator("[class*=_reason]")).to_be_visible(timeout=visit.PATIENCE_MS)

    notes.add_shift(f"{where}, answer", shift_after(question.page, act))
    question.page.wait_for_function("document.activeElement !== document.body")


def answer_all(page: Page, notes: Notes, where: str) -> None:
    """Answer every question that is in sight as a page opens; they stay where they are."""
    for question in page.locator(QUESTION).all():
        answer(question, notes, where)


@BY_NAME
def test_a_page_at_a_desk(page: Page, server: Server, name: str) -> None:
    notes = Notes()
    visit.visit(page, visit.link(server.url, name))
    notes.add_shift("load", shift_on_load(page))
    way = walk(page, beyond=6)
    if way.tabs > MOST_TABS:
        notes.add("keyboard", [Fault("too many Tabs", "first control", more=str(way.tabs))])
    notes.add("keyboard", way.pale)
    notes.add("ear", heading_faults(page, read(name).title))
    visit.resize(page, *DESK)
    notes.add("1400", overlaps(page))
    row = 0.0
    summary = page.locator(f"{EXPANDER} summary").first
    summary.scroll_into_view_if_needed()
    notes.add_shift("expander", shift_after(page, summary.click, EXPANDER))
    answer_all(page, notes, "1400")
    for width in DESKS:
        visit.resize(page, width)
        notes.add(f"{width}", overlaps(page))
        if width == DESKS[0]:
            notes.add(f"{width}", small_letters(page, LEAST_LETTERS))
            row = row_height(page)
        if width >= LOWEST:
            expect_in_sight(
                page.locator(".st-key-sentence p").first, (width, visit.height_for(width))
            )
    state = flip_sidebar(page)
    notes.add(f"1024, sidebar {state}", overlaps(page))
    visit.resize(page, 1280)
    visit.set_sidebar(page, "closed")
    notes.add("1280, sidebar closed", overlaps(page))
    go_dark(page)
    notes.add("1280, dark", [*overlaps(page), *pale(page)])
    present(page)
    add_presented(notes, page, row)
    visit.resize(page, PRESENTED[0], 768)
    notes.add(f"{PRESENTED[0]}, presented", overlaps(page))
    expect_no_scrolling(page)
    notes.expect_none()


@BY_NAME
def test_a_page_by_touch(phone: Page, server: Server, name: str) -> None:
    notes = Notes()
    visit.visit(phone, visit.link(server.url, name))
    notes.add_shift("load", shift_on_load(phone))
    notes.add("390", overlaps(phone))
    notes.add("390", small_targets(phone))
    for button in (NEXT, SPLIT):
        part = phone.locator(button)
        if part.count() > 0:
            notes.add_shift(f"click {button}", shift_after(phone, part.tap))
    answer_all(phone, notes, "390")
    expect(phone.get_by_text(KEYS).filter(visible=True)).to_have_count(0)
    add_widths(notes, phone, PHONES)
    state = flip_sidebar(phone)
    notes.add(f"768, sidebar {state}", overlaps(phone))
    visit.resize(phone, 820)
    notes.add(f"820, sidebar {state}", overlaps(phone))
    notes.add(f"820, sidebar {state}", small_targets(phone))
    visit.resize(phone, 390)
    visit.set_sidebar(phone, "open")
    notes.add("390, sidebar open", [*overlaps(phone), *small_targets(phone)])
    notes.expect_none()


@BY_NAME
def test_all_that_opens_at_a_desk(page: Page, server: Server, name: str) -> None:
    notes = Notes()
    visit.visit(page, opened(server, name))
    with visit.whole(page):
        notes.add("1400", overlaps(page))
        notes.add("1400", violations(page))
        notes.add("1400", pale(page))
        go_dark(page)
        notes.add("1400, dark", pale(page))
        notes.add("1400, dark", overlaps(page))
        notes.add("1400, dark", violations(page, ("color-contrast",)))
    add_widths(notes, page, DESKS, ", dark")
    visit.resize(page, *DESK)
    present(page)
    add_widths(notes, page, (DESK[0], *PRESENTED), ", presented")
    notes.expect_none()


@BY_NAME
def test_all_that_opens_by_touch(phone: Page, server: Server, name: str) -> None:
    notes = Notes()
    visit.visit(phone, opened(server, name))
    notes.add("390", overlaps(phone))
    notes.add("390", small_targets(phone))
    notes.add("390", violations(phone, ("scrollable-region-focusable",)))
    notes.add("390", pale(phone))
    add_widths(notes, phone, PHONES)
    notes.expect_none()


@pytest.mark.parametrize(
    ("tab", "path", "presses"),
    [
        ("phone", "draw", DRAWING_AND_BACK),
        ("phone", "draw?draw_source=photo", (CAMERA, CAMERA)),
        ("phone", "clinic?epochs=1", (TRAIN,)),
        ("page", "clinic?epochs=1&clinic_map_open=true&clinic_code_open=true", (TRAIN,)),
        ("phone", "tensors?tensors_breaks_open=true", (FIX, FIX)),
    ],
    ids=["a picture and the pad", "the camera", "a training", "one at a desk", "a fix"],
)
def test_what_takes_turns_does_so_in_one_place(
    request: pytest.FixtureRequest, server: Server, tab: str, path: str, presses: tuple[str, ...]
) -> None:
    page, notes = request.getfixturevalue(tab), Notes()
    visit.visit(page, f"{server.url}/{path}")
    for button in presses:
        part = page.locator(button)
        part.scroll_into_view_if_needed()
        act = part.tap if tab == "phone" else part.click
        notes.add_shift(f"click {button}", shift_after(page, act))
    notes.expect_none()


def test_an_expander_opens_and_closes_in_one_step(phone: Page, server: Server) -> None:
    """Its body comes part by part, drawn by several scripts: what follows moves once."""
    visit.visit(phone, f"{server.url}/softmax")
    for key in ("softmax_dims_open", "softmax_untrained_open"):
        summary = phone.locator(f".st-key-{key} summary")
        summary.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        body = phone.locator(f".st-key-{key} {DETAILS}")
        for is_open in (True, False):
            shift = shift_after(phone, summary.tap)
            expect(body).to_be_visible(visible=is_open)
            assert len(shift.steps) <= 1, f"{key}: {shift}"
        expect(phone.locator("[data-opens], [data-behind]")).to_have_count(0)


@pytest.mark.parametrize("tab", ["page", "phone"])
def test_another_page_comes_as_a_whole(
    request: pytest.FixtureRequest, server: Server, tab: str
) -> None:
    page, notes = request.getfixturevalue(tab), Notes()
    visit.visit(page, f"{server.url}/digits")
    for name in ("tensors", "softmax"):
        way = page.locator(".st-key-ways a").last
        notes.add_shift(f"{tab}, to {name}", shift_after(page, way.click))
        expect(page).to_have_url(re.compile(f"/{name}"))
        expect(page.locator("html[data-waits]")).to_have_count(0)
        expect(page.locator("h1")).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator("html[data-present]")).to_have_count(1)
    settle(page)
    notes.add_shift(f"{tab}, by the key N", shift_after(page, lambda: page.keyboard.press("n")))
    expect(page).to_have_url(re.compile("/modules"))
    notes.add_shift(f"{tab}, by Back", shift_after(page, page.go_back))
    expect(page).to_have_url(re.compile("/softmax"))
    page.keyboard.press("Escape")
    notes.expect_none()


@pytest.mark.parametrize("name", ["softmax", "activations", "initialization", "inside"])
def test_on_a_phone_the_answer_stays_in_sight_of_the_next_image(
    phone: Page, server: Server, name: str
) -> None:
    visit.visit(phone, f"{server.url}/{name}")
    step = phone.locator(NEXT)
    step.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
    step.tap()
    expect(phone.locator(".st-key-digit_view .title")).to_contain_text("Image 1")
    sentence = phone.locator(".st-key-sentence p").first
    expect(sentence).to_be_in_viewport(ratio=1)
    expect(step).to_be_in_viewport(ratio=1)


def test_weights_that_are_not_there_push_nothing(page: Page, server: Server) -> None:
    notes = Notes()
    visit.visit(page, f"{server.url}/clinic?weights=initial")
    loaded = page.get_by_role("radio", name="loaded")
    notes.add_shift("loaded", shift_after(page, loaded.click))
    notice = page.get_by_test_id("stSidebar").locator(".st-key-loaded_notice")
    expect(notice).to_contain_text("No weights are loaded")
    expect(notice.get_by_role("link")).to_be_in_viewport()
    visit.visit(page, page.url)
    expect(page.get_by_test_id("stMain").locator(".st-key-loaded_notice")).to_be_visible()
    notes.expect_none()


@pytest.mark.parametrize("tab", ["page", "phone"])
def test_what_comes_with_an_answer_has_its_place_before_it(
    request: pytest.FixtureRequest, server: Server, tab: str
) -> None:
    page, notes = request.getfixturevalue(tab), Notes()
    for path, name in (
        ("clinic?weights=trained&epochs=1", "clinic_prediction"),
        ("train?train_glass_open=true", "train-one_step"),
    ):
        visit.visit(page, f"{server.url}/{path}")
        question = page.locator(f".st-key-{name}_question")
        question.evaluate("box => box.scrollIntoView({ block: 'start', behavior: 'instant' })")
        answer(question, notes, f"{tab}, {name}")
    visit.visit(page, f"{server.url}/softmax?softmax_loss_open=true")
    page.locator(BOTH).scroll_into_view_if_needed()
    notes.add_shift(f"{tab}, both", shift_after(page, page.locator(BOTH).click))
    notes.expect_none()


@pytest.mark.parametrize("tab", ["page", "phone"])
def test_a_solution_has_its_place_before_it_is_shown(
    request: pytest.FixtureRequest, server: Server, tab: str
) -> None:
    page, notes = request.getfixturevalue(tab), Notes()
    visit.visit(page, f"{server.url}/tensors?tensors_exercise_open=true")

    def act() -> None:
        page.locator(".st-key-tensors_solution label").click()
        expect(page.locator(".st-key-tensors_solved pre").first).to_be_visible()

    notes.add_shift(f"{tab}, solution", shift_after(page, act))
    notes.expect_none()


def test_a_finger_is_known_as_one(phone: Page) -> None:
    """What is asked of a style by `pointer: coarse` is measured."""
    assert phone.evaluate("matchMedia('(pointer: coarse)').matches")
