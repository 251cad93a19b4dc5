"""The page that looks into the network as a person uses it, without a browser."""

from __future__ import annotations

import base64
import json
import re
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.lessons.inside import microscope
from mnistviz.lessons.inside.microscope import Terms, Walk
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Style, Value, defaults
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.ui.inside import stage
from mnistviz.words import read
from mnistviz.words.quantities import number, percent
from tests.app.session import Session, link
from tests.app.test_loaded import arrive, network
from tests.helpers.networks import learned, load

WORDS = read("inside").parts
OPEN = {
    f"inside_{name}_open": "true"
    for name in ("fires", "classes", "saliency", "wall", "map", "code")
}
QUICK = {"weights": "trained", "epochs": "1", "w1": "16", "layers": "1"}
"""A training that takes a moment."""

EXPLODES = {**QUICK, "layers": "4", "lr": "100", "activation": "none", "optimizer": "sgd"}


MINUS = "\N{MINUS SIGN}"
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def read_number(text: str) -> Decimal:
    """The number that a person reads in a sum."""
    digits, _, power = text.replace(MINUS, "-").replace(",", "").partition("\xa0\xd7\xa010")
    return Decimal(digits).scaleb(int(power.translate(SUPERSCRIPTS) or 0))


def last(text: str) -> float:
    """One unit of the last digit of a number that a person reads."""
    return float(Decimal(1).scaleb(read_number(text).as_tuple().exponent))


def visit(**query: str) -> Session:
    return Session.visit("inside", **query)


def walked(settings: dict[str, Value]) -> tuple[NetworkSpec, Walk]:
    complete = {**defaults(), **settings}
    spec, digit = NetworkSpec.from_settings(complete), DigitSpec.from_settings(complete)
    images = mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed, digit.split).images
    return spec, microscope.walk(spec, parameters(spec), images, digit.image)


def terms_of(spec: NetworkSpec, walk: Walk, layer: int, unit: int, other: int | None) -> Terms:
    if other is None:
        return microscope.unit_terms(walk, parameters(spec), layer, unit)
    return microscope.logit_difference(walk, parameters(spec), unit, other)


def chosen(session: Session) -> tuple[int, int]:
    """Layer and unit, as all that shows them says."""
    layer, unit = map(int, session.component("inside_network")["chosen"].split("-"))
    assert session.at.segmented_control(key="inside_layer").value == f"fc{layer}"
    assert session.at.number_input(key="inside_unit").value == unit
    return layer, unit


