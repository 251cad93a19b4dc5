"""Tests of nginx's configuration, with real nginx in front of small servers."""

from __future__ import annotations

import http.client
import http.server
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from scripts import scale
from tests.serving import free_port

COOKIE = "mnistviz_server"
MEGABYTE = 1024 * 1024

needs_nginx = pytest.mark.skipif(scale.nginx_path() is None, reason=scale.MISSING)


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers who it is, and what has come."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.endswith("/refused"):
            self.send_error(400)
            self.close_connection = True
            return
        length = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("X-Server", str(self.server.server_address[1]))
        self.send_header("X-Body", str(length))
        for name in ("Host", "Connection", "Upgrade"):
            self.send_header(f"X-{name}", self.headers.get(name, "none"))
        self.end_headers()

    do_PUT = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Small(http.server.ThreadingHTTPServer):
    """A server that closes the connections of its clients with itself."""

    daemon_threads = True

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


def start(port: int) -> Small:
    server = Small(("127.0.0.1", port), Echo)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


class Front:
    """Nginx in front of three servers, as a browser without a memory of its own sees it."""

    def __init__(self, port: int, servers: list[Small]) -> None:
        self.port = port
        self.servers = servers

    def ask(
        self,
        path: str = "/",
        cookie: str = "",
        method: str = "GET",
        body: bytes = b"",
        more: dict[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Host": "school.example:8080", **(more or {})}
        if cookie:
            headers["Cookie"] = f"_streamlit_xsrf=a; {COOKIE}={cookie}"
        connection.request(method, path, body=body or None, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def number(self, answer: http.client.HTTPResponse) -> int:
        """Tell which of the servers has answered, from 1."""
        ports = [server.server_address[1] for server in self.servers]
        return 1 + ports.index(int(answer.headers["X-Server"]))


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    servers = [start(free_port()) for _ in range(3)]
    addresses = [f"127.0.0.1:{server.server_address[1]}" for server in servers]
    port = free_port()
    with ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
        site = scale.render(addresses, f"127.0.0.1:{port}")
        nginx = scale.start_nginx(stack, scale.write_nginx(tmp_path, site))
        scale.wait_for(f"http://127.0.0.1:{port}", nginx)
        yield Front(port, servers)


@needs_nginx
class TestSticky:
    def test_newcomers_are_dealt_out_and_told_where_they_are(self, front: Front) -> None:
        answers = [front.ask() for _ in range(6)]
        numbers = [front.number(answer) for answer in answers]
        assert sorted(numbers) == [1, 1, 2, 2, 3, 3]
        for number, answer in zip(numbers, answers, strict=True):
            said = answer.headers["Set-Cookie"]
            assert said == f"{COOKIE}=server-{number}; Path=/; HttpOnly; SameSite=Lax"

    def test_behind_https_a_frame_of_another_site_may_keep_the_cookie(self, front: Front) -> None:
        said = front.ask(more={"X-Forwarded-Proto": "https"}).headers["Set-Cookie"]
        assert said.endswith("; Path=/; HttpOnly; SameSite=None; Secure; Partitioned")

    @pytest.mark.parametrize("path", ["/", "/train", "/_stcore/upload_file/a/b", "/media/x.png"])
    def test_who_comes_again_stays_on_every_path(self, front: Front, path: str) -> None:
        for number in (1, 2, 3):
            answers = [front.ask(path, f"server-{number}") for _ in range(3)]
            assert [front.number(answer) for answer in answers] == [number] * 3
            assert [answer.headers["Set-Cookie"] for answer in answers] == [None] * 3

    @pytest.mark.parametrize("cookie", ["server-4", "any", "127.0.0.1:22", "http://evil.example"])
    def test_a_made_up_server_counts_as_none(self, front: Front, cookie: str) -> None:
        answer = front.ask(cookie=cookie)
        number = front.number(answer)
        assert answer.headers["Set-Cookie"].startswith(f"{COOKIE}=server-{number};")

    def test_who_lost_a_server_stays_with_the_new_one_when_it_is_back(self, front: Front) -> None:
        port = front.servers[0].server_address[1]
        front.servers[0].stop()
        answer = front.ask(cookie="server-1")
        number = front.number(answer)
        assert (answer.status, number in (2, 3)) == (200, True)
        assert answer.headers["Set-Cookie"].startswith(f"{COOKIE}=server-{number};")
        front.servers[0] = start(port)
        assert front.number(front.ask(cookie=f"server-{number}")) == number
        # The others have noticed nothing.
        for other in (2, 3):
            assert front.number(front.ask(cookie=f"server-{other}")) == other

    def test_a_file_that_is_refused_moves_nobody(self, front: Front) -> None:
        for _ in range(20):
            path = "/_stcore/upload_file/a/refused"
            refused = front.ask(path, "server-1", "PUT", bytes(MEGABYTE))
            assert refused.status in (400, 502)
            assert refused.headers["Set-Cookie"] is None
            assert front.number(front.ask(cookie="server-1")) == 1

    def test_newcomers_pass_by_a_server_that_is_gone(self, front: Front) -> None:
        front.servers[1].stop()
        assert {front.number(front.ask()) for _ in range(6)} == {1, 3}

    def test_without_any_server_the_cookie_stays(self, front: Front) -> None:
        for server in front.servers:
            server.stop()
        answer = front.ask(cookie="server-2")
        assert (answer.status, answer.headers["Set-Cookie"]) == (502, None)


@needs_nginx
class TestPassing:
    def test_the_host_and_its_port_arrive(self, front: Front) -> None:
        assert front.ask().headers["X-Host"] == "school.example:8080"

    def test_an_upgrade_arrives(self, front: Front) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
        headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
        connection.request("GET", "/_stcore/stream", headers=headers)
        answer = connection.getresponse()
        connection.close()
        assert (answer.headers["X-Connection"], answer.headers["X-Upgrade"]) == (
            "upgrade",
            "websocket",
        )

    @pytest.mark.parametrize("path", ["", "/", "?a=b", "/x"])
    def test_the_metrics_are_closed(self, front: Front, path: str) -> None:
        answer = front.ask(f"/_stcore/metrics{path}", "server-1")
        assert (answer.status, answer.headers["X-Server"]) == (404, None)

    @pytest.mark.parametrize(
        ("path", "size", "status"),
        [
            ("/", 16 * 1024, 200),
            ("/", 16 * 1024 + 1, 413),
            ("/_stcore/upload_file/a/b", 64 * MEGABYTE, 200),
            ("/_stcore/upload_file/a/b", 65 * MEGABYTE + 1, 413),
        ],
    )
    def test_what_is_sent_is_bounded(self, front: Front, path: str, size: int, status: int) -> None:
        try:
            answer = front.ask(path, "server-1", "PUT", bytes(size))
        except (BrokenPipeError, ConnectionResetError):
            # Refused before all of it was sent.
            assert status == 413
            return
        assert answer.status == status
        assert answer.headers["X-Body"] == (str(size) if status == 200 else None)


class TestRendering:
    def test_a_name_is_refused(self) -> None:
        done = subprocess.run(
            ["sh", str(scale.RENDER)],
            env={**os.environ, "SERVERS": "10.0.0.1:8501 app:8501", "PORT": "80"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1
        assert done.stderr == "SERVERS has app:8501, which is no address with a port.\n"

    @pytest.mark.parametrize("missing", ["SERVERS", "PORT"])
    def test_what_is_missing_is_said(self, missing: str) -> None:
        given = {"SERVERS": "10.0.0.1:8501", "PORT": "80"} | {missing: ""}
        done = subprocess.run(
            ["sh", str(scale.RENDER)], env={**os.environ, **given}, capture_output=True, text=True
        )
        assert done.returncode != 0
        assert f"{missing}: is empty" in done.stderr

    def test_nothing_is_left_to_fill_in(self) -> None:
        assert "@" not in scale.render(["10.0.0.1:8501"], "80")
