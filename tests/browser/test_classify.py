"""Classify in a real browser: links, keyboard, mouse, touch, every preset, every size."""

from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from playwright.sync_api import Browser, Page, expect

from mnistviz.spec.fields import FIELDS, Activation, Value, defaults
from mnistviz.spec.link import read_link
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.words import read
from tests.browser.screens import (
    LOW,
    PHONE,
    Device,
    expect_in_sight,
    expect_nothing_wider,
    has_in_window,
)
from tests.browser.stage import (
    CHOSEN,
    bar_texts,
    expect_bars,
    expect_query,
    open_classify,
    open_more_settings,
    percents,
    query,
    settled_box,
)
from tests.helpers.networks import shown
from tests.serving import ROOT, Server, serve

# Nearly no key has its default, and batch and image are the last ones.
EVERY_KEY = {
    "data": "sample",
    "batch": "62",
    "image": "31",
    "style": "tensors",
    "layers": "4",
    "w1": "40",
    "w2": "30",
    "w3": "20",
    "w4": "12",
    "activation": "tanh",
    "init": "normal",
    "std": "0.25",
    "constant": "0.5",
    "bias": "normal",
    "seed": "4711",
}


def expected(settings: dict[str, Value]) -> list[float]:
    """The ten probabilities that the core gives for these settings."""
    return shown(NetworkSpec.from_settings(settings), DigitSpec.from_settings(settings))


def test_a_deep_link_is_the_first_request_to_a_cold_server(page: Page, tmp_path: Path) -> None:
    with serve(ROOT / "app.py", tmp_path) as cold:
        open_classify(page, f"{cold.url}/?{urlencode(EVERY_KEY)}")
        settings, errors = read_link(EVERY_KEY)
        assert errors == ()
        expect_bars(page, expected(settings))
        # What a link says stays in the link, so that it can be sent on; `sample` is the default.
        assert {**EVERY_KEY, **query(page)} == EVERY_KEY
        open_more_settings(page)
        page.get_by_role("button", name="Start: normal weights, normal biases").click()
        for key in ("w1", "w4", "std", "constant", "seed"):
            shown = page.locator(f".st-key-{key} input").input_value()
            assert float(shown) == float(EVERY_KEY[key])
        assert cold.stderr.read_text() == ""


