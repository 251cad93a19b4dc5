"""Training on with a set of one's own, and its results side by side with those before."""

import math
from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistviz import limits
from mnistviz.digits.own_set import OwnSet
from mnistviz.lessons.draw import set_figures, set_script
from mnistviz.network.files import saving
from mnistviz.network.files.loading import LoadedNetwork
from mnistviz.spec.fields import Data, Optimizer
from mnistviz.training import fine_tuning
from mnistviz.training.fine_tuning import EPOCHS, OPTIMIZERS, RATES, Epoch, Settings
from mnistviz.training.outcomes import Key, Outcome, Outcomes, learn
from mnistviz.training.pool import Work
from mnistviz.ui.draw import reading
from mnistviz.ui.draw.own_set import cards
from mnistviz.ui.elements import show, widgets
from mnistviz.ui.elements.show import figure, opened
from mnistviz.ui.session import cached, choices, learning, links, loaded
from mnistviz.ui.session.measured import Drawing, Shared
from mnistviz.ui.session.state import InHand
from mnistviz.words import read
from mnistviz.words.quantities import epochs, number, percent

CLEAR = 0.01
"""From this difference of accuracy on, the test digits count as read better or worse."""

_under_way = Shared[Outcome](maxsize=0)
"""Trainings that somebody waits for; what they come to is kept by `outcomes`."""

_rates = Shared[float | None](maxsize=32)
"""Learning rates that help, by training."""


@st.cache_resource(max_entries=1, show_spinner=False)
def outcomes() -> Outcomes:
    """Return the trainings that this server keeps."""
    return Outcomes(limits.current().own_sets)


def draw_training(hand: InHand, own: OwnSet) -> None:
    """Draw the settings, the button, and the outcome of the training with these settings.

    Args:
        hand: the network in hand.
        own: the set, not empty.
    """
    words = read("draw/own_set").parts
    with opened(words["train_title"], "draw_train_open") as is_open:
        if not is_open:
            return
        st.markdown(words["train_idea"])
        key = (cached.same_numbers(hand.network), own, _select_settings(words))
        learned, held = fine_tuning.split(own, key[2])
        st.markdown(_describe_split(words, len(learned), len(held), key[2]))
        note = reading.note_on_tests(hand.network)
        if note:
            st.markdown(note)
        pressed = st.button(
            words["train"],
            key="draw_train_go",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not len(learned),
        )
        place = st.empty()
        if pressed:
            _train(key, place.progress(0.0), words)
            place.empty()
        outcome = outcomes().get(key)
        if outcome is not None:
            _draw_outcome(key, outcome, words)


def _select_settings(words: Mapping[str, str]) -> Settings:
    """Let the person choose how to train."""
    left, right = st.columns(2, gap="large")
    with left:
        _draw_sliders(words)
    with right:
        _draw_options(words)
    return _settings_of_session()


def _draw_sliders(words: Mapping[str, str]) -> None:
    usual = Settings()
    with links.drawn_late("draw_epochs"):
        st.slider(
            words["epochs"],
            EPOCHS[0],
            EPOCHS[-1],
            usual.epochs,
            help=words["epochs_help"],
            **links.bound("draw_epochs"),
        )
    with links.drawn_late("draw_lr"):
        st.select_slider(
            words["lr"],
            RATES,
            usual.lr,
            format_func=number,
            help=words["lr_help"],
            **links.bound("draw_lr"),
        )


def _draw_options(words: Mapping[str, str]) -> None:
    options_of = {
        "draw_optimizer": tuple(one.value for one in OPTIMIZERS),
        "draw_mix": choices.CHOICES["draw_mix"].values,
        "draw_held": choices.CHOICES["draw_held"].values,
    }
    for key, options in options_of.items():
        with links.drawn_late(key):
            widgets.choose(key, words[key], options, words[f"{key}_help"])


def _describe_split(words: Mapping[str, str], learned: int, held: int, settings: Settings) -> str:
    if not learned:
        part = "split_nothing"
    elif not settings.held:
        part = "split_off"
    else:
        part = "split" if held else "split_none"
    mixed = words["split_mixed"] if settings.mixed and learned else ""
    return f"{words[part].format(learned=learned, held=held)} {mixed}".strip()


def _train(key: Key, bar: DeltaGenerator, words: Mapping[str, str]) -> None:
    """Train; whatever else the person does meanwhile ends it at the next drawing."""
    total = key[2].epochs

    def draw(work: Work) -> None:
        text = words["training"].format(epoch=work.told, epochs=total)
        bar.progress(work.told / total, text=learning.describe_place(work.ahead) or text)

    _learned(key, draw)


def _learned(key: Key, draw: Drawing | None = None) -> Outcome:
    """Return what a training has come to, or train, which is the same once more."""
    outcome = outcomes().get(key)
    if outcome is None:
        layers, sample = cached.parameters(key[0]), cached.examples(Data.SAMPLE)
        outcome = _under_way.get(key, lambda: learn(key, layers, sample), draw)
        outcomes().put(key, outcome)
    return outcome


