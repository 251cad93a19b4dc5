"""The sentences of the page Train about a training: computed, and held against what is true."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from mnistviz.spec.fields import Data, defaults
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.advice import Remedy
from mnistviz.training.chance import Generalization, guessing_range
from mnistviz.training.diagnosis import Pull
from mnistviz.ui.session import cached
from mnistviz.ui.train import result, too_fast
from mnistviz.ui.train.presets import CHANGES, GOOD
from mnistviz.words import read
from mnistviz.words.quantities import percent
from tests.app.session import Session
from tests.app.test_train import QUICK, trained

LESSON = read("train")
SHORT = {"epochs": "2", "w1": "16", "w2": "12"}


def sentence(session: Session) -> str:
    """All that is said of the run: how well it went, and what went wrong."""
    found = {block.key: block for block in session.at.get("flex_container")}
    return " ".join(
        text.value for key in ("sentence", "train_verdict") for text in found[key].markdown
    )


def preset(place: int, epochs: int = 30) -> NetworkSpec:
    settings = {**defaults(), **GOOD, **CHANGES[place], "weights": "trained", "epochs": epochs}
    return NetworkSpec.from_settings(settings)


def accuracy(spec: NetworkSpec) -> float:
    """What numpy finds on the test digits; a tie is wrong."""
    examples = cached.examples(Data.SAMPLE)
    out = examples.test_inputs.numpy().astype(np.float64)
    layers = cached.parameters(spec)
    for layer in layers:
        out = out @ layer.weight.numpy().T.astype(np.float64) + layer.bias.numpy()
        if layer is not layers[-1]:
            out = np.maximum(out, 0)
    return float((out.argmax(axis=1) == examples.test_labels.numpy()).mean())


class TestUntrained:
    @pytest.mark.parametrize(
        ("seed", "part"), [("7", "guess_below"), ("1", "guess_within"), ("58", "guess_above")]
    )
    def test_it_is_compared_with_guessing(self, seed: str, part: str) -> None:
        session = Session.arrive("train", seed=seed)
        right = accuracy(NetworkSpec(seed=int(seed)))
        low, high = guessing_range(1000)
        wanted = "guess_below" if right < low else "guess_above" if right > high else "guess_within"
        assert wanted == part
        compared = LESSON.parts[part].format(
            low="7.2\N{NO-BREAK SPACE}%", high="12.8\N{NO-BREAK SPACE}%"
        )
        assert percent(right) in sentence(session)
        assert f": {compared}." in sentence(session)

    def test_a_network_that_cannot_choose_is_right_on_nothing(self) -> None:
        session = Session.arrive("train", init="zeros", bias="zeros")
        assert f"{percent(0)} of the 1,000" in sentence(session)


class TestTrained:
    def test_both_accuracies_stand_side_by_side(self) -> None:
        session = trained(**SHORT)
        spec = NetworkSpec(hidden=(16, 12), training=TrainSpec(epochs=2))
        measured = cached.generalization(spec)
        text = sentence(session)
        assert f"Right on **{percent(measured.train)}** of the 4,000" in text
        assert f"on **{percent(measured.test)}** of the 1,000" in text
        assert percent(accuracy(spec)) == percent(measured.test)
        assert "no sign of [overfitting](#term-overfitting)" in text

    def test_digits_known_by_heart_are_overfitting(self) -> None:
        session = trained(epochs="12", layers="1", w1="64")
        assert "is [overfitting](#term-overfitting)" in sentence(session)

    def test_dead_units_name_their_cause_and_what_helps(self) -> None:
        text = sentence(trained(**SHORT, lr="0.5"))
        assert re.search("moved by \N{MINUS SIGN}[0-9.]+ through the weights", text)
        assert "on average: the weights did it." in text
        assert re.search(r"\*\*Try a learning rate of 0\.0\d+:\*\* after a whole training", text)

    def test_what_went_wrong_stands_apart_from_the_sentence_that_has_its_room(self) -> None:
        session = trained(**SHORT, lr="0.5")
        assert session.sentence.startswith("Right on ")
        assert "Dead units" not in session.sentence
        assert "Dead units" in sentence(session)

    @pytest.mark.parametrize(
        "link",
        [
            {"init": "normal", "std": "1"},
            {"init": "normal", "std": "100", "bias": "normal"},
            {"init": "constant", "constant": "-100"},
            {"w1": "1", "w2": "1"},
            {"layers": "0"},
            {"batch_size": "1024"},
            {"init": "zeros", "bias": "zeros", "activation": "sigmoid"},
            {"activation": "none", "lr": "100"},
            {"activation": "softplus", "lr": "10"},
        ],
        ids=str,
    )
    @pytest.mark.parametrize("split", ["training", "test"])
    def test_extreme_settings(self, link: dict[str, str], split: str) -> None:
        session = trained(**{**SHORT, "epochs": "1", **link}, split=split)
        text = sentence(session)
        assert "{" not in text
        assert not re.search(r"\bnan\b|None|\binf\b", text)
        if "Right on" in text and "no sign" not in text and "That is" not in text:
            # What is no better than guessing is not praised, and something is advised.
            assert "Try" in text or "works" in text


class TestWords:
    @pytest.mark.parametrize(
        ("asked", "words"), [(60_000, "of the 60,000"), (10_000, "of the first 10,000")]
    )
    def test_not_all_training_digits_may_have_been_asked(self, asked: int, words: str) -> None:
        measured = Generalization(1.0, 0.944, asked, 1000, 0.128)
        assert words in result.describe_result(measured, 60_000, 0.1, LESSON)

    def test_the_gap_is_that_of_the_numbers_printed(self) -> None:
        # 98.46 and 94.34 are printed as 98.5 and 94.3: 4.2 points, where the true gap is 4.12.
        measured = Generalization(0.9846, 0.9434, 4000, 1000, 0.128)
        assert "The gap, 4.2 points," in result.describe_gap(measured, LESSON)

    @pytest.mark.parametrize(
        ("train", "test", "words"),
        [
            (1.0, 0.944, "is [overfitting](#term-overfitting)"),
            (0.95, 0.944, "may be chance (up to 2.3)"),
            (0.7, 0.8, "even better on the test digits, by 10.0 points"),
            (0.1, 0.11, "Neither is more than guessing gets"),
        ],
    )
    def test_each_kind_of_gap(self, train: float, test: float, words: str) -> None:
        measured = Generalization(train, test, 4000, 1000, 0.128)
        assert words in result.describe_gap(measured, LESSON)

    @pytest.mark.parametrize(
        ("pull", "cause"),
        [
            (Pull(-81.0, -0.16, 0.0), "the weights did it"),
            (Pull(1.0, -2.0, 0.0), "the biases did it"),
            (Pull(-1.0, -2.0, -30.0), "the layer before did it"),
        ],
    )
    def test_the_largest_pull_downward_is_the_cause(self, pull: Pull, cause: str) -> None:
        text = result.describe_pull(pull, not pull.inputs, LESSON)
        assert text.endswith(f"on average: {cause}.")
        assert ("through the outputs of the layer before" in text) == bool(pull.inputs)

    def test_what_is_advised_is_written_as_it_is_set(self) -> None:
        spec = NetworkSpec(training=TrainSpec(lr=0.0001))
        assert spec.training is not None
        remedy = Remedy(("start", "lr"), spec, spec.training.steps, 1000, 0.611, 0.1)
        text = result.describe_advice(remedy, LESSON)
        assert "default and a learning rate of 0.0001:** after a whole training" in text
        assert (
            f"{percent(0.611)} of the 1,000 test digits are right instead of {percent(0.1)}" in text
        )
        part = result.describe_advice(replace(remedy, steps=63), LESSON)
        assert "the first 63 of 1,890 steps" in part
        sure = result.describe_advice(replace(remedy, losses=(0.4, 1537.7)), LESSON)
        assert "the loss on the 1,000 test digits is 0.4 instead of 1,540." in sure
        assert "**A good one**, under *Trainings to try*" in result.describe_advice(None, LESSON)


class TestPresets:
    def test_right_answers_and_a_huge_loss_are_called_too_sure(self) -> None:
        text = sentence(trained(**SHORT, init="normal", std="100", optimizer="sgd", lr="0.00001"))
        assert "It is far too sure of wrong answers:" in text
        assert "It has not got far" not in text

    def test_momentum_gets_much_farther_where_sgd_is_too_slow(self) -> None:
        slow = preset(3)
        assert slow.training is not None
        assert cached.generalization(slow).test <= guessing_range(1000)[1]
        momentum = NetworkSpec(training=TrainSpec(lr=slow.training.lr))
        assert cached.generalization(momentum).test > 0.5

    def test_a_saturated_start_learns_less_well(self) -> None:
        flat = preset(5, epochs=10)
        well = NetworkSpec(activation="sigmoid", training=flat.training)
        assert cached.generalization(flat).test < cached.generalization(well).test - 0.05


class TestQuestion:
    def test_it_is_asked_before_the_training_and_measured(self) -> None:
        session = Session.arrive("train", **QUICK)
        question = LESSON.question("question")
        session.at.radio(key="train_answer").set_value(question.right)
        session.run()
        assert not any("Measured" in text for text in session.texts)
        session.click("train_reveal")
        (why,) = (text for text in session.texts if text.startswith("Measured"))
        assert f"learning rate of 10: after 63 steps it is right on {percent(0.1)} of 1,000" in why
        assert any(text.startswith("The network set here, tried with 10") for text in session.texts)

    def test_it_stays_locked_beside_a_run(self) -> None:
        session = Session.arrive("train", **QUICK)
        session.at.radio(key="train_answer").set_value(0)
        session.run()
        session.click("train_reveal")
        session.click("train_go")
        locked = session.at.radio(key="train_answer")
        assert (locked.value, locked.disabled) == (0, True)
        assert any(text.startswith("Measured") for text in session.texts)

    def test_too_fast_is_explained_once_it_is_predicted(self) -> None:
        too_fast_one = {key: str(value) for key, value in CHANGES[2].items()}
        session = Session.arrive("train", **too_fast_one, epochs="30")
        assert any(text.startswith(LESSON.parts["why_awaited"]) for text in session.texts)
        assert not any("overshoot" in text for text in session.texts)
        session.at.radio(key="train_answer").set_value(0)
        session.run()
        session.click("train_reveal")
        assert any("overshoot" in text for text in session.texts)
        # It broke off before the last step of its trial.
        (own,) = (text for text in session.texts if text.startswith("The network set here"))
        assert own.endswith("within 63 steps the loss, 2.32 at first, became NaN.")

    def test_a_run_that_shows_the_answer_is_not_asked_about(self) -> None:
        session = trained(**QUICK, lr="10")
        assert not session.at.radio
        assert trained(**QUICK).at.radio(key="train_answer").disabled is False

    @pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
    def test_with_no_optimizer_does_it_learn(self, optimizer: str) -> None:
        spec = NetworkSpec(training=TrainSpec(optimizer=optimizer, lr=too_fast.LR, epochs=3))
        assert cached.generalization(spec).test <= guessing_range(1000)[1]

    def test_no_setting_gives_it_away(self) -> None:
        parts = read("settings").parts
        for key in ("lr_help", "optimizer_help", "batch_size_help", "epochs_help"):
            assert not re.search(r"too (long|large|fast)|explode", parts[key])
