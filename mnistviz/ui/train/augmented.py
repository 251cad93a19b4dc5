"""What augmentation does to a digit, and the question what it does to a network's answers."""

import itertools
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from mnistviz.digits import mnist
from mnistviz.digits.arrays import Pixels
from mnistviz.figures import pictures
from mnistviz.lessons.train.hands import hands
from mnistviz.results import kept
from mnistviz.spec.fields import BATCH_SIZE, SIDE, Augment, Split
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.training import augmentation, loop
from mnistviz.training.runs import Progress
from mnistviz.ui.elements import digit_cards, question, show
from mnistviz.ui.session import cached, learning
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, read
from mnistviz.words.quantities import a_digit, percent

FORMS = 8
"""Epochs of which the form of the digit is shown at most."""

BY_HAND = 500
"""Digits by another hand that are asked."""

SEED = 1

OUTCOMES = (
    (True, True, True),
    (False, True, True),
    (False, False, True),
    (False, False, False),
)
"""With which kinds of digits it is right more often, in the order of the options: training digits,
test digits, another hand. The last option stands for all other mixes."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of right answers, 0 to 1, of a trained network.

    Attributes:
        train: of the training digits, as they are.
        test: of the test digits.
        hands: of digits by another hand.
    """

    train: float
    test: float
    hands: float


def title() -> tuple[str, str]:
    """Return the expander's title and key."""
    return read("train/augmentation").title, "train_augment_open"


def show_all(hand: InHand) -> None:
    """Draw the expander: the question first, then the forms of a digit."""
    lesson = read("train/augmentation")
    with show.opened(*title()) as is_open:
        if is_open:
            st.markdown(lesson.idea)
            asked = st.container()
            place = _draw_forms(hand, lesson)
            _ask(hand, lesson, asked, place)


def _ask(hand: InHand, lesson: Lesson, asked: DeltaGenerator, place: DeltaGenerator) -> None:
    """Ask what light changes; once it is revealed, train both ways and answer.

    Args:
        hand: the network, with its training.
        lesson: the words.
        asked: where the question stands.
        place: where it is shown how far the trainings are.
    """
    none, light = (_trained(hand, augment) for augment in Augment)
    about = str(none)
    if not question.is_settled(lesson, "question", about):
        with asked:
            question.ask(lesson, again=about, button="compare")
        return
    for spec in (none, light):
        if not _train(spec, place, lesson):
            return
    before, after = _shares(none), _shares(light)
    more = tuple(
        getattr(after, kind) > getattr(before, kind) for kind in ("train", "test", "hands")
    )
    right = OUTCOMES.index(more) if more in OUTCOMES else len(OUTCOMES)
    numbers = {
        f"{kind}_{name}": percent(getattr(shares, kind))
        for name, shares in (("none", before), ("light", after))
        for kind in ("train", "test", "hands")
    }
    with asked:
        question.ask(
            lesson, again=about, button="compare", right=right, count=f"{BY_HAND:,}", **numbers
        )
    place.empty()


def _trained(hand: InHand, augment: Augment) -> NetworkSpec:
    spec = replace(hand.trained, training=replace(hand.training, augment=augment))
    return cached.same_numbers(spec)


def _train(spec: NetworkSpec, place: DeltaGenerator, lesson: Lesson) -> bool:
    """Train a network unless that has been done; tell whether it can be asked."""
    run, words = cached.run(spec), lesson.parts
    assert spec.training is not None
    augment = spec.training.augment.value

    def draw(progress: Progress) -> None:
        text = words["training"].format(
            augment=augment, step=f"{progress.step:,}", steps=f"{progress.steps:,}"
        )
        place.progress(progress.step / progress.steps, text=text)

    progress = run.progress()
    if not progress.finished:
        progress = learning.follow(run, draw)
    if progress.error:
        place.error(words["failed"].format(error=progress.error), icon=":material/error:")
    return not progress.error


@kept(maxsize=64)
def _shares(spec: NetworkSpec) -> Shares:
    measured = cached.generalization(spec)
    _, by_hand = loop.evaluate(spec, cached.parameters(spec), *_hands())
    return Shares(measured.train, measured.test, by_hand)


@kept(maxsize=1)
def _hands() -> tuple[torch.Tensor, torch.Tensor]:
    inputs, labels = hands(BY_HAND, SEED)
    return torch.from_numpy(inputs), torch.from_numpy(labels)


def _draw_forms(hand: InHand, lesson: Lesson) -> DeltaGenerator:
    """Draw the forms of a digit; return a place that the sentence above them leaves when asked."""
    words, number = lesson.parts, _number(hand.digit)
    training, data = hand.training, hand.training.data
    named = {
        "number": f"{number:,}",
        "a_digit": a_digit(int(cached.examples(data).train_labels[number]), bold=False),
    }
    epochs = min(FORMS, training.epochs)
    forms = _forms(training, number)
    with st.container(key="train_forms_said"):
        st.markdown(words["forms" if epochs > 1 else "forms_one"].format(**named))
        place = st.empty()
    shown = [
        (
            cached.digits(data).train_pixels[number].numpy(),
            words["original"],
            words["original_alt"].format(**named),
        ),
        *(
            (
                form,
                words["epoch"].format(number=epoch),
                words["epoch_alt"].format(epoch=epoch),
            )
            for epoch, form in enumerate(forms[:epochs], start=1)
        ),
    ]
    digit_cards.draw(
        key="train_forms",
        name=lesson.title,
        cards=[
            {"picture": pictures.data_uri(pixels), "alt": alt, "lines": [line]}
            for pixels, line, alt in shown
        ],
        least="5.5rem",
    )
    return place


def _number(digit: DigitSpec) -> int:
    """Return the digit in hand by its number in the set; for a test digit, a training digit."""
    order = mnist.order(len(cached.examples(digit.data).train_labels), digit.seed)
    batch = digit.batch if digit.split is Split.TRAIN else 0
    return int(order[batch * BATCH_SIZE + digit.image])


def _forms(training: TrainSpec, number: int) -> tuple[Pixels, ...]:
    # Nothing else of the training has a part in them.
    plain = TrainSpec(seed=training.seed, batch_size=training.batch_size, data=training.data)
    return _forms_of(plain, number)


@kept(maxsize=64)
def _forms_of(training: TrainSpec, number: int) -> tuple[Pixels, ...]:
    forms = augmentation.forms(training, cached.examples(training.data), number)
    return tuple(
        np.rint((form.view(SIDE, SIDE).numpy().clip(-1, 1) + 1) * 127.5).astype(np.uint8)
        for form in itertools.islice(forms, FORMS)
    )
