"""Tests of the measurements themselves: faults that were planted are found, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.audit.contrast import pale
from tests.browser.audit.faults import Fault, brief, heading_faults, overlaps, small_targets
from tests.browser.audit.keyboard import walk
from tests.browser.audit.motion import keep_shifts, shift_on_load
from tests.browser.audit.rules import STREAMLITS, Known, is_streamlits, violations
from tests.browser.audit.visit import run

FRAME = """<!doctype html><html lang="en"><head><title>Softmax · mnistviz</title>
<meta name="viewport" content="width=device-width"></head>
<body style="margin: 0; font: 16px/1.5 sans-serif">
<main data-testid="stMain" style="overflow: auto; height: 100vh">
<div data-testid="stMainBlockContainer">{}</div></main></body></html>"""


@pytest.fixture(scope="module")
def touched(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def fill(page: Page, html: str) -> Page:
    page.set_content(FRAME.format(html))
    return page


def in_shadow(inner: str) -> str:
    """The same in the shadow root of a component."""
    return f'<div class="st-key-part"><template shadowrootmode="open">{inner}</template></div>'


def kinds(found: list[Fault]) -> list[str]:
    return [one.kind for one in found]


CUT = (
    '<p style="width: 60px; overflow: hidden; white-space: nowrap">A sentence that is too long</p>',
    '<p style="height: 12px; overflow: hidden">Only half as high</p>',
    '<p style="width: 60px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">'
    "A sentence that ends in dots</p>",
    '<input type="text" value="More than this field can show" style="width: 60px">',
    '<svg width="60" height="40"><text x="10" y="20">Longer than its picture</text></svg>',
)

OVER = (
    '<p style="margin: 0">One line</p><p style="margin: -20px 0 0">Another line</p>',
    '<svg width="200" height="40"><text x="9" y="20">seven</text><text x="30" y="22">eight</text>'
    "</svg>",
)

GOOD = (
    '<pre style="width: 60px; overflow-x: auto">code that scrolls sideways by itself</pre>',
    '<p style="position: absolute; width: 1px; height: 1px; overflow: hidden">Only to be heard</p>',
    '<p style="display: none">Not <b>there</b></p><p>Two <b>parts</b> of a line, <code>code</code>',
    '<p style="line-height: 1">Lines close</p><p style="margin: -16px 0 0; line-height: 1">under',
    '<p>Under a layer</p><div style="position: sticky; margin-top: -40px">A layer</div>',
    '<details><summary>Closed</summary><p style="margin-top: -30px">Not drawn</p></details>',
    '<svg width="200" height="40"><text x="9" y="20">one</text><text x="60" y="20">two</text>'
    "</svg>",
    '<div popover style="margin: 0">A popover that is closed</div>',
)


@pytest.mark.parametrize("wrap", [str, in_shadow], ids=["page", "shadow"])
@pytest.mark.parametrize("html", CUT)
def test_what_is_cut_is_found(page: Page, html: str, wrap: type[str]) -> None:
    assert kinds(overlaps(fill(page, wrap(html)))) == ["cut"]


@pytest.mark.parametrize("wrap", [str, in_shadow], ids=["page", "shadow"])
@pytest.mark.parametrize("html", OVER)
def test_text_over_text_is_found(page: Page, html: str, wrap: type[str]) -> None:
    assert kinds(overlaps(fill(page, wrap(html)))) == ["laid over"]


def test_all_that_is_right_is_left_alone(page: Page) -> None:
    for html in GOOD:
        assert overlaps(fill(page, html)) == []


def test_a_picture_over_another_block_is_found(page: Page) -> None:
    block = '<div data-testid="stElementContainer" class="st-key-{}" style="height: 40px">{}</div>'
    chart = '<svg width="100" height="90"></svg>'
    found = overlaps(fill(page, block.format("chart", chart) + block.format("words", "<p>Words")))
    assert kinds(found) == ["laid over"]
    assert ".st-key-chart svg" in str(found[0])
    assert "“Words”" in str(found[0])


def test_what_is_beyond_the_side_is_found(page: Page) -> None:
    wide = '<p style="width: 1500px">Short</p>'
    assert kinds(overlaps(fill(page, wide))) == ["scrolls sideways"]
    far = '<button style="position: fixed; left: 1390px">Far</button>'
    found = overlaps(fill(page, far))
    assert [(one.kind, one.path) for one in found] == [
        ("beyond the side", "[data-testid=stMainBlockContainer] button")
    ]


def test_a_message_names_the_nearest_key_and_the_text(page: Page) -> None:
    (fault,) = overlaps(fill(page, in_shadow(f'<div class="title">{CUT[0]}</div>')))
    assert fault.path == ".st-key-part p"
    assert str(fault).startswith("cut: .st-key-part p “A sentence that is too long” at [")
    assert brief([fault, fault]) == [f"{fault} (and 1 more here)"]


def test_a_measurement_of_a_long_page_is_fast(page: Page) -> None:
    fill(page, "".join(f"<p>Line <b>{number}</b> of many</p>" for number in range(500)))
    assert overlaps(page) == []
    times = run(
        page,
        "dom",
        "overlap",
        call="[1, 2, 3].map(() => { const t = performance.now(); overlap();"
        " return performance.now() - t; })",
    )
    assert min(times) < 150


SIDE = "position: relative; margin: 10px; border: 0; width: {0}px; height: {0}px"
BUTTON = f'<button style="{SIDE}">{{1}}</button>'
LARGER = "<style>button::after { content: ''; position: absolute; inset: -8px; }</style>"
SMALL = (
    BUTTON.format(30, "x"),
    '<svg width="80" height="80"><circle role="option" cx="40" cy="40" r="8"></circle></svg>',
    '<a href="#on" style="display: block; width: 90px">Next</a>',
    '<label><input type="checkbox" style="opacity: 0">Zoom</label>',
)
LARGE = (
    BUTTON.format(44, "x"),
    LARGER + BUTTON.format(30, "x"),
    '<p>A sentence with a <a href="#term">term</a> in it.</p>',
    '<label style="display: block; height: 44px"><input type="radio">One of many answers</label>',
    BUTTON.replace("border", "display: none; border").format(30, "x"),
)


@pytest.mark.parametrize("wrap", [str, in_shadow], ids=["page", "shadow"])
def test_small_targets_are_found(touched: Page, wrap: type[str]) -> None:
    for html in SMALL:
        assert kinds(small_targets(fill(touched, wrap(html)))) == ["small target"], html
    for html in LARGE:
        assert small_targets(fill(touched, wrap(html))) == [], html


def test_what_a_neighbor_covers_does_not_count(touched: Page) -> None:
    pair = 2 * BUTTON.format(30, "x").replace("10px", "10px 0 10px 9px")
    row = f'{LARGER}<div style="display: flex">{pair}</div>'
    assert len(small_targets(fill(touched, row))) == 1


def test_shifts_are_summed(chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1000, "height": 1000})
    keep_shifts(context)
    page = context.new_page()
    try:
        page.goto("data:text/html,<div id=a></div><p id=b style='height:500px'>Text</p>")
        page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
        assert shift_on_load(page).total == 0
        page.evaluate("a.style.height = '200px'")
        page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
        shift = shift_on_load(page)
        assert 0.1 < shift.total < 0.2
        assert "p#b" in str(shift)
    finally:
        context.close()


def test_axe_looks_into_shadow_roots_and_below_the_fold(page: Page) -> None:
    pale = in_shadow('<p style="color: #bbb">Pale</p>')
    html = f'<h1>Softmax</h1><div style="height: 3000px"></div>{pale}'
    (found,) = violations(fill(page, html))
    assert (found.kind, found.path, found.text) == ("axe color-contrast", ".st-key-part p", "Pale")


GRAY = '<svg width="90" height="40">{}</svg>'
STRIPES = "background: linear-gradient(to right, #fff 60%, #555 60%)"
PALE = (
    f'<p style="{STRIPES}; width: 60px">Halfway</p>',
    '<p style="opacity: 0.5; color: #666">Half seen</p>',
    GRAY.format('<text x="9" y="20" fill="#999">seven</text>'),
    GRAY.format('<circle class="dot" cx="20" cy="20" r="9" fill="#bbb"/>'),
    '<div class="bar" style="width: 40px; height: 20px; background: #ccc"></div>',
)
CLEAR = (
    '<p style="background: linear-gradient(#fff, #ddd)">On a gradient</p>',
    '<p style="font: 700 20px sans-serif; color: #888">Large</p>',
    '<p><button disabled style="color: #ccc">Off</button></p>',
    GRAY.format('<rect width="90" height="40" class="bg" fill="#eee"/>'),
    GRAY.format(
        '<path d="M0,20H90" stroke="#777" stroke-width="30"/><text x="9" y="25" fill="#000"'
        ' stroke="#fff" stroke-width="4" paint-order="stroke">seven</text>'
    ),
    '<div class="bar" style="height: 20px; background: #ccc; box-shadow: inset 0 0 0 1px #555">',
)


@pytest.mark.parametrize("wrap", [str, in_shadow], ids=["page", "shadow"])
def test_what_stands_out_too_little_is_found(page: Page, wrap: type[str]) -> None:
    for html in PALE:
        assert len(pale(fill(page, wrap(html)))) == 1, html
    for html in CLEAR:
        assert pale(fill(page, wrap(html))) == [], html


def test_headings_and_the_title(page: Page) -> None:
    fill(page, "<h1>Softmax</h1><h2>Stage</h2><h3>More</h3><h2>Question</h2>")
    assert heading_faults(page, "Softmax") == []
    fill(page, "<h1>Softmax</h1><h3>More</h3><h1>Again</h1>")
    assert [one.kind for one in heading_faults(page, "Softmax")] == ["headings", "headings"]
    assert kinds(heading_faults(fill(page, "<h1>Train</h1>"), "Train")) == ["title"]


def test_the_way_of_the_tab_key(page: Page) -> None:
    line = "<style>button:focus { outline: 3px solid }</style>"
    link = '<a href="#1" style="outline: 0">One</a>'
    way = walk(fill(page, link + in_shadow(f"{line}<button>Press</button>")))
    assert way.tabs == 2
    assert [fault.text for fault in way.pale] == ["One"]


def test_streamlits_own_are_told_by_rule_and_place() -> None:
    known = Known("region", "stToast", "it stands outside")
    assert known.holds("region", "[data-testid=stToast]", "")
    assert not known.holds("list", "[data-testid=stToast]", "")
    assert all(one.reason for one in STREAMLITS)
    assert not is_streamlits({"id": "region", "target": ".ours", "html": "<div>"})