def test_the_server_says_where_it_is_and_nothing_else(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    assert server.stderr.read_text() == ""


def test_a_widget_writes_its_key_into_the_url(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    assert query(page) == {}
    open_more_settings(page)
    page.locator(".st-key-style").get_by_text("sequential").click()
    expect_query(page, style="sequential")
    page.locator(".st-key-layers button", has_text="3").click()
    expect_query(page, layers="3")
    page.locator(".st-key-seed input").fill("12")
    page.locator(".st-key-seed input").press("Enter")
    expect_query(page, seed="12")
    page.locator(".st-key-activation input").click()
    page.get_by_role("option", name="gelu").click()
    expect_query(page, activation="gelu")
    settings, _ = read_link(query(page))
    assert (settings["style"], settings["layers"], settings["seed"]) == ("sequential", 3, 12)
    expect_bars(page, expected(settings))
    # Back to the default: the key leaves the URL.
    page.locator(".st-key-layers button", has_text="2").click()
    expect_query(page, layers=None)


def test_each_layer_gets_its_activation_by_keyboard(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    field = page.get_by_role("combobox", name="Activation", exact=True)
    field.press("ArrowDown")
    option = page.get_by_role("option", name=read("frame").parts["each_activation"])
    for _ in Activation:
        field.press("ArrowDown")
    expect(option).to_be_visible()
    field.press("Enter")
    second = page.get_by_role("combobox", name="Activation of hidden layer 2")
    expect(second).to_be_visible()
    # It is no value: the field says what it was, keeps the focus, and the link says nothing of it.
    expect(field).to_be_focused()
    expect(field).to_have_value("relu")
    assert query(page) == {}
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(second).to_be_focused()
    page.keyboard.type("tanh")
    page.keyboard.press("Enter")
    expect_query(page, activation="relu,tanh")
    expect(field).to_have_value("relu,tanh")
    expect_bars(page, expected({**defaults(), "activation": "relu,tanh"}))


def test_how_the_weights_start_is_behind_a_button_that_says_it(page: Page, server: Server) -> None:
    open_classify(page, f"{server.url}/?std=2.5")
    open_more_settings(page)
    opener = page.get_by_role("button", name="Start: default weights, default biases")
    opener.press("Enter")
    page.locator(".st-key-init input").press("ArrowDown")
    page.get_by_role("option", name="normal", exact=True).click()
    expect_query(page, init="normal", std="2.5")
    expect_bars(page, expected({**defaults(), "init": "normal", "std": 2.5}))
    expect(page.get_by_role("button", name="Start: normal weights, default biases")).to_be_visible()


def test_a_copied_link_shows_the_same_numbers(
    page: Page, chromium: Browser, server: Server
) -> None:
    open_classify(page, server.url)
    page.locator(".st-key-preset_1 button").click()
    expect_query(page, style="tensors")
    page.get_by_role("button", name="Next image").click()
    expect_query(page, image="1")
    expect_bars(page, expected(read_link(query(page))[0]))
    with chromium.new_context() as context:
        other = context.new_page()
        open_classify(other, page.url)
        assert bar_texts(other) == bar_texts(page)


def test_a_digit_is_chosen_by_mouse(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    page.locator(".st-key-digit_grid [role=radio]").nth(42).click()
    expect_query(page, image="42")
    expect(page.locator(CHOSEN)).to_have_attribute("data-index", "42")
    expect_bars(page, expected({**defaults(), "image": 42}))


def test_a_digit_is_chosen_by_keyboard(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    page.locator(CHOSEN).focus()
    # Each key waits for its answer: the focus must survive the rerun.
    for key, image in [
        ("ArrowRight", "1"),
        ("ArrowDown", "9"),
        ("ArrowDown", "17"),
        ("ArrowLeft", "16"),
        ("End", "63"),
        ("ArrowUp", "55"),
    ]:
        page.keyboard.press(key)
        expect_query(page, image=image)
    expect_bars(page, expected({**defaults(), "image": 55}))
    page.keyboard.press("Home")
    expect_query(page, image=None)
    expect(page.locator(CHOSEN)).to_be_focused()


def test_fast_keys_end_at_the_last_one(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    page.locator(CHOSEN).focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect_query(page, image="12")
    expect_bars(page, expected({**defaults(), "image": 12}))
    expect(page.locator(CHOSEN)).to_have_attribute("data-index", "12")


def test_previous_and_next(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    page.get_by_role("button", name="Previous batch").click()
    expect_query(page, batch="62")
    expect(page.locator(".st-key-digit_grid [role=radio]")).to_have_count(32)
    page.get_by_role("button", name="Previous image").click()
    expect_query(page, image="31")
    expect_bars(page, expected({**defaults(), "batch": 62, "image": 31}))
    page.get_by_role("button", name="Next batch").click()
    expect_query(page, batch=None, image="31")
    expect(page.locator(".st-key-digit_grid [role=radio]")).to_have_count(64)


def test_each_preset_sets_the_widgets_and_the_link(page: Page, server: Server) -> None:
    open_classify(page, f"{server.url}/?activation=gelu&init=zeros&style=functional&w1=9")
    settings, _ = read_link(query(page))
    for number, preset in enumerate(PRESETS.values(), start=1):
        page.locator(f".st-key-preset_{number} button").click()
        settings = {**settings, **preset}
        expect_bars(page, expected(settings))
        # The widgets are drawn after the bars, and the link follows them.
        page.wait_for_url(
            lambda url, preset=preset: dict(preset) == {key: in_link(url)[key] for key in preset}
        )


def in_link(url: str) -> dict[str, Value]:
    """The settings that a link stands for."""
    return read_link(dict(parse_qsl(urlsplit(url).query)))[0]


def test_reset_puts_all_to_the_defaults(page: Page, server: Server) -> None:
    open_classify(page, f"{server.url}/?{urlencode(EVERY_KEY)}")
    page.get_by_role("button", name="Reset all").click()
    expect_bars(page, expected(defaults()))
    expect_query(page, **dict.fromkeys(FIELDS))


def test_a_bad_link_is_named_and_the_good_part_kept(page: Page, server: Server) -> None:
    open_classify(page, f"{server.url}/?layers=9&seed=3&activation=rely")
    notice = page.locator(".st-key-link_notice")
    expect(notice).to_contain_text("layers=9")
    expect(notice).to_contain_text("activation=rely")
    expect_bars(page, expected({**defaults(), "seed": 3}))
    expect_query(page, layers=None, activation=None, seed="3")
    page.locator(".st-key-close_link_notice button").click()
    expect(notice).to_have_count(0)


def test_what_lies_below_opens_and_stays_open(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    for key, words in [
        ("classify_layers_open", "109,386"),
        ("classify_model_open", "(fc1): Linear(in_features=784"),
        ("classify_code_open", "torch.manual_seed(7)"),
    ]:
        page.locator(f".st-key-{key} summary").click()
        expect(page.locator(f".st-key-{key}")).to_contain_text(words)
    page.get_by_role("button", name="Next image").click()
    expect(page.locator(".st-key-classify_code_open")).to_contain_text(
        "# The answer to image 1 of the batch."
    )
    with page.expect_download() as download:
        page.locator(".st-key-classify_download button").click()
    assert download.value.suggested_filename == "mnist_module_784_128_64_10.py"
    assert "# The answer to image 1 of the batch." in Path(download.value.path()).read_text()


def test_the_axis_zooms_and_the_url_remembers(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    last_tick = page.locator(".st-key-softmax_bars .xtick text").last
    expect(last_tick).to_have_text("100\N{NO-BREAK SPACE}%")
    page.locator(".st-key-zoom label").first.click()
    expect(last_tick).not_to_have_text("100\N{NO-BREAK SPACE}%")
    expect_query(page, zoom="true")


def test_the_full_set_without_a_network_is_one_sentence(page: Page, server: Server) -> None:
    open_classify(page, f"{server.url}/?seed=5&image=3")
    open_more_settings(page)
    page.locator(".st-key-data button", has_text="full").click()
    expect(page.locator(".st-key-full_set_notice")).to_contain_text(
        "could not be downloaded", timeout=60_000
    )
    # Nothing that was set is lost, and the digits are those of the sample.
    expect_query(page, data="full", seed="5", image="3")
    expect_bars(page, expected({**defaults(), "seed": 5, "image": 3}))


def test_the_page_holds_together(device: Device, server: Server) -> None:
    page = device.page
    open_classify(
        page,
        f"{server.url}/?init=normal&std=10&classify_layers_open=true&classify_code_open=true",
    )
    expect(page.locator(".st-key-classify_code_open")).to_contain_text("torch.manual_seed")
    for _ in device.walk():
        expect_nothing_wider(page)
    tenth = page.locator(".st-key-digit_grid [role=radio]").nth(10)
    if device.is_phone:
        tenth.tap()
    else:
        tenth.click()
    expect_query(page, image="10")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    for size in device.walk():
        expect_in_sight(page.locator(".st-key-sentence"), size)


def test_a_phone_shows_digit_bars_sentence_and_then_the_batch(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_classify(page, server.url)
    tops = [
        box["y"]
        for key in ("digit_view", "softmax_bars", "sentence", "digit_grid")
        if (box := page.locator(f".st-key-{key}").first.bounding_box()) is not None
    ]
    assert len(tops) == 4
    assert tops == sorted(tops)


def test_a_phone_shows_the_bars_beside_each_digit_of_the_batch(phone: Page, server: Server) -> None:
    open_classify(phone, server.url)
    bars, last = phone.locator(".st-key-softmax_bars"), phone.locator(".digit").nth(63)
    has_in_window(phone.locator(".st-key-train_this button"), PHONE)
    last.scroll_into_view_if_needed()
    last.tap()
    expect_query(phone, image="63")
    expect_bars(phone, expected({**defaults(), "image": 63}))
    has_in_window(bars, PHONE)
    has_in_window(last, PHONE)
    above, digit = settled_box(bars), settled_box(last)
    assert above["y"] + above["height"] <= digit["y"]


def test_a_finger_finds_each_digit(phone: Page, server: Server) -> None:
    for width, height in ((360, 780), (390, 844), (700, 900), (1024, 768)):
        phone.set_viewport_size({"width": width, "height": height})
        open_classify(phone, server.url)
        box = settled_box(phone.locator(".digit").first)
        assert min(box["width"], box["height"]) >= 44


def test_a_low_window_has_the_sentence_and_the_button_in_sight(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": LOW[0], "height": LOW[1]})
    open_classify(page, server.url)
    has_in_window(page.locator(".st-key-sentence"), LOW)
    has_in_window(page.locator(".st-key-train_this button"), LOW)


def test_what_follows_stays_where_it_is_while_a_network_learns(page: Page, server: Server) -> None:
    for width in (390, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        open_classify(page, f"{server.url}/?epochs=1&seed={width}")
        question = page.locator(".st-key-classify_question")
        before = settled_box(question)
        page.locator(".st-key-train_this button").click()
        expect(page.locator(".st-key-generalization")).to_contain_text("It gets")
        assert settled_box(question) == before


def test_the_keyboard_does_not_walk_through_a_closed_sidebar(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_classify(page, server.url)
    seen = set()
    for _ in range(18):
        page.keyboard.press("Tab")
        right_edge, name = page.evaluate(
            """() => {
              let e = document.activeElement;
              while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
              return [e.getBoundingClientRect().right, e.textContent];
            }"""
        )
        assert right_edge > 0
        seen.add(name)
    assert any("Next image" in name for name in seen)


def test_bars_are_read_as_they_are_written(page: Page, server: Server) -> None:
    open_classify(page, server.url)
    assert bar_texts(page) == percents(expected(defaults()))
