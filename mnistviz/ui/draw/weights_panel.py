"""The panel of the page Draw that loads a file of weights, and describes the network in it."""

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from mnistviz.codegen import weights
from mnistviz.digits import mnist
from mnistviz.network import forward
from mnistviz.network.files import hints, kinds, loading
from mnistviz.network.files.hints import Accuracy
from mnistviz.network.files.loading import LoadedNetwork, WeightsError
from mnistviz.results import kept
from mnistviz.spec.activations import Activations, listed
from mnistviz.spec.fields import MAX_LAYERS, MAX_UNITS, Data, Weights
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import loop
from mnistviz.ui.draw import reading
from mnistviz.ui.elements import widgets
from mnistviz.ui.session import cached, loaded, state, uploads
from mnistviz.ui.session.loaded import Loaded
from mnistviz.ui.session.measured import measured
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, read
from mnistviz.words.quantities import percent

FILE = "draw_weights_file"
"""The key of the uploader."""

ERROR, ANOTHER = "draw_weights_error", "draw_weights_another"
"""The session's keys: why the last file was refused, and whether another one is to be loaded."""

LEARNED = 0.5
"""The share that a network has to read at least to count as trained; one that is not may read a
fifth by chance."""

CLEARLY = 0.02
"""By how much more another normalization has to read to be worth a word."""


def panel(hand: InHand) -> None:
    """Offer to load a file of weights; once one is loaded, describe its network.

    It belongs outside the page's fragment: what it loads sets widgets of the sidebar.

    Args:
        hand: what is in hand.
    """
    lesson, mine = read("draw/weights_panel"), loaded.mine()
    with st.container(key="draw_weights_panel"):
        st.markdown(lesson.idea)
        if mine is not None and mine.layers is None:
            gone = lesson.parts["gone"].format(name=loaded.name())
            st.warning(gone, icon=":material/folder_off:")
        is_here = mine is not None and mine.layers is not None
        if not is_here or st.session_state.get(ANOTHER):
            _draw_uploader(is_here, lesson)
        elif mine is not None:
            _draw_loaded(mine, hand, lesson)


def _draw_uploader(is_here: bool, lesson: Lesson) -> None:
    words = lesson.parts
    # A file of `torch.save` is read by a child that takes seconds to start.
    cached.weight_readers().warm()
    # Any name may come: the bytes say what it is, and what is no weights gets its sentence.
    file = st.file_uploader(
        words["file"],
        key=FILE,
        max_upload_size=kinds.LARGEST // 1_000_000,
        help=words["file_help"].format(layers=MAX_LAYERS, units=f"{MAX_UNITS:,}"),
        on_change=_read,
    )
    if file is not None and ERROR in st.session_state:
        st.error(st.session_state[ERROR], icon=":material/error:")
    if is_here:
        st.button(
            words["keep"].format(name=loaded.name()),
            key="draw_weights_keep",
            on_click=_want_another,
            args=(False,),
        )
    st.markdown(words["none_yet"])
    st.code(weights.saving(), language="python", wrap_lines=True)


def _read() -> None:
    """Read the uploaded file, once; put its network in hand, or store why it was refused."""
    file = st.session_state[FILE]
    st.session_state.pop(ERROR, None)
    # Nothing: the person has taken the file away.
    if not isinstance(file, UploadedFile):
        return
    try:
        network = loading.read(file.getvalue(), file.name, cached.weight_readers())
    except WeightsError as error:
        st.session_state[ERROR] = str(error)
        return
    loaded.take(network)
    _want_another(False)
    uploads.release(file)


def _want_another(wanted: bool) -> None:
    st.session_state[ANOTHER] = wanted
    st.session_state.pop(ERROR, None)


def _draw_loaded(mine: Loaded, hand: InHand, lesson: Lesson) -> None:
    words, in_hand = lesson.parts, bool(hand.network.loaded)
    spec = NetworkSpec(hidden=mine.hidden, loaded=mine.digest)
    st.markdown(
        words["found" if mine.hidden else "found_one"].format(
            name=loaded.name(),
            architecture=spec.architecture,
            count=f"{spec.parameter_count:,}",
            layers=len(spec.shapes),
        )
    )
    for note in mine.notes:
        st.markdown(f"- {note}")
    _draw_table(spec, lesson)
    if ERROR in st.session_state:
        st.error(st.session_state[ERROR], icon=":material/error:")
    _draw_inputs(mine, lesson)
    _draw_activation(mine, hand, lesson)
    st.markdown(words["in_hand" if in_hand else "not_in_hand"])
    with st.container(horizontal=True):
        if in_hand:
            st.button(
                words["initial"],
                key="draw_weights_initial",
                on_click=state.apply,
                args=({"weights": Weights.INITIAL.value},),
                disabled=state.is_refused({"weights": Weights.INITIAL.value}),
            )
        else:
            st.button(
                words["show"],
                key="draw_weights_show",
                type="primary",
                on_click=loaded.use,
                disabled=state.is_refused({"weights": Weights.LOADED.value}),
            )
        st.button(
            words["another"], key="draw_weights_another_file", on_click=_want_another, args=(True,)
        )


