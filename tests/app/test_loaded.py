"""Every page with weights that a person has loaded, without a browser."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from mnistviz.digits import mnist
from mnistviz.lessons.classify import script as classify_script
from mnistviz.network.files import loading, saving
from mnistviz.network.files.loading import LoadedNetwork, Readers, WeightsError
from mnistviz.network.files.store import LoadedStore
from mnistviz.network.parameters import Layer
from mnistviz.spec.activations import written
from mnistviz.spec.fields import Activation, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.ui import pages
from mnistviz.ui.draw import weights_panel
from mnistviz.ui.frame.loaded_notice import Trouble
from mnistviz.ui.pages import Shows
from mnistviz.ui.session import cached, loaded
from mnistviz.words import quantities, read
from tests.app.readable import assert_readable, words
from tests.app.session import PATIENCE, ROOT, Session
from tests.helpers.lesson import opened
from tests.helpers.networks import (
    Doubles,
    layers_of,
    learned,
    load,
    logits_by_numpy,
    softmax_by_numpy,
)

PAGES = [page.name for page in pages.PAGES]
SHOWING = [page.name for page in pages.PAGES if page.shows in (Shows.IN_HAND, Shows.BY_HAND)]
"""Pages that show the network with the weights in hand."""

WORDS = read("frame").parts
FIRST = "loaded_initial"
MINE = {"weights": "loaded", "w1": "12", "w2": "9"}


def network(*hidden: int, **more: object) -> LoadedNetwork:
    layers = layers_of(*(hidden or (12, 9)), seed=4)
    return replace(LoadedNetwork(layers, None, "mine.safetensors"), **more)


DRAWN = (("pen", 22.0, ((70.0, 60.0), (200.0, 60.0), (120.0, 230.0))),)
"""A 7, as a session keeps it."""


def arrive(page: str, brought: LoadedNetwork | None, **link: str) -> Session:
    """Open a page in a session that has loaded a network before."""
    at = AppTest.from_file(ROOT / "mnistviz" / "ui" / "frame" / "main.py", default_timeout=PATIENCE)
    at.query_params.update(link)
    if brought is not None:
        at.session_state[loaded.DIGEST] = cached.loaded_store().put(brought)
        at.session_state["drawing"] = DRAWN
        at.session_state[loaded.ABOUT] = {
            "name": brought.name,
            "hidden": brought.hidden,
            "activation": brought.activation and written(brought.activation),
            "notes": brought.notes,
        }
    if page != "classify":
        at.switch_page(f"../../../pages/{page}.py")
    return Session(at).run()


def probabilities(brought: LoadedNetwork, digit: DigitSpec) -> Doubles:
    return softmax_by_numpy(logits_by_numpy(brought.layers, Activation.RELU, digit))


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> LoadedStore:
    """A store in the place of the server's, which holds only what was brought last."""
    made = LoadedStore(1)
    monkeypatch.setattr(cached, "loaded_store", lambda: made)
    return made


@pytest.mark.parametrize("style", [Style.TENSORS, Style.SEQUENTIAL])
@pytest.mark.parametrize("page", PAGES)
def test_each_page_with_everything_open(page: str, style: Style) -> None:
    link = {**MINE, "style": style.value, "seed": "11", "init": "zeros"}
    session = arrive(page, network(), **link, **opened(page))
    assert session.sentence
    assert session.warnings == [] or page == "tensors"
    assert_readable(session)
    scripts = [code.value for code in session.at.code if code.language == "python"]
    for script in scripts:
        ast.parse(script)
    spec = NetworkSpec(style, (12, 9), loaded=network().digest)
    loads = any("load_file(" in script for script in scripts)
    assert loads == (page in SHOWING)
    assert (WORDS["code_loads"].format(file=saving.file_name(spec)) in session.texts) == loads
    downloads = {element.key for element in session.at.get("download_button")}
    assert (f"{page}_weights_download" in downloads) == loads
    # The words are true: neither is it untrained, nor has it been trained here.
    if page in SHOWING:
        said = words(session)
        assert "ntrained" not in (said if page == "classify" else session.sentence)
        assert WORDS["code_trains"] not in session.texts
        for text in ("Trained for", "it has learned from", "before its training", "not trained"):
            assert text not in said
    note = WORDS["initial_not_loaded"].format(name="`mine.safetensors`")
    assert (note in session.texts) == (page in ("modules", "initialization"))
    start = WORDS["trains_from_first"].format(name="`mine.safetensors`")
    assert (start in session.texts) == (pages.shows(page) is Shows.LEARNING)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("hidden", [(), (7,), (9, 8, 7, 6)], ids=str)
