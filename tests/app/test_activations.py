"""The page about activations as a person uses it, without a browser."""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.lessons.activations.folding import fold
from mnistviz.lessons.activations.sampling import curve
from mnistviz.lessons.activations.stable import stable_code
from mnistviz.network.hidden import HiddenLayer, hidden_layers
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Value, defaults
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.activations import stage
from mnistviz.words import read
from mnistviz.words.quantities import number
from tests.app.readable import assert_readable
from tests.app.session import Session, link
from tests.helpers.networks import load

WORDS = read("activations")
OPEN = {
    f"activations_{name}_open": "true"
    for name in ("all", "relu", "fold", "layers", "stable", "code")
}


def visit(**query: str) -> Session:
    return Session.visit("activations", **query)


def charts(session: Session) -> dict[str, Any]:
    return {chart.key: json.loads(chart.proto.spec) for chart in session.at.get("plotly_chart")}


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


def parts(settings: dict[str, Value]) -> tuple[NetworkSpec, DigitSpec, tuple[HiddenLayer, ...]]:
    complete = {**defaults(), **settings}
    spec, digit = NetworkSpec.from_settings(complete), DigitSpec.from_settings(complete)
    batch = mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed, digit.split)
    return spec, digit, hidden_layers(spec, parameters(spec), mnist.flatten(batch.images))


def assert_shows(
    session: Session, settings: dict[str, Value], layer: int = 1, reach: float = 8
) -> None:
    """Check the curve, the points on it and the sentence against the core."""
    _, digit, records = parts(settings)
    activation = Activation(str({**defaults(), **settings}["activation"]))
    drawn, wanted = session.component("activations_curve"), curve(activation, reach)
    for key in ("x", "outputs", "slopes"):
        np.testing.assert_array_equal(floats(drawn[key]), getattr(wanted, key))
    assert drawn["words"]["output"] == f"{activation.value}(x)"
    assert session.at.pills(key="activations_function").value == activation.value
    if not records:
        assert drawn["sums"] == drawn["flat"] == ""
        assert "Without a hidden layer" in session.sentence
        return
    record = records[layer - 1]
    np.testing.assert_array_equal(floats(drawn["sums"]), record.sums[digit.image])
    np.testing.assert_array_equal(floats(drawn["sum_outputs"]), record.outputs[digit.image])
    flat = np.frombuffer(base64.b64decode(drawn["flat"]), dtype=np.uint8)
    np.testing.assert_array_equal(flat, record.flat[digit.image])
    if activation is Activation.NONE:
        assert f"(**{record.units:,}** in all)" in session.sentence
    else:
        sentence = re.sub(r"\[([^]]*)\]\(#term-[^)]*\)", r"\1", session.sentence)
        assert f"Hidden layer {layer} has" in sentence
        assert f"**{flat.sum():,} of {record.units:,}**" in session.sentence
        assert session.sentence.count(f": **{record.dead:,}**") == 1


CASES: list[dict[str, Value]] = [
    {"style": "tensors"},
    *({"activation": activation.value} for activation in Activation),
    {"layers": 0, "activation": "tanh"},
    {"layers": 4, "w1": 1, "w2": 1, "w3": 1, "w4": 1, "seed": 0, "batch": 62, "image": 31},
    {"layers": 4, "w4": 1024, "init": "normal", "std": 100.0, "bias": "normal", "seed": 999_999},
    {"layers": 4, "activation": "none", "init": "constant", "constant": -100.0},
    {"init": "zeros", "bias": "zeros"},
    {"split": "test", "batch": 15, "image": 39, "activation": "sigmoid"},
]


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_each_network_with_everything_open(settings: dict[str, Value]) -> None:
    session = visit(**link(settings), **OPEN)
    assert_shows(session, settings)
    spec, digit, records = parts(settings)
    assert_readable(session)
    assert len(session.component("activations_folded")["pictures"]) == 10
    cells = session.component("activations_sheet")["cells"]
    assert [cell["name"] for cell in cells] == list(Activation)
    assert [cell["chosen"] for cell in cells].count(True) == 1
    xor, printed, stable, script = (code.value for code in session.at.code)
    assert stable == stable_code()
    assert "weight_2" in xor
    assert printed == "with ReLU: [0.0, 1.0, 1.0, 0.0]\nwithout: [2.0, 1.0, 1.0, 0.0]"
    assert (f"flat[{digit.image}]" in script) == bool(records)
    if not records:
        assert charts(session) == {}
        assert len(session.at.table) == 1
        return
    (bars,) = charts(session)["activations_shares"]["data"]
    wanted = [
        share
        for record in records
        for share in (
            record.flat_for(digit.image) / record.units,
            record.flat_share,
            record.dead / record.units,
        )
    ]
    assert bars["x"] == pytest.approx(wanted)
    assert len(charts(session)["activations_histograms"]["data"]) == len(records)
    rows = session.at.table[0].value
    names = ["none"] if spec.activation is Activation.NONE else ["none", spec.activation.value]
    assert rows["Between the layers"].tolist() == names


def test_the_folded_layer_is_compared() -> None:
    session = visit(activations_fold_open="true")
    spec = NetworkSpec()
    inputs = mnist.flatten(mnist.batch(load(mnist.SAMPLE_ROOT), 0, 7).images)
    found = fold(spec, parameters(spec), inputs)
    rows = session.at.table[0].value
    first, second = rows["Largest difference in a logit"].tolist()
    assert first == f"{number(found.linear)}, with logits up to {number(found.logits)}"
    assert second == number(found.active)
    assert rows["Digits with a different answer"].tolist() == ["0 of 64", f"{found.changed} of 64"]


