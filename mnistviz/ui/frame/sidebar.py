"""The sidebar: the network and the set of digits, one widget per setting.

Which digit is shown stands on the pages, beside the digit itself. What the page in sight is about
comes first; the rest is folded. All widgets are always drawn: one that appeared only when it has an
effect would not write into the link what a preset has given it. Those without effect are hidden by
`page/sidebar.css`, which reads the keys of the containers here.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import streamlit as st

from mnistviz.spec.activations import cut, for_layers, settled
from mnistviz.spec.fields import MAX_LAYERS, Init, Value, Weights
from mnistviz.spec.presets import PRESETS
from mnistviz.ui import pages
from mnistviz.ui.elements import widgets
from mnistviz.ui.pages import Page, Shows
from mnistviz.ui.session import state
from mnistviz.words import read
from mnistviz.words.quantities import epochs, plain

EACH_ACTIVATION = "each_activation"
"""The session's key of whether each hidden layer has a list for its activation."""

Settings = Mapping[str, Value]
"""What is set now, by the key of the setting."""


def draw(page: Page) -> None:
    """Draw the whole sidebar.

    Args:
        page: the page in sight; one that trains has drawn the settings of the training already.
    """
    words, now = read("frame").parts, state.settings()
    # There is no room for all of them in a row on the page that trains.
    drawn = {"training"} if page.shows is Shows.LEARNING else {"augment"}
    rest = [group for group in _GROUPS if group not in page.uses and group not in drawn]
    with st.sidebar:
        for group in page.uses:
            _draw_group(group, page, now)
        with st.expander(words["more_settings"], key="more_settings"):
            for group in rest:
                _draw_group(group, page, now)
        st.button(
            words["reset"],
            key="reset",
            on_click=_reset,
            help=words["reset_help"],
            type="tertiary",
        )


def _draw_group(group: str, page: Page, now: Settings) -> None:
    if group == "weights":
        widgets.pick("weights", default=page.weights.value)
    elif group in _TITLES:
        # A closed popover costs the browser nothing at a click, and its widgets are read from the
        # link and written into it all the same.
        used = "used" if _has_effect(group, page, now) else "unused"
        with (
            st.container(key=f"{group}_{used}"),
            st.popover(_TITLES[group](now), key=group, width="stretch"),
        ):
            _GROUPS[group](now)
    else:
        _GROUPS[group](now)


def _has_effect(group: str, page: Page, now: Settings) -> bool:
    """Tell whether the settings behind a button change anything on the page.

    How a network is trained matters to one that is trained, and on the page whose button trains it;
    how it starts, wherever its weights are not those of a file.
    """
    if group == "training":
        initial = page.shows is Shows.INITIAL
        return page.name == pages.LANDING or (now["weights"] == Weights.TRAINED and not initial)
    return now["weights"] != Weights.LOADED or not state.shown_on(page.name).network.loaded


def _layers(_: Settings) -> None:
    """Draw how many hidden layers there are, and the units of each of them."""
    st.caption(read("frame").parts["presets"])
    with st.container(key="presets", horizontal=True, gap="xsmall"):
        for number, (name, preset) in enumerate(PRESETS.items()):
            st.button(
                read("settings").parts[f"preset_{name}"],
                key=f"preset_{number + 1}",
                on_click=partial(state.apply, preset),
                width=widgets.NUMBER_WIDTH + 4,
            )
    layers = int(widgets.pick("layers"))
    with st.container(key=f"units_of_{layers}", horizontal=True, gap="small"):
        for number in range(1, MAX_LAYERS + 1):
            widgets.number(f"w{number}")


def _activation(now: Settings) -> None:
    """Draw the activation of all hidden layers; and one for each, once somebody asks for it.

    The link has them all under one key, so the lists of the layers are drawn for who uses them.
    """
    words, layers = read("frame").parts, int(now["layers"])
    fitting = cut(str(now["activation"]), layers)
    # The layers may have become fewer or more. What is written closes a list that is open: only
    # what differs is.
    if now["activation"] != fitting:
        st.session_state["activation"] = fitting
    with st.container(key=f"activation_of_{layers}"):
        more = words["each_activation"] if layers > 1 else ""
        chosen = settled(widgets.select("activation", more, _ask_for_each), layers)
        if layers > 1 and (isinstance(chosen, tuple) or st.session_state.get(EACH_ACTIVATION)):
            numbers = range(1, layers + 1)
            places = [words["each_activation_layer"].format(number=one) for one in numbers]
            widgets.select_each("activation", places, for_layers(chosen, layers))


def _ask_for_each(asked: bool) -> None:
    st.session_state[EACH_ACTIVATION] = asked


def _reset() -> None:
    state.reset()
    _ask_for_each(False)


def _start(_: Settings) -> None:
    """Draw how weights and biases start."""
    init, bias = widgets.select("init"), widgets.select("bias")
    normal = Init.NORMAL in (init, bias)
    used = [*(["std"] if normal else []), *(["constant"] if init == Init.CONSTANT else [])]
    with st.container(key="_".join(["start_of", *used]), horizontal=True, gap="small"):
        widgets.number("std")
        widgets.number("constant")


def _start_title(now: Settings) -> str:
    return read("frame").parts["start_values"].format(init=now["init"], bias=now["bias"])


def _training_title(now: Settings) -> str:
    return (
        read("frame")
        .parts["how_trained"]
        .format(
            optimizer=now["optimizer"],
            lr=plain(float(now["lr"])),
            epochs=epochs(int(now["epochs"])),
        )
    )


def training_settings() -> None:
    """Draw the settings of the training, one beside the other."""
    with st.container(key="training_settings", horizontal=True, gap="small"):
        widgets.pick("optimizer", width="content")
        for key in ("lr", "batch_size", "epochs"):
            widgets.number(key)


def _augment() -> None:
    widgets.pick("augment", width="content")


def _training(_: Settings) -> None:
    training_settings()
    _augment()


_GROUPS: Mapping[str, Callable[[Settings], object]] = MappingProxyType(
    {
        "weights": lambda _: widgets.pick("weights"),
        "layers": _layers,
        "activation": _activation,
        "style": lambda _: widgets.pick("style"),
        "start": _start,
        "training": _training,
        "augment": lambda _: _augment(),
        "seed": lambda _: widgets.number("seed"),
        "data": lambda _: widgets.pick("data"),
    }
)
"""What draws each group of settings, by the name that `pages.PAGES` has for it."""

_TITLES: Mapping[str, Callable[[Settings], str]] = MappingProxyType(
    {"start": _start_title, "training": _training_title}
)
"""What the button says behind which a group of several settings lies."""
