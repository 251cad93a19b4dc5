"""Networks with an activation for each layer: every page, the sidebar and the link."""

from __future__ import annotations

import pytest

from mnistviz.spec.fields import Activation
from mnistviz.ui import pages
from mnistviz.words import read
from tests.app.readable import assert_readable
from tests.app.session import NETWORKS, Session, assert_shows, link
from tests.helpers.lesson import opened

MIXED = NETWORKS["mixed"]
SHORT = {"weights": "trained", "epochs": "1", "batch_size": "500"}


def each(session: Session) -> list[str]:
    """Read what is chosen for each layer, where the sidebar has a list for each."""
    keys = [f"activation_{number}" for number in range(1, 5)]
    return [box.value for box in session.at.selectbox if box.key in keys]


def ask(session: Session) -> Session:
    return session.set(activation=read("frame").parts["each_activation"])


@pytest.mark.parametrize("page", [page.name for page in pages.PAGES])
@pytest.mark.parametrize("weights", [{}, SHORT], ids=["untrained", "trained"])
def test_every_page_with_everything_open(page: str, weights: dict[str, str]) -> None:
    session = Session.visit(page, **link(MIXED), **weights, **opened(page))
    assert_readable(session)
    assert session.settings.get("activation", "tanh,none,relu") == "tanh,none,relu"


class TestSidebar:
    def test_one_for_all_is_the_usual_and_draws_nothing_more(self) -> None:
        session = Session.open()
        assert each(session) == []
        assert [box.options[-1] for box in session.at.selectbox if box.key == "activation"] == [
            read("frame").parts["each_activation"]
        ]
        session.set(layers=1)
        assert session.at.selectbox(key="activation").options == list(Activation)

    def test_a_layer_gets_its_own(self) -> None:
        session = ask(Session.open())
        assert each(session) == ["relu", "relu"]
        assert "activation" not in session.at.query_params
        assert_shows(session, {})
        session.at.selectbox(key="activation_2").set_value("silu")
        session.run()
        assert session.at.query_params["activation"] == "relu,silu"
        assert_shows(session, {"activation": "relu,silu"})
        # The lists stay where they are while they are used.
        session.at.selectbox(key="activation_1").set_value("silu")
        session.run()
        assert each(session) == ["silu", "silu"]
        assert_shows(session, {"activation": "silu"})

    def test_a_link_brings_them_and_one_choice_takes_them_back(self) -> None:
        session = Session.open(**link(MIXED))
        assert each(session) == ["tanh", "none", "relu"]
        assert_shows(session, MIXED)
        assert session.warnings == []
        assert each(ask(session)) == ["tanh", "none", "relu"]
        assert_shows(session, MIXED)
        session.set(activation="gelu")
        assert each(session) == []
        assert_shows(session, {**MIXED, "activation": "gelu"})

    def test_all_is_put_back(self) -> None:
        session = ask(Session.open()).click("reset")
        assert each(session) == []
        assert_shows(session, {})

    def test_they_follow_the_number_of_layers(self) -> None:
        session = Session.open(activation="tanh,relu")
        session.set(layers=4)
        assert each(session) == ["tanh", "relu", "relu", "relu"]
        assert session.at.query_params["activation"] == "tanh,relu,relu,relu"
        session.set(layers=1)
        assert each(session) == []
        assert_shows(session, {"layers": 1, "activation": "tanh"})
        assert session.warnings == []


class TestLink:
    @pytest.mark.parametrize(
        ("layers", "text", "used"),
        [
            (1, "tanh,relu", "tanh"),
            (2, "tanh,relu,gelu", "tanh,relu"),
            (3, "tanh,relu", "tanh,relu,relu"),
            (0, "tanh,relu", "tanh"),
        ],
    )
    def test_a_list_for_other_layers_is_fitted_and_named(
        self, layers: int, text: str, used: str
    ) -> None:
        session = Session.open(layers=str(layers), activation=text)
        (warning,) = session.warnings
        assert f"`activation={text}`" in warning
        assert f"the number of hidden layers is {layers}. The page uses `{used}`" in warning
        assert_shows(session, {"layers": layers, "activation": used})
        assert session.at.query_params["activation"] == used

    @pytest.mark.parametrize("text", ["relu,relu", "relu", "relu,relu,relu"])
    def test_equal_ones_are_one(self, text: str) -> None:
        session = Session.open(activation=text)
        assert session.warnings == []
        assert_shows(session, {})

    @pytest.mark.parametrize(
        "text", ["relu,", "relu, tanh", "relu,swish", "relu,relu,relu,relu,relu"]
    )
    def test_a_bad_list_is_named(self, text: str) -> None:
        session = Session.open(activation=text)
        (warning,) = session.warnings
        assert f"`activation={text}`" in warning
        assert "none; or one for each hidden layer, up to 4 of them, with commas" in warning
        assert_shows(session, {})


def test_the_sentences_name_the_function_of_the_layer() -> None:
    page = Session.visit("activations", **link(MIXED))
    assert "slope of tanh" in page.component("activations_curve")["words"]["slope"]
    second = Session.visit("activations", **link(MIXED), activations_layer="2")
    assert read("activations").parts["formula_none"] in second.texts
    for unit, said in [({"inside_layer": "fc1"}, "`tanh`"), ({"inside_layer": "fc3"}, "`relu`")]:
        assert said in Session.visit("inside", **link(MIXED), **unit).sentence
