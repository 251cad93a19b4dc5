"""The frame around every page: the main script that Streamlit runs."""

from pathlib import Path

import streamlit as st

from mnistviz.ui import full_set, links, sidebar, state

HERE = Path(__file__).parent
ASSETS = HERE.parent / "assets"
PAGES = HERE.parent.parent / "pages"

st.set_page_config(
    page_title="mnistviz",
    page_icon=ASSETS / "icon.png",
    layout="wide",
    initial_sidebar_state=324,
)
st.logo(ASSETS / "logo.svg", size="large")
st.html(HERE / "frame.css")
links.check()
page = st.navigation(
    [st.Page(PAGES / "classify.py", title="Classify", default=True)], position="hidden"
)
# The page goes first, so that its answer is on the screen before the browser has redrawn a sidebar
# in which little has changed. On the first run the link says what the widgets will hold.
shown = state.current()
links.show()
full_set.show()
page.run()
sidebar.draw()
if state.current() != shown:
    st.rerun()
