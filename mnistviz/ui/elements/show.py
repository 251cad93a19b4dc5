"""Showing things: figures with a key and words for those who do not see them, pictures, text."""

import base64
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

import mnistviz
from mnistviz.figures import theme
from mnistviz.network.files import saving
from mnistviz.network.forward import Step
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.session import cached, links
from mnistviz.words import Lesson, read
from mnistviz.words.quantities import span

LINE = 640
"""Pixels of a block of code that is to be read like a line of text."""


@cache
def asset(name: str) -> str:
    """Return a picture of the app as a `data:` address, which Streamlit passes on as it is.

    Given a path, it would read and hash the file at every click.

    Args:
        name: a PNG or SVG file in `mnistviz/assets/`.
    """
    file = Path(mnistviz.__file__).parent / "assets" / name
    kind = {".png": "png", ".svg": "svg+xml"}[file.suffix]
    return f"data:image/{kind};base64,{base64.b64encode(file.read_bytes()).decode('ascii')}"


def heading(lesson: Lesson, note: str = "") -> None:
    """Show the page's name and its idea.

    Args:
        lesson: the page's words.
        note: what else has to be known before, small; nothing if it is empty.
    """
    with st.container(key="heading", gap=None):
        st.title(lesson.title, anchor=False)
        st.markdown(lesson.idea)
        if note:
            st.caption(note)


def figure(fig: go.Figure, key: str, alt: str) -> None:
    """Show a figure at least as high as it says, and as high as what stands beside it."""
    st.plotly_chart(fig, key=key, alt=alt, config=theme.CONFIG, height="stretch")


@contextmanager
def opened(title: str, key: str) -> Iterator[bool]:
    """Draw an expander and tell whether it is open; what is drawn within stands in it.

    What it would show is not worth computing before: draw nothing unless it is open.

    Args:
        title: its heading.
        key: its name in the link; the page's `expanders` in `ui.pages` say so too.
    """
    expander = st.expander(title, **links.flag(key))
    with expander:
        yield bool(expander.open)


def deeper() -> None:
    """Draw the line between what the page is about and what goes beyond it."""
    words = read("frame").parts
    with st.container(key="deeper", gap=None):
        st.header(words["deeper"], anchor=False)
        st.caption(words["deeper_idea"])


def layers(steps: Iterable[Step]) -> None:
    """Show each step of a forward pass with its shape, its parameters and its values."""
    words = read("frame").parts
    st.table(
        [
            {
                words["layers_step"]: f"`{step.name}`",
                words["layers_shape"]: f"`{step.shape}`",
                words["layers_parameters"]: step.parameters,
                words["layers_count"]: f"{step.count:,}" if step.count else "",
                words["layers_values"]: span(step.values),
            }
            for step in steps
        ]
    )


def script(
    lesson: Lesson,
    write: Callable[[], str],
    file_name: str,
    network: NetworkSpec | None = None,
    part: str = "code",
) -> None:
    """Offer the script that computes what the page shows, to read, to copy and to take home.

    Args:
        lesson: the page's words.
        write: writes it, Python that runs in any folder; called when one looks.
        file_name: under which the browser keeps it.
        network: whose weights it uses: it may have to train it first, or to load it from a file,
            which is offered then too. None for a script that has no network, or is a training.
        part: which part of the lesson introduces it.
    """
    words = read("frame").parts
    with opened(words["code_title"], f"{lesson.name}_code_open") as is_open:
        if not is_open:
            return
        st.markdown(lesson.parts[part])
        if network is not None and network.training is not None:
            st.markdown(words["code_trains"])
        if network is not None and network.loaded:
            st.markdown(words["code_loads"].format(file=saving.file_name(network)))
        text = write()
        with st.container(key=f"{lesson.name}_downloads", horizontal=True):
            script_file(text, file_name, f"{lesson.name}_download")
            if network is not None and network.loaded:
                weights_file(network, words["download_weights"], f"{lesson.name}_weights_download")
        st.code(text, language="python")


def script_file(text: str, file_name: str, key: str) -> None:
    """Offer a script as a file.

    Args:
        text: the script.
        file_name: under which the browser keeps it.
        key: of the button.
    """
    st.download_button(
        read("frame").parts["download"],
        text,
        file_name=file_name,
        mime="text/x-python",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def weights_file(network: NetworkSpec, label: str, key: str) -> None:
    """Offer the weights of a network as a file, which is written when one asks for it.

    Args:
        network: the network.
        label: what stands on the button.
        key: of the button.
    """
    st.download_button(
        label,
        lambda: saving.to_safetensors(network, cached.parameters(network)),
        file_name=saving.file_name(network),
        mime="application/octet-stream",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )
