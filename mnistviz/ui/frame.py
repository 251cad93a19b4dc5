"""The frame around every page: the main script that Streamlit runs."""

from pathlib import Path

import streamlit as st

from mnistviz.ui import full_set, links, sidebar

HERE = Path(__file__).parent
PAGES = HERE.parent.parent / "pages"

st.set_page_config(
    page_title="mnistviz",
    page_icon=HERE.parent / "assets" / "icon.png",
    layout="wide",
    initial_sidebar_state="auto",
)
st.html(HERE / "frame.css")
links.check()
page = st.navigation(
    [st.Page(PAGES / "classify.py", title="Classify", default=True)], position="hidden"
)
sidebar.draw()
links.show()
full_set.show()
page.run()
