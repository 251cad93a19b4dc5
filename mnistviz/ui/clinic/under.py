"""The expanders of the clinic: where a digit must not be covered, and the code."""

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.figures import pictures
from mnistviz.lessons.clinic import figures, measure, script
from mnistviz.lessons.clinic.operations import LIMITS, Operation
from mnistviz.results import kept
from mnistviz.ui.clinic.stage import Trouble, View, describe_broken
from mnistviz.ui.elements import components, show
from mnistviz.ui.session import cached
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import percent

_pictures = components.make(
    "clinic/map",
    '<div class="map"></div>',
    css=("elements/image",),
    js=("elements/dom", "elements/pixels"),
)


@kept(maxsize=64)
def _map(hand: InHand, side: int) -> Floats:
    layers, pixels = cached.parameters(hand.network), cached.pixels(hand.digit)
    truth = cached.label(hand.digit)
    return measure.occlusion_map(hand.network, layers, pixels, side, truth)


def occlusion(view: View, lesson: Lesson) -> None:
    """Show how far the probability falls for a square at each place."""
    words = lesson.parts
    with show.opened(words["map_title"], "clinic_map_open") as opened:
        if not opened:
            return
        covers = view.selected.operation is Operation.COVER
        side = int(view.selected.strength if covers else LIMITS[Operation.COVER].default)
        fall = _map(view.hand, side)
        if view.trouble is Trouble.BROKEN or not np.isfinite(fall).all():
            st.markdown(describe_broken(view, lesson))
            return
        picture, limit = figures.fall_picture(fall)
        explanation = words["map"].format(side=side, limit=percent(limit))
        row, column = divmod(int(fall.argmax()), len(fall))
        before = float(view.before[view.truth])
        worst = words["map_worst"].format(
            row=row,
            column=column,
            before=percent(before),
            after=percent(before - float(fall.max())),
        )
        none = words["map_rises" if fall.min() < 0 else "map_flat"]
        lines = [explanation, worst if fall.max() > 0 else none]
        st.markdown(" ".join(lines if covers else [*lines, words["map_other"]]))
        stored = cached.pixels(view.hand.digit).numpy()
        _pictures(
            key="clinic_map",
            data={
                "pictures": [pictures.data_uri(stored), pictures.data_uri(picture)],
                "names": [words["map_digit"], words["map_fall"]],
            },
        )


def code(view: View, lesson: Lesson) -> None:
    """Offer the script of the operation; for shuffled labels, that of a training on them."""
    network, digit, change = view.hand.network, view.hand.digit, view.selected
    shuffles = change.operation is Operation.SHUFFLED_LABELS
    show.script(
        lesson,
        lambda: script.script(view.hand.trained if shuffles else network, digit, change),
        script.FILE_NAME,
        # A training of its own: neither the one of the other pages, nor weights of a file.
        network=None if shuffles else network,
        part="code_shuffled" if shuffles else "code",
    )
