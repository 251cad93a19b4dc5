"""The page Draw, between the browser and the server: what is taken, what is kept, what is sent."""

from __future__ import annotations

from tests.app.drawing import LINE, draw
from tests.app.session import Session

KEPT = ("pen", 22.0, ((60.0, 60.0), (200.0, 60.5)))


def kept(session: Session) -> object:
    return session.at.session_state["drawing"]


def test_a_drawing_is_kept_over_settings_and_pages() -> None:
    session = draw(Session.visit("draw"), 1, LINE)
    assert kept(session) == (KEPT,)
    session.set(activation="gelu")
    assert session.component("draw_pad")["strokes"] == [{**LINE, "width": 22.0}]
    session.at.switch_page("../../../pages/digits.py")
    session.run()
    session.at.switch_page("../../../pages/draw.py")
    session.run()
    assert kept(session) == (KEPT,)
    assert session.component("draw_pad")["revision"] == 1


def test_the_pad_is_given_the_same_while_one_draws() -> None:
    """What does not change is not sent again."""
    session = Session.visit("draw")
    before = session.component("draw_pad")
    draw(draw(session, 1, LINE), 2, LINE, LINE)
    assert len(kept(session)) == 2
    other = session.component("draw_pad")
    assert {**other, "strokes": [], "revision": 0} == before


def test_old_and_foreign_words_change_nothing() -> None:
    session = draw(Session.visit("draw"), 5, LINE)
    for more in ({"session": "x"}, {"epoch": 7}, {"revision": "8"}, {"revision": 4}):
        draw(session, 9, **more)
        assert kept(session) == (KEPT,)
    session.press("draw_pad", "drawn", "nonsense")
    assert kept(session) == (KEPT,)


def test_what_is_no_drawing_is_refused_and_the_last_one_kept() -> None:
    session = draw(Session.visit("draw"), 1, LINE)
    draw(session, 2, LINE, {**LINE, "width": 1000})
    assert kept(session) == (KEPT,)
    (warning,) = session.warnings
    assert "a line 1000.0 wide" in warning
    draw(session, 3, LINE, LINE)
    assert session.warnings == []
    assert kept(session) == (KEPT, KEPT)


def test_each_network_has_a_digest_of_its_own() -> None:
    session = Session.visit("draw")
    first = session.component("draw_pad")["digest"]
    assert session.set(style="sequential").component("draw_pad")["digest"] == first
    other = session.set(activation="tanh").component("draw_pad")["digest"]
    assert len({first, other, session.set(seed=8).component("draw_pad")["digest"]}) == 3