def test_zero_weights_leave_nothing_to_bend() -> None:
    session = visit(init="zeros", bias="zeros", activations_fold_open="true")
    assert any("nothing to bend" in text.value for text in session.at.markdown)


def test_choosing_a_function_sets_the_sidebar() -> None:
    session = visit()
    for name in ("tanh", "none", "sigmoid"):
        session.at.pills(key="activations_function").set_value(name)
        session.run()
        assert session.settings["activation"] == name
        assert_shows(session, {"activation": name})
    session.set(activation="gelu")
    assert_shows(session, {"activation": "gelu"})


def test_layer_and_reach() -> None:
    session = visit(layers="3")
    for layer in (3, 2):
        session.at.segmented_control(key="activations_layer").set_value(layer)
        session.run()
        assert_shows(session, {"layers": 3}, layer=layer)
    session.at.segmented_control(key="activations_reach").set_value(40)
    session.run()
    assert_shows(session, {"layers": 3}, layer=2, reach=40)
    # A layer that is gone: the first one is shown.
    session.set(layers=1)
    assert_shows(session, {"layers": 1}, reach=40)


@pytest.mark.parametrize("layer", ["0", "5", "x", "3"])
def test_a_layer_that_is_not_there_becomes_the_first(layer: str) -> None:
    assert_shows(visit(activations_layer=layer, activations_reach=layer), {})


@pytest.mark.parametrize(("layer", "reach"), [("4", "400"), ("1", "2")])
def test_a_link_brings_layer_and_reach_back(layer: str, reach: str) -> None:
    session = visit(layers="4", activations_layer=layer, activations_reach=reach)
    assert_shows(session, {"layers": 4}, int(layer), float(reach))


def test_without_a_hidden_layer_one_is_offered() -> None:
    session = visit(layers="0", activation="sigmoid")
    assert session.at.segmented_control(key="activations_layer").disabled
    session.click("activations_add_layer")
    assert session.settings["layers"] == 1
    assert "activations_add_layer" not in session.buttons
    assert_shows(session, {"layers": 1, "activation": "sigmoid"})


@pytest.mark.parametrize("layers", [0, 2])
@pytest.mark.parametrize("answer", range(len(WORDS.question().options)))
def test_choose_then_reveal(answer: int, layers: int) -> None:
    session = visit(layers=str(layers))
    assert session.at.button(key="activations_reveal").disabled
    session.at.radio(key="activations_answer").set_value(answer)
    session.run()
    session.at.button(key="activations_reveal").click()
    session.run()
    (why,) = (text for text in session.texts if "(W₂W₁)x" in text)
    right = answer == WORDS.question().right
    reason = "✓" if right else WORDS.question().reasons[answer]
    assert any(reason in text for text in session.texts)
    spec, _, _ = parts({"layers": layers})
    inputs = mnist.flatten(mnist.batch(load(mnist.SAMPLE_ROOT), 0, 7).images)
    assert f"at most {number(fold(spec, parameters(spec), inputs).linear)}," in why


def test_numbers_beyond_float32_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = NetworkSpec()
    inputs = mnist.flatten(mnist.batch(load(mnist.SAMPLE_ROOT), 0, 7).images)
    found = fold(spec, parameters(spec), inputs)
    monkeypatch.setattr(stage, "fold_of", lambda view: replace(found, linear=math.nan))
    session = visit()
    session.at.radio(key="activations_answer").set_value(0)
    session.run()
    session.click("activations_reveal")
    (why,) = (text for text in session.texts if "(W₂W₁)x" in text)
    assert "the numbers have left the range of float32" in why


def test_off_for_the_digit_for_the_batch_and_dead_are_three_counts() -> None:
    session = visit(activations_relu_open="true")
    digits = load(mnist.SAMPLE_ROOT)
    _, _, (first, _) = parts({})
    layer = parameters(NetworkSpec())[0]
    inputs = digits.train_pixels.reshape(-1, 784).numpy().astype(np.float64) / 127.5 - 1
    sums = inputs @ layer.weight.numpy().astype(np.float64).T + layer.bias.numpy()
    dead = int((sums <= 0).all(axis=0).sum())
    assert (first.flat_for(0), first.dead, dead) == (64, 7, 2)
    assert "**64 of 128** units **off** for this digit" in session.sentence
    assert "[batch](#term-batch): **7**" in session.sentence
    (said,) = (text for text in session.texts if "4,000 training digits" in text)
    assert "**7 of 128**" in said
    assert "**2** for all" in said


@pytest.mark.parametrize("activation", Activation)
def test_each_function_is_named_in_full_and_set_as_a_formula(activation: Activation) -> None:
    session = visit(activation=activation.value, activations_all_open="true")
    formula = WORDS.parts[f"formula_{activation.value}"]
    assert re.search(r"\$[^$]+\$", formula)
    assert sum(text == formula for text in session.texts) == 1
    assert any(f"- {formula}" in text for text in session.texts)


def test_where_the_formulas_break() -> None:
    session = visit(activations_stable_open="true")
    rows = session.at.table[0].value
    assert rows["function"].tolist() == ["`sigmoid`", "`tanh`", "`silu`", "`softplus`"]
    assert rows["output"].tolist() == ["0", "NaN", "0", "∞"]
    assert rows["slope"].tolist() == ["NaN"] * 4
    assert rows["PyTorch's output"].tolist() == ["0", "1", "0", "100"]
    assert rows["PyTorch's slope"].tolist() == ["0", "0", "0", "1"]
    assert any("exp(x) is infinite for any x above 88.7" in text for text in session.texts)


def test_a_single_unit_is_one_unit() -> None:
    session = visit(layers="1", w1="1", activations_all_open="true")
    assert any("puts the one unit of hidden layer 1" in text for text in session.texts)
