"""The frame around every page: the main script that Streamlit runs."""

from pathlib import Path

import streamlit as st

from mnistviz.ui import full_set, links, show, sidebar, state

HERE = Path(__file__).parent
PAGES = HERE.parent.parent / "pages"

st.set_page_config(
    page_title="mnistviz",
    page_icon=show.asset("icon.png"),
    layout="wide",
    initial_sidebar_state=324,
)
st.logo(show.asset("logo.svg"), size="large")
st.html(HERE / "frame.css")
links.check()
page = st.navigation(
    [st.Page(PAGES / "classify.py", title="Classify", default=True)], position="hidden"
)
# The page goes first, so that its answer is on the screen before the browser has redrawn a sidebar
# in which little has changed. On the first run the link says what the widgets will hold; should
# they hold something else, the page is shown anew.
promised = state.current() if state.is_new() else None
links.show()
full_set.show()
page.run()
sidebar.draw()
if promised is not None and state.current() != promised:
    st.rerun()
