"""The sentences about a training: how far it got, what went wrong, and what helps."""

import math
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistviz.lessons.train.update_lines import distinct_texts
from mnistviz.spec.activations import listed
from mnistviz.spec.fields import TRAINING_DIGITS
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import advice, chance, diagnosis
from mnistviz.training.advice import Remedy
from mnistviz.training.chance import Gap, Generalization
from mnistviz.training.diagnosis import EVEN, Finding, Kind, Pull
from mnistviz.training.runs import Progress, Run
from mnistviz.ui.session import cached
from mnistviz.ui.session.measured import Shared
from mnistviz.ui.session.memo import Memo
from mnistviz.ui.session.state import InHand
from mnistviz.ui.train import stage
from mnistviz.words import Lesson
from mnistviz.words.quantities import epochs, number, percent, plain

SURE_LOSS = 2 * EVEN
"""A loss above this is one of true digits with less than 1 % each, in the geometric mean: no
network gets there that is not sure of wrong answers."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is said of a finished run: the diagnosis, and the remedy where one was found."""

    finding: Finding
    remedy: Remedy | None


_outcomes = Memo[_Outcome](maxsize=64)
"""The outcome of a training, by spec."""

_remedies = Shared[Remedy | None](maxsize=0)
"""Remedies that are being looked for."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a run.

    Attributes:
        sentence: how well it goes or went; never longer than the room that the page keeps for it.
        verdict: what went wrong and what helps; nothing where nothing did.
    """

    sentence: str
    verdict: str = ""


def draw(sentence: DeltaGenerator, verdict: DeltaGenerator, said: Said) -> None:
    """Draw the sentences about a run, each where it belongs."""
    sentence.markdown(said.sentence)
    if said.verdict:
        verdict.markdown(said.verdict)


def describe(hand: InHand, run: Run | None, progress: Progress | None, lesson: Lesson) -> Said:
    """Write the sentences that say how well the training goes, or what went wrong."""
    if run is None or progress is None:
        return Said(_describe_untrained(hand, lesson))
    if not progress.finished or progress.error:
        return Said(_describe_running(hand, run, lesson))
    return _describe_finished(hand, run, lesson)


def _describe_untrained(hand: InHand, lesson: Lesson) -> str:
    accuracy = stage.marks(hand, None)[0].test_accuracy
    labels = cached.examples(hand.training.data).test_labels
    low, high = chance.guessing_range(len(labels), labels.numpy())
    part = "below" if accuracy < low else "above" if accuracy > high else "within"
    compared = lesson.parts[f"guess_{part}"].format(low=percent(low), high=percent(high))
    return lesson.parts["seen_initial"].format(
        accuracy=percent(accuracy), count=f"{len(labels):,}", compared=compared
    )


def _describe_running(hand: InHand, run: Run, lesson: Lesson) -> str:
    recorded = stage.marks(hand, run)
    last = max(recorded)
    return lesson.parts["seen_running"].format(
        step=f"{last:,}",
        accuracy=percent(recorded[last].test_accuracy),
        count=f"{len(cached.examples(hand.training.data).test_labels):,}",
        first=percent(recorded[0].test_accuracy),
    )


def _describe_finished(hand: InHand, run: Run, lesson: Lesson) -> Said:
    outcome = _outcome_of(hand.trained, run, lesson)
    found = outcome.finding
    faults = []
    if found.kind is not Kind.DONE:
        faults = [
            _describe_fault(hand, run, found, lesson),
            describe_advice(outcome.remedy, lesson),
        ]
    if found.kind is Kind.EXPLODED:
        return Said(*faults)
    measured = cached.generalization(hand.trained)
    count = TRAINING_DIGITS[run.training.data]
    texts = [describe_result(measured, count, run.marks[0].test_accuracy, lesson)]
    # That it is no better than guessing is said of the fault.
    if found.kind is Kind.DONE or measured.kind is not Gap.GUESSING:
        texts.append(describe_gap(measured, lesson))
    return Said(" ".join(texts), " ".join(faults))


def _outcome_of(spec: NetworkSpec, run: Run, lesson: Lesson) -> _Outcome:
    key, examples = cached.same_numbers(spec), cached.examples(run.training.data)

    def compute() -> _Outcome:
        finding = diagnosis.diagnose(run, examples)
        if finding.kind is Kind.DONE:
            return _Outcome(finding, None)
        with st.spinner(lesson.parts["trying"]):
            own = run.marks[max(run.marks)]
            search = partial(advice.remedy, run.spec, finding.kind, examples, own)
            remedy = _remedies.get(key, search)
        return _Outcome(finding, remedy)

    return _outcomes.get(key, compute)


