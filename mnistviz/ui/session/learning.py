"""Trained weights, on every page that shows them: learned first, with progress, once per server."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mnistviz.training.runs import Progress, Run
from mnistviz.ui import pages
from mnistviz.ui.pages import Shows
from mnistviz.ui.session import cached, loaded, state
from mnistviz.ui.session.gate import GATE
from mnistviz.words import read
from mnistviz.words.quantities import duration, number

REDRAW_EVERY = 0.1
"""Seconds between two drawings of how far a run is that a page waits for."""


LIVE = "learning_live"
"""The session's key of the page on which somebody has pressed a button to see a training go on."""


def go_live(page: str) -> None:
    """Have a page show the next training while it goes on, instead of waiting for its end."""
    st.session_state[LIVE] = page


def end_live() -> None:
    """Have the page wait for a training again."""
    st.session_state.pop(LIVE, None)


def is_live(page: str) -> bool:
    """Tell whether a page shows its training while it goes on."""
    return bool(st.session_state.get(LIVE) == page)


def who() -> str:
    """Name this session among those who watch runs."""
    context = get_script_run_ctx()
    return context.session_id if context else "nobody"


def unfinished(page: str) -> Run | None:
    """Return the run that a page has to wait for, if any; leave all others.

    Args:
        page: the name of the page that is about to be shown.
    """
    network = state.shown_on(page).network
    if not is_live(page):
        end_live()
    if network.training is None:
        cached.runs().leave(who())
        return None
    run = cached.run(network)
    cached.runs().leave(who(), but=run)
    shows_itself = pages.shows(page) is Shows.LEARNING or is_live(page)
    return None if shows_itself or run.progress().finished else run


def note() -> str:
    """Return the note of a page that shows the first weights where others are set; else nothing."""
    network, words = state.current().network, read("frame").parts
    if network.loaded:
        return words["initial_not_loaded"].format(name=loaded.name())
    return words["initial_shown"] if network.training is not None else ""


def start_note() -> str:
    """Return the note on where a training starts while loaded weights are in hand; else nothing."""
    name = loaded.name()
    is_loaded = bool(state.current().network.loaded)
    return read("frame").parts["trains_from_first"].format(name=name) if is_loaded else ""


def wait(place: DeltaGenerator, run: Run, title: str) -> bool:
    """Show how far a training is until it is done.

    Args:
        place: an empty element above the page; it is empty again at the end.
        run: the training.
        title: of the page that waits; it stands where the page will have it.

    Returns:
        Whether the page can be shown: not if the training has failed.
    """
    words = read("frame").parts
    with place.container(key="learning"):
        st.title(title, anchor=False)
        bar = st.progress(0.0)
        st.button(
            words["not_trained"],
            key="not_trained",
            on_click=state.apply,
            args=({"weights": "initial"},),
            disabled=state.is_refused({"weights": "initial"}),
        )
    progress = follow(run, lambda progress: bar.progress(*describe(run, progress)))
    place.empty()
    if progress.error:
        st.error(words["training_failed"].format(error=progress.error), icon=":material/error:")
    return not progress.error


def follow(run: Run, draw: Callable[[Progress], object]) -> Progress:
    """Have a run go on until it is finished, and draw how far it is meanwhile.

    A change of a setting ends the script at the next drawing; the run ends with it, unless somebody
    else watches.

    Args:
        run: the run.
        draw: draws how far it is, by calling Streamlit.

    Returns:
        Its progress at the end.
    """
    try:
        progress = run.go_on(who())
        while not progress.finished:
            draw(progress)
            with GATE.outside():
                progress = run.wait(REDRAW_EVERY)
            run.watch(who())
    finally:
        run.leave(who())
    return progress


def describe(run: Run, progress: Progress) -> tuple[float, str]:
    """Describe how far a run is: its share, 0 to 1, and a text."""
    words = read("frame").parts
    if waits := describe_wait(progress):
        return progress.step / progress.steps, waits
    if not progress.step or not progress.seconds:
        return 0.0, words["training_starts"]
    rate = progress.step / progress.seconds
    left = (progress.steps - progress.step) / rate
    return progress.step / progress.steps, words["training"].format(
        step=f"{progress.step:,}",
        steps=f"{progress.steps:,}",
        rate=number(run.training.digits / progress.seconds * progress.step / progress.steps),
        left=duration(left),
    )


def describe_wait(progress: Progress) -> str:
    """Describe for what a run waits; nothing if it is being computed here, or by nobody."""
    words = read("frame").parts
    if progress.ahead:
        return describe_place(progress.ahead)
    if progress.elsewhere:
        return words["training_elsewhere"].format(
            step=f"{progress.step:,}", steps=f"{progress.steps:,}"
        )
    return ""


def describe_place(ahead: int) -> str:
    """Describe how many are ahead of a training in the line; nothing if none is."""
    return read("frame").parts["training_waits"].format(place=ahead) if ahead else ""
