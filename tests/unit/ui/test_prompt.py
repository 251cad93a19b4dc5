"""Tests that no connection holds small writes back."""

from __future__ import annotations

import socket

from streamlit.web.server.starlette import starlette_server

from mnistviz.ui.frame import prompt


def holds_back(listening: socket.socket) -> bool:
    with socket.create_connection(listening.getsockname()[:2]), listening.accept()[0] as accepted:
        return not accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_to_streamlits_own_socket_sends_at_once() -> None:
    with starlette_server._bind_socket("127.0.0.1", 0, 1) as listening:
        listening.setblocking(True)
        # Were it not so, neither the event loop nor this would have to be helped.
        assert holds_back(listening)
        prompt.send_at_once()
        assert not holds_back(listening)


def test_other_sockets_stay_as_they_are() -> None:
    with socket.socket() as idle, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        closed = socket.socket()
        closed.close()
        prompt.send_at_once()
        assert not idle.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert datagrams.fileno() >= 0
