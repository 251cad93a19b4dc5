"""The full MNIST: fetched once when somebody asks for it, with progress, without waiting."""

import streamlit as st

from mnistviz.digits.download import State, Status
from mnistviz.digits.mnist import DataError, full_root, is_complete
from mnistviz.spec.fields import Data
from mnistviz.ui.session import cached, state
from mnistviz.words import read

MEGABYTE = 1_000_000

REDRAW_EVERY = 0.5
"""Seconds between two drawings of a running download."""


def show() -> None:
    """Fetch the full set where it is set and missing, and show how far that is."""
    if state.settings()["data"] != Data.FULL:
        return
    if is_complete(full_root()):
        try:
            cached.digits(Data.FULL)
        except DataError as error:
            message = read("frame").parts["full_set_broken"].format(error=error)
            st.error(message, icon=":material/error:")
        return
    download = cached.full_download()
    status = download.status()
    if status.state is State.IDLE:
        status = download.start()
    if status.state is State.RUNNING:
        _progress()
    else:
        _failure(status)


@st.fragment(run_every=REDRAW_EVERY)
def _progress() -> None:
    """Follow the download; any number of sessions may."""
    status = cached.full_download().status()
    if status.state is not State.RUNNING:
        st.rerun()
    text = read("frame").parts["full_set_fetching"]
    st.progress(
        status.fetched / status.total,
        text=text.format(
            fetched=f"{status.fetched / MEGABYTE:.1f}", total=f"{status.total / MEGABYTE:.1f}"
        ),
    )


def _failure(status: Status) -> None:
    words = read("frame").parts
    with st.container(horizontal=True, vertical_alignment="top", key="full_set_notice"):
        st.warning(
            words["full_set_failed"].format(reason=status.reason), icon=":material/cloud_off:"
        )
        st.button(words["full_set_again"], key="fetch_again", on_click=_fetch_again)


def _fetch_again() -> None:
    cached.full_download().start()