def _draw_outcome(key: Key, outcome: Outcome, words: Mapping[str, str]) -> None:
    """Show before and after, the digits that are read otherwise, and the way to use it."""
    _, own, settings = key
    if outcome.after is None:
        text = words["exploded"].format(lr=number(settings.lr))
        st.warning(f"{text} {describe_advice(key, words)}", icon=":material/warning:")
        return
    first, last = outcome.records[0], outcome.records[-1]
    st.markdown(describe_outcome(first, last, words))
    if last.learned < first.learned:
        st.markdown(describe_advice(key, words))
    table, chart = st.columns(2, gap="large", vertical_alignment="center")
    with table:
        st.markdown(_describe_table(key, outcome, words))
        st.button(
            words["use"],
            key="draw_train_use",
            icon=":material/check:",
            help=words["use_help"],
            on_click=_use,
            args=(key,),
        )
    with chart:
        _draw_curves(outcome, words)
    held = frozenset(fine_tuning.split(own, settings)[1].tolist())
    cards.draw_changed(own, outcome.before, outcome.after, held)


def _draw_curves(outcome: Outcome, words: Mapping[str, str]) -> None:
    lines = [
        set_figures.Line(words[f"line_{name}"], shares, place)
        for place, name in enumerate(("learned", "held", "test"))
        if not math.isnan((shares := [getattr(one, name) for one in outcome.records])[0])
    ]
    figure(
        set_figures.curves(lines, words["axis"]),
        key="draw_train_curves",
        alt=words["curves_alt"].format(
            lines="; ".join(
                words["curve_alt"].format(
                    name=line.name,
                    before=percent(line.shares[0]),
                    after=percent(line.shares[-1]),
                )
                for line in lines
            )
        ),
    )


def describe_outcome(first: Epoch, last: Epoch, words: Mapping[str, str]) -> str:
    """Write what the training has gained on the own digits, and lost or gained on the test digits.

    Args:
        first: the record of the start.
        last: that of the last epoch.
        words: of the lesson.
    """
    own, others = last.learned - first.learned, last.test - first.test
    own_part = "own_better" if own > 0 else "own_worse" if own < 0 else "own_same"
    others_part = "kept_same"
    if abs(others) >= CLEAR:
        others_part = "kept_better" if others > 0 else "kept_worse"
    return " ".join(
        words[part].format(
            epochs=epochs(last.epoch),
            learned_before=percent(first.learned),
            learned=percent(last.learned),
            test_before=percent(first.test),
            test=percent(last.test),
        )
        for part in (own_part, others_part)
    )


def describe_advice(key: Key, words: Mapping[str, str]) -> str:
    """Write which smaller learning rate helps, or that none does: what is advised was tried.

    Args:
        key: a training after which the network reads fewer of the digits that it learned.
        words: of the lesson.
    """
    rate = find_rate(key)
    return words["no_rate"] if rate is None else words["try_rate"].format(rate=number(rate))


def find_rate(key: Key) -> float | None:
    """Return a smaller learning rate that helps, if one does; see `fine_tuning.smaller_rate`."""
    spec, own, settings = key
    layers, sample = cached.parameters(spec), cached.examples(Data.SAMPLE)
    return _rates.get(key, lambda: fine_tuning.smaller_rate(spec, layers, own, settings, sample))


def _describe_table(key: Key, outcome: Outcome, words: Mapping[str, str]) -> str:
    _, own, settings = key
    learned, held = fine_tuning.split(own, settings)
    tests = len(cached.examples(Data.SAMPLE).test_labels)
    first, last = outcome.records[0], outcome.records[-1]
    rows = [words["table_head"]]
    for name, count in (("learned", len(learned)), ("held", len(held)), ("test", tests)):
        if count:
            rows.append(
                words[f"table_{name}"].format(
                    count=f"{count:,}",
                    before=percent(getattr(first, name)),
                    after=percent(getattr(last, name)),
                )
            )
    return "\n".join(rows)


def _use(key: Key) -> None:
    """Let every page show what has been learned."""
    spec, own, _ = key
    # The server may have discarded it since.
    last = _learned(key).records[-1]
    if last.layers is None:
        return
    words = read("draw/own_set").parts
    name = words["network_name"].format(count=len(own))
    loaded.take(LoadedNetwork(last.layers, spec.activation, name))
    # Wherever the person is on the page: the button that was pressed is gone now.
    st.toast(words["used"], icon=":material/check:")


def offer_code(hand: InHand, own: OwnSet) -> None:
    """Offer the script that trains on in the same way, and the weights that it begins with.

    Args:
        hand: the network in hand.
        own: the set, not empty.
    """
    frame, words, spec = read("frame").parts, read("draw/own_set").parts, hand.network
    with opened(frame["code_title"], "draw_set_code_open") as is_open:
        if not is_open:
            return
        settings = _settings_of_session()
        if not len(fine_tuning.split(own, settings)[0]):
            st.markdown(words["split_nothing"])
            return
        name = saving.file_name(spec)
        st.markdown(words["code"].format(folder=set_script.FOLDER, weights=name))
        text = set_script.script(spec, own, settings)
        with st.container(horizontal=True, gap="small"):
            show.script_file(text, set_script.FILE_NAME, "draw_set_code_download")
            show.weights_file(spec, words["download_weights"], "draw_set_weights_download")
        st.code(text, language="python")


def _settings_of_session() -> Settings:
    """Return what the widgets of the training hold, or would hold."""
    usual, held = Settings(), st.session_state
    return Settings(
        epochs=int(held.get("draw_epochs", usual.epochs)),
        lr=float(held.get("draw_lr", usual.lr)),
        optimizer=Optimizer(str(held.get("draw_optimizer", usual.optimizer.value))),
        mixed=held.get("draw_mix", "yes") == "yes",
        held=held.get("draw_held", "yes") == "yes",
    )