def describe_result(measured: Generalization, all_digits: int, first: float, lesson: Lesson) -> str:
    """Write how many training and test digits are right.

    Args:
        measured: both accuracies.
        all_digits: how many training digits there are; perhaps not all of them were asked.
        first: the share of the test digits that were right before the first step.
        lesson: the page's words.
    """
    part = "asked_all" if measured.train_count == all_digits else "asked_first"
    return lesson.parts["seen_result"].format(
        train=percent(measured.train),
        asked=lesson.parts[part].format(count=f"{measured.train_count:,}"),
        accuracy=percent(measured.test),
        count=f"{measured.test_count:,}",
        first=percent(first),
    )


def describe_gap(measured: Generalization, lesson: Lesson) -> str:
    """Write whether the two accuracies are farther apart than by chance."""
    return lesson.parts[f"gap_{measured.kind}"].format(
        # As printed: 98.5 % less 94.4 % is 4.1 points.
        gap=f"{abs(round(100 * measured.train, 1) - round(100 * measured.test, 1)):.1f}",
        chance=f"{100 * measured.chance:.1f}",
    )


def _describe_fault(hand: InHand, run: Run, found: Finding, lesson: Lesson) -> str:
    first, last = run.marks[0], run.marks[max(run.marks)]
    labels = cached.examples(hand.training.data).test_labels
    # The test loss alone can be no number: after the last step nothing else was computed.
    loss = run.losses[-1] if run.exploded else last.test_loss
    before, after = number(first.test_loss), number(last.test_loss)
    if math.isfinite(first.test_loss) and math.isfinite(last.test_loss) and before == after:
        before, after = distinct_texts(first.test_loss, last.test_loss)
    part = f"seen_{found.kind}"
    if found.kind is Kind.SLOW and last.test_loss > SURE_LOSS:
        part = "seen_slow_sure"
    return lesson.parts[part].format(
        step=f"{max(run.marks):,}",
        value=number(loss),
        layer=f"`{found.layer}`",
        units=f"{hand.network.sizes[int(found.layer[2:])]:,}" if found.layer else "",
        share=percent(found.share),
        examined=f"{found.examined:,}",
        activation=_activation_of(hand.network, found.layer),
        pull=describe_pull(found.pull, found.layer == "fc1", lesson) if found.pull else "",
        before=before,
        after=after,
        even=number(EVEN),
        high=percent(chance.guessing_range(len(labels), labels.numpy())[1]),
    )


def _activation_of(network: NetworkSpec, layer: str) -> str:
    """Name the activation of a hidden layer; of all where it is about none."""
    number = int(layer[2:]) if layer else 0
    if 0 < number <= len(network.hidden):
        return network.activations[number - 1].value
    return listed(network.activation)


def describe_pull(pull: Pull, first_layer: bool, lesson: Lesson) -> str:
    """Write what moved the sums of the units that died, and which part did it.

    Args:
        pull: the three parts.
        first_layer: whether the pixels come in, which do not change.
        lesson: the page's words.
    """
    return lesson.parts["pull_first" if first_layer else "pull_later"].format(
        weights=number(pull.weights),
        bias=number(pull.bias),
        inputs=number(pull.inputs),
        cause=lesson.parts[f"cause_{pull.cause}"],
    )


def describe_advice(remedy: Remedy | None, lesson: Lesson) -> str:
    """Write what helps, and how the training ends with it; without a remedy, the good training.

    Args:
        remedy: what was found.
        lesson: the page's words.
    """
    words = lesson.parts
    if remedy is None:
        return words["advice_good"].format(
            name=lesson.names("presets")[0], label=words["presets_label"]
        )
    changed, training = remedy.spec, remedy.spec.training
    assert training is not None
    changes = [
        words[f"advice_{name}"].format(
            lr=plain(training.lr),
            epochs=epochs(training.epochs),
            optimizer=training.optimizer.value,
            activation=listed(changed.activation),
            units=", ".join(f"{units:,}" for units in changed.hidden),
            batch_size=training.batch_size,
        )
        for name in remedy.names
    ]
    if len(changes) > 1:
        changes = [words["advice_both"].format(one=changes[0], other=changes[1])]
    made = "made_all" if remedy.steps == training.steps else "made_part"
    losses = remedy.losses or (math.nan, math.nan)
    return words["advice" if remedy.losses is None else "advice_loss"].format(
        changes=changes[0],
        made=words[made].format(steps=f"{remedy.steps:,}", all_steps=f"{training.steps:,}"),
        asked=f"{remedy.asked:,}",
        accuracy=percent(remedy.accuracy),
        own=percent(remedy.own),
        loss=number(losses[0]),
        own_loss=number(losses[1]),
    )