def assert_shows(
    session: Session,
    settings: dict[str, Value],
    layer: int = 1,
    unit: int = 0,
    other: int | None = None,
) -> None:
    """Check the picture, the terms and the sentence against the core."""
    spec, walk = walked(settings)
    assert chosen(session) == (layer, unit)
    picture = session.component("inside_network")
    assert len(picture["columns"]) == len(spec.sizes) - 1
    for column, size, values in zip(picture["columns"], spec.sizes[1:], walk.layers, strict=True):
        assert len(column["units"]) == min(size, stage.UNITS)
        assert column["lines"][0] == values.name
        assert all(0 <= share <= 1 for share in column["shares"])
        if size > stage.UNITS:
            assert column["lines"][1:] == [f"{stage.UNITS} of", f"{size:,}"]
    assert unit in picture["columns"][layer - 1]["units"]
    assert picture["columns"][-1]["shares_said"] == [percent(float(p)) for p in walk.probabilities]
    for place, source, target, share in picture["edges"] + picture["own"]:
        assert -1 <= share <= 1
        assert target in picture["columns"][place]["units"]
        assert source in (range(784) if place == 0 else picture["columns"][place - 1]["units"])
    assert all(place == layer - 1 and target == unit for place, _, target, _ in picture["own"])

    terms = terms_of(spec, walk, layer, unit, other)
    drawn = session.component("inside_terms")
    by_label = {row["label"]: row["value"] for row in drawn["rows"]}
    at, total = next((at, row["value"]) for at, row in enumerate(drawn["rows"]) if row.get("sum"))
    addends = [row["value"] for row in drawn["rows"][:at]]
    assert sum(map(read_number, addends)) == read_number(total)
    assert float(read_number(total)) == pytest.approx(terms.total, rel=6e-3, abs=last(total))
    assert number(abs(terms.total - terms.computed)) in drawn["check"]
    assert len(drawn["pictures"]) == (5 if layer == 1 else 0)
    bias = "bias" if other is None else "difference of the biases"
    assert float(read_number(by_label[bias])) == pytest.approx(terms.bias, abs=last(total))
    shown = [row for row in drawn["rows"] if "\N{MULTIPLICATION SIGN}" in row["label"]]
    wanted = terms.largest(len(shown))
    for row, place in zip(shown, wanted, strict=True):
        # A unit of the last digit more than rounding, so that all add up.
        exact = float(terms.products[place])
        assert float(read_number(row["value"])) == pytest.approx(exact, abs=2 * last(total))
    if layer < len(walk.layers):
        output = float(walk.layers[layer - 1].outputs[unit])
        label = f"{spec.activation.value}(sum)" if spec.has_activation else WORDS["term_passed"]
        assert by_label[label] in (number(output), total)
        assert f"**Unit {unit}** of hidden layer {layer}" in session.sentence
        assert f"The sum is **{total}**" in session.sentence
    elif other is None:
        assert by_label["probability"] == percent(float(walk.probabilities[unit]))
        assert f"**The [logit](#term-logit) of {unit}**" in session.sentence
        assert f"The sum is **{total}**" in session.sentence
    else:
        assert f"minus logit of {other}" in drawn["title"]
        if terms.computed > 0:
            assert f"**Why {unit} and not {other}?**" in session.sentence
        elif terms.computed < 0:
            assert f"**Why {other} and not {unit}?**" in session.sentence
        else:
            assert "**equal**" in session.sentence
        assert terms.computed == 0 or f"is **{total.strip(MINUS)}** " in session.sentence
    up, down = re.findall(r"by \*\*([^*]+)\*\*", session.sentence)
    (adds,) = re.findall(r"adds? ([^ ]+)\. The", session.sentence)
    assert read_number(up) - read_number(down) + read_number(adds) == read_number(total)
    assert float(read_number(up)) == pytest.approx(terms.up, abs=2 * last(total))
    assert float(read_number(down)) == pytest.approx(-terms.down, abs=2 * last(total))


CASES: list[dict[str, Value]] = [
    {"style": "tensors"},
    *({"layers": layers, "activation": "tanh"} for layers in range(5)),
    {"layers": 4, "w1": 1, "w2": 1, "w3": 1, "w4": 1, "seed": 0, "batch": 62, "image": 31},
    {"layers": 4, "w1": 1024, "w2": 1024, "w3": 1024, "w4": 1024},
    {"init": "zeros", "bias": "zeros"},
    {"layers": 4, "init": "normal", "bias": "normal", "std": 100.0, "activation": "none"},
    {"layers": 4, "init": "constant", "constant": -100.0, "activation": "softplus"},
    {"layers": 3, "init": "normal", "bias": "zeros", "std": 0.0001, "activation": "tanh"},
    {"split": "test", "batch": 15, "image": 39},
]


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_the_first_unit_the_last_one_and_an_output(settings: dict[str, Value]) -> None:
    spec, walk = walked(settings)
    session = visit(**link(settings))
    first_other = None if spec.hidden else microscope.strongest_other(walk.logits, 0)
    assert_shows(session, settings, 1, 0, first_other)
    if spec.hidden:
        last, units = len(spec.hidden), spec.hidden[-1]
        session.press("inside_network", "unit", f"{last}-{units - 1}")
        assert_shows(session, settings, last, units - 1)
    outputs = len(spec.shapes)
    session.press("inside_network", "unit", f"{outputs}-9")
    assert_shows(session, settings, outputs, 9, microscope.strongest_other(walk.logits, 9))


