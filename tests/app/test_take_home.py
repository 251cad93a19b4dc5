"""The panel "Take home": on every page by one button, and nothing is made before somebody asks."""

from __future__ import annotations

import pytest

from mnistviz.lessons import take_home
from tests.app.session import Session, page_names

FILES = {f"take_home_{name}" for name in ("everything", "script", "notebook")}
WEIGHTS = {"take_home_safetensors", "take_home_torch_file"}


def offered(session: Session) -> set[str]:
    """The files that are offered, by the keys of their buttons."""
    keys = {getattr(one, "key", None) for one in session.at.get("download_button")}
    return {key for key in keys if key and key.startswith("take_home_")}


@pytest.mark.parametrize("name", page_names())
def test_every_page_offers_all_of_it_once_it_is_asked(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nobody has asked for a file")

    for made in ("zipped", "notebook_text", "state_dict"):
        monkeypatch.setattr(take_home, made, refuse)
    # No other test has trained this one.
    session = Session.follow(name, {"weights": "initial", "seed": "4711"})
    assert offered(session) == set()
    session.click("take_home")
    weights = WEIGHTS if name != "train" else set()
    assert offered(session) == FILES | weights
    # The next click has no part of the panel in it.
    session.run()
    assert offered(session) == set()
