"""How long the main control of each page takes, from the click to the frame with its answer."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from tests.serving import Server

CLICKS = 24
TURNS = 4
SETTLED_MILLISECONDS = 250
BARS = ".js-plotly-plot .bars .point path"

# Resolves with the milliseconds from the click to the frame in which the answer is another one.
# Components stand in shadow trees, where no observer of the page looks: so each frame is asked.
CLICK_TO_PAINTED = """
([host, inner]) => new Promise((resolve, reject) => {
  const parts = () => [...document.querySelectorAll(host)].flatMap((element) => {
    const found = element.querySelectorAll(inner);
    if (found.length) return [...found];
    const shadows = [...element.querySelectorAll("*")].filter((e) => e.shadowRoot);
    return shadows.flatMap((e) => [...e.shadowRoot.querySelectorAll(inner)]);
  });
  const answer = () => parts().map((e) => (e.getAttribute("d") ?? "") + e.textContent).join("|");
  const before = answer();
  const count = parts().length;
  const began = performance.now();
  let acted;
  for (const kind of ["click", "keydown"]) {
    const act = () => { acted ??= performance.now(); };
    addEventListener(kind, act, { capture: true, once: true });
  }
  const look = () => {
    if (acted !== undefined && parts().length === count && answer() !== before) {
      setTimeout(() => resolve(performance.now() - acted));
    } else if (performance.now() - began > 10000) {
      reject(new Error("no other answer within 10 s of the click"));
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
})
"""


@dataclass
class Control:
    """One thing to act on, what answers, and what was measured of it.

    Attributes:
        name: page and control, for the table.
        path: of the page, with its query.
        act: acts on it; the number is the how-manieth act it is.
        host: selector of what holds the answer.
        inner: selector of the answer itself in it, in a shadow tree or not.
        limit: the greatest ratio to the bare page that is allowed.
    """

    name: str
    path: str
    act: Callable[[Page, int], None]
    host: str = "body"
    inner: str = BARS
    limit: float = 1.2
    painted: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    acts: int = 0


class Clock:
    """Times the server from the browser's side: rerun sent, to the last message of its answer."""

    def __init__(self, page: Page) -> None:
        self.sent = self.received = 0.0
        page.on("websocket", self._listen)

    def _listen(self, socket: object) -> None:
        socket.on("framesent", lambda _: self._mark("sent"))
        socket.on("framereceived", lambda _: self._mark("received"))

    def _mark(self, what: str) -> None:
        setattr(self, what, time.perf_counter())

    def milliseconds(self) -> float:
        return 1000 * (self.received - self.sent)


def segment(group: str, options: Sequence[str]) -> Callable[[Page, int], None]:
    """Press one of several buttons in a row."""

    def act(page: Page, number: int) -> None:
        option = options[number % len(options)]
        page.locator(f".st-key-{group} button", has_text=option).first.click()

    return act


def next_image(page: Page, number: int) -> None:
    page.get_by_role("button", name="Next image").click()


def grid_digit(page: Page, number: int) -> None:
    page.locator(f".st-key-digit_grid .digit >> nth={(number * 11 + 5) % 64}").click()


def next_unit(key: str) -> Callable[[Page, int], None]:
    """Press the + of a number field."""

    def act(page: Page, number: int) -> None:
        field = page.locator(f".st-key-{key} button")
        page.get_by_test_id("stNumberInputStepUp").and_(field).click()

    return act


def turn(page: Page, number: int) -> None:
    page.locator(".st-key-clinic_rotate input").press("ArrowRight")


def move_logit(page: Page, number: int) -> None:
    page.locator(f".st-key-softmax_sliders input >> nth={number % 10}").press("ArrowRight")


YARDSTICK = Control("bare page, one control", "/", segment("seed", "12340"))

CONTROLS = (
    Control("Classify: another digit", "/", grid_digit, limit=1.0),
    Control("Classify: next image", "/", next_image, limit=1.0),
    # From the sidebar all is drawn anew, not the stage alone.
    Control("Classify: hidden layers", "/", segment("layers", "13042")),
    Control("digits: next image", "/digits", next_image, ".st-key-digits_pixels", ".digit .title"),
    Control(
        "tensors: next unit",
        "/tensors",
        next_unit("tensors_unit"),
        ".st-key-tensors_pictures",
        ".equation",
    ),
    Control("softmax: a logit", "/softmax", move_logit, ".st-key-softmax_sliders", ".value"),
    Control(
        "modules: which tensor",
        "/modules",
        segment("modules_tensor", ("fc2.weight", "fc3.bias", "fc1.weight", "fc1.bias")),
        ".st-key-sentence",
        "p",
    ),
    Control(
        "activations: a function",
        "/activations",
        segment("activations_function", ("tanh", "sigmoid", "softplus", "gelu")),
        ".st-key-activations_curve",
        "path.curve",
    ),
    Control(
        "initialization: a scheme",
        "/initialization",
        segment("initialization_scheme", ("std 1", "xavier", "kaiming", "zeros")),
        ".st-key-initialization_spreads",
        "path.line",
    ),
    Control(
        "inside: next unit",
        "/inside?weights=trained",
        next_unit("inside_unit"),
        ".st-key-inside_terms",
        ".title",
        limit=1.3,
    ),
    Control(
        "clinic: a slider",
        "/clinic?weights=trained&clinic_rotate=-90",
        turn,
        ".st-key-sentence",
        "p",
        limit=1.3,
    ),
)


def measure(control: Control, page: Page, clock: Clock, count: int) -> None:
    for _ in range(count):
        # The zero keeps Playwright from waiting for the promise, which needs the click.
        page.evaluate(
            f"watched => {{ window.painted = ({CLICK_TO_PAINTED})(watched); return 0; }}",
            [control.host, control.inner],
        )
        control.act(page, control.acts)
        control.acts += 1
        control.painted.append(page.evaluate("window.painted"))
        page.wait_for_timeout(SETTLED_MILLISECONDS)
        control.server.append(clock.milliseconds())


def compare(context: Browser, app: Server, bare: Server) -> bool:
    """Print a table of all controls over the bare page; tell whether all limits are kept.

    Each control is measured in turns with the bare page, A B A B, so that a busy machine slows
    both; its ratio is to the bare page's clicks of those turns.
    """
    print(f"\nClick to painted, median of {CLICKS} clicks in {TURNS} turns, bare page between them")
    print(f"  {'':26} {'painted':>9}  {'bare':>9}  ratio  limit  {'server':>9}")
    bare_page, bare_clock = _open(context, bare.url)
    measure(YARDSTICK, bare_page, bare_clock, 5)
    good = True
    for control in CONTROLS:
        page, clock = _open(context, app.url + control.path)
        # A round that is not counted: fonts, code paths and the network's first draw.
        measure(control, page, clock, 5)
        for measured in (control, YARDSTICK):
            measured.painted.clear()
            measured.server.clear()
        share = CLICKS // TURNS
        for _ in range(TURNS):
            measure(YARDSTICK, bare_page, bare_clock, share)
            measure(control, page, clock, share)
        page.close()
        good &= _report(control)
    bare_page.close()
    return good


def _open(context: Browser, url: str) -> tuple[Page, Clock]:
    page = context.new_page(viewport={"width": 1400, "height": 900}, bypass_csp=True)
    clock = Clock(page)
    page.goto(url)
    page.wait_for_selector("[data-testid=stMain] .js-plotly-plot, [data-testid=stPageLink]")
    page.wait_for_timeout(1500)
    return page, clock


def _report(control: Control) -> bool:
    painted, bare = statistics.median(control.painted), statistics.median(YARDSTICK.painted)
    server = statistics.median(control.server)
    ratio = painted / bare
    print(
        f"  {control.name:26} {painted:6.1f} ms  {bare:6.1f} ms"
        f"   {ratio:4.2f}   {control.limit:4.1f}  {server:6.1f} ms",
        flush=True,
    )
    return ratio <= control.limit