@pytest.mark.parametrize("style", Style)
def test_a_trained_network_is_taken_apart_too(style: Style) -> None:
    session = visit(**QUICK, **OPEN, style=style.value)
    terms = session.component("inside_terms")
    (total,) = (row["value"] for row in terms["rows"] if row.get("sum"))
    assert f"**{total}**" in session.sentence
    assert any("still all noise" in text for text in session.texts)


def test_the_unit_of_a_link_at_its_limits() -> None:
    for layer, unit in (("fc1", 127), ("fc2", 63), ("fc3", 9), ("fc3", 0)):
        session = visit(inside_layer=layer, inside_unit=str(unit))
        assert chosen(session) == (int(layer[2]), unit)
        assert session.warnings == []


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"inside_unit": "128"}, (1, 0)),
        ({"inside_unit": "-1"}, (1, 0)),
        ({"inside_unit": "1e9"}, (1, 0)),
        ({"inside_layer": "fc9"}, (1, 0)),
        ({"inside_layer": "fc2", "inside_unit": "64"}, (2, 0)),
        ({"inside_layer": "2"}, (1, 0)),
    ],
)
def test_a_link_to_what_is_not_there(query: dict[str, str], wanted: tuple[int, int]) -> None:
    session = Session.arrive("inside", **query)
    session.run()
    assert chosen(session) == wanted
    (said,) = session.warnings
    assert all(f"{key}={value}" in said for key, value in query.items() if key == list(query)[-1])


def test_fields_and_picture_follow_each_other() -> None:
    session = visit()
    session.at.number_input(key="inside_unit").set_value(100)
    session.run()
    assert_shows(session, {}, 1, 100)
    # A smaller layer: its last unit.
    session.at.segmented_control(key="inside_layer").set_value("fc2")
    session.run()
    assert_shows(session, {}, 2, 63)
    session.press("inside_network", "unit", "1-101")
    assert_shows(session, {}, 1, 101)
    # A smaller network.
    session.set(w1=50)
    assert_shows(session, {"w1": 50}, 1, 49)
    session.at.segmented_control(key="inside_layer").set_value("fc3")
    session.run()
    session.set(layers=0)
    _, walk = walked({"layers": 0})
    layer, unit = chosen(session)
    assert_shows(session, {"layers": 0}, layer, unit, microscope.strongest_other(walk.logits, unit))
    session.set(layers=4)
    chosen(session)


@pytest.mark.parametrize("asked", ["", "1", "9-0", "1-128", "0-0", "1--1", "1-1-1", "x-y", 7, None])
def test_a_browser_may_ask_for_anything(asked: Any) -> None:
    session = visit()
    session.press("inside_network", "unit", asked)
    assert chosen(session) == (1, 0)


def test_the_other_class() -> None:
    session = visit(inside_layer="fc3", inside_unit="7")
    _, walk = walked({})
    for text, other in (
        ("2", 2),
        ("7", microscope.strongest_other(walk.logits, 7)),
        ("none", None),
        ("strongest", microscope.strongest_other(walk.logits, 7)),
    ):
        session.at.selectbox(key="inside_other").set_value(text)
        session.run()
        assert_shows(session, {}, 3, 7, other)
    session.press("inside_network", "unit", "1-3")
    assert session.at.selectbox(key="inside_other").disabled
    assert_shows(session, {}, 1, 3)


