"""Networks with an activation for each layer: every page, the sidebar and the link."""

from __future__ import annotations

import pytest

from mnistviz.ui import pages
from mnistviz.ui.frame.sidebar import EACH_ACTIVATION
from mnistviz.words import read
from tests.app.readable import assert_readable
from tests.app.session import NETWORKS, Session, assert_shows, link
from tests.helpers.lesson import opened

MIXED = NETWORKS["mixed"]
SHORT = {"weights": "trained", "epochs": "1", "batch_size": "500"}


def each(session: Session) -> list[str]:
    """Open the button of the sidebar, and read what is chosen for each layer."""
    session.at.session_state[EACH_ACTIVATION] = True
    session.run()
    keys = [f"activation_{number}" for number in range(1, 5)]
    return [box.value for box in session.at.selectbox if box.key in keys]


@pytest.mark.parametrize("page", [page.name for page in pages.PAGES])
@pytest.mark.parametrize("weights", [{}, SHORT], ids=["untrained", "trained"])
def test_every_page_with_everything_open(page: str, weights: dict[str, str]) -> None:
    session = Session.visit(page, **link(MIXED), **weights, **opened(page))
    assert_readable(session)
    assert session.settings.get("activation", "tanh,none,relu") == "tanh,none,relu"


class TestSidebar:
    def test_one_for_all_is_the_usual(self) -> None:
        session = Session.open()
        assert each(session) == ["relu", "relu"]
        assert "activation" not in session.at.query_params
        session.set(activation="tanh")
        assert each(session) == ["tanh", "tanh"]
        assert_shows(session, {"activation": "tanh"})

    def test_a_layer_gets_its_own(self) -> None:
        session = Session.open()
        assert each(session) == ["relu", "relu"]
        session.at.selectbox(key="activation_2").set_value("silu")
        session.run()
        assert session.at.query_params["activation"] == "relu,silu"
        assert_shows(session, {"activation": "relu,silu"})
        session.at.selectbox(key="activation_1").set_value("silu")
        session.run()
        assert_shows(session, {"activation": "silu"})

    def test_a_link_brings_them_and_one_choice_takes_them_back(self) -> None:
        session = Session.open(**link(MIXED))
        assert each(session) == ["tanh", "none", "relu"]
        assert_shows(session, MIXED)
        assert session.warnings == []
        session.set(activation="gelu")
        assert each(session) == ["gelu"] * 3
        assert_shows(session, {**MIXED, "activation": "gelu"})

    def test_they_follow_the_number_of_layers(self) -> None:
        session = Session.open(activation="tanh,relu")
        session.set(layers=4)
        assert each(session) == ["tanh", "relu", "relu", "relu"]
        session.set(layers=1)
        assert each(session) == []
        assert_shows(session, {"layers": 1, "activation": "tanh"})

    def test_what_has_no_effect_leaves_the_link(self) -> None:
        session = Session.open(layers="1", activation="tanh,relu")
        assert_shows(session, {"layers": 1, "activation": "tanh"})
        assert session.at.query_params["activation"] == "tanh"
        assert session.warnings == []

    @pytest.mark.parametrize(
        "text", ["relu,", "relu, tanh", "relu,swish", "relu,relu,relu,relu,relu"]
    )
    def test_a_bad_list_is_named(self, text: str) -> None:
        session = Session.open(activation=text)
        (warning,) = session.warnings
        assert f"`activation={text}`" in warning
        assert "; or up to 4 of them, with commas." in warning
        assert_shows(session, {})


def test_the_sentences_name_the_function_of_the_layer() -> None:
    page = Session.visit("activations", **link(MIXED))
    assert "slope of tanh" in page.component("activations_curve")["words"]["slope"]
    second = Session.visit("activations", **link(MIXED), activations_layer="2")
    assert read("activations").parts["formula_none"] in second.texts
    for unit, said in [({"inside_layer": "fc1"}, "`tanh`"), ({"inside_layer": "fc3"}, "`relu`")]:
        assert said in Session.visit("inside", **link(MIXED), **unit).sentence
