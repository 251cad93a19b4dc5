"""The softmax page as a person uses it, without a browser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.figures import theme
from mnistviz.lessons.softmax import computed, doubled
from mnistviz.network import forward
from mnistviz.network.answers import prediction
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Value, defaults
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.words import read
from mnistviz.words.quantities import number
from tests.app.session import NETWORKS, SMALL, Session, link
from tests.helpers.networks import load

OPEN = {
    f"softmax_{name}_open": "true"
    for name in ("untrained", "dims", "broadcast", "large", "loss", "code")
}
SPLIT = {"split": "test", "batch": "15", "image": "39"}
OWN = "1,2,3,0,-1,-2,0,0.5,1,2.5"


def visit(**query: str) -> Session:
    return Session.visit("softmax", **query)


def bars(session: Session) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    exps, probabilities = session.component("softmax_sliders")["columns"]
    return exps["bars"], probabilities["bars"]


def logits(settings: dict[str, Value]) -> np.ndarray:
    complete = {**defaults(), **settings}
    spec, digit = NetworkSpec.from_settings(complete), DigitSpec.from_settings(complete)
    batch = mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed, digit.split)
    rows = forward.logits(spec, parameters(spec), mnist.flatten(batch.images))
    return rows[digit.image].numpy()


def assert_shows(
    session: Session, row: np.ndarray, temperature: float = 1, constant: float = 0
) -> None:
    exps, probabilities = bars(session)
    wanted = computed.chain(row.astype(np.float32), temperature, constant)
    shares = [bar["share"] for bar in probabilities]
    assert shares == pytest.approx(wanted.probabilities.tolist(), abs=1e-6)
    for bar, value in zip(exps, wanted.exps, strict=True):
        assert bar["text"] == number(float(value)) or float(value) == pytest.approx(
            float(bar["text"].replace(",", "")), rel=0.006
        )
    sliders = session.component("softmax_sliders")
    assert sliders["logits"] == pytest.approx(row.tolist(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", SMALL)
def test_each_network_with_everything_open(name: str) -> None:
    settings = NETWORKS[name]
    session = visit(**link(settings), **OPEN)
    assert_shows(session, logits(settings))
    assert len(session.at.table) == 1
    (error,) = session.errors
    count = 32 if settings.get("batch") == 62 else 64
    assert error == (
        f"`RuntimeError: The size of tensor a (10) must match the size of tensor b ({count}) "
        "at non-singleton dimension 1`"
    )


@pytest.mark.parametrize("temperature", [0.1, 10.0])
@pytest.mark.parametrize("constant", [-5.0, 0.0, 5.0])
def test_the_knobs_at_their_limits(temperature: float, constant: float) -> None:
    query = {"softmax_temperature": str(temperature), "softmax_constant": str(constant)}
    session = visit(softmax_logits=OWN, softmax_scale="100", **query)
    assert_shows(session, np.array([float(x) for x in OWN.split(",")]), temperature, constant)
    assert ("was added to each logit" in session.sentence) == (constant != 0)


def test_logits_of_ones_own_and_back() -> None:
    session = visit()
    digits = logits({})
    assert not session.component("softmax_sliders")["own"]
    moved = [2.0, *digits[1:].tolist()]
    session.press("softmax_sliders", "logits", moved)
    assert session.component("softmax_sliders")["truth"] is None
    assert_shows(session, np.array([float(f"{value:.6g}") for value in moved]))
    session.press("softmax_sliders", "digit", True)
    assert_shows(session, digits)


@pytest.mark.parametrize("value", ["x", [1, 2], None])
def test_what_no_slider_says_is_passed_over(value: object) -> None:
    session = visit()
    session.press("softmax_sliders", "logits", value)
    assert_shows(session, logits({}))


def test_a_bad_text_is_said() -> None:
    session = visit(softmax_logits="1,2")
    assert any("not 2" in text for text in session.warnings)
    assert_shows(session, logits({}))


def test_an_overflow_is_said_and_the_probabilities_stay() -> None:
    row = [95.0, *[0.0] * 9]
    session = visit(softmax_logits=",".join(map(str, row)))
    assert "is ∞ in float32" in session.sentence
    assert_shows(session, np.array(row))


@pytest.mark.parametrize(("top", "cell"), [("80", "0.632"), ("88.7", "0"), ("90", "NaN")])
def test_the_formula_beside_the_stable_form(top: str, cell: str) -> None:
    session = visit(softmax_large_open="true", softmax_top=top)
    table = session.at.table[0].value
    assert table["exp(x) / sum"].iloc[0] == cell
    assert table["stable form"].iloc[0] == "0.632"


def reveal(session: Session, selected: int, name: str = "softmax") -> list[str]:
    """Answer a question, and return the texts that this brings."""
    before = list(session.texts)
    session.at.radio(key=f"{name}_answer").set_value(selected)
    session.run()
    session.at.button(key=f"{name}_reveal").click()
    session.run()
    return [text for text in session.texts if text not in before]


def test_choose_then_reveal() -> None:
    session = visit()
    assert session.at.button(key="softmax_reveal").disabled
    right, why = reveal(session, read("softmax").question().right)
    total = np.exp(logits({}).astype(float)).sum()
    assert "✓" in right
    assert "7.39" in why
    assert f"from {total:.3g} to {total * np.exp(2):.3g}" in why


@pytest.mark.parametrize("selected", [0, 1, 3])
def test_each_wrong_answer_has_its_own_why(selected: int) -> None:
    question = read("softmax").question()
    wrong, _ = reveal(visit(), selected)
    assert question.reasons[selected] in wrong
    assert sum(reason in wrong for reason in question.reasons if reason) == 1


def test_what_a_constant_does_is_told_after_the_question() -> None:
    session = visit(softmax_constant="2")
    assert "the question below" in session.sentence
    assert not any("fraction" in text for text in session.texts)
    reveal(session, 2)
    assert "The fractions stay the same" in session.sentence
    assert "7.39" in session.sentence


@pytest.mark.parametrize("query", [{}, {"batch": "62", "image": "31"}, SPLIT])
def test_the_shapes_are_those_of_the_batch(query: dict[str, str]) -> None:
    session = visit(**query)
    count = {"62": 32, "15": 40}.get(query.get("batch", ""), 64)
    exps = torch.ones(count, 10)
    options = session.at.radio(key="softmax_sums_answer").options
    question = read("softmax").question("sums")
    assert options[question.right] == f"`{tuple(torch.sum(exps, dim=1).shape)}`"
    wrong = [torch.sum(exps, dim=0), torch.sum(exps, dim=1, keepdim=True), torch.sum(exps)]
    for place, tensor in zip((0, 2, 3), wrong, strict=True):
        assert f"`{tuple(tensor.shape)}`" in options[place]
    assert session.at.radio(key="softmax_division_answer").disabled
    reveal(session, question.right, "softmax_sums")
    assert not session.at.radio(key="softmax_division_answer").disabled
    with pytest.raises(RuntimeError):
        exps / torch.sum(exps, dim=1)
    told = reveal(session, 1, "softmax_division")
    assert any(f"There are {count}." in text for text in told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5,5,5,5,5,5,5,5,5,5", "the *uniform* distribution: no single answer"),
        ("5,5,0,0,0,0,0,0,0,0", "2 digits share the largest probability: no single answer"),
        ("-200," * 9 + "-200", "the *uniform* distribution: no single answer"),
        # Two logits that differ, and whose probabilities are one number in float32.
        ("0,1e-9,-3,-3,-3,-3,-3,-3,-3,-3", "2 digits share the largest probability:"),
        ("5,5.001,0,0,0,0,0,0,0,0", ""),
    ],
)
def test_a_tie_is_told_by_the_one_rule(text: str, said: str) -> None:
    session = visit(softmax_logits=text)
    row = np.array([float(word) for word in text.split(",")], dtype=np.float32)
    assert (prediction(computed.chain(row).probabilities) is None) == bool(said)
    assert said in session.sentence
    assert ("no single answer" in session.sentence) == bool(said)
    assert ("above the next one" in session.sentence) != bool(said)
    full = [bar for bar in bars(session)[1] if bar["color"] == theme.ACCENT]
    assert len(full) == (0 if said else 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("95" + ",0" * 9, "the ten sum to ∞"),
        ("-200" + ",-300" * 9, "would divide 0 by 0"),
        ("-103,-103.5" + ",-300" * 8, "keeps only its first digits"),
    ],
)
def test_where_the_formula_fails_it_is_said_how(text: str, said: str) -> None:
    session = visit(softmax_logits=text)
    assert said in session.sentence
    assert read("softmax").parts["big_title"] in session.sentence
    assert_shows(session, np.array([float(word) for word in text.split(",")]))


@pytest.mark.parametrize(
    ("first", "told"), [("87", "too large or too small"), ("95", "too large"), ("3", "7.39")]
)
def test_the_reason_holds_where_float32_has_no_sum(first: str, told: str) -> None:
    said = " ".join(reveal(visit(softmax_logits=f"{first} 0 0 0 0 0 0 0 0 0"), 0))
    assert "A fraction does not change" in said
    assert told in said
    assert "∞" not in said


def test_a_softmax_too_many_is_trained_when_one_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubled, "train_both", lambda _: doubled.Doubled(0.94, 0.9))
    session = visit(softmax_loss_open="true")
    awaited = read("softmax").parts["loss_untrained"]
    assert awaited in session.texts
    assert not any("from the same first weights" in text for text in session.texts)
    session.at.toggle(key="softmax_train_both").set_value(True)
    session.run()
    assert awaited not in session.texts
    (said,) = (text for text in session.texts if "from the same first weights" in text)
    assert "784 → 128 → 64 → 10" in said
    assert "30 epochs" in said
    assert "1,000 [test digits](#term-test-digits)" in said
    assert said.index("94.0") < said.index("90.0")


def test_the_formula_is_set_as_one() -> None:
    (formula,) = (text for text in visit().texts if text.startswith("$$"))
    assert formula.endswith("$$")
    assert formula.count("exp(x_") == 4
