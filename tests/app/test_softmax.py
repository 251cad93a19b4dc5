"""The softmax page as a person uses it, without a browser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.lessons.softmax import computed
from mnistviz.network import forward
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
OWN = "1,2,3,0,-1,-2,0,0.5,1,2.5"


def visit(**query: str) -> Session:
    return Session.visit("softmax", **query)


def bars(session: Session) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    exps, probabilities = session.component("softmax_chain")["columns"]
    return exps["bars"], probabilities["bars"]


def logits(settings: dict[str, Value]) -> np.ndarray:
    complete = {**defaults(), **settings}
    spec, digit = NetworkSpec.from_settings(complete), DigitSpec.from_settings(complete)
    batch = mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed)
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
    assert ("Adding" in session.sentence) == (constant != 0)


def test_logits_of_ones_own_and_back() -> None:
    session = visit()
    digits = logits({})
    assert session.at.button(key="softmax_use_digit").disabled
    moved = [2.0, *digits[1:].tolist()]
    session.press("softmax_sliders", "logits", moved)
    assert session.component("softmax_sliders")["truth"] is None
    assert_shows(session, np.array([float(f"{value:.6g}") for value in moved]))
    session.click("softmax_use_digit")
    assert_shows(session, digits)


@pytest.mark.parametrize("value", ["x", [1, 2], None])
def test_what_no_slider_says_is_passed_over(value: object) -> None:
    session = visit()
    session.press("softmax_sliders", "logits", value)
    assert_shows(session, logits({}))


def test_a_bad_text_is_said() -> None:
    session = visit(softmax_logits="1,2")
    assert any("here are 2" in text for text in session.warnings)
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


def test_choose_then_reveal() -> None:
    session, question = visit(), read("softmax").question()
    assert session.at.button(key="softmax_reveal").disabled
    session.at.radio(key="softmax_answer").set_value(question.right)
    session.run()
    session.at.button(key="softmax_reveal").click()
    session.run()
    total = np.exp(logits({}).astype(float)).sum()
    (said,) = (text.value for text in session.at.markdown if "Right" in text.value)
    assert "7.39" in said
    assert f"from {total:.3g} to {total * np.exp(2):.3g}" in said


def test_equal_logits_share_the_lead() -> None:
    session = visit(softmax_logits="5,5,5,5,5,5,5,5,5,5")
    assert "10 digits share the largest logit" in session.sentence
    assert "leads" not in session.sentence


@pytest.mark.parametrize(
    ("first", "told"), [("87", "too large"), ("95", "too large"), ("3", "7.39")]
)
def test_the_reason_holds_where_float32_has_no_sum(first: str, told: str) -> None:
    session = visit(softmax_logits=f"{first} 0 0 0 0 0 0 0 0 0")
    session.at.radio(key="softmax_answer").set_value(0)
    session.run()
    session.at.button(key="softmax_reveal").click()
    session.run()
    (said,) = (text for text in session.texts if "A quotient does not notice" in text)
    assert told in said
    assert "∞" not in said