def test_digits_that_fire_it() -> None:
    session = visit(inside_layer="fc3", inside_unit="3", inside_other="none", **OPEN)
    spec, _ = walked({})
    test = mnist.examples(load(mnist.SAMPLE_ROOT))
    x = test.test_inputs.numpy().astype(np.float64)
    for layer in parameters(spec):
        x = x @ layer.weight.numpy().T.astype(np.float64) + layer.bias.numpy()
        if len(layer.bias) > 10:
            x = np.maximum(x, 0)
    order = np.argsort(x[:, 3])
    for key, wanted in (("inside_most", order[::-1]), ("inside_least", order)):
        numbers = [
            int(re.sub(r"\D", "", card["lines"][2])) for card in session.component(key)["cards"]
        ]
        assert numbers == wanted[:12].tolist()
    (bars,) = (json.loads(chart.proto.spec)["data"][0] for chart in session.at.get("plotly_chart"))
    labels = test.test_labels.numpy()
    wanted_means = [x[labels == digit, 3].mean() for digit in range(10)]
    assert bars["x"] == pytest.approx(wanted_means, abs=1e-5)


TELLS = {
    "initial": "The 1,000 test digits, ",
    "trained": "The 1,000 test digits, which this network has not learned from",
    "loaded": "The 1,000 test digits (the loaded file does not say whether",
}


@pytest.mark.parametrize("weights", TELLS)
def test_it_says_what_is_known_of_the_test_digits(weights: str) -> None:
    query = {**QUICK, **OPEN, "weights": weights, "inside_layer": "fc2"}
    session = arrive("inside", network(16) if weights == "loaded" else None, **query)
    assert sum(text.startswith(TELLS[weights]) for text in session.texts) == 3
    rings = {"initial": "your digit.", "trained": "which the network has learned from."}
    (mapped,) = (text for text in session.texts if "The ring is" in text)
    assert mapped.endswith(rings.get(weights, "your digit."))
    session.set(split="test")
    (mapped,) = (text for text in session.texts if "The ring is" in text)
    assert mapped.endswith("one of them.")


def test_the_question_gives_an_example_of_this_network() -> None:
    session = visit(**QUICK)
    assert not any("The same in this network" in text for text in session.texts)
    session.at.radio(key="inside_answer").set_value(0)
    session.run()
    session.click("inside_reveal")
    assert any("4 falls behind" in text for text in session.texts)
    (why,) = (text for text in session.texts if "The same in this network" in text)
    assert "about 0.741." in why
    unit = int(re.findall(r"unit (\d+) of `fc1`", why)[0])
    spec = NetworkSpec(hidden=(16,), training=TrainSpec(epochs=1))
    layers = learned(spec)
    pixels = mnist.batch(load(mnist.SAMPLE_ROOT), 0, 7).images[0].double().numpy().reshape(784)
    weight, bias = (tensor.double().numpy() for tensor in (layers[0].weight, layers[0].bias))
    hidden = np.maximum(weight @ pixels + bias, 0)
    last_weight, last_bias = layers[1].weight.double().numpy(), layers[1].bias.double().numpy()
    second, first = np.argsort(last_weight @ hidden + last_bias)[-2:]
    numbers = re.findall(r"adds (\S+) to the logit of (\d) and (\S+) to that of (\d)", why)
    ((one, a, other, b),) = numbers
    assert (int(a), int(b)) == (first, second)
    up, down = (hidden[unit] * last_weight[each, unit] for each in (first, second))
    assert float(one) == pytest.approx(up, abs=2 * last(one))
    assert float(other) == pytest.approx(down, abs=2 * last(other))
    # Of those that raise both, none argues more for the second.
    products = hidden * last_weight[[first, second]]
    gains = np.where((products > 0).all(axis=0), products[1] - products[0], -np.inf)
    assert unit == gains.argmax()
    (said,) = re.findall(r"the difference, (\S+), argues for (\d)", why)
    assert read_number(said[0]) == read_number(one) - read_number(other)
    assert int(said[1]) == second


def test_what_saturates_is_called_tied() -> None:
    session = visit(
        **{**OPEN, "activation": "tanh", "init": "normal", "std": "100", "bias": "zeros"}
    )
    tied = [text for text in session.texts if "digits share this value" in text]
    assert len(tied) == 2