def test_the_bars_are_those_of_the_file(style: Style, hidden: tuple[int, ...]) -> None:
    brought = LoadedNetwork(layers_of(*hidden, seed=4), Activation.RELU, "a.pt")
    link = {f"w{number}": str(units) for number, units in enumerate(hidden, start=1)}
    link |= {"style": style.value, "layers": str(len(hidden)), "batch": "2", "image": "9"}
    session = arrive("classify", brought, **link, weights="loaded", classify_code_open="true")
    wanted = probabilities(brought, DigitSpec(batch=2, image=9))
    assert session.bars == pytest.approx(list(wanted), abs=1e-6)
    assert session.sentence.startswith("These are the weights that you loaded from `a.pt`. ")
    says = int(wanted.argmax())
    assert f"it answers **{says}**, with {quantities.percent(wanted[says])}" in session.sentence
    spec = NetworkSpec(style, hidden, loaded=brought.digest)
    (code,) = (block.value for block in session.at.code)
    assert code == classify_script.script(spec, DigitSpec(batch=2, image=9)).rstrip()


@pytest.mark.parametrize("page", ["digits", "modules", "initialization"])
def test_a_page_about_the_start_shows_the_start_of_the_sidebar(page: str) -> None:
    link = {**MINE, "init": "normal", "std": "0.5", "bias": "zeros", "seed": "3"}
    session = arrive(page, network(), **link, **opened(page))
    plain = arrive(page, None, **{**link, "weights": "initial"}, **opened(page))
    assert session.sentence == plain.sentence
    assert [code.value for code in session.at.code] == [code.value for code in plain.at.code]


def test_the_page_that_trains_starts_from_the_sidebar() -> None:
    link = {**MINE, "init": "normal", "std": "0.5", "seed": "3"}
    session = arrive("train", network(), **link, **opened("train"))
    plain = arrive("train", None, **{**link, "weights": "initial"}, **opened("train"))
    assert session.sentence == plain.sentence
    assert [code.value for code in session.at.code] == [code.value for code in plain.at.code]
    assert session.component("weight_film")["film"] == plain.component("weight_film")["film"]
    session.set(epochs=1, batch_size=1000).click("train_go")
    assert session.settings["weights"] == "trained"


def test_the_other_settings_stay_free() -> None:
    session = arrive("classify", network(), **MINE)
    before = session.bars
    session.set(init="zeros", bias="zeros", style="tensors")
    assert session.bars == pytest.approx(before, abs=1e-6)
    session.set(activation="tanh")
    assert session.warnings == []
    assert session.bars != pytest.approx(before, abs=1e-3)
    session.set(activation="relu", weights="initial")
    assert session.bars == pytest.approx([0.1] * 10)
    assert "ntrained" in session.sentence
    assert session.set(weights="loaded").bars == pytest.approx(before, abs=1e-6)


def test_numbers_that_leave_the_range_are_said_in_words() -> None:
    first, *rest = layers_of(12, 9, seed=4)
    huge = replace(first, weight=first.weight * 3e38)
    session = arrive("classify", network(layers=(huge, *rest)), **MINE, **opened("classify"))
    assert "loaded from `mine.safetensors`, the numbers leave the range" in session.sentence
    assert "[NaN](#term-nan)" in session.sentence


