"""The expanders of the page Train: before and after, one step, the weights and the code."""

from collections.abc import Iterable

import streamlit as st

from mnistviz.codegen import weights
from mnistviz.figures import bars, pictures
from mnistviz.lessons.train import script
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.runs import Run
from mnistviz.ui.elements import show, unit_rows
from mnistviz.ui.session import cached
from mnistviz.ui.session.state import InHand
from mnistviz.ui.train import augmented, one_step, stage
from mnistviz.ui.train.results import panel
from mnistviz.words import Lesson
from mnistviz.words.quantities import percent

COMPARISON = "train_compare_open"
WEIGHTS = "train_weights_open"

SHOWN = 6
"""Units of which the weights are shown before and after."""


def show_all(hand: InHand, run: Run | None, frame: int, lesson: Lesson) -> None:
    """Draw the expanders, each in its place whether there is something in it yet or not.

    They stay where they are when a training starts or ends: somebody may be reading there.
    """
    words = lesson.parts
    done = run if run is not None and run.progress().finished and not run.has_failed else None
    if done is None:
        _await(lesson, ((words["compare_title"], COMPARISON),))
    else:
        draw_comparison(hand, done, lesson)
    show.deeper()
    step = 0 if done is None else stage.step_in_hand(done, frame)
    if done is None:
        _await(lesson, panel.titles())
    else:
        panel.show(hand, stage.layers_at(done, step), step)
    # Both train, so not while this training is going on.
    if run is None or done is not None:
        one_step.take_apart(hand, step)
        augmented.show_all(hand)
    else:
        _await(lesson, (one_step.title(), augmented.title()))
    if done is None:
        _await(lesson, ((words["weights_title"], WEIGHTS),))
    else:
        offer_weights(hand, lesson)
    offer_code(hand, lesson)


def _await(lesson: Lesson, expanders: Iterable[tuple[str, str]]) -> None:
    """Draw expanders, by title and key, that have something to show once a training is done."""
    for title, key in expanders:
        with show.opened(title, key) as is_open:
            if is_open:
                st.markdown(lesson.parts["awaits"])


def draw_comparison(hand: InHand, run: Run, lesson: Lesson) -> None:
    """Show the digit's bars and some units, before the first step and after the last."""
    words = lesson.parts
    with show.opened(words["compare_title"], COMPARISON) as is_open:
        if not is_open:
            return
        st.markdown(words["compare"])
        last = run.marks[max(run.marks)]
        titles = (
            words["compare_before"].format(accuracy=percent(run.marks[0].test_accuracy)),
            words["compare_after"].format(
                accuracy=percent(last.test_accuracy), steps=f"{max(run.marks):,}"
            ),
        )
        specs = (hand.network.untrained, hand.trained)
        columns = st.columns(2, gap="large")
        for place, (column, title, spec) in enumerate(zip(columns, titles, specs, strict=True)):
            with column:
                st.markdown(f"**{title}**")
                _draw_bars(hand, spec, place, title)
        _draw_units(specs, titles, lesson)


def _draw_bars(hand: InHand, spec: NetworkSpec, place: int, title: str) -> None:
    digit, label = hand.digit, cached.label(hand.digit)
    said = bars.softmax_bars_alt(cached.row(spec, digit), label)
    show.figure(
        cached.softmax_bars(spec, digit, label, False),
        key=f"train_bars_{place}",
        alt=f"{title}. {said}",
    )


def _draw_units(specs: tuple[NetworkSpec, ...], titles: tuple[str, ...], lesson: Lesson) -> None:
    words = lesson.parts
    weights_of = [cached.parameters(spec)[0].weight[:SHOWN].numpy() for spec in specs]
    unit_rows.draw(
        key="train_units",
        rows=[
            {
                "words": title,
                "pictures": [
                    pictures.data_uri(pictures.signed(each, float(abs(values).max())))
                    for each in values
                ],
                "names": [words["compare_unit"].format(number=n) for n in range(len(values))],
                "alts": [
                    words["compare_alt"].format(number=n, title=title) for n in range(len(values))
                ],
            }
            for title, values in zip(titles, weights_of, strict=True)
        ],
    )


def offer_code(hand: InHand, lesson: Lesson) -> None:
    """Offer the script that trains the network as the page does."""
    show.script(
        lesson,
        lambda: script.script(hand.trained),
        script.file_name(hand.trained),
    )


def offer_weights(hand: InHand, lesson: Lesson) -> None:
    """Offer the weights as a file, and the code that loads it."""
    words = lesson.parts
    with show.opened(words["weights_title"], WEIGHTS) as is_open:
        if not is_open:
            return
        st.markdown(words["weights"])
        spec = hand.trained
        show.weights_file(spec, words["weights_download"], "train_weights")
        st.markdown(words["weights_code"])
        st.code(weights.loading_code(spec), language="python")
