"""Nobody is asked for this machine's address, whoever's page wants in."""

from __future__ import annotations

import pytest
from streamlit import net_util
from streamlit.web.server.server_util import is_url_from_allowed_origins

from mnistviz.ui.frame import quiet


@pytest.mark.parametrize(
    ("origin", "is_allowed"), [("http://elsewhere.example", False), ("http://localhost:1", True)]
)
def test_no_service_is_asked_whether_a_page_is_our_own(
    origin: str, is_allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(url: str, **_: object) -> None:
        asked.append(url)

    monkeypatch.setattr(net_util, "get_external_ip", net_util.get_external_ip)
    monkeypatch.setattr(net_util, "_make_blocking_http_get", ask)
    quiet.ask_nobody()
    assert is_url_from_allowed_origins(origin) is is_allowed
    assert asked == []