class TestName:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("`a`**b**.pt", "`'a'**b**.pt`"),
            ("a\n\n# Pay here\n.pt", "`a  # Pay here .pt`"),
            ("x" * 300, f"`{'x' * 60}…`"),
            ("\u202egnp.exe\x1b.pt", "`\ufffdgnp.exe\ufffd.pt`"),
            ("  ", "`?`"),
            ("", "`?`"),
            ("{braces}.pt", "`{braces}.pt`"),
            ("<b>&amp;$x$.pt", "`<b>&amp;$x$.pt`"),
        ],
    )
    def test_a_strangers_text_stays_inside_its_code(self, name: str, shown: str) -> None:
        session = arrive("classify", network(name=name), **MINE)
        assert session.sentence.startswith(f"These are the weights that you loaded from {shown}. ")

    def test_each_session_says_its_own(self) -> None:
        # The same numbers, kept once: who brought them first is nobody's business.
        session = arrive("classify", network(name="first.pt"), **MINE)
        other = arrive("classify", network(name="second.pt"), **MINE)
        assert "`second.pt`" in other.sentence
        assert "`first.pt`" in session.run().sentence
        assert session.bars == other.bars


class TestNotice:
    @pytest.mark.parametrize("page", PAGES)
    def test_a_link_from_somebody_else(self, page: str) -> None:
        session = arrive(page, None, weights="loaded")
        assert session.warnings == [WORDS[Trouble.NOTHING]]
        plain = arrive(page, None)
        assert session.sentence == plain.sentence
        session.click(FIRST)
        assert session.warnings == []
        assert FIRST not in session.buttons
        assert session.settings["weights"] == "initial"

    def test_it_says_what_is_seen_until_then(self) -> None:
        session = arrive("classify", None, weights="loaded", w1="31", classify_code_open="true")
        assert "ntrained" in session.sentence
        (code,) = (block.value for block in session.at.code)
        assert "load_file" not in code
        # Nothing is forgotten, whatever the person goes on to do.
        session.set(image=5)
        assert session.warnings == [WORDS[Trouble.NOTHING]]
        assert (session.settings["weights"], session.settings["w1"]) == ("loaded", 31)

    def test_other_layers_than_the_file_has(self) -> None:
        session = arrive("classify", network(), **MINE, activation="tanh", seed="5")
        before = session.bars
        session.set(w1=30)
        (warning,) = session.warnings
        assert "`mine.safetensors`" in warning
        assert "`784 → 12 → 9 → 10`" in warning
        assert "`784 → 30 → 9 → 10`" in warning
        assert "ntrained" in session.sentence
        session.click("loaded_use_layers")
        assert session.warnings == []
        assert session.bars == before
        kept = {key: session.settings[key] for key in ("w1", "w2", "activation", "seed")}
        assert kept == {"w1": 12, "w2": 9, "activation": "tanh", "seed": 5}

    @pytest.mark.parametrize("layers", [0, 1, 3])
    def test_another_number_of_layers(self, layers: int) -> None:
        session = arrive("classify", network(), **MINE).set(layers=layers)
        assert len(session.warnings) == 1
        session.click(FIRST)
        assert session.warnings == []
        assert session.settings["layers"] == layers
        # What was loaded is still there.
        session.set(layers=2, weights="loaded")
        assert session.sentence.startswith("These are the weights that you loaded")

    def test_it_stands_where_it_pushes_nothing(self, store: LoadedStore) -> None:
        # In the sidebar after a setting there; above the page for who comes by a link, and where
        # the server is to blame.
        session = arrive("classify", None).set(weights="loaded")
        assert [one.value for one in session.at.sidebar.warning] == session.warnings
        linked = arrive("classify", None, weights="loaded").set(image=3)
        assert [one.value for one in linked.at.main.warning] == linked.warnings
        gone = arrive("classify", network(), **MINE)
        store.put(network(5))
        gone.set(image=3)
        assert [one.value for one in gone.at.main.warning] == gone.warnings

    def test_a_preset_of_other_layers(self) -> None:
        session = arrive("classify", network(), **MINE).click("preset_3")
        assert len(session.warnings) == 1

    def test_the_server_had_to_let_it_go(self, store: LoadedStore) -> None:
        session = arrive("classify", network(), **MINE)
        assert session.warnings == []
        store.put(network(5))
        session.set(image=3)
        assert session.warnings == [WORDS[Trouble.GONE].format(name="`mine.safetensors`")]
        assert "ntrained" in session.sentence
        store.put(network())
        assert session.run().warnings == []

    def test_reset_ends_it_and_keeps_the_file(self) -> None:
        session = arrive("classify", network(), **MINE).click("reset")
        assert session.warnings == []
        assert session.settings["weights"] == "initial"
        assert session.at.session_state[loaded.DIGEST] == network().digest


