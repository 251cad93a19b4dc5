"""The results of an evaluation, computed once for all sessions, and test digits as pictures."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import Data
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import evaluation
from mnistviz.training.evaluation import Results
from mnistviz.ui.elements import digit_cards, show
from mnistviz.ui.session import cached
from mnistviz.ui.session.memo import Memo
from mnistviz.words import Lesson
from mnistviz.words.quantities import percent

LEAST_WIDTHS = ("4rem", "6rem")
"""How narrow a picture may be: with its probability alone, and with both answers below it."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A network at a step of its training, and the test digits that evaluate it.

    Attributes:
        spec: the network, with its training.
        data: the set whose test digits are asked.
        layers: its parameters at the step.
        step: how many updates there have been.
        lesson: the words.
    """

    spec: NetworkSpec
    data: Data
    layers: Parameters
    step: int
    lesson: Lesson

    @property
    def when(self) -> str:
        """The beginning of each sentence: at which step this is."""
        part = {0: "when_start", 1: "when_one"}.get(self.step, "when_many")
        return self.lesson.parts[part].format(step=f"{self.step:,}")


_results = Memo[Results](maxsize=64)
"""What a network says to the test digits, by its spec and step."""


def results_of(view: View) -> Results:
    """Return what the network says to the test digits; computed once for all sessions."""
    spec = cached.same_numbers(view.spec)

    def compute() -> Results:
        test = cached.examples(view.data)
        # It appears only where it takes more than half a second.
        with st.spinner(view.lesson.parts["evaluating"]):
            return evaluation.evaluate(spec, view.layers, test.test_inputs, test.test_labels)

    return _results.get((spec, view.step), compute)


@contextmanager
def opened_results(view: View, title: str, key: str) -> Iterator[Results | None]:
    """Draw an expander and evaluate the network once it is open.

    Args:
        view: what is evaluated.
        title: the heading of the expander.
        key: its name in the link.

    Yields:
        What the network says, or None where there is nothing more to draw: the expander is closed,
        or there are no probabilities to speak of, which is said then.
    """
    with show.opened(title, key) as is_open:
        results = results_of(view) if is_open else None
        yield results if results is not None and countable(view, results) else None


def countable(view: View, results: Results) -> bool:
    """Tell whether there are probabilities to speak of; if not, say why."""
    if results.broken:
        st.markdown(
            view.lesson.parts["broken"].format(
                when=view.when, broken=f"{results.broken:,}", count=f"{results.count:,}"
            )
        )
    return not results.broken


def sureness(confidence: float) -> str:
    """Write the probability of an answer as percent; no softmax gives it everything.

    Args:
        confidence: 0 to 1, in float32 perhaps 1.
    """
    return percent(min(confidence, math.nextafter(1, 0)))


def draw_cards(
    view: View, results: Results, numbers: Sequence[int], key: str, name: str, whole: bool = False
) -> None:
    """Draw test digits as pictures, with the probabilities of the answers.

    Args:
        view: what is evaluated.
        results: what the network says.
        numbers: of the digits in the test set.
        key: of the component.
        name: what these digits are.
        whole: whether below each stands too what it is and what the network says.
    """
    digit_cards.draw(
        key,
        name,
        [_card(view, results, number, whole) for number in numbers],
        least=LEAST_WIDTHS[whole],
    )


def _card(view: View, results: Results, number: int, whole: bool) -> dict[str, object]:
    """Return a test digit for the browser; `whole` with what it is and what the network says."""
    words = view.lesson.parts
    values = {
        "number": number,
        "truth": int(results.labels[number]),
        "says": int(results.answers[number]),
        "probability": sureness(float(results.confidences[number])),
    }
    above = ("card_truth", "card_says") if whole else ()
    return {
        "picture": digit_cards.picture(view.data, number),
        "alt": words["card_alt"].format(**values),
        "lines": [
            *(words[part].format(**values) for part in above),
            values["probability"],
            words["card_number"].format(**values),
        ],
    }
