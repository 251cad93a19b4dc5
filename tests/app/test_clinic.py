"""The clinic as a person uses it, without a browser."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.delta_generator import DeltaGenerator

from mnistviz.digits import mnist
from mnistviz.lessons.clinic import measure, operations
from mnistviz.lessons.clinic.operations import LIMITS, ON_DIGIT, Change, Limits, Operation
from mnistviz.network.files.loading import LoadedNetwork
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Data, Style, Value, defaults
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.ui.elements.question import Answered
from mnistviz.ui.session import cached
from mnistviz.words import read
from mnistviz.words.quantities import percent
from tests.app.readable import assert_readable
from tests.app.session import NETWORKS, Session, link
from tests.app.test_loaded import arrive
from tests.helpers.networks import learned, load

WORDS = read("clinic").parts
OPEN = {"clinic_map_open": "true", "clinic_code_open": "true"}
QUICK = {"weights": "trained", "epochs": "1", "layers": "1", "w1": "16"}


def visit(operation: Operation, **query: str) -> Session:
    part = "digit" if operation in ON_DIGIT else "network"
    chosen = {"clinic_part": part, f"clinic_{part}": operation.value}
    return Session.arrive("clinic", **{**chosen, **query})


def measured(session: Session, answer: int = 0) -> Session:
    assert session.at.button(key="clinic_prediction_reveal").disabled
    session.at.radio(key="clinic_prediction_answer").set_value(answer)
    session.run()
    return session.click("clinic_prediction_reveal")


def asked(session: Session) -> Any:
    """The radio of the question, if it is asked."""
    found = {radio.key: radio for radio in session.at.radio}
    return found.get("clinic_prediction_answer")


def shares(session: Session) -> list[list[float]]:
    """Before and after, of accuracy, confidence and, for ReLU, units that are always off."""
    rows = session.component("clinic_pairs")["groups"][0]["rows"]
    return [[bar["share"] for bar in row["bars"]] for row in rows]


def at_first(operation: Operation) -> Change:
    place = {"row": 10, "column": 10} if operation is Operation.COVER else {}
    return Change(operation, LIMITS.get(operation, Limits(0, 0, 0, 1)).default, **place)


def assert_shows(session: Session, settings: dict[str, Value], change: Change | None) -> None:
    """Check the bars before and after and the sentence against the core alone."""
    complete = {**defaults(), **settings}
    spec, digit = NetworkSpec.from_settings(complete), DigitSpec.from_settings(complete)
    batch = mnist.batch(load(mnist.SAMPLE_ROOT), digit.batch, digit.seed, digit.split)
    layers, pixels = parameters(spec), batch.pixels[digit.image]
    rows = [measure.probabilities(spec, layers, None, pixels, spec.seed)]
    changed = operations.layers_of(change, layers, spec.seed)
    rows.append(measure.probabilities(spec, changed, change, pixels, spec.seed))
    shown = session.component("clinic_stage")
    assert shown["truth"] == int(batch.labels[digit.image])
    for column, row in zip(shown["columns"], rows, strict=True):
        assert [bar["share"] for bar in column["bars"]] == pytest.approx(row.tolist(), abs=1e-6)
        alone = np.count_nonzero(row == row.max()) == 1
        answers = [row.argmax()] if alone else []
        assert np.flatnonzero([bar["full"] for bar in column["bars"]]).tolist() == answers
        wrong = alone and row.argmax() != shown["truth"]
        assert ["✗" in bar["text"] for bar in column["bars"]].count(True) == int(wrong)
    if np.count_nonzero(rows[1] == rows[1].max()) == 1:
        assert f"answers **{rows[1].argmax()}**" in session.sentence
    else:
        assert re.search(r"\d+ digits share the largest probability", session.sentence)
    assert percent(float(rows[1].max())) in session.sentence


@pytest.mark.parametrize(
    ("operation", "style"), list(zip(Operation, itertools.cycle(Style), strict=False))
)
def test_each_operation_with_a_style(operation: Operation, style: Style) -> None:
    session = visit(operation, style=style.value, **OPEN)
    shuffled = operation is Operation.SHUFFLED_LABELS
    assert_shows(session, {"style": style.value}, None if shuffled else at_first(operation))
    assert not any("{" in re.sub(r"`[^`]*`", "", text) for text in session.texts)
    assert session.warnings == []
    (script,) = (code.value for code in session.at.code)
    compile(script, "clinic.py", "exec")
    square = session.component("clinic_stage")["square"]
    assert (square is not None) == (operation is Operation.COVER)


@pytest.mark.parametrize(
    ("operation", "end"),
    [
        *zip(LIMITS, itertools.cycle(["least", "most"]), strict=False),
        (Operation.COVER, "least"),
        (Operation.COVER, "most"),
    ],
)
def test_a_link_brings_a_strength_at_its_limit(operation: Operation, end: str) -> None:
    strength = getattr(LIMITS[operation], end)
    key = f"clinic_{operation.name.lower()}"
    session = visit(operation, **{key: f"{strength:g}"})
    assert session.at.slider(key=key).value == strength
    assert session.warnings == []
    place = {"row": 8, "column": 8} if operation is Operation.COVER and strength == 20 else {}
    if operation is Operation.COVER and not place:
        place = {"row": 10, "column": 10}
    assert_shows(session, {}, Change(operation, strength, **place))


@pytest.mark.parametrize("operation", [Operation.ROTATE, Operation.COVER, Operation.ROUND])
def test_a_link_with_too_much_is_named(operation: Operation) -> None:
    key = f"clinic_{operation.name.lower()}"
    session = visit(operation, **{key: f"{LIMITS[operation].most + 1:g}"})
    (warning,) = session.warnings
    assert f"`{key}=" in warning
    assert_shows(session, {}, at_first(operation))


@pytest.mark.parametrize("name", ["linear", "last digit", "huge", "overflow"])
@pytest.mark.parametrize("operation", [Operation.COVER, Operation.UNITS_OFF, Operation.ZERO_LAYER])
def test_each_network_with_everything_open(operation: Operation, name: str) -> None:
    session = visit(operation, **link(NETWORKS[name]), **OPEN)
    assert session.sentence
    if operation is Operation.UNITS_OFF and name == "linear":
        assert session.sentence == WORDS["seen_no_units"]
    # An untrained network is not asked about.
    assert asked(session) is None
    assert_readable(session)


@pytest.mark.parametrize("operation", Operation)
def test_predict_then_measure(operation: Operation) -> None:
    session = visit(operation, **QUICK)
    cause = WORDS[f"cause_{operation.name.lower()}"].split("{")[0]
    assert not any(cause in text for text in session.texts)
    assert "within 2 percentage points" in asked(session).options[0]
    # 10 % and three standard deviations of 1,000 guesses.
    assert (
        f"{100 * (0.1 + 3 * np.sqrt(0.1 * 0.9 / 1000)):.1f}\xa0% or less"
        in (asked(session).options[2])
    )
    unknown = session.component("clinic_pairs")["groups"]
    assert {row["bars"][1]["text"] for group in unknown for row in group["rows"]} == {"?"}
    measured(session)
    assert any(cause in text for text in session.texts)
    (verdict,) = (text for text in session.texts if "the accuracy goes from" in text)
    before, after = shares(session)[0]
    for share in (before, after):
        assert percent(share) in verdict
    stays = abs(before - after) <= measure.STAYS
    assert any("✓ Right" in text for text in session.texts) == stays
    assert session.at.session_state["answered"]["clinic_prediction"] == Answered(0, stays)
    rows = session.component("clinic_pairs")["groups"][1]["rows"]
    classes = [row["bars"][1]["share"] for row in rows]
    # A hundred test digits of each class.
    assert np.mean(classes) == pytest.approx(after)
    if operation in (Operation.DOUBLE_SOFTMAX,):
        assert before == after


def test_each_answer_has_a_reason_why_it_is_not_the_right_one() -> None:
    question = read("clinic").question("prediction")
    assert len(question.options) == len(measure.Outcome)
    assert question.right is None
    assert all(question.reasons)


def test_it_measures_what_the_core_measures() -> None:
    session = measured(visit(Operation.ROUND, **QUICK))
    spec = NetworkSpec(hidden=(16,), training=TrainSpec(epochs=1))
    digits = load(mnist.SAMPLE_ROOT)
    layers = operations.layers_of(at_first(Operation.ROUND), learned(spec), 7)
    part = measure.answer_digits(spec, layers, None, digits.test_pixels, 7)
    wanted = measure.measured(digits.test_labels.numpy(), [part])
    found = [after for _, after in shares(session)]
    assert found == pytest.approx([wanted.accuracy, wanted.confidence, wanted.off])


def test_the_full_set_is_measured_chunk_by_chunk(
    root: Path, full_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.symlink_to(full_set)
    told: list[float] = []
    progress = DeltaGenerator.progress
    monkeypatch.setattr(
        DeltaGenerator,
        "progress",
        lambda self, share, *text, **more: (
            told.append(share) or progress(self, share, *text, **more)
        ),
    )
    query = {**QUICK, "w1": "4", "batch_size": "1024"}
    session, tenths = visit(Operation.NOISE, data="full", **query), np.arange(1, 11) / 10
    assert told[-10:] == pytest.approx(tenths)
    told.clear()
    measured(session)
    # What is known before is not measured again.
    assert told == pytest.approx(tenths)
    assert any("On 10,000 test digits" in text for text in session.texts)
    training = TrainSpec(epochs=1, batch_size=1024, data=Data.FULL)
    spec, tests = NetworkSpec(hidden=(4,), training=training), load(full_set).test_pixels
    layers = cached.parameters(spec)
    # Each chunk has noise of its own.
    parts = [
        measure.answer_digits(spec, layers, at_first(Operation.NOISE), each, 7 + number)
        for number, each in enumerate(tests.split(1000))
    ]
    labels = load(full_set).test_labels.numpy()
    wanted = measure.measured(labels, parts)
    assert shares(session)[0][1] == pytest.approx(wanted.accuracy)


def test_a_test_digit() -> None:
    session = visit(Operation.ROTATE, split="test", batch="15", image="39")
    settings: dict[str, Value] = {"split": "test", "batch": 15, "image": 39}
    assert_shows(session, settings, at_first(Operation.ROTATE))


def test_a_tie_is_no_answer() -> None:
    session = visit(Operation.ZERO_LAYER, **QUICK, clinic_zero_layer="2")
    said = "Now the network answers **nothing**, as 10 digits share the largest probability"
    assert said in session.sentence
    measured(session, answer=2)
    assert shares(session)[0][1] == 0
    assert any("✓ Right" in text for text in session.texts)
    session = visit(Operation.ZERO_LAYER, init="zeros", bias="zeros")
    assert "There is still no single answer: 10 digits share" in session.sentence


def test_fix_and_break_again() -> None:
    session = visit(Operation.INVERT)
    assert_shows(session, {}, at_first(Operation.INVERT))
    session.at.toggle(key="clinic_mended").set_value(True)
    session.run()
    assert_shows(session, {}, None)
    assert "Nothing is broken" in session.sentence
    # A new operation is seen at once.
    session.at.pills(key="clinic_digit").set_value("scale")
    session.run()
    assert not session.at.toggle(key="clinic_mended").value
    assert_shows(session, {}, at_first(Operation.SCALE))


def test_a_link_may_be_mended() -> None:
    session = visit(Operation.NOISE, clinic_mended="true")
    assert_shows(session, {}, None)


def test_the_square_is_dragged() -> None:
    session = visit(Operation.COVER)
    session.press("clinic_stage", "place", [2, 17])
    assert session.at.number_input(key="clinic_cover_row").value == 2
    assert_shows(session, {}, Change(Operation.COVER, 8, row=2, column=17))
    # What is not a place is passed over, and what lies beyond the edge is brought to it.
    for odd in ("x", [1], [1, "x"], None):
        session.press("clinic_stage", "place", odd)
        assert_shows(session, {}, Change(Operation.COVER, 8, row=2, column=17))
    session.press("clinic_stage", "place", [99, -5])
    assert_shows(session, {}, Change(Operation.COVER, 8, row=20, column=0))


def test_layers_follow_the_network() -> None:
    session = visit(Operation.ZERO_LAYER, layers="3", clinic_zero_layer="4")
    assert_shows(session, {"layers": 3}, Change(Operation.ZERO_LAYER, layer=4))
    session.set(layers=1)
    layer = session.at.segmented_control(key="clinic_zero_layer").value
    assert layer in (1, 2)
    assert_shows(session, {"layers": 1}, Change(Operation.ZERO_LAYER, layer=layer))


def test_each_operation_keeps_its_own_answer() -> None:
    session = measured(visit(Operation.BLUR, **QUICK), answer=1)
    session.at.pills(key="clinic_digit").set_value("noise")
    session.run()
    assert asked(session).value is None
    assert not asked(session).disabled
    assert not any("the accuracy goes from" in text for text in session.texts)
    session.at.pills(key="clinic_digit").set_value("blur")
    session.run()
    assert asked(session).value == 1
    assert asked(session).disabled


def test_another_strength_is_another_question() -> None:
    session = measured(visit(Operation.ROTATE, **QUICK), answer=3)
    session.at.slider(key="clinic_rotate").set_value(5)
    session.run()
    assert asked(session).value is None
    session = measured(session, answer=0)
    assert any("✓ Right" in text for text in session.texts)
    # Another network too.
    session.set(seed=8)
    assert asked(session).value is None
    session.set(seed=7)
    assert asked(session).value == 0
    session.at.slider(key="clinic_rotate").set_value(40)
    session.run()
    assert asked(session).value == 3
    assert any("It would have to be above" in text for text in session.texts)


def test_an_untrained_network_is_offered_a_training() -> None:
    session = visit(Operation.ROTATE, epochs="1", layers="1", w1="16")
    assert WORDS["untrained"] in session.texts
    assert asked(session) is None
    session.click("clinic_train")
    assert session.at.segmented_control(key="weights").value == "trained"
    assert WORDS["untrained"] not in session.texts
    assert asked(session) is not None


def test_of_a_loaded_network_it_says_what_is_not_known() -> None:
    training = TrainSpec(epochs=1)
    brought = LoadedNetwork(
        learned(NetworkSpec(hidden=(16,), training=training)), None, "mine.safetensors"
    )
    query = {"clinic_digit": "rotate", "weights": "loaded", "layers": "1", "w1": "16"}
    session = measured(arrive("clinic", brought, **query))
    assert any(WORDS["loaded_note"] in text for text in session.texts)


def test_a_network_that_has_not_learned_is_not_asked_about() -> None:
    session = visit(Operation.ROTATE, **QUICK, init="zeros", bias="zeros")
    assert asked(session) is None
    assert any("there is little to lose" in text for text in session.texts)


def test_a_second_softmax_learns_too_and_more_slowly() -> None:
    session = measured(visit(Operation.DOUBLE_SOFTMAX, **{**QUICK, "epochs": "5"}))
    (said,) = (text for text in session.texts if "**The fix.**" in text)
    cure = said.partition("**The fix.**")[2]
    ratio, twice, once = re.findall(r"([\d.]+)(?: times as|\xa0%)", cure)
    assert 0 < float(ratio) < 0.5
    assert 50 < float(twice) < float(once)


def test_shuffled_labels_are_a_training_of_their_own() -> None:
    operation = Operation.SHUFFLED_LABELS
    session = visit(operation, **QUICK, seed="31")
    assert "For now, the network answers" in session.sentence
    trained = [bar["share"] for bar in session.component("clinic_stage")["columns"][0]["bars"]]
    measured(session)
    session.run()
    assert "on randomly shuffled labels. " in session.sentence
    before, after = session.component("clinic_stage")["columns"]
    assert [bar["share"] for bar in before["bars"]] == trained
    assert [bar["share"] for bar in after["bars"]] != trained
    assert shares(session)[0][0] > 0.5 > 0.25 > shares(session)[0][1]
    # The other pages show the network that has learned the true labels.
    session.at.switch_page("../../../pages/classify.py")
    session.run()
    assert session.bars == pytest.approx(trained, abs=1e-6)


def test_an_error_of_our_own_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no labels to deal")

    monkeypatch.setattr(operations, "shuffled", fail)
    operation = Operation.SHUFFLED_LABELS
    session = measured(visit(operation, **QUICK, seed="32"))
    (error,) = session.errors
    assert "`ValueError: no labels to deal`" in error
    assert "For now, the network answers" in session.sentence
    assert not any("goes from" in text for text in session.texts)
    assert session.at.button(key="clinic_prediction_reveal").disabled


def test_a_network_without_numbers_is_told() -> None:
    query = {"weights": "trained", "epochs": "2", "layers": "4", "w1": "8", "lr": "100"}
    session = visit(Operation.ROTATE, **query, optimizer="momentum", activation="none", **OPEN)
    assert session.sentence == WORDS["broken"].format(reason=WORDS["broken_trained"])
    components = {element.key for element in session.at.get("bidi_component")}
    assert "clinic_stage" not in components
    assert asked(session) is None


def test_nothing_shared_has_changed() -> None:
    spec = NetworkSpec(hidden=(16,), seed=77, training=TrainSpec(epochs=1, seed=77))
    layers = cached.parameters(spec)
    before = [values.clone() for layer in layers for values in (layer.weight, layer.bias)]
    for operation in Operation:
        if operation is not Operation.SHUFFLED_LABELS:
            measured(visit(operation, **QUICK, seed="77"))
    assert cached.parameters(spec) is layers
    after = [values for layer in layers for values in (layer.weight, layer.bias)]
    assert all(old.equal(new) for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("text", ["", "-1", "1e400"])
def test_a_link_may_ask_anything(text: str) -> None:
    names = [*(operation.name.lower() for operation in LIMITS), "part", "digit", "network", "down"]
    asked: dict[str, Any] = {f"clinic_{name}": text for name in names}
    asked |= {"clinic_cover_row": text, "clinic_cover_column": text, "clinic_units_layer": text}
    for part, operation in (("digit", "cover"), ("digit", "shift"), ("network", "units off")):
        session = Session.arrive(
            "clinic", **asked | {"clinic_part": part, f"clinic_{part}": operation}
        )
        session.run()
        assert json.dumps(session.component("clinic_stage"))


@pytest.mark.parametrize(
    ("across", "along", "did"),
    [
        ("4", "0", "Moved 4 px to the right. "),
        ("0", "-3", "Moved 3 px up. "),
        ("-2", "1", "Moved 2 px to the left and 1 px down. "),
        ("0", "0", "Moved nowhere. "),
    ],
)
def test_only_the_ways_that_a_digit_went_are_said(across: str, along: str, did: str) -> None:
    session = visit(Operation.SHIFT, clinic_shift=across, clinic_down=along)
    assert session.sentence.startswith(did)
