"""A hand that draws on the pad of the page Draw: by mouse and by finger."""

import math
from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from mnistviz.digits.strokes import SIZE
from tests.browser.stage import settled_box
from tests.serving import Server

MOVE_MS = 12

Line = Sequence[tuple[float, float]]

SEVEN: tuple[Line, ...] = (((80, 60), (190, 60), (130, 230)),)
FOUR_TWO: tuple[Line, ...] = (
    ((33, 70), (20, 141), (85, 141)),
    ((75, 76), (69, 200)),
    (
        *(
            (186 + 35 * math.sin(turn / 10), 106 - 35 * math.cos(turn / 10))
            for turn in range(-12, 19, 3)
        ),
        (150, 200),
        (228, 196),
    ),
)


def open_draw(page: Page, server: Server, query: str = "weights=initial") -> None:
    """Open the page; where a link says nothing, its weights are trained."""
    page.goto(f"{server.url}/draw?{query}")
    expect(page.locator(".pad .says")).not_to_be_empty(timeout=30_000)
    # Until the network is here nothing can be read.
    page.wait_for_function("globalThis.mnistvizDraw?.networks.size > 0")


def canvas(page: Page) -> Locator:
    return page.locator(".pad .ink")


def on_screen(page: Page, line: Line) -> list[tuple[float, float]]:
    """Where points of the canvas are on the screen."""
    box = settled_box(canvas(page))
    scale = box["width"] / SIZE
    return [(box["x"] + x * scale, box["y"] + y * scale) for x, y in line]


def by_mouse(page: Page, *lines: Line, moves: int = 6) -> None:
    for line in lines:
        first, *rest = on_screen(page, line)
        page.mouse.move(*first)
        page.mouse.down()
        for place in rest:
            page.mouse.move(*place, steps=moves)
        page.mouse.up()


def by_finger(page: Page, *lines: Line, beside: tuple[float, float] | None = None) -> None:
    """Draw with a finger; another one may lie beside it, as a palm does."""
    session = page.context.new_cdp_session(page)

    def send(kind: str, *places: tuple[float, float]) -> None:
        page.wait_for_timeout(MOVE_MS)
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    more = on_screen(page, [beside]) if beside else []
    for line in lines:
        first, *rest = on_screen(page, line)
        send("touchStart", first)
        if more:
            send("touchStart", first, *more)
        at = first
        for x, y in rest:
            for part in (0.25, 0.5, 0.75, 1):
                send("touchMove", (at[0] + part * (x - at[0]), at[1] + part * (y - at[1])), *more)
            at = (x, y)
        send("touchEnd")
    session.detach()


def kept_strokes(page: Page) -> list[dict[str, object]]:
    """The strokes as the pad keeps them."""
    kept: list[dict[str, object]] = page.evaluate("globalThis.mnistvizDraw.drawing.strokes")
    return kept


def values(page: Page) -> list[str]:
    """The ten numbers at the bars."""
    texts = page.locator(".pad .value").all_text_contents()
    return [text.replace("\u00a0", " ") for text in texts]


def agreement(page: Page) -> Locator:
    return page.get_by_test_id("stMain").get_by_text("PyTorch agree")


def next_picture(page: Page) -> None:
    """Wait until what was done is painted."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