def test_a_unit_that_is_always_off_tells_nothing_apart() -> None:
    session = visit(init="zeros", bias="zeros", **OPEN)
    assert sum("does not distinguish digits" in text for text in session.texts) == 2
    assert WORDS["map_none"] in session.texts
    session.press("inside_network", "unit", "2-5")
    assert WORDS["saliency_none"] in session.texts


def test_the_wall() -> None:
    session = visit(w1="1024", inside_wall_open="true", inside_sort="weights", inside_page="16")
    spec, _ = walked({"w1": 1024})
    sizes = np.linalg.norm(parameters(spec)[0].weight.numpy().astype(np.float64), axis=1)
    order = np.argsort(-sizes, kind="stable")
    drawn = session.component("inside_wall")
    assert [unit["key"] for unit in drawn["units"]] == [f"1-{unit}" for unit in order[-64:]]
    assert any("961 to 1,024" in text for text in session.texts)
    # As a table, a unit has both of its numbers, whatever the pictures are sorted by.
    assert drawn["measures"] == ["Size of the weights", "Activation"]
    assert all(unit["measures"][0] == unit["lines"][1] for unit in drawn["units"])
    session.press("inside_wall", "unit", drawn["units"][5]["key"])
    assert chosen(session) == (1, order[-59])
    assert session.component("inside_wall")["chosen"] == 5
    # Fewer units: the last page that there is.
    session.set(w1=65)
    assert len(session.component("inside_wall")["units"]) == 1
    session.at.segmented_control(key="inside_sort").set_value("number")
    session.at.number_input(key="inside_page").set_value(1)
    session.run()
    keys = [unit["key"] for unit in session.component("inside_wall")["units"]]
    assert keys == [f"1-{unit}" for unit in range(64)]


@pytest.mark.parametrize(("layer", "mapped"), [("fc1", 1), ("fc2", 2), ("fc3", 2)])
def test_the_map(layer: str, mapped: int) -> None:
    session = visit(inside_layer=layer, inside_map_open="true")
    drawn = session.component("inside_map")
    points = np.frombuffer(base64.b64decode(drawn["points"]), dtype="<f4").reshape(-1, 2)
    assert points.shape == (1000, 2)
    assert len(drawn["labels"]) == 1000
    assert np.isfinite(points).all()
    assert f"hidden layer {mapped}" in drawn["words"]["alt"]


def test_without_a_hidden_layer_there_is_no_map() -> None:
    assert WORDS["map_single"] in visit(layers="0", inside_map_open="true").texts


def test_numbers_that_are_none_are_said_and_not_drawn() -> None:
    session = visit(**EXPLODES, **OPEN)
    assert "[NaN](#term-nan)" in session.sentence
    assert session.sentence.endswith(WORDS["broken_trained"])
    drawn = {element.key for element in session.at.get("bidi_component")}
    assert not any(key and key.startswith("inside_") for key in drawn)
    # Back to what can be taken apart.
    session.at.segmented_control(key="weights").set_value("initial")
    session.run()
    assert chosen(session) == (1, 0)


def test_the_script_is_that_of_the_chosen_unit() -> None:
    session = visit(inside_code_open="true", inside_layer="fc2", inside_unit="63")
    (code,) = session.at.code
    assert "weight, bias = layers[1]  # fc2" in code.value
    assert "weights = weight[63]" in code.value


def test_a_unit_with_one_large_mean_picks_out_a_class() -> None:
    session = visit(
        init="constant", constant="0.1", activation="softplus", inside_classes_open="true"
    )
    assert any("the unit picks out a single class" in text for text in session.texts)
    assert not any("1 of the ten means" in text for text in session.texts)


def test_all_pixels_are_equally_sensitive_to_a_constant() -> None:
    session = visit(init="constant", constant="0.1", inside_saliency_open="true")
    assert any("All pixels are equally sensitive; one is" in text for text in session.texts)
