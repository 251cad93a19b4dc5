"""The frame around every page: the main script that Streamlit runs."""

import streamlit as st

from mnistviz.ui import pages
from mnistviz.ui.elements import show
from mnistviz.ui.frame import around, full_set, loaded_notice, sidebar, take_home
from mnistviz.ui.session import learning, lesson, links, state
from mnistviz.words import read

sections = {
    pages.section_title(section): [pages.page(name) for name in names]
    for section, names in pages.SECTIONS.items()
}
page = st.navigation(sections, position="top" if len(sections) > 1 else "hidden")
st.set_page_config(
    page_title=read("frame").parts["page_title"].format(title=page.title),
    page_icon=show.asset("icon.png"),
    layout="wide",
    initial_sidebar_state=324,
)
st.logo(show.asset("logo.svg"), size="large")
name = page.url_path or pages.LANDING
# Only once the page is known: a run that begins anew before would begin with the landing page.
links.check()
state.arrive(name)
# The page goes first, so that its answer is on the screen before the browser has redrawn a sidebar
# in which little has changed. On the first run the link says what the widgets will hold; should
# they hold something else, the page is shown anew.
promised = state.current() if state.is_new() else None
links.show()
full_set.show()
loaded_notice.show_above(promised is not None)
lesson.show()
with st.container(key="ways", horizontal=True, gap="medium"):
    where = pages.place(name)
    if where:
        st.caption(where)
    pages.ways(name)
    take_home.draw(name)
# Always there: with it or without, the page stands at the same place, and nothing moves.
waiting = st.empty()
unfinished = learning.unfinished(name)
if unfinished is None:
    page.run()
sidebar.draw(pages.about(name))
loaded_notice.show_in_sidebar()
if unfinished is not None and learning.wait(waiting, unfinished, page.title):
    page.run()
with st.container(key="ways_on", horizontal=True, gap="medium"):
    pages.ways(name)
    around.draw(name)
links.complete()
if links.check_page() or (promised is not None and state.current() != promised):
    st.rerun()
