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
    batch = mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed)
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
            ["spread of **0**", "the first step of training leaves its weights"],
        ),
        ({"init": "zeros"}, ["nothing of the digit gets through", "its biases alone"]),
        ({"init": "zeros", "layers": 1}, ["nothing of the digit gets through"]),
        ({"init": "normal", "std": 0.01, "bias": "zeros"}, ["they fade", "fade on the way back"]),
        ({"init": "normal", "std": 1.0, "bias": "zeros"}, ["they blow up", "grow on the way back"]),
        ({"init": "kaiming_uniform", "bias": "zeros"}, ["they hold out", "no layer is cut off"]),
        (
            {"init": "normal", "std": 1.0, "bias": "zeros", "activation": "tanh"},
            ["of the sums lie where tanh is flat"],
        ),
        ({"layers": 1, "activation": "sigmoid"}, ["the logits **"]),
        ({"layers": 0}, ["No hidden layer", "at once"]),
        ({"init": "constant", "constant": 0.01, "activation": "sigmoid"}, ["but for rounding"]),
    ],
    ids=str,
)
def test_the_sentence_says_what_is_seen(settings: dict[str, Value], said: list[str]) -> None:
    wide = {"layers": 4, "w1": 128, "w2": 128, "w3": 128, "w4": 128, **settings}
    session = visit(**link(wide))
    for words in said:
        assert words in session.sentence
    way = passage(wide)
    if way.hidden and way.hidden[0].leaving:
        assert f"**{number(way.hidden[0].leaving)}**" in session.sentence


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
    assert bits["y"] == [*SCHEMES, "in hand"]


@pytest.mark.parametrize("bias", ["default", "zeros", "normal"])
@pytest.mark.parametrize("right", [True, False])
def test_choose_then_reveal(bias: str, right: bool) -> None:
    session, question = visit(bias=bias, std="1.0"), LESSON.question()
    assert session.at.button(key="initialization_reveal").disabled
    answer = question.options[question.right if right else 0]
    session.at.radio(key="initialization_answer").set_value(answer)
    session.run()
    session.at.button(key="initialization_reveal").click()
    session.run()
    outcome = "Right." if right else "Not this one."
    (said,) = (text.value for text in session.at.markdown if outcome in text.value)
    row = np.array(expected({"init": "zeros", "bias": bias, "std": 1.0}).probabilities)
    assert f"from {percent(row.min())} to {percent(row.max())}" in said
    assert "differ by 0." in said
    assert f"each bar is {percent(0.1)}" in said
