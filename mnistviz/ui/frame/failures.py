"""What a person sees of an exception that nobody expected, and what the log keeps of it."""

import logging
import secrets

import streamlit as st

from mnistviz.words import read

_LOG = logging.getLogger(__name__)


def tell(error: Exception) -> bool:
    """Say that a page has failed, under a name by which the log's traceback is found.

    Streamlit logs the traceback too, but without the name.

    Args:
        error: what the page's script, a fragment or a callback has raised.

    Returns:
        True: Streamlit is to show nothing of its own.
    """
    name = secrets.token_hex(4)
    _LOG.error("Failure %s", name, exc_info=error)
    with st.container(key=f"failed_{name}"):
        st.error(read("frame").parts["failed"].format(name=name), icon=":material/error:")
    return True
