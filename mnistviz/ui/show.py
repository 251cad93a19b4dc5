"""Showing things: figures with a key and words for those who do not see them, pictures, text."""

import plotly.graph_objects as go
import streamlit as st

from mnistviz.figures import theme
from mnistviz.lessons import Lesson


def heading(lesson: Lesson) -> None:
    """Show where we are and the page's idea."""
    with st.container(key="heading", gap=None):
        st.title(lesson.title, anchor=False)
        st.markdown(lesson.idea)


def figure(fig: go.Figure, key: str, alt: str) -> None:
    """Show a figure at least as high as it says, and as high as what stands beside it."""
    st.plotly_chart(fig, key=key, alt=alt, config=theme.CONFIG, height="stretch")