def panel_page() -> None:
    """Draw the panel with the sidebar, as the page does."""
    from mnistviz.ui import pages
    from mnistviz.ui.draw import weights_panel
    from mnistviz.ui.frame import sidebar
    from mnistviz.ui.session import state

    weights_panel.panel(state.current())
    sidebar.draw(pages.about("draw"))


def brings(found: LoadedNetwork | WeightsError) -> Callable[[bytes, str, Readers], LoadedNetwork]:
    def read_file(given: bytes, name: str, readers: Readers) -> LoadedNetwork:
        if isinstance(found, WeightsError):
            raise found
        return replace(found, name=name)

    return read_file


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Children that never start; the list says how often one was to be in waiting."""
    asked: list[str] = []
    monkeypatch.setattr(Readers, "warm", lambda self: asked.append("warm"))
    return asked


@pytest.fixture
def panel(readers: list[str]) -> Session:
    return Session(AppTest.from_function(panel_page, default_timeout=PATIENCE)).run()


def upload(session: Session, name: str = "my net.pt", content: bytes = b"any") -> Session:
    session.at.file_uploader(key=weights_panel.FILE).set_value((name, content, "x/y"))
    return session.run()


class TestPanel:
    def test_before_a_file_is_there(self, panel: Session) -> None:
        assert "draw_weights_keep" not in panel.buttons
        (code,) = (block.value for block in panel.at.code)
        assert "torch.save(model.state_dict()" in code
        assert "save_file(model.state_dict()" in code
        assert panel.errors == []

    def test_a_file_that_says_its_activation(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = network(12, 9, 7, activation=Activation.TANH, notes=("It was float64.",))
        monkeypatch.setattr(loading, "read", brings(found))
        upload(panel)
        settings = panel.settings
        assert settings["weights"] == "loaded"
        assert [settings[key] for key in ("layers", "w1", "w2", "w3")] == [3, 12, 9, 7]
        assert settings["activation"] == "tanh"
        texts = " ".join(panel.texts)
        assert "`my net.pt` holds a network **784 → 12 → 9 → 7 → 10**" in texts
        count = 785 * 12 + 13 * 9 + 10 * 7 + 8 * 10
        assert f"{count:,} parameters in 4 layers" in texts
        assert "- It was float64." in panel.texts
        assert "trained with `tanh`" in texts
        assert [row["Weight: outputs, inputs"] for row in rows(panel)] == [
            "`(12, 784)`",
            "`(9, 12)`",
            "`(7, 9)`",
            "`(10, 7)`",
        ]
        assert panel.at.get("file_uploader") == []
        assert read("draw/weights_panel").parts["in_hand"] in panel.texts

    def test_its_accuracy_is_that_of_numpy(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = network(activation=Activation.RELU)
        monkeypatch.setattr(loading, "read", brings(found))
        upload(panel)
        digits = load(mnist.SAMPLE_ROOT)
        x = (digits.test_pixels.reshape(-1, 784).double().numpy() / 255 - 0.5) / 0.5
        for layer in found.layers:
            x = x @ layer.weight.double().numpy().T + layer.bias.double().numpy()
            x = x if layer is found.layers[-1] else np.maximum(x, 0)
        share = float((x.argmax(axis=1) == digits.test_labels.numpy()).mean())
        said = f"With the activation `relu`, it gets **{quantities.percent(share)}** of the app's"
        (text,) = [text for text in panel.texts if text.startswith(said)]
        # The file may be of a network that has learned all of MNIST, these digits among it.
        assert text.endswith(read("draw").parts["tests_loaded"])

    def test_a_file_that_says_an_activation_for_each_layer(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        each = (Activation.RELU, Activation.TANH, Activation.NONE)
        monkeypatch.setattr(loading, "read", brings(network(12, 9, 7, activation=each)))
        upload(panel)
        assert panel.settings["activation"] == "relu,tanh,none"
        texts = " ".join(panel.texts)
        assert "The file says that the network was trained with `relu, tanh, none`." in texts
        assert "With the activations `relu, tanh, none`, from the first hidden layer" in texts

    def test_a_file_that_says_none_takes_those_of_the_sidebar(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(loading, "read", brings(network()))
        upload(panel.set(activation=read("frame").parts["each_activation"]))
        panel.at.selectbox(key="activation_2").set_value("tanh")
        panel.run()
        assert panel.settings["activation"] == "relu,tanh"
        texts = " ".join(panel.texts)
        assert "choose *one for each layer*" in texts
        assert "With the activations `relu, tanh`, from the first hidden layer" in texts

    def test_a_file_that_does_not_say_its_activation(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(loading, "read", brings(network()))
        upload(panel)
        assert panel.settings["activation"] == "relu"
        choice = panel.at.get("button_group")
        pills = next(one for one in choice if one.key == "draw_weights_activation")
        assert [option.split(":")[0] for option in pills.options] == list(Activation)
        assert all(re.search(r": \d+\.\d\s%$", option) for option in pills.options)
        pills.set_value(next(option for option in pills.options if option.startswith("gelu")))
        panel.run()
        assert panel.settings["activation"] == "gelu"
        assert any(text.startswith("With the activation `gelu`,") for text in panel.texts)

    def test_without_a_hidden_layer_there_is_nothing_to_choose(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = LoadedNetwork(layers_of(), None, "")
        monkeypatch.setattr(loading, "read", brings(found))
        upload(panel)
        assert panel.settings["layers"] == 0
        assert "draw_weights_activation" not in {one.key for one in panel.at.get("button_group")}
        assert any(text.startswith("It gets **") for text in panel.texts)

    def test_a_file_is_read_once(self, panel: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []

        def read_file(given: bytes, name: str, readers: Readers) -> LoadedNetwork:
            asked.append(name)
            assert given == b"content"
            raise WeightsError("`fc1.weight` has the shape (3,), which no layer has.")

        monkeypatch.setattr(loading, "read", read_file)
        upload(panel, content=b"content").set(seed=8)
        panel.run()
        assert asked == ["my net.pt"]
        assert panel.errors == ["`fc1.weight` has the shape (3,), which no layer has."]
        assert panel.settings["weights"] != "loaded"

    def test_a_bad_file_takes_nothing_away(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(loading, "read", brings(network()))
        upload(panel).click("draw_weights_another_file")
        assert read("draw/weights_panel").parts["keep"].format(name="`my net.pt`") in {
            button.label for button in panel.at.button
        }
        monkeypatch.setattr(loading, "read", brings(WeightsError("It is empty.")))
        upload(panel, "bad.pt")
        assert panel.errors == ["It is empty."]
        assert panel.settings["weights"] == "loaded"
        panel.click("draw_weights_keep")
        assert panel.errors == []
        assert any("`my net.pt` holds" in text for text in panel.texts)

    def test_to_the_first_weights_and_back(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = network(activation=Activation.SILU)
        monkeypatch.setattr(loading, "read", brings(found))
        upload(panel).click("draw_weights_initial")
        assert panel.settings["weights"] == "initial"
        assert read("draw/weights_panel").parts["not_in_hand"] in panel.texts
        panel.set(layers=1, activation="relu").click("draw_weights_show")
        settings = panel.settings
        assert settings["weights"] == "loaded"
        assert (settings["layers"], settings["activation"]) == (2, "silu")

    def test_what_the_server_let_go_can_be_loaded_again(
        self, store: LoadedStore, readers: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        panel = Session(AppTest.from_function(panel_page, default_timeout=PATIENCE)).run()
        monkeypatch.setattr(loading, "read", brings(network()))
        upload(panel)
        store.put(network(5))
        assert panel.run().warnings == [
            read("draw/weights_panel").parts["gone"].format(name="`my net.pt`")
        ]
        assert upload(panel).warnings == []
        assert any("holds a network" in text for text in panel.texts)

    def test_a_child_is_in_waiting_while_a_file_is_asked_for(
        self, readers: list[str], panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert readers == ["warm"]
        monkeypatch.setattr(loading, "read", brings(network()))
        upload(panel)
        assert readers == ["warm"]

    def test_a_file_of_this_app_and_one_that_is_none(self, panel: Session) -> None:
        spec = NetworkSpec(hidden=(12, 9), activation=Activation.TANH)
        content = saving.to_safetensors(spec, layers_of(12, 9, seed=4))
        upload(panel, "mnist.safetensors", content)
        assert panel.errors == []
        assert panel.settings["activation"] == "tanh"
        assert panel.at.session_state[loaded.DIGEST] == network().digest
        panel.click("draw_weights_another_file")
        upload(panel, "broken.safetensors", content[:-5])
        assert len(panel.errors) == 1
        assert panel.settings["weights"] == "loaded"

    def test_a_network_that_was_trained_on_other_inputs(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spec = NetworkSpec(hidden=(16,), training=TrainSpec(batch_size=100, epochs=2))
        first, *rest = learned(spec, mnist.SAMPLE_ROOT)
        # It reads z = (p - 0.1307) / 0.3081 as the learned one reads x = (p - 0.5) / 0.5: so
        # x = (0.3081 z + 0.1307 - 0.5) / 0.5.
        theirs = Layer(
            "fc1",
            first.weight * 0.3081 / 0.5,
            first.bias + first.weight.sum(dim=1) * (0.1307 - 0.5) / 0.5,
        )
        monkeypatch.setattr(loading, "read", brings(network(layers=(theirs, *rest))))
        upload(panel)
        assert any("`Normalize((0.1307,), (0.3081,))`" in text for text in panel.texts)
        panel.click("draw_weights_adapt")
        assert "draw_weights_adapt" not in panel.buttons
        assert panel.settings["activation"] == "relu"
        assert any(text.startswith("- The first layer was adapted") for text in panel.texts)
        layers = cached.loaded_store().get(panel.at.session_state[loaded.DIGEST])
        assert layers is not None
        torch.testing.assert_close(layers[0].weight, first.weight, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(layers[0].bias, first.bias, atol=1e-4, rtol=1e-4)

    def test_what_reads_our_inputs_is_left_as_it_is(
        self, panel: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spec = NetworkSpec(hidden=(16,), training=TrainSpec(batch_size=100, epochs=2))
        found = network(layers=learned(spec, mnist.SAMPLE_ROOT))
        monkeypatch.setattr(loading, "read", brings(found))
        upload(panel)
        assert "draw_weights_adapt" not in panel.buttons


def rows(session: Session) -> list[dict[str, str]]:
    (table,) = session.at.table
    return list(table.value.to_dict("records"))
