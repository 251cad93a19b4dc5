"""The four styles in a real browser: a tensor marked by pointing, tapping and the arrow keys."""

from playwright.sync_api import Locator, Page, expect

from mnistviz.lessons.modules import table
from mnistviz.spec.specs import NetworkSpec
from mnistviz.words import read
from tests.browser.screens import LOW, bottom
from tests.browser.stage import expect_query
from tests.serving import Server

CODE = ".st-key-modules_code_table"
WORDS = read("modules")


def open_page(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/modules{query}")
    expect(page.locator(f"{CODE} .address .chosen")).to_have_count(4, timeout=30_000)
    expect(page.locator(".st-key-modules_outputs_table td.says")).to_have_count(4)


def expect_marked(page: Page, tensor: str) -> None:
    """Wait until the four addresses of a tensor stand at the top and its lines are marked."""
    wanted = table.access(NetworkSpec(), tensor).values()
    addresses = page.locator(f"{CODE} .address .chosen")
    expect(addresses).to_have_text([reached.code for reached in wanted])
    layer, kind = table.split(tensor)
    name = f"{'weights' if kind == 'weight' else 'bias'}_{layer}"
    inputs, outputs = NetworkSpec().shapes[layer - 1]
    marked = page.locator(f"{CODE} .code .tensor.chosen")
    texts = [name, f"self.fc{layer}", f"self.fc{layer}"]
    linear = f"nn.Linear({inputs}, {outputs})"
    expect(marked).to_have_text([*texts, *texts, linear])
    expect(page.locator(f"{CODE} .line.marked")).to_have_count(7)


def piece(page: Page, text: str) -> Locator:
    return page.locator(f"{CODE} .code .tensor", has_text=text).first


def test_pointing_marks_and_a_click_chooses(page: Page, server: Server) -> None:
    open_page(page, server)
    expect_marked(page, "fc1.weight")
    piece(page, "bias_2").hover()
    expect_marked(page, "fc2.bias")
    page.mouse.move(5, 5)
    expect_marked(page, "fc1.weight")
    # A layer stands for both its tensors: the kind that is chosen goes on.
    piece(page, "nn.Linear(64, 10)").click()
    expect_query(page, modules_tensor="fc3.weight")
    expect_marked(page, "fc3.weight")
    expect(page.locator(".st-key-sentence")).to_contain_text("fc3.weight")


def test_the_names_and_the_arrow_keys_choose(page: Page, server: Server) -> None:
    open_page(page, server)
    page.locator(".st-key-modules_tensor").get_by_text("fc2.bias").click()
    expect_query(page, modules_tensor="fc2.bias")
    expect_marked(page, "fc2.bias")
    page.locator(f"{CODE} .keys").focus()
    page.keyboard.press("ArrowRight")
    expect_marked(page, "fc3.weight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect_marked(page, "fc1.weight")
    expect_query(page, modules_tensor=None)
    page.keyboard.press("ArrowLeft")
    expect_query(page, modules_tensor="fc3.bias")
    expect(page.locator(".st-key-sentence")).to_contain_text("fc3.bias")
    expect(page.locator(f"{CODE} .keys")).to_be_focused()


def test_the_code_is_a_table_and_the_sentence_above_it(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": LOW[0], "height": LOW[1]})
    open_page(page, server)
    assert bottom(page.locator(".st-key-sentence")) <= LOW[1]
    table = page.get_by_role("table", name=WORDS.parts["alt"])
    expect(table.get_by_role("columnheader")).to_have_count(4)
    row = table.get_by_role("row").filter(has_text="bias_1 = draw")
    expect(row.get_by_role("cell")).to_have_count(4)
    slider = page.get_by_role("slider", name=WORDS.parts["tensor"])
    assert (slider.get_attribute("aria-valuetext") or "").startswith(
        "fc1.weight. Tensors: weights_1"
    )


def test_a_network_to_try_reaches_the_sidebar_and_the_code(page: Page, server: Server) -> None:
    open_page(page, server, "?modules_tensor=fc3.bias")
    networks = page.locator(".st-key-modules_network")
    networks.get_by_text("The lesson by hand").click()
    expect_query(page, layers="1", w1="256", style="tensors")
    expect(page.locator(".st-key-w1 input")).to_have_value("256")
    expect(page.locator(f"{CODE} .head").first).to_contain_text(WORDS.parts["in_hand"])
    # There is no third layer any more: the first tensor takes its place.
    expect(page.locator(f"{CODE} .address .chosen").first).to_have_text("weights_1")


def test_a_tap_chooses_a_tensor(phone: Page, server: Server) -> None:
    open_page(phone, server)
    piece(phone, "weights_2").tap()
    expect_marked(phone, "fc2.weight")
    expect_query(phone, modules_tensor="fc2.weight")
