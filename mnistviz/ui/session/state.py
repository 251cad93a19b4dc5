"""What the person has set: read from the widgets, kept within the set, given to the pages."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from mnistviz.digits.mnist import DataError, is_complete, root_of
from mnistviz.spec.fields import (
    FIELDS,
    Data,
    Style,
    Value,
    Weights,
    batch_count,
    batch_length,
    defaults,
)
from mnistviz.spec.link import read_link
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.ui import pages
from mnistviz.ui.pages import Shows
from mnistviz.ui.session import cached, lesson, links, loaded

_NAME = "session_name"
"""The session's key of its own name."""

_PAGE = "page"
"""The session's key of the page in sight."""


@dataclass(frozen=True, slots=True)
class InHand:
    """The network and the digit that every page shows.

    Attributes:
        network: the network of the sidebar: with its training where the weights are trained, with
            their digest where they are loaded.
        digit: the digit, of a set that is there: of the sample while the full one is not.
        training: how the network is trained, or would be; on a set that is there.
        first: the network of the sidebar with the weights it starts with; None where `network` says
            that itself. Loaded weights do not say how they would start.
    """

    network: NetworkSpec
    digit: DigitSpec
    training: TrainSpec
    first: NetworkSpec | None = None

    @property
    def trained(self) -> NetworkSpec:
        """The network with its training, whichever weights are shown."""
        return replace(self.initial.network, training=self.training)

    @property
    def initial(self) -> "InHand":
        """The same with the weights that the network starts with, for pages that are about them."""
        return replace(self, network=self.first or self.network.untrained, first=None)

    @property
    def unloaded(self) -> "InHand":
        """The same with its first weights in the place of loaded ones, for the page that trains."""
        return self.initial if self.network.loaded else self

    @property
    def by_hand(self) -> "InHand":
        """The same with the network from bare tensors: one that is trained has learned so too."""
        first = self.first and replace(self.first, style=Style.TENSORS)
        return replace(self, network=replace(self.network, style=Style.TENSORS), first=first)


def name() -> str:
    """Return the session's name for itself, by which a browser notices that it is another one."""
    return str(st.session_state.setdefault(_NAME, secrets.token_hex(8)))


def is_new() -> bool:
    """Tell whether this is the first run of a session: no widget has been drawn yet."""
    return "seed" not in st.session_state


def settings() -> dict[str, Value]:
    """Return the value of every setting, by key.

    What no widget has held yet is what the link says; that is what the widget will hold.
    """
    held = {key: st.session_state[key] for key in FIELDS if key in st.session_state}
    if len(held) < len(FIELDS):
        held = {**read_link(st.query_params.to_dict())[0], **held}
    return lesson.fixed(held)


def current() -> InHand:
    """Return what is in hand."""
    values = settings()
    values["data"] = available(Data(str(values["data"]))).value
    network, first = NetworkSpec.from_settings(values), None
    digest = loaded.fitting(network.hidden) if values["weights"] == Weights.LOADED else ""
    if digest:
        first, network = network, replace(network, loaded=digest)
    return InHand(
        network,
        DigitSpec.from_settings(within(values)),
        TrainSpec.from_settings(values),
        first,
    )


def shown_on(page: str) -> InHand:
    """Return what is in hand, with the network that a page shows; see `pages.Shows`.

    Args:
        page: the name of the page.
    """
    hand = current()
    match pages.shows(page):
        case Shows.INITIAL:
            return hand.initial
        case Shows.BY_HAND:
            return hand.by_hand
        case Shows.LEARNING:
            return hand.unloaded
        case Shows.IN_HAND:
            return hand


def available(data: Data) -> Data:
    """Return the set itself if it can be read, else the sample."""
    if data is Data.FULL:
        try:
            if not is_complete(root_of(data)):
                return Data.SAMPLE
            cached.digits(data)
        except DataError:
            return Data.SAMPLE
    return data


def within(values: Mapping[str, Value]) -> dict[str, Value]:
    """Bring batch and image into the set: the sample has fewer, and a last batch is short."""
    data, split = str(values["data"]), str(values["split"])
    batch = min(int(values["batch"]), batch_count(data, split) - 1)
    image = min(int(values["image"]), batch_length(data, batch, split) - 1)
    return {**values, "batch": batch, "image": image}


def keep_place() -> None:
    """Bring batch and image into the set, after data, split, batch or image has changed."""
    for key, value in within(settings()).items():
        if key in ("batch", "image") and st.session_state.get(key) != value:
            st.session_state[key] = value


def choose(image: int) -> None:
    """Take another digit of the batch in hand, counted on past either end."""
    digit = current().digit
    apply({"image": image % digit.batch_length})


def choose_batch(batch: int) -> None:
    """Take another batch, counted on past either end."""
    apply({"batch": batch % current().digit.batch_count})
    keep_place()


def apply(preset: Mapping[str, Value]) -> None:
    """Put the widgets to the values of a preset; what it does not name or what is fixed stays."""
    for key, value in preset.items():
        if not lesson.is_locked(key):
            st.session_state[key] = value
    if "weights" in preset and not lesson.is_locked("weights"):
        choose_weights()


def is_refused(preset: Mapping[str, Value]) -> bool:
    """Tell whether a preset cannot be had: some of what it names is fixed at another value."""
    now = settings()
    return any(lesson.is_locked(key) and now.get(key) != value for key, value in preset.items())


def choose_weights() -> None:
    """Note whether somebody has chosen weights: from then on they are the same on every page.

    Who chooses what the page shows anyway has gone back to where all began, and the link says
    nothing of weights: the one who gets the link sees the same on every page.
    """
    usual = pages.about(st.session_state.get(_PAGE, pages.LANDING)).weights
    st.session_state[links.WEIGHTS_CHOSEN] = st.session_state["weights"] != usual


def arrive(page: str) -> None:
    """Give the network the weights that a page shows as long as nobody has chosen any.

    Args:
        page: the name of the page that is about to be shown.
    """
    st.session_state[_PAGE] = page
    usual = pages.about(page).weights
    now = settings()["weights"] if is_new() else st.session_state["weights"]
    differs = now != usual
    if is_new() and not differs:
        st.session_state[links.WEIGHTS_CHOSEN] = False
    # Fixed without a value, they are those of the first page.
    is_free = is_new() or not lesson.is_locked("weights")
    if differs and is_free and not st.session_state.get(links.WEIGHTS_CHOSEN):
        st.session_state["weights"] = usual.value
    lesson.hold(within(settings()))


def reset() -> None:
    """Put every setting to its default, and the switches that go with them."""
    weights = pages.about(st.session_state.get(_PAGE, pages.LANDING)).weights.value
    apply({**defaults(), "weights": weights, **dict.fromkeys(pages.RESET, False)})
