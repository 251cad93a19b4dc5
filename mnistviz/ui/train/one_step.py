"""One step of the training, magnified; nothing is computed before it is opened."""

import math
import threading
from dataclasses import dataclass, field

import streamlit as st

from mnistviz.figures import theme
from mnistviz.lessons.train import figures, one_step
from mnistviz.lessons.train.one_step import DigitLoss, LayerSizes, Replay, StepDetails
from mnistviz.lessons.train.update_lines import distinct_texts, loss_written
from mnistviz.network.answers import prediction
from mnistviz.results import kept
from mnistviz.spec.fields import CLASSES, TRAINING_DIGITS, Augment, Optimizer, Style
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.learners import MOMENTUM
from mnistviz.ui.elements import components, question, show
from mnistviz.ui.session import cached
from mnistviz.ui.session.state import InHand
from mnistviz.ui.train import one_weight
from mnistviz.words import Lesson, read
from mnistviz.words.quantities import a_digit, number, percents, plain

MAX_BYTES = 32_000_000
"""Bytes that the cached moments of one training may take; one is cached at least."""

MAX_MOMENTS = 8
"""Moments of one training that are cached at most."""

MAX_NAMED = 6
"""Digits of a batch that are named at most."""

WAIT = 0.1
"""Seconds between two checks whether another session is done."""

_table = components.make("train/one_step", "<table></table>", js=("elements/dom",))


@dataclass(frozen=True, slots=True, eq=False)
class _Film:
    """A training that is replayed, for all sessions; the one that holds the lock moves it on."""

    replay: Replay
    lock: threading.Lock = field(default_factory=threading.Lock)
    moments: dict[int, StepDetails] = field(default_factory=dict)


@kept(maxsize=2)
def _film(spec: NetworkSpec) -> _Film:
    assert spec.training is not None
    return _Film(Replay(spec, cached.examples(spec.training.data)))


def moment_of(spec: NetworkSpec, step: int, lesson: Lesson) -> StepDetails:
    """Return a moment of a training, and show how far it is while it is replayed.

    A change of a setting ends this script at the next drawing; the next one goes on from there.
    """
    # It is there where nothing is replayed, too: else all that follows would be another element in
    # the next run, and the browser would draw it anew below what is there.
    words, place = lesson.parts, st.empty()
    film = _film(cached.same_numbers(spec))
    moment = film.moments.get(step)
    if moment is not None:
        return moment
    while not film.lock.acquire(timeout=WAIT):
        place.progress(0.0, text=words["replay_waits"])
    try:
        if step not in film.moments:
            for done in film.replay.go_to(step):
                message = words["replay"].format(step=f"{done:,}", steps=f"{step:,}")
                place.progress(done / step, text=message)
            _store(film, film.replay.take(), step, spec)
        moment = film.moments[step]
    finally:
        film.lock.release()
    place.empty()
    return moment


def _store(film: _Film, moment: StepDetails, step: int, spec: NetworkSpec) -> None:
    """Cache a moment; the oldest ones make room for it."""
    most = max(1, min(MAX_MOMENTS, MAX_BYTES // (20 * spec.parameter_count)))
    while len(film.moments) >= most:
        del film.moments[next(iter(film.moments))]
    film.moments[step] = moment


def title() -> tuple[str, str]:
    """Return the expander's title and key."""
    return read("train/one_step").title, "train_glass_open"


def take_apart(hand: InHand, step: int) -> None:
    """Draw the expander that takes one step of the training apart.

    Args:
        hand: the network in hand; its training is looked at, whichever weights are shown.
        step: how many updates there have been, 0 to the last step of the training. The update that
            comes next is the one that is shown.
    """
    lesson = read("train/one_step")
    with show.opened(*title()) as is_open:
        if not is_open:
            return
        spec = hand.trained
        moment = moment_of(spec, step, lesson)
        st.markdown(_describe_moment(hand, moment, lesson))
        digit = digit_of(hand, moment)
        if not (moment.finite and digit.finite):
            part = "broken_digit" if moment.finite else "broken"
            message = lesson.parts[part].format(loss=number(moment.loss), step=f"{moment.step:,}")
            st.warning(message, icon=":material/block:")
            return
        sizes = one_step.layer_sizes(moment)
        left, right = st.columns(2, gap="large")
        with left:
            _draw_forward(hand, moment, digit, lesson)
        with right:
            _draw_loss(hand, moment, digit, lesson)
        left, right = st.columns(2, gap="large")
        with left:
            _draw_gradient(digit, lesson)
        with right:
            _draw_layer_gradients(spec, moment, sizes, lesson)
        st.markdown(lesson.parts["update_title"])
        left, right = st.columns(2, gap="large")
        with left:
            _draw_rule(spec, lesson)
        with right:
            _draw_outcome(spec, moment, sizes, lesson)
        one_weight.draw(spec, moment, lesson)


def digit_of(hand: InHand, moment: StepDetails) -> DigitLoss:
    """Send the digit in hand through the network of a moment."""
    inputs = cached.inputs(hand.digit)[hand.digit.image]
    return one_step.digit_loss(hand.trained, moment.layers, inputs, cached.label(hand.digit))


def _describe_moment(hand: InHand, moment: StepDetails, lesson: Lesson) -> str:
    training = hand.training
    batches = training.steps // training.epochs
    epoch, batch = divmod(moment.step, batches)
    part = "now_end" if moment.step == training.steps else "now"
    return lesson.parts[part].format(
        step=f"{moment.step:,}",
        steps=f"{training.steps:,}",
        next=f"{moment.step + 1:,}",
        epoch=epoch + 1,
        epochs=training.epochs,
        batch=f"{batch + 1:,}",
        batches=f"{batches:,}",
    )


def _draw_forward(hand: InHand, moment: StepDetails, digit: DigitLoss, lesson: Lesson) -> None:
    words = lesson.parts
    sizes = hand.trained.sizes
    shapes = " → ".join(f"`({len(moment.indices)}, {size})`" for size in sizes)
    st.markdown(words["forward_title"])
    st.markdown(words["forward"].format(shapes=shapes))
    says, shares = prediction(digit.probabilities), percents(digit.probabilities)
    part = "forward_tied" if says is None else "forward_says"
    st.markdown(
        words[part].format(
            a_digit=a_digit(digit.label),
            says=says,
            percent=shares[int(digit.probabilities.argmax())],
            source=words[f"source_{hand.digit.split.value}"],
        )
    )
    rows = [
        _row(digit, place, [number(float(z)), shares[place]], float(p))
        for place, (z, p) in enumerate(zip(digit.logits, digit.probabilities, strict=True))
    ]
    _draw_table("train_glass_forward", "forward", rows, False, lesson)


def _row(digit: DigitLoss, place: int, cells: list[str], bar: float) -> dict[str, object]:
    truth = place == digit.label
    return {"cells": [f"✓ {place}" if truth else f"{place}", *cells], "bar": bar, "truth": truth}


def _draw_table(
    key: str, part: str, rows: list[dict[str, object]], signed: bool, lesson: Lesson
) -> None:
    columns = lesson.names(f"{part}_columns")
    _table(
        key=key,
        data={
            "columns": columns,
            "rows": rows,
            "signed": signed,
            "colors": {
                "positive": theme.POSITIVE if signed else theme.ACCENT,
                "negative": theme.NEGATIVE,
            },
            "alt": lesson.parts[f"{part}_alt"],
        },
    )


def _draw_loss(hand: InHand, moment: StepDetails, digit: DigitLoss, lesson: Lesson) -> None:
    words, count = lesson.parts, len(moment.indices)
    st.markdown(words["loss_title"])
    st.markdown(words["loss"])
    st.code(loss_written(digit.loss), language=None)
    st.markdown(words["loss_guess"].format(guess=number(math.log(CLASSES))))
    data = hand.training.data
    labels = cached.examples(data).train_labels
    named = [
        words["loss_digit"].format(number=f"{place:,}", a_digit=a_digit(int(labels[place])))
        for place in moment.indices[:MAX_NAMED].tolist()
    ]
    st.markdown(
        words["loss_batch_one" if count == 1 else "loss_batch"].format(
            count=f"{count:,}",
            set=f"{TRAINING_DIGITS[data]:,}",
            digits=", ".join(named),
            more=words["loss_more"] if count > MAX_NAMED else "",
            varied="" if hand.training.augment is Augment.NONE else f" {words['loss_varied']}",
            loss=number(moment.loss),
            right=f"{round(moment.accuracy * count):,}",
        )
    )


def _draw_gradient(digit: DigitLoss, lesson: Lesson) -> None:
    words = lesson.parts
    st.markdown(words["gradient_title"])
    p = f"{digit.probabilities[digit.label]:.3f}"
    slope = one_weight.signed(float(p) - 1)
    known = question.ask(lesson, label=digit.label, p=p, slope=slope)
    pairs = zip(digit.probabilities, digit.by_formula, strict=True)
    rows = [
        _row(
            digit,
            place,
            [
                f"{p:.3f}",
                f"{place == digit.label:d}",
                one_weight.signed(float(slope)) if known else "?",
            ],
            float(slope) if known else 0.0,
        )
        for place, (p, slope) in enumerate(pairs)
    ]
    _draw_table("train_glass_gradient", "gradient", rows, True, lesson)
    check = words["gradient_check"].format(difference=number(digit.difference))
    awaited = "" if known else words["gradient_awaited"]
    question.tell(f"{words['gradient']}\n\n{check}", "train_glass_meaning", awaited)


def _draw_layer_gradients(
    spec: NetworkSpec, moment: StepDetails, sizes: tuple[LayerSizes, ...], lesson: Lesson
) -> None:
    words = lesson.parts
    tensors = spec.style is Style.TENSORS
    shapes = ", ".join(f"`{each.shape[::-1] if tensors else each.shape}`" for each in sizes)
    part = "gradient_back_tensors" if tensors else "gradient_back_modules"
    st.markdown(words[part].format(shapes=shapes))
    st.markdown(words["gradient_sizes"])
    names = [words["layer_name"].format(number=place + 1) for place in range(len(sizes))]
    rows = "; ".join(
        words["gradient_size_row"].format(name=name, gradient=number(each.gradient))
        for name, each in zip(names, sizes, strict=True)
    )
    # In a container of its own it is as high as it says, not as high as the column beside it.
    with st.container():
        show.figure(
            figures.norms(names, [each.gradient for each in sizes]),
            key="train_glass_norms",
            alt=words["gradient_size_alt"].format(rows=rows),
        )
    if not any(each.gradient for each in sizes):
        left = any(bool(mean.weight.any() or mean.bias.any()) for mean in moment.means)
        st.markdown(words["gradient_zero_state" if left else "gradient_zero"])


def _draw_rule(spec: NetworkSpec, lesson: Lesson) -> None:
    words, training = lesson.parts, spec.training
    assert training is not None
    kind = training.optimizer
    st.markdown(words[f"update_{kind.value}"].format(lr=plain(training.lr), keep=f"{MOMENTUM:g}"))
    code = f"code_tensors_{kind.value}" if spec.style is Style.TENSORS else "code_modules"
    st.markdown(words[code].format(parameters=f"{spec.parameter_count:,}"))


def _draw_outcome(
    spec: NetworkSpec, moment: StepDetails, sizes: tuple[LayerSizes, ...], lesson: Lesson
) -> None:
    words = lesson.parts
    parameters = one_step.whole(tuple(each.parameters for each in sizes))
    update = one_step.whole(tuple(each.update for each in sizes))
    if parameters and math.isfinite(update):
        numbers = {"parameters": number(parameters), "update": number(update)}
        # A step changes far less than a tenth of a percent, often.
        share = f"{number(100 * update / parameters)}\N{NO-BREAK SPACE}%"
        st.markdown(words["update_sizes"].format(**numbers, share=share))
    before, after = number(moment.loss), number(moment.loss_after)
    if math.isfinite(moment.loss_after):
        before, after = distinct_texts(moment.loss, moment.loss_after)
    st.markdown(words[_verdict_part(spec, moment)].format(before=before, after=after))


def _verdict_part(spec: NetworkSpec, moment: StepDetails) -> str:
    """Return the part of the lesson that says what the update has done to the loss."""
    if not math.isfinite(moment.loss_after):
        return "update_breaks"
    if moment.loss_after == moment.loss:
        return "update_same"
    if moment.loss_after < moment.loss:
        return "update_helps"
    assert spec.training is not None
    return "update_hurts_plain" if spec.training.optimizer is Optimizer.SGD else "update_hurts"
