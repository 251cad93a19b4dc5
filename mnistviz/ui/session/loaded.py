"""The network that a person has brought along: its parameters on the server, its name here.

Equal parameters are shared by all sessions, whatever each person calls the file; so what the file
says of itself is kept with the session, as plain values.
"""

from dataclasses import dataclass

import streamlit as st

from mnistviz.network.files.loading import LoadedNetwork
from mnistviz.network.parameters import Parameters
from mnistviz.spec.activations import Activations, settled, written
from mnistviz.spec.fields import Weights
from mnistviz.ui.session import cached, links
from mnistviz.words.untrusted import code

DIGEST = "loaded"
"""The session's key of the digest of what it has loaded."""

ABOUT = "loaded_about"
"""The session's key of what the file said beside its numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What this session has loaded.

    Attributes:
        digest: names its parameters.
        layers: the parameters, shared and read-only; None if the server had to let them go.
        hidden: units of each hidden layer.
        name: what the person knows the file by; a stranger's text.
        activation: what the file says of its activations; None if it does not.
        notes: what was changed on the way in, each a sentence.
    """

    digest: str
    layers: Parameters | None
    hidden: tuple[int, ...]
    name: str
    activation: Activations | None
    notes: tuple[str, ...]


def take(network: LoadedNetwork) -> None:
    """Bring a network into hand: every page shows it from now on.

    For a callback, as it sets widgets.
    """
    st.session_state[DIGEST] = cached.loaded_store().put(network)
    st.session_state[ABOUT] = {
        "name": network.name,
        "hidden": network.hidden,
        "activation": network.activation and written(network.activation),
        "notes": network.notes,
    }
    use()


def mine() -> Loaded | None:
    """Return what this session has loaded; None if it has loaded nothing."""
    digest = st.session_state.get(DIGEST)
    if not digest:
        return None
    about = st.session_state[ABOUT]
    return Loaded(
        digest,
        cached.loaded_store().get(digest),
        tuple(about["hidden"]),
        about["name"],
        about["activation"] and settled(about["activation"], len(about["hidden"])),
        tuple(about["notes"]),
    )


def use() -> None:
    """Show what is loaded: set weights, layers and, where the file says them, the activations.

    For a callback, as it sets widgets. Does nothing where nothing is loaded.
    """
    network = mine()
    if network is None:
        return
    st.session_state["weights"] = Weights.LOADED.value
    # No page shows loaded weights by itself: whoever loads some has chosen them.
    st.session_state[links.WEIGHTS_CHOSEN] = True
    use_layers()
    if network.activation is not None:
        st.session_state["activation"] = written(network.activation)


def use_layers() -> None:
    """Set the layers of the sidebar to those of the file; for a callback."""
    network = mine()
    if network is None:
        return
    st.session_state["layers"] = len(network.hidden)
    for number, units in enumerate(network.hidden, start=1):
        st.session_state[f"w{number}"] = units


def fitting(hidden: tuple[int, ...]) -> str:
    """Return the digest of what is loaded if it is there and has these hidden layers, else ""."""
    network = mine()
    if network is None or network.layers is None or network.hidden != hidden:
        return ""
    return network.digest


def name() -> str:
    """Return the name of the loaded file as code, on one line and shortened."""
    network = mine()
    return code("" if network is None else network.name, links.SHOWN)
