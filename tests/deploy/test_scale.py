"""Tests of `make scale`: the app in two processes behind real nginx."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from scripts import scale
from tests.deploy.visitor import Visitor
from tests.serving import free_port

COOKIE = "mnistviz_server"
SENT = bytes(range(256)) * 8192

pytestmark = pytest.mark.skipif(scale.nginx_path() is None, reason=scale.MISSING)


@dataclass
class House:
    """Two servers of the app behind nginx, and how to start one anew."""

    url: str
    stack: ExitStack
    ports: list[int]
    servers: list[scale.Process]
    environment: dict[str, str]

    def start(self, number: int) -> None:
        port = self.ports[number - 1]
        self.servers[number - 1] = scale.start_server(self.stack, port, self.environment)
        scale.wait_for(f"http://127.0.0.1:{port}", self.servers[number - 1])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("scale")
    environment = {**os.environ, "MNISTVIZ_DATA": str(folder / "full")}
    ports = [free_port() for _ in range(2)]
    port = free_port()
    with ExitStack() as stack:
        servers = [scale.start_server(stack, one, environment) for one in ports]
        for one, server in zip(ports, servers, strict=True):
            scale.wait_for(f"http://127.0.0.1:{one}", server)
        addresses = [f"127.0.0.1:{one}" for one in ports]
        site = scale.render(addresses, f"127.0.0.1:{port}")
        nginx = scale.start_nginx(stack, scale.write_nginx(folder, site))
        scale.wait_for(f"http://127.0.0.1:{port}", nginx)
        yield House(f"http://127.0.0.1:{port}", stack, ports, servers, environment)


@pytest.fixture
def visitors(house: House) -> Iterator[list[Visitor]]:
    """Six people with an open page."""
    six = [Visitor(house.url) for _ in range(6)]
    for visitor in six:
        visitor.load()
    yield six
    for visitor in six:
        visitor.close()


def number(visitor: Visitor) -> int:
    return int(visitor.cookies[COOKIE].removeprefix("server-"))


def test_six_sessions_stay_on_their_servers(house: House, visitors: list[Visitor]) -> None:
    assert sorted(number(visitor) for visitor in visitors) == [1, 1, 1, 2, 2, 2]
    for visitor in visitors:
        before = visitor.session, number(visitor)
        assert visitor.upload(SENT) == 204
        # Connected anew, a server knows only the sessions that are its own.
        visitor.close()
        visitor.open()
        visitor.run()
        assert (visitor.session, number(visitor)) == before
    # On the other server the session is not known: what is shown above does prove something.
    lost = visitors[0]
    lost.cookies[COOKIE] = f"server-{3 - number(lost)}"
    assert lost.upload(SENT) >= 400


def test_a_killed_server_costs_its_own_sessions_a_reload(
    house: House, visitors: list[Visitor]
) -> None:
    before = {visitor: visitor.session for visitor in visitors}
    hit = [visitor for visitor in visitors if number(visitor) == 1]
    spared = [visitor for visitor in visitors if number(visitor) == 2]
    house.servers[0].send_signal(signal.SIGKILL)
    house.servers[0].wait()
    for visitor in spared:
        visitor.run()
        assert visitor.upload(SENT) == 204
        assert (visitor.session, number(visitor)) == (before[visitor], 2)
    for visitor in hit:
        with pytest.raises(ConnectionClosed):
            visitor.run()
        visitor.load()
        assert number(visitor) == 2
        assert visitor.session != before[visitor]
        assert visitor.upload(SENT) == 204
    house.start(1)
    # They stay where they are, and the next to come get the one that is back.
    for visitor in visitors:
        assert visitor.upload(SENT) == 204
        assert number(visitor) == 2
    newcomers = [Visitor(house.url) for _ in range(2)]
    assert {newcomer.ask("/")[0] for newcomer in newcomers} == {200}
    assert {number(newcomer) for newcomer in newcomers} == {1, 2}


def test_the_script_serves_and_takes_all_along(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "scripts/scale.py", "--servers", "1", "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=scale.ROOT,
        env={**os.environ, "MNISTVIZ_DATA": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = ""
        while "nginx in front" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        (server,) = re.findall(r"A server at 127\.0\.0\.1:\d+, process (\d+)", said)
        visitor = Visitor(f"http://localhost:{port}")
        assert visitor.ask("/_stcore/health") == (200, b"ok")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(server), 0)
    with pytest.raises(ConnectionRefusedError):
        visitor.ask("/")


def test_without_nginx_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "nginx_path", lambda: None)
    monkeypatch.setattr(sys, "argv", ["scale.py"])
    with pytest.raises(SystemExit, match="nginx is not installed"):
        scale.main()
