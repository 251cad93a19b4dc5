"""A server of this machine that keeps four small files of MNIST and misbehaves as it is told."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from torchvision.datasets import MNIST

from mnistviz.digits.download import TOTAL_BYTES, Source
from scripts.make_sample import idx_bytes


def arrays() -> dict[str, np.ndarray]:
    """Four small files by name: noise, so that they stay as large when they are compressed."""
    generator = np.random.default_rng(7)
    made = {}
    for (name, _), count in zip(MNIST.resources, (300, 300, 20, 20), strict=True):
        shape = (count, 28, 28) if "images" in name else (count,)
        made[name] = generator.integers(0, 10 if len(shape) == 1 else 256, shape, dtype=np.uint8)
    return made


ARRAYS = arrays()
FILES = {name: gzip.compress(idx_bytes(array), mtime=0) for name, array in ARRAYS.items()}
LARGEST = max(FILES, key=lambda name: len(FILES[name]))


class Mirror(ThreadingHTTPServer):
    """A server that keeps `FILES` and misbehaves as it is told.

    Attributes:
        asked: the file name of every request so far.
        answer: how it answers; one of the functions below.
        allowed: bytes of a file that the slow answer gives out.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.answer = answer
        self.allowed = 0
        self.changed = threading.Condition()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def wait_for_more(self, sent: int) -> int:
        """Wait until more bytes are allowed than are sent, and return how many."""
        with self.changed:
            self.changed.wait_for(lambda: self.allowed > sent)
            return self.allowed

    def allow(self, count: int) -> None:
        with self.changed:
            self.allowed = count
            self.changed.notify_all()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: torchvision asks for each file twice and hangs up the first time."""

    def close(self) -> None:
        self.allow(TOTAL_BYTES)
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        name = self.path.removeprefix("/")
        self.server.asked.append(name)
        self.server.answer(self, FILES[name])

    def head(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


Answer = Callable[[Handler, bytes], None]


def whole(handler: Handler, body: bytes) -> None:
    handler.head(len(body))
    handler.wfile.write(body)


def half(handler: Handler, body: bytes) -> None:
    handler.head(len(body))
    handler.wfile.write(body[: len(body) // 2])


def altered(handler: Handler, body: bytes) -> None:
    whole(handler, body[:-1] + bytes([body[-1] ^ 1]))


def missing(handler: Handler, body: bytes) -> None:
    handler.send_error(404)


def hang_up(handler: Handler, body: bytes) -> None:
    """Close the connection without a word."""


def slow(handler: Handler, body: bytes) -> None:
    """Give out as many bytes as are allowed, and wait for more to be."""
    handler.head(len(body))
    sent = 0
    while sent < len(body):
        end = handler.server.wait_for_more(sent)
        handler.wfile.write(body[sent:end])
        sent = end


def source(*addresses: str) -> Source:
    sums = {name: hashlib.md5(body, usedforsecurity=False) for name, body in FILES.items()}
    return Source(addresses, tuple((name, md5.hexdigest()) for name, md5 in sums.items()))
