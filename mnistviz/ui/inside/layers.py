"""The expanders about whole layers on the page Inside: the wall of units, the map of digits."""

import base64
from typing import Any

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Integers
from mnistviz.figures import pictures, theme
from mnistviz.lessons.inside import many_digits
from mnistviz.lessons.inside.many_digits import Map
from mnistviz.results import kept
from mnistviz.spec.fields import Data, Init, Split, Weights
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.elements import components, show, widgets
from mnistviz.ui.inside import choice, under
from mnistviz.ui.inside.choice import View
from mnistviz.ui.session import cached, links
from mnistviz.words.quantities import number, percent

WALL = "inside_wall"

SORT, PAGE = "inside_sort", "inside_page"
"""The keys of the order and of the page of the wall, in the link too."""

ORDERS = ("number", "weights", "activation")
"""What the units of the wall can be sorted by."""

PER_PAGE = 64
"""Units on a page of the wall."""

QUANTILE = 0.995
"""The share of all weights that are within the scale of the wall."""

_wall = components.make(
    "inside/wall",
    '<div class="wall" role="listbox"></div>',
    css=("elements/image",),
    js=("elements/dom",),
)

_map = components.make(
    "inside/map",
    '<div class="map"><canvas role="slider" tabindex="0"></canvas>'
    '<div class="reading"></div><div class="axes"></div></div>',
    js=("elements/dom", "elements/words", "elements/bytes"),
)


def wall(view: View) -> None:
    """Show all units of the first layer as pictures of their weights."""
    words = view.lesson.parts
    with show.opened(words["wall_title"], "inside_wall_open") as is_open:
        if not is_open:
            return
        weight = view.parameters[0].weight.numpy()
        limit = _color_limit(cached.same_numbers(view.hand.network))
        if not np.isfinite(limit):
            st.markdown(words["wall_broken"])
            return
        by, page = _choose_page(len(weight), view)
        order = many_digits.unit_order(weight, view.walk.layers[0].outputs, by)
        units = order[PER_PAGE * page : PER_PAGE * (page + 1)]
        st.markdown(
            words["wall"].format(
                units=f"{len(weight):,}",
                first=f"{PER_PAGE * page + 1:,}",
                last=f"{PER_PAGE * page + len(units):,}",
                limit=number(limit),
            )
        )
        _draw_wall(view, units, by)
        network = view.hand.network
        if network.training is not None and network.init not in (Init.ZEROS, Init.CONSTANT):
            st.markdown(words["wall_trained"])


@kept(maxsize=16)
def _color_limit(spec: NetworkSpec) -> float:
    """Return the size of a weight that gets the full color: all but a few of the layer lie below.

    After a training the largest weight of all would leave most pictures pale.
    """
    sizes = cached.parameters(spec)[0].weight.abs().numpy()
    return float(np.quantile(sizes, QUANTILE))


@kept(maxsize=2048)
def _weight_picture(spec: NetworkSpec, unit: int) -> str:
    weights = cached.parameters(spec)[0].weight[unit].numpy()
    return pictures.data_uri(pictures.signed(weights, _color_limit(spec)))


def _choose_page(units: int, view: View) -> tuple[str, int]:
    """Draw the fields of order and page; return the order and the page, from 0."""
    words = view.lesson.parts
    pages = -(-units // PER_PAGE)
    choice.lower_to(PAGE, pages)
    with st.container(key="inside_wall_look", horizontal=True, gap="medium"):
        with links.drawn_late(SORT):
            order = widgets.choose(SORT, words["wall_sort"], ORDERS, words["wall_sort_help"])
        with links.drawn_late(PAGE):
            page = st.number_input(
                words["wall_page"].format(pages=pages),
                min_value=1,
                max_value=pages,
                value=1,
                step=1,
                width=150,
                **links.bound(PAGE),
                disabled=pages == 1,
            )
    return order, int(page) - 1


def _draw_wall(view: View, units: Integers, by: str) -> None:
    words, spec = view.lesson.parts, cached.same_numbers(view.hand.network)
    weight, outputs = view.parameters[0].weight.numpy(), view.walk.layers[0].outputs

    def cell(unit: int) -> dict[str, Any]:
        size = number(float(np.linalg.norm(weight[unit].astype(np.float64))))
        activation = number(float(outputs[unit]))
        value = {"weights": size, "activation": activation}.get(by, "")
        return {
            "key": f"1-{unit}",
            "picture": _weight_picture(spec, unit),
            "said": words[f"wall_said_{by}"].format(unit=f"{unit:,}", value=value),
            "lines": [f"{unit:,}", *([value] if value else [])],
            "measures": [size, activation],
        }

    selected = np.flatnonzero(units == view.unit) if view.layer == 1 else np.array([], dtype=int)
    _wall(
        key=WALL,
        data={
            "name": words["wall_name"],
            "measures": [words["wall_size"], words["wall_activation"]],
            "units": [cell(unit) for unit in units.tolist()],
            "chosen": int(selected[0]) if len(selected) else -1,
        },
        on_unit_change=lambda: choice.take(st.session_state[WALL].unit),
    )


def digit_map(view: View) -> None:
    """Show where the test digits lie by the activations of a hidden layer."""
    words = view.lesson.parts
    with show.opened(words["map_title"], "inside_map_open") as is_open:
        if not is_open:
            return
        hidden = len(view.walk.layers) - 1
        if not hidden:
            st.markdown(words["map_single"])
            return
        # The outputs have no map of their own: that of the layer they read.
        layer = min(view.layer, hidden)
        source = cached.same_numbers(view.hand.network), view.hand.digit.data, layer
        projection = _principal_map(*source)
        if projection is None:
            finite = np.isfinite(under.test_outputs(*source)).all()
            st.markdown(words["map_none" if finite else "broken"])
            return
        st.markdown(
            words["map" if len(projection.mean) > 2 else "map_few"].format(
                which=under.which(view),
                layer=layer,
                units=f"{len(projection.mean):,}",
                share=percent(min(sum(projection.shares), 1.0)),
                ring=words[_ring(view)],
            )
        )
        _draw_map(view, projection, layer)


def _ring(view: View) -> str:
    """Name what is said of the chosen digit among the test digits."""
    if view.hand.digit.split is Split.TEST:
        return "ring_test"
    return "ring_trained" if view.hand.network.weights is Weights.TRAINED else "ring"


@kept(maxsize=8)
def _principal_map(spec: NetworkSpec, data: Data, layer: int) -> Map | None:
    return many_digits.principal_map(under.test_outputs(spec, data, layer))


def _draw_map(view: View, projection: Map, layer: int) -> None:
    words = view.lesson.parts
    labels = cached.examples(view.hand.digit.data).test_labels
    points = base64.b64encode(projection.points.astype("<f4").tobytes()).decode("ascii")
    first, second = (percent(share) for share in projection.shares)
    _map(
        key="inside_map",
        data={
            "points": points,
            "labels": labels.tolist(),
            "own": list(projection.place(view.walk.layers[layer - 1].outputs)),
            "colors": list(theme.CLASSES),
            "words": {
                "alt": words["map_alt"].format(count=f"{len(projection.points):,}", layer=layer),
                "reading": words["map_reading"],
                "hint": words["map_hint"],
                "hint_touch": words["map_hint_touch"],
                "axes": words["map_axes"].format(first=first, second=second),
            },
        },
    )
