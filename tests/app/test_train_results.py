"""What tells how good a network is, as a person uses it, without a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnistviz.digits import mnist
from mnistviz.figures import pictures
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import Data, Value, defaults
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import evaluation
from mnistviz.training.evaluation import Results
from mnistviz.ui.session import cached
from mnistviz.ui.train.results import panel, under
from mnistviz.ui.train.results.view import View, sureness
from mnistviz.words import read
from mnistviz.words.quantities import percent
from tests.app.session import PATIENCE, Session, link
from tests.helpers.networks import load

WORDS = read("train/results").parts
OPEN = {f"train_{name}_open": "true" for name in ("good", "classes", "sure", "believed")}
QUICK: dict[str, Value] = {"layers": 1, "w1": 16, "epochs": 1}
ZEROS: dict[str, Value] = {**QUICK, "init": "zeros", "bias": "zeros"}
EXPLODES: dict[str, Value] = {
    **QUICK,
    "layers": 4,
    "init": "normal",
    "bias": "normal",
    "std": 100.0,
    "activation": "none",
    "lr": 100.0,
}


def page() -> None:
    """Show a run that is finished, at a step to choose, and check the link as the frame does."""
    import streamlit as st

    from mnistviz.ui.session import cached, links
    from mnistviz.ui.session.state import current
    from mnistviz.ui.train.results import panel

    links.check()
    hand = current()
    cached.parameters(hand.trained)
    marks = cached.run(hand.trained).marks
    steps = sorted(marks)
    step = st.selectbox("step", steps, index=len(steps) - 1, key="step")
    layers = marks[step].layers
    assert layers is not None
    panel.show(hand, layers, step)
    links.check_page()
    st.warning("\n".join(st.session_state[links.PROBLEMS]))


def visit(settings: dict[str, Value], **query: str) -> Session:
    at = AppTest.from_function(page, default_timeout=PATIENCE)
    at.query_params.update({**link(settings), **query})
    return Session(at).run()


def trained(settings: dict[str, Value]) -> NetworkSpec:
    return NetworkSpec.from_settings({**defaults(), **settings, "weights": "trained"})


def parameters_at(settings: dict[str, Value], step: int) -> Parameters:
    layers = cached.run(trained(settings)).marks[step].layers
    assert layers is not None
    return layers


@cache
def inputs() -> np.ndarray:
    return mnist.examples(load(mnist.SAMPLE_ROOT)).test_inputs.numpy().astype(np.float64)


def oracle(settings: dict[str, Value], step: int) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities (M, 10) and the labels, with numpy alone."""
    x, layers = inputs(), parameters_at(settings, step)
    for layer in layers:
        x = x @ layer.weight.numpy().astype(np.float64).T + layer.bias.numpy()
        if layer is not layers[-1]:
            x = np.maximum(x, 0)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True), load(mnist.SAMPLE_ROOT).test_labels.numpy()


def charts(session: Session) -> dict[str, Any]:
    return {chart.key: json.loads(chart.proto.spec) for chart in session.at.get("plotly_chart")}


def said(session: Session, part: str) -> str:
    """The text on the page that begins as a part of the lesson does, after what is computed."""
    (found,) = [text for text in session.texts if part in text]
    return found


def cards(session: Session, key: str = "train_cell_digits") -> list[dict[str, Any]]:
    return list(session.component(key)["cards"])


def numbers(shown: list[dict[str, Any]]) -> list[int]:
    return [int(card["lines"][-1].removeprefix("No. ")) for card in shown]


