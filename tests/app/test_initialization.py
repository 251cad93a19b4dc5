"""The page about initialization as a person uses it, without a browser."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.lessons.initialization import spreading
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Value, defaults
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.initialization import stage
from mnistviz.words import read
from mnistviz.words.quantities import number, percent
from tests.app.session import Session, expected, link
from tests.helpers.networks import load

LESSON = read("initialization")
OPEN = {
    f"initialization_{name}_open": "true"
    for name in ("why", "zeros", "saturated", "sure", "forms", "code")
}
SCHEMES = stage.schemes(LESSON)


def visit(**query: str) -> Session:
    return Session.visit("initialization", **query)


def chart(session: Session, key: str) -> dict[str, object]:
    found = {each.key: each.proto for each in session.at.get("plotly_chart")}
    return dict(json.loads(found[key].spec))


def passage(settings: dict[str, Value]) -> spreading.Passage:
    complete = {**defaults(), **settings}
    spec, digit = NetworkSpec.from_settings(complete), DigitSpec.from_settings(complete)
    batch = mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed, digit.split)
    return spreading.passage(spec, parameters(spec), mnist.flatten(batch.images), batch.labels)


def assert_shows(session: Session, settings: dict[str, Value]) -> None:
    """Check the spreads and the weights against the core, without the app's caches."""
    way = passage(settings)
    drawn = session.component("initialization_spreads")
    forward, back = drawn["lines"]
    wanted = [way.pixels, *(layer.leaving for layer in way.layers)]
    assert [point["text"] for point in forward["points"]] == [number(value) for value in wanted]
    gradients = [layer.gradient for layer in way.layers]
    assert [point["text"] for point in back["points"]] == [number(value) for value in gradients]
    names = ["pixels", *(layer.name for layer in way.layers)]
    assert [place["name"] for place in drawn["places"]] == names
    assert f"gradients {number(gradients[-1])}" in drawn["places"][-1]["reading"]
    rows = session.component("initialization_weights")["rows"]
    assert [row["name"] for row in rows] == [layer.name for layer in way.layers]
    for row, layer in zip(rows, way.layers, strict=True):
        assert sum(row["counts"]) == layer.inputs * layer.outputs
        assert row["more"].endswith(f"spread {number(layer.weight)}")


