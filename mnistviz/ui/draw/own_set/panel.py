"""A set of one's own: drawings are kept with their labels, shown, taken home and brought back."""

import re
from collections.abc import Mapping, Sequence

import streamlit as st

from mnistviz.digits.own_set import MOST, OwnDigit, OwnSet, OwnSetError
from mnistviz.digits.own_set_zip import FILE_NAME, MAX_BYTES, from_zip, to_zip
from mnistviz.digits.preparation import Prepared
from mnistviz.results import kept
from mnistviz.spec.fields import CLASSES, Data
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import evaluation, loop
from mnistviz.training.evaluation import Results
from mnistviz.ui.draw import reading
from mnistviz.ui.draw.own_set import cards, state, train
from mnistviz.ui.session import cached, links
from mnistviz.ui.session.state import InHand
from mnistviz.words import read
from mnistviz.words.quantities import percent

LABEL, LABELS = "draw_label", "draw_labels"
"""The keys of the label of one digit, and of the text for several."""

ASKED = "draw_label_asked"
"""The session's key of the pictures that were last asked for."""

CHOSEN = "draw_label_chosen"
"""The session's key: whether the person has chosen a label for these very pictures."""

FILE = "draw_set_file"


def keep(prepared: Sequence[Prepared], says: Sequence[int | None]) -> None:
    """Draw the field of labels, and the button that adds the drawn digits to the set.

    Args:
        prepared: the digits that were found, from left to right; none while nothing is drawn.
        says: what the network says of each, 0 to 9; None where it has no single answer.
    """
    words, own = read("draw/own_set").parts, state.current()
    pixels = tuple(one.pixels.tobytes() for one in prepared)
    _follow(pixels, says)
    _draw_label_field(len(pixels), words)
    labels = _labels(len(pixels))
    stored = labels is not None and all(
        (place := own.find(one)) is not None and own.digits[place].label == label
        for one, label in zip(pixels, labels, strict=True)
    )
    full = len(own) + sum(own.find(one) is None for one in set(pixels)) > MOST
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            words["keep"],
            key="draw_keep",
            icon=":material/add:",
            disabled=not pixels or labels is None or full,
            on_click=_store,
            args=(pixels,),
        )
        st.markdown(_describe_status(words, pixels, labels, stored, full, len(own)))
    if pressed:
        # The panel may stand outside the fragment in which this does.
        st.rerun()


def _draw_label_field(count: int, words: Mapping[str, str]) -> None:
    single, several = links.private(LABEL), links.private(LABELS)
    if count > 1:
        st.text_input(words["labels"], help=words["labels_help"], on_change=_choose, **several)
    else:
        st.segmented_control(
            words["label"],
            range(CLASSES),
            disabled=not count,
            help=words["label_help"],
            on_change=_choose,
            width="stretch",
            **single,
        )


def _follow(pixels: tuple[bytes, ...], says: Sequence[int | None]) -> None:
    """Put the labels to what the network says, where another drawing or another answer is there.

    A label that the person has chosen for this very drawing stays.
    """
    if st.session_state.get(ASKED) != pixels:
        st.session_state[ASKED], st.session_state[CHOSEN] = pixels, False
    if not st.session_state[CHOSEN]:
        st.session_state[LABEL], st.session_state[LABELS] = _first_label(says), _join_labels(says)
    else:
        # A page without the widget must not lose what was chosen.
        for key, first in ((LABEL, _first_label(says)), (LABELS, _join_labels(says))):
            st.session_state.setdefault(key, first)


def _choose() -> None:
    st.session_state[CHOSEN] = True


def _first_label(says: Sequence[int | None]) -> int | None:
    return says[0] if says else None


def _join_labels(says: Sequence[int | None]) -> str:
    return "".join("?" if one is None else str(one) for one in says)


def _labels(count: int) -> tuple[int, ...] | None:
    """Return the selected labels, or None if they are not one digit for each picture."""
    if count == 1:
        label = st.session_state.get(LABEL)
        return None if label is None else (int(label),)
    text = re.sub(r"\s", "", st.session_state.get(LABELS) or "")
    return tuple(map(int, text)) if re.fullmatch(f"[0-9]{{{count}}}", text) else None


def _describe_status(
    words: Mapping[str, str],
    pixels: Sequence[bytes],
    labels: Sequence[int] | None,
    stored: bool,
    full: bool,
    count: int,
) -> str:
    part = "keep_ready"
    if full:
        part = "keep_full"
    elif not pixels:
        part = "keep_nothing"
    elif labels is None:
        part = "keep_unclear"
    elif stored:
        part = "kept_one" if len(pixels) == 1 else "kept_many"
    return words[part].format(
        labels=_join_labels(labels or ()),
        found=len(pixels),
        holds=_describe_count(words, count),
    )


