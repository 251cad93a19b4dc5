"""Tests of lesson links: what is hidden, what stays fixed, what there is to do."""

from __future__ import annotations

import pytest

from mnistviz.spec.fields import FIELDS
from mnistviz.ui.session import lesson
from mnistviz.words import read
from tests.app.session import Session, page_names

SCRIPT = "<script>alert(1)</script> **bold** [a](http://b) `c` :red[d] $x$"


def test_what_there_is_to_do_is_text() -> None:
    session = Session.open(task=SCRIPT)
    assert [text.value for text in session.at.text] == [SCRIPT.replace("`", "'")]
    long = Session.open(task="a" * 300)
    assert long.at.text[0].value == "a" * 199 + "…"


@pytest.mark.parametrize("text", ["nan", "", "1e999"])
def test_what_there_is_to_do_may_look_like_a_number(text: str) -> None:
    session = Session.open(task=text)
    assert [each.value for each in session.at.text] == ([text] if text else [])
    assert session.warnings == []


def test_what_is_fixed_stays_and_is_said() -> None:
    session = Session.open(lock="w1,seed,activation,image", w1="20", seed="5", image="3")
    said = [caption.value for caption in session.at.caption]
    assert any("Fixed by this link: Units 1, Seed, Activation, Image" in text for text in said)
    for press in ("preset_1", "reset"):
        session.click(press)
        kept = {key: session.settings[key] for key in ("w1", "seed", "activation", "image")}
        assert kept == {"w1": 20, "seed": 5, "activation": "relu", "image": 3}
    assert session.at.number_input(key="seed").disabled
    assert session.at.selectbox(key="activation").disabled
    assert not session.at.number_input(key="w2").disabled
    # Not even what no control of the page does.
    session.at.session_state["seed"] = 9
    assert session.run().settings["seed"] == 5


@pytest.mark.parametrize(
    ("page", "button"),
    [
        ("classify", "train_this"),
        ("tensors", "tensors_preset"),
        ("activations", "activations_add_layer"),
        ("train", "train_go"),
        ("clinic", "clinic_train"),
        ("draw", "draw_train"),
        ("draw", "draw_hands"),
    ],
)
def test_a_button_that_would_change_what_is_fixed_cannot_be_pressed(page: str, button: str) -> None:
    layers = "0" if page == "activations" else "2"
    asked = {"weights": "initial", "layers": layers}
    free = Session.arrive(page, **asked)
    assert not free.at.button(key=button).disabled
    fixed = Session.arrive(page, **asked, lock="weights,layers")
    assert fixed.at.button(key=button).disabled


def test_an_activation_for_each_layer_is_fixed_with_the_layers() -> None:
    session = Session.open(lock="activation", activation="relu,tanh", layers="2")
    session.click("preset_1")
    assert session.settings["activation"] == "relu,tanh"
    assert session.settings["layers"] == 2
    # So the link that the browser has by now says the same.
    assert lesson.read_rules({"lock": "activation", "activation": "relu"})[0].locked == (
        "activation",
    )


def test_weights_that_are_fixed_are_those_of_every_page() -> None:
    session = Session.arrive("draw", lock="weights", weights="initial")
    assert session.settings["weights"] == "initial"
    session.click("reset")
    assert session.settings["weights"] == "initial"


def test_a_name_that_is_not_there_is_said_and_passed_over() -> None:
    session = Session.open(hide="seed,nothing_<b>", lock="classify_code")
    assert len(session.warnings) == 1
    assert "`nothing_<b>`" in session.warnings[0]
    assert "`classify_code`" in session.warnings[0]


def test_only_what_is_known_reaches_the_browser() -> None:
    rules, problems = lesson.read_rules({"hide": "seed, x{}</style>,softmax_dims,", "lock": "seed"})
    assert rules == lesson.Rules(("seed", "softmax_dims"), ("seed",))
    assert len(problems) == 1


@pytest.mark.parametrize("name", page_names())
def test_everything_hidden_and_fixed_breaks_no_page(name: str) -> None:
    session = Session.arrive(
        name, hide=",".join(lesson.PARTS), lock=",".join(FIELDS), weights="initial", task="Look."
    )
    assert not session.at.exception
    assert session.warnings == []
    assert session.at.title[0].value == read(name).title
    session.click("reset")
    assert not session.at.exception
