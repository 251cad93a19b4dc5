"""The panel "Take home": script, notebook, weights and pictures of what a page shows, as files.

While it is closed it is one button. A file is made when somebody presses for it, and the browser
makes those of the pictures.
"""

from collections.abc import Callable

import streamlit as st

from mnistviz.lessons import take_home
from mnistviz.lessons.classify import script
from mnistviz.network.files import saving
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import Data
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui import pages
from mnistviz.ui.elements import components
from mnistviz.ui.pages import Shows
from mnistviz.ui.session import cached, state
from mnistviz.words import read

_pictures = components.make(
    "frame/take_home",
    '<div class="pictures"></div><p class="failed" role="status"></p>',
    css=("elements/buttons",),
    js=("elements/dom", "elements/words", "elements/numbers", "frame/tables", "frame/drawing"),
)

WIDTH = 240
"""Pixels of each button, so that what is said of each stands in one column."""

_WORDS = ("picture_of", "picture_failed", "pictures_none")


# A run of this alone opens the panel: the page does not run again.
@st.fragment
def draw(page: str) -> None:
    """Draw the button that opens the panel.

    Args:
        page: the name of the page.
    """
    if st.button(read("take_home").title, key="take_home", icon=":material/download:"):
        _panel(page)


@st.dialog(read("take_home").title, width="large")
def _panel(page: str) -> None:
    words = read("take_home")
    hand = state.shown_on(page)
    # What the page of the training shows is a training, before it begins too.
    network = hand.trained if pages.shows(page) is Shows.LEARNING else hand.network
    layers = _layers(network)
    full = hand.digit.data is Data.FULL
    st.markdown(words.idea)
    with st.container(key="take_home_files", gap="small"):
        _file(
            "everything",
            lambda: take_home.zipped(network, hand.digit, layers and layers()),
            f"{take_home.folder_name(network)}.zip",
            words.parts["everything_full" if full else "everything_what"],
        )
        kind = "loads" if network.loaded else "trains" if network.training else ""
        what = f"{words.parts[kind]} " if kind else ""
        _file(
            "script",
            lambda: script.script(network, hand.digit),
            script.file_name(network),
            words.parts["script_what"].format(what=what),
        )
        _file(
            "notebook",
            lambda: take_home.notebook_text(network, hand.digit),
            take_home.notebook_name(network),
            words.parts["notebook_what"],
        )
        _weights(network, layers)
    st.subheader(words.parts["pictures"], anchor=False)
    st.markdown(words.parts["pictures_what"])
    _pictures(
        key="take_home_pictures",
        data={
            "words": {name: words.parts[name] for name in _WORDS},
            "numbers": dict(read("numbers").parts),
        },
    )


def _layers(network: NetworkSpec) -> Callable[[], Parameters] | None:
    """Return what gives the parameters of a network; None as long as they are being trained."""
    if network.training is not None:
        progress = cached.run(network).progress()
        if not progress.finished or progress.error:
            return None
    return lambda: cached.parameters(network)


def _weights(network: NetworkSpec, layers: Callable[[], Parameters] | None) -> None:
    words = read("take_home").parts
    if layers is None:
        st.caption(words["weights_wait"])
        return
    _file(
        "safetensors",
        lambda: saving.to_safetensors(network, layers()),
        saving.file_name(network),
        words["safetensors_what"],
    )
    _file(
        "torch_file",
        lambda: take_home.state_dict(layers()),
        take_home.torch_name(network),
        words["torch_file_what"],
    )


def _file(name: str, make: Callable[[], str | bytes], file_name: str, what: str) -> None:
    """Offer a file, which is made when one asks for it.

    Args:
        name: of its words.
        make: makes it.
        file_name: under which the browser keeps it.
        what: what is in it.
    """
    with st.container(key=f"take_home_{name}_row", horizontal=True, vertical_alignment="center"):
        st.download_button(
            read("take_home").parts[name],
            make,
            file_name=file_name,
            mime="application/octet-stream",
            key=f"take_home_{name}",
            icon=":material/download:",
            type="primary" if name == "everything" else "secondary",
            on_click="ignore",
            width=WIDTH,
        )
        st.caption(what)