SETTINGS: list[dict[str, Value]] = [
    {"style": "tensors"},
    *(dict(scheme) for scheme in SCHEMES.values()),
    *({"activation": each.value, "layers": 3} for each in (Activation.GELU, Activation.NONE)),
    {"layers": 0, "init": "normal", "bias": "normal", "std": 100.0},
    {"layers": 4, "w1": 1, "w4": 1024, "batch": 62, "image": 31, "seed": 999_999},
    {"layers": 4, "init": "normal", "bias": "normal", "std": 100.0},
    {"layers": 4, "init": "normal", "std": 0.0001, "bias": "zeros"},
    {"init": "constant", "constant": -100.0},
    {"init": "kaiming_normal", "activation": "tanh"},
    {"init": "xavier_normal", "activation": "softplus", "w1": 1, "w2": 1},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_each_network_with_everything_open(settings: dict[str, Value]) -> None:
    session = visit(**link(settings), **OPEN, initialization_steps="5")
    assert not session.at.exception
    assert_shows(session, settings)
    wanted = expected(settings)
    (bars,) = chart(session, "initialization_bars")["data"]
    assert bars["x"] == wanted.probabilities
    layers = len(wanted.network.shapes)
    tables = session.at.table
    assert [len(table.value) for table in tables] == [layers, layers - 1][: 1 + (layers > 1)]
    assert len(session.component("initialization_units")["rows"]) == 3


@pytest.mark.parametrize(("name", "scheme"), SCHEMES.items(), ids=list(SCHEMES))
def test_a_scheme_sets_the_sidebar_and_the_page(name: str, scheme: dict[str, Value]) -> None:
    session = visit(layers="4", activation="tanh")
    session.at.pills(key="initialization_scheme").set_value(name)
    session.run()
    assert {key: session.settings[key] for key in scheme} == scheme
    assert_shows(session, {"layers": 4, "activation": "tanh", **scheme})


def test_a_depth_sets_the_sidebar() -> None:
    session = visit()
    assert session.at.pills(key="initialization_depth").value == "2 layers, ReLU"
    session.at.pills(key="initialization_depth").set_value("4 of 128, tanh")
    session.run()
    names = ("layers", "w4", "activation")
    assert [session.settings[key] for key in names] == [4, 128, "tanh"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"init": "zeros", "bias": "zeros"},
            ["Predict it below.", "through weights, and they are all 0"],
        ),
        ({"init": "zeros"}, ["Predict it below."]),
        ({"init": "constant", "constant": 0.0}, ["Predict it below.", "*Zeros* below"]),
        (
            {"init": "normal", "std": 0.01, "bias": "zeros"},
            ["differences between digits fade.", "They fade."],
        ),
        (
            {"init": "normal", "std": 0.01, "bias": "zeros", "activation": "sigmoid"},
            ["**0.0355** to **7.88 \N{MULTIPLICATION SIGN} 10⁻⁷**", "digits fade."],
        ),
        (
            {"activation": "sigmoid"},
            ["**0.0672** to **1.86 \N{MULTIPLICATION SIGN} 10⁻⁴**", "digits fade."],
        ),
        ({"init": "normal", "std": 1.0, "bias": "zeros"}, ["digits blow up.", "They blow up."]),
        (
            {"init": "kaiming_uniform", "bias": "zeros"},
            ["digits keep their size.", "They keep their size."],
        ),
        (
            {"init": "normal", "std": 1.0, "bias": "zeros", "activation": "tanh"},
            ["81.4 % of the sums the unit is [saturated]", "passes back less than 1 %"],
        ),
        (
            {"init": "normal", "std": 100.0, "bias": "zeros", "activation": "tanh"},
            ["of the sums the unit is [saturated]", "A saturated unit passes back less than"],
        ),
        (
            {"init": "normal", "std": 1.0, "bias": "zeros", "activation": "tanh", "layers": 1},
            ["90.6 % of the sums the unit is [saturated]", "passes back less than 1 %"],
        ),
        (
            {"init": "normal", "std": 0.0001, "activation": "tanh"},
            ["drown in the rounding of [float32](#term-float32)", "They fade."],
        ),
        (
            {"init": "constant", "activation": "silu"},
            ["In hidden layer 2 the spread is **0**", "sum to 0"],
        ),
        (
            {"init": "constant", "activation": "softplus", "constant": -0.1},
            ["In hidden layer 2 the spread is **0**", "sum to 0"],
        ),
        (
            {"init": "normal", "std": 100.0, "bias": "zeros", "w1": 1, "activation": "tanh"},
            ["For 99.7 % of the sums", "in hidden layer 3 the slope of `tanh` is 0"],
        ),
        ({"layers": 1, "activation": "sigmoid"}, ["for the [logits]", "at the logits to **"]),
        ({"layers": 0}, ["No hidden layer", "arrives directly"]),
    ],
    ids=str,
)
def test_the_sentence_says_what_is_seen(settings: dict[str, Value], said: list[str]) -> None:
    wide = {"layers": 4, "w1": 128, "w2": 128, "w3": 128, "w4": 128, **settings}
    session = visit(**link(wide))
    shown = session.sentence.replace("\N{NO-BREAK SPACE}", " ")
    for words in said:
        assert words in shown
    for contrary in ("hold out", "cut off"):
        assert contrary not in shown
    # Only from weights of 0 there is a way on in *Zeros*.
    zeros = settings.get("init") == "zeros" or settings.get("constant") == 0
    assert ("*Zeros*" in shown) == zeros