def _describe_count(words: Mapping[str, str], count: int) -> str:
    part = {0: "holds_none", 1: "holds_one", MOST: "holds_most"}.get(count, "holds_many")
    return words[part].format(count=count)


def _store(pixels: tuple[bytes, ...]) -> None:
    labels = _labels(len(pixels))
    if labels is None:
        return
    digits = (OwnDigit(*pair) for pair in zip(pixels, labels, strict=True))
    try:
        state.add(digits)
    except OwnSetError as error:
        state.say(str(error), bad=True)


def panel(hand: InHand) -> None:
    """Draw the set, how the network classifies it, and the training on it.

    Args:
        hand: what is in hand.
    """
    lesson, own = read("draw/own_set"), state.current()
    words = lesson.parts
    with st.container(key="draw_set"):
        st.header(lesson.title, anchor=False)
        text, bad = state.note()
        # Its room stays when the last digit is removed: there is one to bring back.
        with st.container(key="draw_set_kept" if own.digits or state.can_undo() else None):
            if not own.digits:
                st.markdown(words["empty"])
            else:
                results = answers(cached.same_numbers(hand.network), own)
                st.markdown(describe_accuracy(hand.network, own, results, words))
                cards.draw_cards(own, results)
        if text:
            (st.error if bad else st.info)(text)
        _draw_files(own, words)
        if own.digits:
            # What is no number is no answer that could be confused with another.
            if not results.broken:
                cards.draw_confusions(own, results)
            train.draw_training(hand, own)
            train.offer_code(hand, own)


@kept(maxsize=32)
def answers(spec: NetworkSpec, own: OwnSet) -> Results:
    """Return what a network says to the digits of a set."""
    return evaluation.evaluate(spec, cached.parameters(spec), own.inputs, own.labels)


@kept(maxsize=32)
def _test_accuracy(spec: NetworkSpec) -> float:
    test = cached.examples(Data.SAMPLE)
    layers = cached.parameters(spec)
    return loop.evaluate(spec, layers, test.test_inputs, test.test_labels)[1]


def describe_accuracy(
    spec: NetworkSpec, own: OwnSet, results: Results, words: Mapping[str, str]
) -> str:
    """Write the sentence that compares the own digits with the test digits.

    Args:
        spec: the network in hand.
        own: the set, not empty.
        results: what the network says to it.
        words: of the lesson.
    """
    if results.broken:
        return words["broken"].format(broken=results.broken, count=len(own))
    test = len(cached.examples(Data.SAMPLE).test_labels)
    part = "seen"
    if len(own) == 1:
        part = "seen_one_right" if results.right[0] else "seen_one_wrong"
        part = "seen_one_none" if results.tied else part
    text = words[part].format(
        right=int(results.right.sum()),
        count=len(own),
        accuracy=percent(float(results.right.mean())),
        tests=f"{test:,}",
        test_accuracy=percent(_test_accuracy(cached.same_numbers(spec))),
    )
    return f"{text} {reading.note_on_tests(spec)}".strip()


def _draw_files(own: OwnSet, words: Mapping[str, str]) -> None:
    """Draw the buttons that download, empty and restore the set, and the uploader."""
    buttons, file = st.columns([5, 5], gap="large", vertical_alignment="center")
    with buttons.container(horizontal=True, gap="small"):
        st.download_button(
            words["download"],
            # Written when one asks for it.
            lambda: to_zip(own),
            file_name=FILE_NAME,
            mime="application/zip",
            key="draw_set_download",
            icon=":material/download:",
            help=words["download_help"],
            on_click="ignore",
            disabled=not own.digits,
        )
        st.button(words["clear"], key="draw_set_empty", disabled=not own.digits, on_click=_clear)
        st.button(
            words["undo"],
            key="draw_set_undo",
            icon=":material/undo:",
            disabled=not state.can_undo(),
            on_click=state.undo,
            args=(words["undone"],),
            help=words["undo_help"],
        )
    with file:
        st.file_uploader(
            words["load"],
            type="zip",
            key=FILE,
            help=words["load_help"],
            max_upload_size=MAX_BYTES // 1_000_000,
            on_change=_load,
        )


def _clear() -> None:
    state.put(OwnSet(), read("draw/own_set").parts["cleared"], undo=True)


def _load() -> None:
    """Read the file that has come; called once for each."""
    file = st.session_state[FILE]
    if file is None:
        state.say("")
        return
    words, before = read("draw/own_set").parts, state.current()
    try:
        loaded = from_zip(file.getvalue())
        own = before.with_digits(loaded.digits)
    except OwnSetError as error:
        state.say(words["not_loaded"].format(reason=error), bad=True)
        return
    part = "loaded_one" if len(loaded) == 1 else "loaded"
    text = words[part].format(found=len(loaded), new=len(own) - len(before))
    state.put(own, text, undo=True)
