"""Digits in other forms on the page Train: asked first, measured then, and shown."""

from __future__ import annotations

import re

import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.lessons.train.hands import hands
from mnistviz.spec.fields import Augment, defaults
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.loop import evaluate
from mnistviz.ui.session import cached
from mnistviz.ui.train import augmented
from mnistviz.words import read
from mnistviz.words.quantities import percent
from tests.app.session import Session
from tests.helpers.networks import learned, load
from tests.helpers.scripts import run

QUICK = {"layers": "1", "w1": "16", "epochs": "2", "batch_size": "250"}
LESSON = read("train/augmentation")
OPTIONS = LESSON.question("question").options


def opened(**link: str) -> Session:
    return Session.arrive("train", **QUICK, train_augment_open="true", **link)


def specs(session: Session) -> tuple[NetworkSpec, NetworkSpec]:
    """The network of the sidebar, trained on digits as they are and on varied ones."""
    values = {**defaults(), **session.settings, "weights": "trained"}
    plain, varied = (
        NetworkSpec.from_settings({**values, "augment": augment.value}) for augment in Augment
    )
    return plain, varied


def shares(spec: NetworkSpec) -> tuple[float, float, float]:
    """Right answers with training digits, test digits and digits by another hand: the core's."""
    examples = mnist.examples(load())
    strokes, labels = hands(augmented.BY_HAND, augmented.SEED)
    sets = (
        examples.take(torch.arange(len(examples.train_labels))),
        (examples.test_inputs, examples.test_labels),
        (torch.from_numpy(strokes), torch.from_numpy(labels)),
    )
    train, test, other = (evaluate(spec, learned(spec), *one)[1] for one in sets)
    return train, test, other


def test_the_question_comes_first_and_nothing_is_trained_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(augmented, "_train", lambda *_: pytest.fail("trained"))
    session = opened()
    assert session.at.radio(key="train/augmentation_answer").options == list(OPTIONS)
    assert session.at.button(key="train/augmentation_reveal").disabled
    assert not any("Measured" in text for text in session.texts)


@pytest.mark.parametrize("seed", ["7", "8"])
def test_the_answer_is_what_both_trainings_came_to(seed: str) -> None:
    session = opened(seed=seed)
    plain, varied = specs(session)
    before, after = shares(plain), shares(varied)
    more = tuple(new > old for old, new in zip(before, after, strict=True))
    mixes = [*augmented.OUTCOMES, more]
    right = mixes.index(more)
    session.at.radio(key="train/augmentation_answer").set_value(right)
    session.run().click("train/augmentation_reveal")
    (why,) = [text for text in session.texts if text.startswith("Measured")]
    found = re.findall(r"\*\*(.+?) → (.+?)\*\*", why)
    assert found == [(percent(old), percent(new)) for old, new in zip(before, after, strict=True)]
    assert any(text.startswith(read("frame").parts["right"]) for text in session.texts)
    # Another network is another question; the answer to the first one comes back with it.
    session.set(w1=12)
    assert not any(text.startswith("Measured") for text in session.texts)
    session.set(w1=16)
    assert why in session.texts


def test_a_wrong_answer_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {
        Augment.NONE: augmented.Shares(0.9, 0.8, 0.7),
        Augment.LIGHT: augmented.Shares(0.8, 0.9, 0.8),
    }
    monkeypatch.setattr(augmented, "_train", lambda *_: True)
    monkeypatch.setattr(augmented, "_shares", lambda spec: shown[spec.training.augment])
    session = opened()
    session.at.radio(key="train/augmentation_answer").set_value(0)
    session.run().click("train/augmentation_reveal")
    said = "\n".join(session.texts)
    assert OPTIONS[1] in said
    assert LESSON.question("question").reasons[0] in said


def test_the_forms_are_those_of_the_first_epochs() -> None:
    session = opened(split="test")
    cards = session.component("train_forms")["cards"]
    assert [card["lines"] for card in cards] == [["as it is"], ["epoch 1"], ["epoch 2"]]
    assert len({card["picture"] for card in cards}) == 3
    session.set(epochs=1)
    assert len(session.component("train_forms")["cards"]) == 2


@pytest.mark.parametrize("style", ["module", "tensors"])
def test_the_script_on_the_page_learns_what_the_page_has_learned(style: str) -> None:
    session = Session.open(
        **QUICK, weights="trained", augment="light", style=style, classify_code_open="true"
    )
    (code,) = [one.value for one in session.at.code if "forms = torch.Generator" in one.value]
    spec = NetworkSpec.from_settings({**defaults(), **session.settings})
    names = "parameters" if style == "tensors" else "model.parameters()"
    sums = run(f"{code}\nprint([w.double().abs().sum().item() for w in {names}])").splitlines()[-1]
    layers = cached.parameters(spec)
    own = [w.double().abs().sum().item() for one in layers for w in (one.weight, one.bias)]
    assert sorted(map(float, sums[1:-1].split(","))) == pytest.approx(sorted(own), rel=1e-12)
    assert session.bars == pytest.approx(_of_script(code), abs=1e-6)


def _of_script(code: str) -> list[float]:
    return [float(line.split(": ")[1]) for line in run(code).splitlines()[-10:]]
