"""Trainings to try: good ones, and ones that go wrong, each with an explanation."""

from collections.abc import Mapping

import streamlit as st

from mnistviz.spec.activations import listed
from mnistviz.spec.fields import Activation, Bias, Init, Optimizer, Value
from mnistviz.training.learners import MOMENTUM
from mnistviz.ui.elements import widgets
from mnistviz.ui.session import state
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import epochs, plain

GOOD: Mapping[str, Value] = {
    "layers": 2,
    "w1": 128,
    "w2": 64,
    "activation": Activation.RELU.value,
    "init": Init.DEFAULT.value,
    "bias": Bias.DEFAULT.value,
    "optimizer": Optimizer.MOMENTUM.value,
    "lr": 0.02,
    "batch_size": 64,
    "epochs": 30,
}
"""The training that the page begins with, on the network of the exercise."""

CHANGES: tuple[Mapping[str, Value], ...] = (
    {},
    {"optimizer": Optimizer.ADAM.value, "lr": 0.001},
    {
        "activation": Activation.LEAKY_RELU.value,
        "optimizer": Optimizer.SGD.value,
        "lr": 10.0,
    },
    {"optimizer": Optimizer.SGD.value, "lr": 0.0001},
    {"init": Init.ZEROS.value, "bias": Bias.ZEROS.value},
    {
        "activation": Activation.SIGMOID.value,
        "init": Init.NORMAL.value,
        "std": 1.0,
        "bias": Bias.NORMAL.value,
    },
    {"lr": 0.5},
)
"""What each training changes in the good one, in the order of the lesson's names."""


def draw(lesson: Lesson) -> None:
    """Draw the choice of a training to try."""
    widgets.settings_to_try(
        lesson.parts["presets_label"], settings_by_name(lesson), key="train_preset"
    )


def explain(hand: InHand, lesson: Lesson, *, awaited: bool) -> None:
    """Explain why the selected training comes out as it does.

    Args:
        hand: the network, with its training.
        lesson: the page's words.
        awaited: whether that has to be predicted first: then only the steps are explained.
    """
    presets = settings_by_name(lesson)
    now = state.settings()
    selected = next(
        (
            place
            for place, preset in enumerate(presets.values())
            if all(now[setting] == value for setting, value in preset.items())
        ),
        "own",
    )
    spec = hand.training
    if awaited and selected != "own":
        selected = "awaited"
    why, step = lesson.parts[f"why_{selected}"], lesson.parts[f"step_{spec.optimizer.value}"]
    with st.container(key="train_why"):
        st.markdown(
            f"{why} {step}".format(
                keep=f"{MOMENTUM:g}",
                optimizer=spec.optimizer.value,
                lr=plain(spec.lr),
                std=plain(hand.network.std),
                init=hand.network.init.value,
                activation=listed(hand.network.activation),
                batch_size=spec.batch_size,
                epochs=epochs(spec.epochs),
                steps=f"{spec.steps:,}",
            )
        )


def settings_by_name(lesson: Lesson) -> dict[str, Mapping[str, Value]]:
    """Return the settings of each training, by its name."""
    names = lesson.names("presets")
    return {name: {**GOOD, **change} for name, change in zip(names, CHANGES, strict=True)}
