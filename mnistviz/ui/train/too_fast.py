"""The question what a learning rate of 10 does, and the answer: it is tried."""

import math
from typing import Any

import streamlit as st

from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import advice, chance
from mnistviz.training.advice import Trial
from mnistviz.training.runs import Run
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


def waits(hand: InHand, run: Run | None) -> bool:
    """Tell whether what so large a learning rate does has still to be predicted.

    Args:
        hand: the network, with its training.
        run: the one that the page shows; None before it.
    """
    return hand.training.lr >= LR and run is None and not _is_revealed()


def ask(hand: InHand, run: Run | None, lesson: Lesson) -> None:
    """Ask the question; once it is revealed, say what came out for the network of the sidebar too.

    What is revealed stays beside every run. A run with such a learning rate shows the answer, so it
    is not asked of one.

    Args:
        hand: the network, with its training.
        run: the one that the page shows; None before it.
        lesson: the page's words.
    """
    is_revealed = _is_revealed()
    if run is not None and hand.training.lr >= LR and not is_revealed:
        st.empty()
        return
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
        is_broken = not math.isfinite(_tried(advice.with_rate(own, LR)).loss)
        part = "question_own_broken" if is_broken else "question_own"
        st.markdown(lesson.parts[part].format(**asked, **_numbers(own)))


def _is_revealed() -> bool:
    return "train_question" in {*question.answered()}


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
