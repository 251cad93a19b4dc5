"""The server: `streamlit run app.py`, or any ASGI server with `app:app`."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

import mnistviz
from mnistviz import limits
from mnistviz.ui.frame import bunches, failures, gated_runs, memory, prompt, quiet
from mnistviz.ui.frame.addresses import PageAddresses
from mnistviz.ui.frame.first_paint import FirstPaint
from mnistviz.ui.frame.headers import SecurityHeaders
from mnistviz.ui.frame.house import House
from mnistviz.ui.frame.uploads import OwnUploads
from mnistviz.ui.frame.waiting import WaitingRoom
from mnistviz.ui.frame.warm_up import warm_up
from mnistviz.ui.session import cached
from mnistviz.ui.share.served import Shared

# Where a variable means nothing, it is said before anything else is.
limits.check()

HOUSE = House()
AFTERWARDS = memory.Afterwards()
HOUSE.on_leave = AFTERWARDS.come


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Do once, before the first visitor, what would make the first visitor wait."""
    prompt.send_at_once()
    gated_runs.install()
    bunches.install()
    quiet.ask_nobody()
    memory.hold_arenas()
    warm_up()
    HOUSE.places = memory.share_out().sessions
    yield
    AFTERWARDS.close()
    # A thread in the middle of a training would abort the process that ends.
    cached.runs().close()
    cached.weight_readers().close()
    # At the end of the process, what was frozen would be reported as leaked.
    gc.unfreeze()


# What the app is made of, for whoever starts it from another place too.
PARTS: dict[str, Any] = {
    "lifespan": lifespan,
    "on_script_error": failures.tell,
    "middleware": [
        Middleware(SecurityHeaders),
        Middleware(PageAddresses, st.get_option("server.baseUrlPath")),
        Middleware(OwnUploads),
        Middleware(WaitingRoom, HOUSE),
        Middleware(Shared),
        Middleware(FirstPaint),
    ],
}

# The main script lies in a folder without `pages/`: beside one, Streamlit would take its scripts
# for pages of its own, and a link straight to a page would show it without the frame.
MAIN = Path(mnistviz.__file__).parent / "ui" / "frame" / "main.py"

app = st.App(MAIN, **PARTS)