def test_the_sentence_answers_the_question_only_once_it_was_answered() -> None:
    session = visit(init="zeros")
    assert "nothing of the digit" not in session.sentence
    session.at.radio(key="initialization_answer").set_value(0)
    session.run()
    session.at.button(key="initialization_reveal").click()
    session.run()
    assert "nothing of the digit gets through" in session.sentence


@pytest.mark.parametrize("settings", [{}, {"init": "constant"}, {"std": 1.0, "init": "normal"}])
def test_test_digits_have_numbers_of_their_own(settings: dict[str, Value]) -> None:
    session = visit(split="test", batch="15", **link(settings), **OPEN)
    assert_shows(session, {**settings, "split": "test", "batch": 15})
    assert any("40 digits" in text for text in session.texts)


def test_why_shows_predicted_beside_measured() -> None:
    session = visit(initialization_why_open="true")
    there, back = (table.value for table in session.at.table)
    way = passage({})
    assert list(there["predicted"]) == [number(layer.predicted) for layer in way.layers]
    assert list(there["measured"]) == [number(layer.sums) for layer in way.layers]
    assert list(back["predicted"]) == [number(way.predicted_gradient(n)) for n in (0, 1)]
    assert list(back["at the weights"]) == [number(x.weight_gradient) for x in way.hidden]


def test_units_that_start_the_same_are_the_same_picture() -> None:
    session = visit(initialization_zeros_open="true", initialization_pictures="gradients")
    zeros, alike, drawn = session.component("initialization_units")["rows"]
    assert [len(set(row["pictures"])) for row in (zeros, alike, drawn)] == [1, 1, 6]
    assert "<b>1 of 128</b>" in alike["words"]
    assert "<b>128 of 128</b>" in drawn["words"]
    assert "<b>0</b> throughout" in zeros["words"]


def test_how_sure_each_scheme_is() -> None:
    session = visit(initialization_sure_open="true", init="normal", std="1.0", bias="zeros")
    (bits,) = chart(session, "initialization_entropy")["data"]
    (sure,) = chart(session, "initialization_confidence")["data"]
    assert bits["y"] == list(SCHEMES)
    assert bits["x"][0] == pytest.approx(math.log2(10))
    assert sure["x"][0] == pytest.approx(0.1)
    assert sure["x"][2] > 0.99
    other = visit(initialization_sure_open="true", init="xavier_normal")
    (bits,) = chart(other, "initialization_entropy")["data"]
    assert bits["y"] == [*SCHEMES, "your settings"]


@pytest.mark.parametrize("bias", ["default", "zeros", "normal"])
@pytest.mark.parametrize("right", [True, False])
def test_choose_then_reveal(bias: str, right: bool) -> None:
    session, question = visit(bias=bias, std="1.0"), LESSON.question()
    assert session.at.button(key="initialization_reveal").disabled
    session.at.radio(key="initialization_answer").set_value(question.right if right else 0)
    session.run()
    session.at.button(key="initialization_reveal").click()
    session.run()
    outcome = "Right." if right else question.reasons[0]
    assert any(outcome in text for text in session.texts)
    (said,) = (text for text in session.texts if "lets nothing through: 0 times" in text)
    row = np.array(expected({"init": "zeros", "bias": bias, "std": 1.0}).probabilities)
    # Ten equal bars run from nowhere to nowhere.
    ends = f"from {percent(row.min())} to {percent(row.max())}"
    assert (ends in said) == (bias != "zeros")
    assert "differ by 0." in said
    assert f"each bar is {percent(0.1)}" in said


def test_zeros_without_a_hidden_layer_leave_the_answer_to_the_question() -> None:
    session = visit(init="zeros", layers="0")
    assert "Predict it below" in session.sentence
    assert "**0**" not in session.sentence


def test_weights_that_were_not_drawn_are_not_called_drawn() -> None:
    assert not any("weights are drawn, and" in text for text in visit(init="zeros").texts)
