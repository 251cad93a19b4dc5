"""Tests of the page of the four styles as a person uses it, without a browser."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mnistviz.digits import mnist
from mnistviz.lessons.modules import compare, table
from mnistviz.lessons.modules.tries import OMISSIONS
from mnistviz.network import styles
from mnistviz.network.answers import prediction
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Style, Value, defaults
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.modules import stage
from mnistviz.words import read
from mnistviz.words.quantities import number, percents
from tests.app.session import Session, link
from tests.helpers.lesson import opened
from tests.helpers.networks import load

WORDS = read("modules")
ALL_OPEN = opened("modules")

CASES: dict[str, dict[str, Value]] = {
    **{f"style {style}": {"style": style.value} for style in Style},
    "No hidden layer": {"layers": 0},
    "least": {"layers": 4, "w1": 1, "w2": 1, "w3": 1, "w4": 1, "seed": 0},
    "most": {"layers": 1, "w1": 1024, "init": "normal", "std": 100.0, "seed": 999_999},
    "deep and huge": {"layers": 4, "init": "normal", "bias": "normal", "std": 100.0},
    "linear": {"activation": "none", "batch": 62, "image": 31},
    "grown roundings": {"init": "normal", "std": 1.0},
    "zeros": {"init": "zeros", "bias": "zeros"},
    "gelu": {"activation": "gelu", "init": "kaiming_normal"},
    "two alike": {"w1": 784, "w2": 784, "init": "zeros", "bias": "zeros"},
    "two that fit": {"w1": 784, "w2": 784},
    "test digits": {"split": "test", "batch": 15, "image": 39},
}


def visit(**query: str) -> Session:
    return Session.visit("modules", **query)


def answers(settings: dict[str, Value]) -> tuple[NetworkSpec, DigitSpec, list[np.ndarray]]:
    complete = {**defaults(), **settings}
    digit = DigitSpec.from_settings(complete)
    sample = load(mnist.SAMPLE_ROOT)
    inputs = mnist.flatten(mnist.batch(sample, digit.batch, digit.seed, digit.split).images)
    rows = []
    for style in Style:
        spec = NetworkSpec.from_settings({**complete, "style": style.value})
        built = styles.build(spec, parameters(spec))
        rows.append(styles.probabilities(built, inputs).numpy())
    return NetworkSpec.from_settings(complete), digit, rows


def assert_shows(session: Session, settings: dict[str, Value], tensor: str) -> None:
    """Check addresses, sentence, probabilities and differences against the core."""
    spec, digit, rows = answers(settings)
    shown = session.component("modules_code_table")
    assert session.at.pills(key="modules_tensor").value == tensor == shown["chosen"]
    assert list(shown["tensors"]) == list(table.tensor_names(spec))
    assert shown["current"] == list(Style).index(spec.style)
    layer, kind = table.split(tensor)
    weights = getattr(parameters(spec)[layer - 1], kind)
    for style, cell in zip(Style, shown["tensors"][tensor], strict=True):
        reached = table.access(spec, tensor)[style]
        turned = weights.t() if style is Style.TENSORS and kind == "weight" else weights
        value = number(float(turned[reached.place]))
        place = ", ".join(str(index) for index in reached.place)
        assert cell == [reached.code, str(tuple(turned.shape)), f"[{place}]", value]
    assert f"**{tensor}**" in session.sentence
    assert len(spec.shapes) * 2 == len(shown["tensors"])
    out = session.component("modules_outputs_table")
    columns = [percents(row[digit.image]) for row in rows]
    assert out["texts"] == [[texts[n] for texts in columns] for n in range(10)]
    assert out["says"] == [prediction(row[digit.image]) for row in rows]
    wanted = compare.differences(rows)
    for (one, _), (other, _) in combinations(enumerate(Style), 2):
        assert out["apart"][one][other] == number(float(wanted[one, other]))
    if wanted.max() > 0:
        assert number(float(wanted.max())) in session.sentence
    assert session.errors == session.warnings == []


def lines(shown: dict[str, Any], style: Style) -> str:
    """Return the code of a column as it is drawn."""
    column = list(Style).index(style)
    return "\n".join(
        "".join(piece[0] for piece in line["pieces"])
        for row in shown["rows"]
        for line in row["cells"][column]
    )


class TestStage:
    @pytest.mark.parametrize("name", CASES)
    def test_the_first_and_the_last_tensor(self, name: str) -> None:
        settings = CASES[name]
        session = visit(**link(settings))
        assert_shows(session, settings, "fc1.weight")
        shown = session.component("modules_code_table")
        spec, _, _ = answers(settings)
        for style in Style:
            code = [line.strip() for line in table.column(spec, style).splitlines()]
            assert lines(shown, style) == "\n".join(line for line in code if line)
        last = list(shown["tensors"])[-1]
        session.at.pills(key="modules_tensor").set_value(last)
        session.run()
        assert_shows(session, settings, last)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("style module", "which is rounding"),
            ("grown roundings", "rounding has large effects"),
            ("zeros", "agree to the last bit"),
        ],
    )
    def test_the_difference_is_explained(self, name: str, words: str) -> None:
        assert words in visit(**link(CASES[name])).sentence

    def test_nan_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stage, "differences", lambda *_: np.full((4, 4), np.nan))
        session = visit()
        assert "[NaN](#term-nan), not a number" in session.sentence
        assert session.component("modules_outputs_table")["apart"][0][1] == "NaN"

    def test_the_code_chooses_too(self) -> None:
        session = visit()
        session.press("modules_code_table", "tensor", "fc2.bias")
        assert_shows(session, {}, "fc2.bias")

    @pytest.mark.parametrize("value", ["fc9.weight", 3, None, "x"])
    def test_a_tensor_that_is_not_there_is_not_chosen(self, value: object) -> None:
        session = visit()
        session.press("modules_code_table", "tensor", value)
        assert_shows(session, {}, "fc1.weight")

    def test_a_link_brings_the_tensor_back(self) -> None:
        assert_shows(visit(modules_tensor="fc3.bias"), {}, "fc3.bias")

    @pytest.mark.parametrize("text", ["fc4.bias", "fc1", "x"])
    def test_a_link_to_no_tensor_is_one_to_the_first(self, text: str) -> None:
        assert_shows(visit(modules_tensor=text), {}, "fc1.weight")

    def test_a_link_with_nothing_behind_the_key(self) -> None:
        session = visit(modules_tensor="", modules_omission="", modules_omissions_open="true")
        assert session.component("modules_code_table")["chosen"] == "fc1.weight"
        assert "# super().__init__() is left out" in session.at.code[0].value

    def test_a_tensor_that_stays_stays_chosen(self) -> None:
        session = visit(modules_tensor="fc2.bias")
        session.set(w1=5)
        assert_shows(session, {"w1": 5}, "fc2.bias")
        session.set(layers=3)
        assert_shows(session, {"w1": 5, "layers": 3}, "fc2.bias")

    def test_a_tensor_that_is_gone_gives_way_to_the_first(self) -> None:
        session = visit(modules_tensor="fc3.bias")
        session.set(layers=1)
        assert_shows(session, {"layers": 1}, "fc1.weight")

    def test_the_exercise_at_the_top_reaches_the_sidebar(self) -> None:
        session = visit(layers="0", activation="tanh")
        session.at.pills(key="modules_network").set_value("The exercise")
        session.run()
        assert session.settings["layers"] == 2
        assert_shows(session, dict(PRESETS["exercise"]), "fc1.weight")


def tensors_of(spec: NetworkSpec) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return [(layer.weight, layer.bias) for layer in parameters(spec)]


def swapped(spec: NetworkSpec, inputs: np.ndarray) -> float:
    """How far the outputs go if the first two steps trade places, in double precision."""
    weights = [(w.double().numpy(), b.double().numpy()) for w, b in tensors_of(spec)]

    def softmax(x: np.ndarray) -> np.ndarray:
        exps = np.exp(x - x.max(axis=1, keepdims=True))
        return np.asarray(exps / exps.sum(axis=1, keepdims=True))

    def out(order: list[int]) -> np.ndarray:
        x = inputs
        for place in order:
            x = np.maximum(x @ weights[place][0].T + weights[place][1], 0)
        return softmax(x @ weights[-1][0].T + weights[-1][1])

    if len(weights) == 1:
        ((w, b),) = weights
        return float(np.abs(softmax(inputs) @ w.T + b - softmax(inputs @ w.T + b)).max())
    return float(np.abs(out([1, 0]) - out([0, 1])).max())


class TestQuestions:
    @pytest.mark.parametrize(
        "name", ["style module", "No hidden layer", "two that fit", "two alike"]
    )
    @pytest.mark.parametrize("answer", [0, 2])
    def test_the_order_is_run_with_this_network(self, answer: int, name: str) -> None:
        session = visit(**link(CASES[name]))
        session.at.radio(key="modules_answer").set_value(answer)
        session.run()
        assert not any("the recipe" in text for text in session.texts)
        session.at.button(key="modules_reveal").click()
        session.run()
        (why,) = (text for text in session.texts if "the recipe" in text)
        spec, digit, _ = answers(CASES[name])
        if name == "style module":
            assert "PyTorch stops" in why
            return
        batch = mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed)
        wanted = swapped(spec, mnist.flatten(batch.images).double().numpy())
        if wanted:
            said = re.search(r"by up to ([\d.]+)\.", why)
            assert said is not None
            assert float(said[1]) == pytest.approx(wanted, rel=0.01)
        else:
            assert "stay the same" in why

    def test_the_parameters_of_a_layer(self) -> None:
        session = visit()
        radio = session.at.radio(key="modules_parameters_answer")
        assert radio.options == ["1,040", "200,704", "200,960", "201,488"]
        assert sum(p.numel() for p in nn.Linear(784, 256).parameters()) == 200_960
        radio.set_value(2)
        session.run()
        session.at.button(key="modules_parameters_reveal").click()
        session.run()
        assert any("has 109,386 parameters in all" in text for text in session.texts)

    @pytest.mark.parametrize("name", CASES)
    def test_nothing_in_sight_gives_the_answer_away(self, name: str) -> None:
        texts = " ".join(visit(**link(CASES[name])).texts)
        assert "200,960" not in texts
        assert "recipe" not in texts


class TestUnder:
    def test_nothing_is_run_before_it_is_opened(self) -> None:
        at = visit().at
        assert [len(at.code), len(at.error), len(at.table)] == [0, 0, 0]

    @pytest.mark.parametrize("name", CASES)
    def test_everything_opens(self, name: str) -> None:
        session = visit(**link(CASES[name]), **ALL_OPEN)
        spec, digit, _ = answers(CASES[name])
        at = session.at
        shown = [code.value for code in at.code]
        assert any("cannot assign module before Module.__init__() call" in t for t in shown)
        # Without a hidden layer, nothing that is exchanged has to fit.
        apart = any("cannot be multiplied" in t and "28x28" not in t for t in shown)
        assert apart == (bool(spec.hidden) and not name.startswith("two"))
        assert any("cannot be multiplied (28x28 and 784x" in t for t in shown)
        known = [compare.registered(spec, parameters(spec), style).printed for style in Style]
        assert all(printed in shown for printed in known)
        (names,) = (element.value for element in at.table)
        assert names.iloc[-1, -1] == f"{spec.parameter_count:,}"
        assert f"x = inputs[{digit.image}]" in "\n".join(shown)
        assert not any("{" in text.value for text in at.markdown)

    @pytest.mark.parametrize("name", OMISSIONS)
    def test_left_out_and_put_back(self, name: str) -> None:
        session = visit(modules_omissions_open="true", modules_omission=name)
        assert len(session.errors) == (name != "registering")
        session.at.toggle(key="modules_mended").set_value(True)
        session.run()
        assert session.errors == []
        session.at.pills(key="modules_omission").set_value(
            next(other for other in OMISSIONS if other != name)
        )
        session.run()
        assert not session.at.toggle(key="modules_mended").value

    def test_the_solution_is_shown_when_it_is_asked_for(self) -> None:
        session = visit(modules_exercise_open="true")
        assert len(session.at.code) == 0
        session.at.toggle(key="modules_solution").set_value(True)
        session.run()
        solution, printed = (code.value for code in session.at.code)
        assert "self.fc3 = nn.Linear(64, 10)" in solution
        assert "109386 parameters" in printed

    def test_the_script_is_of_this_network(self) -> None:
        session = visit(modules_code_open="true", w1="17", image="3")
        (script,) = (code.value for code in session.at.code)
        assert "nn.Linear(784, 17)" in script
        assert "rows[3]" in script


def test_a_layer_that_takes_one_number() -> None:
    session = visit(layers="1", w1="1", modules_orders_open="true")
    assert any("takes 1 number for each digit" in text for text in session.texts)