def _draw_table(spec: NetworkSpec, lesson: Lesson) -> None:
    columns = lesson.names("columns")
    rows = [
        (f"`fc{number}`", f"`({after}, {before})`", f"`({after},)`", f"{(before + 1) * after:,}")
        for number, (before, after) in enumerate(spec.shapes, start=1)
    ]
    st.table([dict(zip(columns, row, strict=True)) for row in rows])


def _draw_activation(mine: Loaded, hand: InHand, lesson: Lesson) -> None:
    """Say how well it reads, and with which activation; let the person choose if none is said."""
    words, activation = lesson.parts, hand.network.activation
    spec = NetworkSpec(hidden=mine.hidden, loaded=mine.digest)
    if mine.hidden and mine.activation is None:
        st.markdown(words["activation_unknown"])
        shares = hints.by_activation(_compute_accuracies(mine.digest))
        presets = {
            words["activation_share"].format(name=each.value, accuracy=percent(share)): {
                "activation": each.value
            }
            for each, share in shares.items()
        }
        widgets.settings_to_try(words["activation"], presets, key="draw_weights_activation")
        if len(mine.hidden) > 1:
            st.markdown(words["activation_each"])
    elif mine.hidden and mine.activation is not None:
        st.markdown(words["activation_said"].format(activation=listed(mine.activation)))
    share = accuracy(spec, activation)
    activation = NetworkSpec(hidden=mine.hidden, activation=activation).activation
    form = "accuracy_each" if isinstance(activation, tuple) else "accuracy"
    if not mine.hidden:
        form = "accuracy_single"
    if np.isnan(share):
        form = "accuracy_broken"
    text = words[form].format(
        activation=listed(activation),
        accuracy=percent(share),
        count=f"{len(cached.examples(Data.SAMPLE).test_labels):,}",
    )
    st.markdown(f"{text} {reading.note_on_tests(spec)}")


@measured(maxsize=64)
def _compute_accuracies(digest: str) -> tuple[Accuracy, ...]:
    """Measure each guess of what the file may not say on the test digits of the sample."""
    layers = cached.loaded_store().get(digest)
    assert layers is not None
    examples = cached.examples(Data.SAMPLE)
    return hints.accuracies(
        LoadedNetwork(layers, None, ""), examples.test_inputs, examples.test_labels
    )


def other_inputs(mine: Loaded) -> Accuracy | None:
    """Return with which other normalization a network reads clearly better, if there is one.

    A file that says its activation is of this app, and so are its inputs. Of the others, each may
    read best with another activation: that question stays the person's.
    """
    if mine.activation is not None:
        return None
    accuracies = _compute_accuracies(mine.digest)
    best = max(accuracies, key=lambda one: one.accuracy)
    ours = max(hints.by_activation(accuracies).values())
    return best if best.accuracy >= max(ours + CLEARLY, LEARNED) else None


def _draw_inputs(mine: Loaded, lesson: Lesson) -> None:
    """Say that the network expects other inputs, and offer to adapt its first layer."""
    better, words = other_inputs(mine), lesson.parts
    if better is None:
        return
    mean, std = better.normalization
    numbers = {
        "mean": f"{mean:g}",
        "std": f"{std:g}",
        "accuracy": percent(better.accuracy),
        "ours": f"Normalize(({mnist.MEAN},), ({mnist.STD},))",
        "theirs": f"Normalize(({mean:g},), ({std:g},))" if mean else "ToTensor()",
    }
    with st.container(key="draw_weights_inputs", border=True):
        st.markdown(words["inputs"].format(**numbers))
        note = words["inputs_note"].format(**numbers)
        st.button(
            words["adapt"],
            key="draw_weights_adapt",
            type="primary",
            on_click=_adapt,
            args=(better, note),
        )


def _adapt(better: Accuracy, note: str) -> None:
    """Fold the other normalization into the first layer, and put that network in hand."""
    mine = loaded.mine()
    if mine is None or mine.layers is None:
        return
    network = LoadedNetwork(mine.layers, mine.activation, mine.name, (*mine.notes, note))
    try:
        adapted = hints.refolded(network, *better.normalization)
    except WeightsError as error:
        st.session_state[ERROR] = str(error)
        return
    loaded.take(adapted)


@kept(maxsize=64)
def accuracy(spec: NetworkSpec, activation: Activations) -> float:
    """Return the share of the sample's test digits that a network reads correctly.

    Args:
        spec: the network.
        activation: what stands on its hidden layers, whatever the spec says.

    Returns:
        0 to 1; not a number where some of its logits are none.
    """
    examples = cached.examples(Data.SAMPLE)
    other = NetworkSpec(hidden=spec.hidden, activation=activation, loaded=spec.loaded)
    logits = forward.logits(other, cached.parameters(other), examples.test_inputs)
    if not logits.isfinite().all():
        return float("nan")
    return loop.accuracy(logits, examples.test_labels)
