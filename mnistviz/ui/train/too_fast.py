"""The question what a learning rate of 10 does, and the answer: it is tried."""

from typing import Any

import streamlit as st

from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import advice, chance
from mnistviz.training.advice import Trial
from mnistviz.ui.elements import question
from mnistviz.ui.session import cached
from mnistviz.ui.session.measured import measured
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import number, percent, plain

LR = 10.0
"""The learning rate that is asked about."""

GOOD = NetworkSpec(training=TrainSpec())
"""The network and the training that the question names: those of the defaults."""


def ask(hand: InHand, lesson: Lesson) -> None:
    """Ask the question; once it is revealed, say what came out for the network of the sidebar too.

    Args:
        hand: the network, with its training.
        lesson: the page's words.
    """
    is_revealed = "train_question" in {*question.answered()}
    assert GOOD.training is not None
    asked: dict[str, Any] = {
        "preset": lesson.names("presets")[0],
        "good": plain(GOOD.training.lr),
        "lr": f"{LR:g}",
        "times": f"{LR / GOOD.training.lr:,.0f}",
    }
    question.ask(lesson, **asked, **(_numbers(GOOD) if is_revealed else {}))
    own = cached.same_numbers(hand.trained)
    if is_revealed and advice.with_rate(own, LR) != advice.with_rate(GOOD, LR):
        st.markdown(lesson.parts["question_own"].format(**asked, **_numbers(own)))


def _numbers(spec: NetworkSpec) -> dict[str, Any]:
    """Return what came out with the learning rate asked about, for the sentences."""
    tried = _tried(advice.with_rate(spec, LR))
    assert spec.training is not None
    asked = min(advice.ASKED, len(cached.examples(spec.training.data).test_labels))
    return {
        "steps": f"{tried.steps:,}",
        "accuracy": percent(tried.accuracy),
        "asked": f"{asked:,}",
        "high": percent(chance.guessing_range(asked)[1]),
        "before": number(tried.before),
        "after": number(tried.loss),
    }


@measured(maxsize=32)
def _tried(spec: NetworkSpec) -> Trial:
    assert spec.training is not None
    return advice.trial(spec, cached.examples(spec.training.data))