@pytest.mark.parametrize("step", [0, 63])
def test_everything_against_numpy(step: int) -> None:
    session = visit(QUICK, **OPEN)
    session.at.selectbox(key="step").set_value(step)
    session.run()
    p, labels = oracle(QUICK, step)
    says, sure = p.argmax(axis=1), p.max(axis=1)
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (labels, says), 1)
    assert session.component("train_confusion")["counts"] == counts.tolist()
    right = int(counts.trace())
    assert percent(right / 1000) in said(session, f"**{right} of 1,000** test digits")
    assert right / 1000 == cached.run(trained(QUICK)).marks[step].test_accuracy

    values = charts(session)["train_classes"]["data"][0]
    assert values["x"] == pytest.approx(counts.diagonal() / counts.sum(axis=1))
    assert values["text"][3] == f"{percent(counts[3, 3] / 100)} · {counts[3, 3]} of 100"

    wrong = np.flatnonzero(says != labels)
    surest = wrong[np.argsort(-sure[wrong], kind="stable")][:12]
    shown = cards(session, "train_sure")
    assert numbers(shown) == surest.tolist()
    for card, number in zip(shown, surest, strict=True):
        assert card["lines"][:2] == [f"✓ it is {labels[number]}", f"✗ answer {says[number]}"]
        assert card["lines"][2] == percent(sure[number])
        pixels = load(mnist.SAMPLE_ROOT).test_pixels[number].numpy()
        assert card["picture"] == pictures.data_uri(pixels)

    error = 0.0
    for m in range(10):
        inside = (sure > m / 10) & (sure <= (m + 1) / 10)
        if inside.any():
            apart = abs(sure[inside].mean() - (says == labels)[inside].mean())
            error += inside.mean() * apart
    assert f"**{percent(error)}**" in said(session, "its mean confidence is")
    assert not any(re.search(r"[{}]|NaN", text) for text in session.texts)


def test_the_most_frequent_error_is_shown_until_a_cell_is_chosen() -> None:
    session = visit(QUICK, train_good_open="true")
    p, labels = oracle(QUICK, 63)
    says = p.argmax(axis=1)
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (labels, says), 1)
    np.fill_diagonal(counts, 0)
    assert session.component("train_confusion")["chosen"] == list(divmod(counts.argmax(), 10))
    for cell in ("3-5", "0-0", "6-1"):
        session.press("train_confusion", "cell", cell)
        truth, answer = (int(part) for part in cell.split("-"))
        assert session.component("train_confusion")["chosen"] == [truth, answer]
        assert session.at.selectbox(key="train_cell").value == cell
        found = np.flatnonzero((labels == truth) & (says == answer))
        shown = cards(session)
        assert len(shown) == min(len(found), 24)
        assert set(numbers(shown)) <= set(found)
        mark = "✓" if truth == answer else "✗"
        if len(found):
            assert f"{mark}: {len(found)} digit" in said(session, f"{truth} predicted as {answer} ")
        else:
            said(session, f"No {truth} is predicted as {answer}.")
    # The choice stays while the step changes, and the answer follows.
    session.at.selectbox(key="step").set_value(0)
    session.run()
    assert session.component("train_confusion")["chosen"] == [6, 1]


def test_errors_that_are_equally_frequent_are_not_ranked() -> None:
    # From zeros the network gives every digit the same answer, with the same probability.
    session = visit(ZEROS, train_good_open="true", train_sure_open="true")
    said(session, "9 errors are equally frequent, 100 each")
    said(session, "all 900 wrong answers have the same probability")
    said(session, "Here are the first 12 of them.")


def test_few_errors_that_are_equally_frequent_are_all_named() -> None:
    labels = np.array([3, 3, 5, 5, 7, 7])
    answers = np.array([8, 8, 6, 6, 7, 9])
    results = Results(labels, answers, np.linspace(0.2, 0.9, 6, dtype=np.float32))
    view = View(NetworkSpec(), Data.SAMPLE, (), 2, read("train/results"))
    described = panel.describe_accuracy(view, results)
    assert described.endswith(
        "Its most frequent errors, 2 each: **3** predicted as **8**; **5** predicted as **6**."
    )


@pytest.mark.parametrize("value", ["4-44", "", None, 7, ["1-1"], "<b>"])
def test_a_message_that_is_no_cell_changes_nothing(value: object) -> None:
    session = visit(QUICK, train_good_open="true", train_cell="4-9")
    session.press("train_confusion", "cell", value)
    assert session.component("train_confusion")["chosen"] == [4, 9]


def test_a_link_brings_the_cell_back() -> None:
    session = visit(QUICK, train_good_open="true", train_cell="7-2")
    assert session.component("train_confusion")["chosen"] == [7, 2]
    assert session.warnings == [""]


@pytest.mark.parametrize("text", ["4-44", "10-1", "x", "4", "4-9-1"])
def test_a_bad_cell_in_the_link_is_said(text: str) -> None:
    session = visit(QUICK, train_good_open="true", train_cell=text)
    assert session.at.selectbox(key="train_cell").value == "most"
    (warning,) = session.warnings
    assert f"`train_cell={text}`" in warning


