"""Where a person has chosen the colors of the system, or no motion, the page does as they say."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.audit.visit import link, visit
from tests.serving import Server


@pytest.fixture(params=["light", "dark"])
def forced(page: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    page.emulate_media(forced_colors="active", color_scheme=request.param)
    yield page
    page.emulate_media(forced_colors="none")


def ground(part: Locator) -> str:
    color: str = part.evaluate("part => getComputedStyle(part).backgroundColor")
    return color


def system(page: Page, name: str) -> str:
    """Return a color of the system as the page computes it."""
    color: str = page.evaluate(
        """name => {
          const probe = document.body.appendChild(document.createElement('i'));
          probe.style.cssText = `forced-color-adjust: none; background: ${name}`;
          const color = getComputedStyle(probe).backgroundColor;
          probe.remove();
          return color;
        }""",
        name,
    )
    return color


def test_bars_and_what_is_chosen_stay_in_sight(forced: Page, server: Server) -> None:
    visit(forced, link(server.url, "softmax"))
    canvas, highlight = (system(forced, name) for name in ("Canvas", "Highlight"))
    assert canvas != highlight
    bars = forced.locator(".cell .bar")
    expect(bars).to_have_count(20)
    grounds = {ground(bar) for bar in bars.all()}
    assert canvas not in grounds
    assert "rgba(0, 0, 0, 0)" not in grounds
    options = forced.get_by_test_id("stButtonGroup").first
    assert ground(options.get_by_role("radio", checked=True)) == highlight
    assert ground(options.get_by_role("radio", checked=False).first) != highlight
    knob = forced.get_by_test_id("stSlider").first.locator("div:has(> div > input)")
    assert ground(knob) == highlight
    # The words of a component are the system's too.
    said = forced.locator(".cell .value").first.evaluate("part => getComputedStyle(part).color")
    assert said == system(forced, "CanvasText")


def test_black_pictures_have_an_edge_and_lines_have_none(page: Page, server: Server) -> None:
    page.emulate_media(forced_colors="active", color_scheme="dark")
    try:
        visit(page, link(server.url, "classify"))
        batch = page.locator(".st-key-digit_grid .grid")
        expect(batch).to_have_css("outline-style", "solid")
        visit(page, link(server.url, "initialization"))
        line = page.locator("path.grid").first
        expect(line).to_have_css("outline-style", "none")
    finally:
        page.emulate_media(forced_colors="none")


def test_nothing_glides_where_no_motion_is_wanted(page: Page, server: Server) -> None:
    visit(page, link(server.url, "softmax"))
    bar = page.locator(".cell .bar").first
    expect(bar).to_have_css("transition-duration", "0.15s")
    page.emulate_media(reduced_motion="reduce")
    try:
        expect(bar).to_have_css("transition-property", "none")
    finally:
        page.emulate_media(reduced_motion="no-preference")


def test_what_is_beside_the_page_has_its_theme(page: Page, server: Server) -> None:
    """Menus and dialogs lie outside of what Streamlit gives a color scheme."""
    visit(page, link(server.url, "classify"))
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_css("color-scheme", scheme)


def test_the_focus_is_a_ring_of_three_pixels(page: Page, server: Server) -> None:
    visit(page, link(server.url, "softmax"))
    rings = """() => {
      let part = document.activeElement;
      if (part === document.body) return '';
      while (part.shadowRoot?.activeElement) part = part.shadowRoot.activeElement;
      for (let one = part; one && one !== document.body; one = one.parentElement) {
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        if (outlineStyle === 'solid' && outlineWidth === '3px') return '';
      }
      return part.outerHTML.slice(0, 200);
    }"""
    without = []
    for _ in range(30):
        page.keyboard.press("Tab")
        without.append(page.evaluate(rings))
    assert [one for one in without if one] == []
