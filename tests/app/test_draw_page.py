"""The page Draw as a whole: what is read, step by step, and what lies under it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.digits.preparation import Steps, prepare
from mnistviz.digits.strokes import Stroke, Tool
from mnistviz.lessons.draw import redrawn
from mnistviz.network import styles
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Value, defaults
from mnistviz.spec.presets import HANDS
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.ui.draw import preparation, stage
from mnistviz.words import read
from mnistviz.words.quantities import percent, percents
from tests.app.drawing import LINE, draw
from tests.app.session import Session
from tests.drawings import raster
from tests.helpers.networks import learned, load

SEVEN = {"tool": "pen", "width": 22, "points": [[70, 60], [200, 60], [120, 230]]}
LEFT = {"tool": "pen", "width": 20, "points": [[50, 60], [60, 220]]}
RIGHT = {"tool": "pen", "width": 20, "points": [[200, 50], [190, 210]]}
STEPS = read("draw/preparation").parts
NETWORKS = [
    NetworkSpec(hidden=(16,), training=TrainSpec(epochs=2)),
    NetworkSpec(training=TrainSpec()),
]


def answer(stroke: dict[str, object], spec: NetworkSpec, steps: Steps) -> np.ndarray:
    """The ten probabilities of one stroke, from the core alone."""
    points = stroke["points"]
    assert isinstance(points, Sequence)
    ink = raster((Stroke(Tool.PEN, 22.0, tuple((float(x), float(y)) for x, y in points)),))
    inputs = torch.from_numpy(prepare(ink, ink, steps).inputs[None])
    return styles.probabilities(styles.build(spec, parameters(spec)), inputs)[0].numpy()


def _first(**link: str) -> Session:
    """Open the page with the first weights: what nobody has chosen is trained there."""
    return Session.arrive("draw", **{**link, "weights": "initial"})


def choose(session: Session, key: str, value: object) -> Session:
    session.at.segmented_control(key=key).set_value(value)
    return session.run()


def test_the_sentence_and_the_chart_are_pytorchs() -> None:
    session = draw(_first(activation="tanh", draw_bars_open="true"), 1, SEVEN)
    row = answer(SEVEN, NetworkSpec(activation=Activation.TANH), Steps())
    assert f"**{row.argmax()}**, with {percents(row)[row.argmax()]}" in session.sentence
    chart = json.loads(session.at.get("plotly_chart")[0].proto.spec)
    assert chart["data"][0]["x"] == pytest.approx(row.tolist(), abs=1e-6)


def test_each_step_says_what_the_answer_is_without_it() -> None:
    session = draw(_first(), 1, SEVEN)
    cards = session.component("draw_steps")["cards"]
    assert [card["title"] for card in cards[1:]] == [
        STEPS[f"{name}_title"] for name in ("ink", "crop", "line", "scale", "center", "normalize")
    ]
    without = answer(SEVEN, NetworkSpec(), Steps(crop=False))
    assert percent(float(without.max())) in cards[2]["answer"]
    assert not any(card["off"] for card in cards)
    # What a step has not changed is not sent again.
    assert cards[0]["picture"]
    assert not cards[1]["picture"]


def test_the_line_is_told_in_a_sentence() -> None:
    session = draw(_first(), 1, {**SEVEN, "width": 4})
    said = session.component("draw_steps")["cards"][3]["numbers"]
    assert re.fullmatch(r"the line was 0\.\d of 20 pixels wide; widened to 2\.\d, .*", said)
    session = draw(_first(draw_left_out="line"), 1, {**SEVEN, "width": 4})
    assert session.component("draw_steps")["cards"][3]["numbers"] == STEPS["line_off"]


def test_a_link_leaves_steps_out() -> None:
    link = {"weights": "initial", "draw_left_out": ["crop", "center", "nonsense"]}
    session = draw(Session.follow("draw", link), 1, SEVEN)
    assert [card["off"] for card in session.component("draw_steps")["cards"]] == [
        *(False, False, True, False, False, True, False)
    ]
    row = answer(SEVEN, NetworkSpec(), Steps(crop=False, center=False))
    assert percent(float(row.max())) in session.sentence


def test_several_digits_are_read_and_one_is_chosen() -> None:
    session = draw(Session.visit("draw"), 1, RIGHT, LEFT)
    assert session.sentence.startswith("From left to right, the network reads")
    first = session.component("draw_steps")["cards"][0]["picture"]
    choose(session, "draw_which_2", 0)
    assert session.component("draw_steps")["cards"][0]["picture"] != first


@pytest.mark.parametrize(("paper", "said"), [("black", "ink_kept"), ("white", "ink_turned")])
def test_the_first_step_says_whether_it_has_turned_the_ink(paper: str, said: str) -> None:
    session = draw(Session.visit("draw", draw_paper=paper), 1, LEFT, RIGHT)
    assert STEPS[said] in session.component("draw_steps")["cards"][1]["numbers"]


@pytest.mark.parametrize(("example", "said"), [("board", "ink_kept"), ("paper", "ink_turned")])
def test_the_first_step_of_a_photo(example: str, said: str) -> None:
    session = Session.visit("draw", draw_source="photo").click(f"draw_photo_try_{example}")
    assert STEPS[said] in session.component("draw_steps")["cards"][1]["numbers"]


def test_several_lines_are_read_line_by_line() -> None:
    session = Session.visit("draw", draw_source="photo").click("draw_photo_try_pencil")
    assert session.sentence.startswith("Line by line, the network reads")


def test_a_network_that_cannot_read_has_nothing_to_measure_with() -> None:
    first = _first(draw_measure_open="true")
    assert STEPS["measure_untrained"] in first.texts


def test_an_empty_canvas_says_how_to_begin() -> None:
    session = Session.visit("draw")
    assert read("draw").parts["empty"] in session.sentence
    assert "draw_which_2" not in session.at.session_state
    assert session.at.button(key="draw_keep").disabled


def test_an_example_photo_is_read() -> None:
    session = Session.visit("draw", draw_source="photo")
    assert read("draw").parts["empty_photo"] in session.sentence
    key = next(key for key in session.buttons if key.startswith("draw_photo_try_"))
    session.click(key)
    boxes = session.component("draw_photo_boxes")["boxes"]
    assert len(boxes) > 1
    assert "".join(box["text"] for box in boxes) in session.sentence
    # The drawing waits where it was.
    choose(session, "draw_source", "drawing")
    assert read("draw").parts["empty"] in session.sentence


def test_first_weights_offer_a_training() -> None:
    words = read("draw").parts
    session = draw(_first(epochs="1", w1="8", layers="1"), 1, SEVEN)
    assert words["untrained"] in session.texts
    assert session.sentence.endswith(words["guess"])
    pad = read("draw/pad").parts
    assert session.component("draw_pad")["words"]["reads"] == pad["guesses"]
    session.click("draw_train")
    assert session.settings["weights"] == "trained"
    assert words["untrained"] not in session.texts
    assert words["guess"] not in session.sentence
    assert session.component("draw_pad")["words"]["reads"] == pad["reads"]


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> dict[str, Value]:
    """Let the network that reads hands best be one that has learned in a moment."""
    small: dict[str, Value] = {**HANDS, "w1": 12, "w2": 8, "epochs": 1, "batch_size": 1000}
    monkeypatch.setattr(stage, "HANDS", small)
    return small


def test_the_network_that_reads_hands_best_reads_what_is_drawn(hands: dict[str, Value]) -> None:
    session = draw(Session.visit("draw", seed="3", lr="1", **QUICK), 1, LINE)
    before = session.sentence
    session.click("draw_hands")
    assert session.settings.items() >= hands.items()
    strokes = session.component("draw_pad")["strokes"]
    assert strokes == [{**LINE, "width": 22.0}]
    assert session.sentence not in (before, read("draw").parts["empty"])
    assert session.at.query_params["augment"] == "light"
    # There is nothing more to press, until something is set.
    assert session.at.button(key="draw_hands").disabled
    assert not session.set(augment="none").at.button(key="draw_hands").disabled


@pytest.mark.usefixtures("hands")
def test_the_network_that_reads_hands_best_reads_the_photo() -> None:
    session = Session.visit("draw", draw_source="photo", **QUICK)
    session.click(next(key for key in session.buttons if key.startswith("draw_photo_try_")))
    before = session.component("draw_photo_boxes")
    session.click("draw_hands")
    after = session.component("draw_photo_boxes")
    assert after["picture"] == before["picture"]
    assert len(after["boxes"]) == len(before["boxes"])
    assert "".join(box["text"] for box in after["boxes"]) in session.sentence


def test_what_the_preparation_is_worth_is_measured() -> None:
    session = Session.visit(
        "draw", weights="trained", epochs="2", w1="16", layers="1", draw_measure_open="true"
    )
    chart = json.loads(session.at.get("plotly_chart")[0].proto.spec)
    names = [name.replace("<br>", " ") for name in chart["data"][0]["y"]]
    shares = dict(zip(names, chart["data"][0]["x"], strict=True))
    assert shares[STEPS["way_all"]] >= shares[STEPS["way_plain"]] - 0.03
    assert shares[STEPS["way_none"]] < 0.4


def test_the_code_holds_the_digit() -> None:
    session = draw(Session.visit("draw", draw_code_open="true"), 1, LINE)
    (script,) = (code.value for code in session.at.code if "fromhex" in code.value)
    ast.parse(script)


def test_what_one_kept_is_in_the_set() -> None:
    session = draw(Session.visit("draw"), 1, SEVEN)
    choose(session, "draw_label", 7).click("draw_keep")
    assert [label for _, label in session.at.session_state["own_set"]["digits"]] == [7]


QUICK = {"weights": "trained", "epochs": "2", "w1": "16", "layers": "1"}
ASKED = read("draw").question()


def test_the_question_is_asked_before_anything_says_its_answer() -> None:
    session = Session.visit("draw", **QUICK)
    radio = session.at.radio(key="draw_answer")
    assert radio.options[ASKED.right] == "Fewer than a third of them."
    shrunk = percent(preparation.accuracy(_spec(session), "shrunk"))
    assert not any(shrunk in text for text in (*session.texts, radio.label, *radio.options))
    radio.set_value(0)
    session.run().click("draw_reveal")
    (why,) = [text for text in session.texts if text.startswith(f"It gets **{shrunk}** right")]
    assert percent(preparation.accuracy(_spec(session), "all")) in why
    assert any(ASKED.reasons[0] in text for text in session.texts)


@pytest.mark.parametrize(
    "link", [{"weights": "initial"}, {**QUICK, "lr": "0.00001"}], ids=["untrained", "no better"]
)
def test_who_cannot_read_is_not_asked_about(link: dict[str, str]) -> None:
    session = Session.arrive("draw", **link)
    assert "draw_answer" not in {radio.key for radio in session.at.radio}


def _spec(session: Session) -> NetworkSpec:
    return NetworkSpec.from_settings({**defaults(), **session.settings})


@pytest.mark.parametrize("spec", NETWORKS, ids=str)
def test_the_right_answer_is_right(spec: NetworkSpec) -> None:
    """Measured with plain numpy: digits drawn anew, the canvas shrunk, nothing else."""
    sample = load(mnist.SAMPLE_ROOT)
    layers = learned(spec)
    chance, right = np.random.default_rng(preparation.SEED), 0
    for digit, label in zip(
        sample.test_pixels[: redrawn.COUNT].numpy(), sample.test_labels.tolist(), strict=False
    ):
        longer = int(chance.integers(redrawn.SHORTEST, redrawn.LONGEST + 1))
        canvas = redrawn.redrawn(digit, longer, *chance.random(2))
        small = np.floor(canvas.reshape(28, 10, 28, 10).mean((1, 3)) + 0.5 + 1e-6)
        x = small.ravel() / 127.5 - 1
        for layer in layers:
            x = layer.weight.numpy().astype(np.float64) @ x + layer.bias.numpy()
            x = x if layer is layers[-1] else np.maximum(x, 0)
        right += int(x.argmax()) == label
    share = right / redrawn.COUNT
    assert share == pytest.approx(preparation.accuracy(spec, "shrunk"), abs=0.005)
    assert share < preparation.FEW
    assert preparation.accuracy(spec, redrawn.PLAIN) > preparation.LEARNED


def test_the_sentence_gives_no_digit_all_beside_others_that_have_some() -> None:
    """In float32 the largest is 1 here, and no bar says so either."""
    session = draw(Session.visit("draw"), 1, SEVEN)
    assert "**7**, with >\N{NO-BREAK SPACE}99.9" in session.sentence