def test_a_bad_cell_is_said_when_the_expander_is_opened_late() -> None:
    session = visit(QUICK, train_cell="4-44")
    assert session.warnings == [""]
    session.at.query_params["train_good_open"] = "true"
    session.at.session_state["train_good_open"] = True
    session.run()
    (warning,) = session.warnings
    assert warning.count("`train_cell=4-44`") == 1
    session.run()
    assert session.warnings == [warning]


def test_closed_it_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Results:
        raise AssertionError

    monkeypatch.setattr(evaluation, "evaluate", fail)
    session = visit({**QUICK, "seed": 5})
    assert len(session.expanders) == 4
    assert session.at.get("bidi_component") == []


def test_it_is_computed_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, evaluate = [], evaluation.evaluate

    def count(*args: Any) -> Results:
        asked.append(args[0])
        return evaluate(*args)

    monkeypatch.setattr(evaluation, "evaluate", count)
    settings = {**QUICK, "seed": 6}
    for style in ("module", "functional"):
        visit({**settings, "style": style}, **OPEN).run()
    assert len(asked) == 1


def test_a_network_that_exploded_has_a_sentence_and_no_charts() -> None:
    session = visit(EXPLODES, **OPEN)
    run = cached.run(trained(EXPLODES))
    assert run.exploded
    assert session.at.selectbox(key="step").value == max(run.marks) > 0

    texts = [text for text in session.texts if "the probabilities are NaN. Some weights" in text]
    assert len(texts) == len(OPEN)
    assert all("**1,000 of 1,000**" in text for text in texts)
    assert charts(session) == {}
    assert session.at.get("bidi_component") == []
    others = [text for text in session.texts if text not in texts]
    # Nothing computed is printed as NaN; the page's own sentence about the loss names it.
    assert not any("nan" in text.split() or "NaN%" in text for text in others)


def test_a_network_of_zeros_cannot_choose() -> None:
    session = visit(ZEROS, **OPEN)
    session.at.selectbox(key="step").set_value(0)
    session.run()
    said(session, "Before the first step, the network answers **0 of 1,000** test digits")
    said(session, "For 1,000 of the 1,000 digits several classes share the largest")
    said(session, "all ten digits are equally hard: 0.0")
    said(session, "none of the 1,000 test digits gets a wrong answer")
    dots = charts(session)["train_believed"]["data"][2]
    assert dots["x"] == pytest.approx([0.1])
    assert dots["y"] == [0.0]
    said(session, "**more sure than right**")


def made(labels: list[int], answers: list[int], confidences: list[float]) -> Results:
    sure = np.array(confidences, dtype=np.float32)
    return Results(np.array(labels), np.array(answers), sure)


class TestSentences:
    view = View(replace(trained(QUICK)), mnist.Data.SAMPLE, (), 1, read("train/results"))

    def test_without_an_error(self) -> None:
        perfect = made([1, 2], [1, 2], [0.5, 0.5])
        assert "answers all **2** test digits" in panel.describe_accuracy(self.view, perfect)
        assert "none of the 2 test digits gets a wrong answer" in under.describe_sure_errors(
            self.view, perfect, [], 0
        )

    def test_with_one_error(self) -> None:
        one = made([8, 2], [1, 2], [0.5, 0.5])
        text = under.describe_sure_errors(self.view, one, [0], 1)
        assert text.startswith(
            "After 1 step, there is one wrong answer, test digit 0: it is an **8**"
        )

    def test_classes_alike(self) -> None:
        text = under.describe_classes(self.view, np.array([0.5] * 9 + [np.nan]))
        assert "all ten digits are equally hard: 50.0" in text

    @pytest.mark.parametrize(("sure", "word"), [(0.9, "more"), (0.2, "less"), (0.5, "as")])
    def test_belief(self, sure: float, word: str) -> None:
        found = evaluation.reliability(
            np.full(4, sure, dtype=np.float32), np.array([True, False, True, False])
        )
        assert f"**{word} sure" in under.describe_reliability(self.view, found)


def test_no_answer_has_all_the_probability() -> None:
    # In float32 a softmax comes out as 1; Classify writes it in the same way.
    assert sureness(1.0) == ">\N{NO-BREAK SPACE}99.9\N{NO-BREAK SPACE}%"
    assert sureness(0.944) == percent(0.944)
