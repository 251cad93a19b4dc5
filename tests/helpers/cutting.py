"""A way to a server that can be cut, as a lid that is closed or a dead spot on the road cuts it."""

from __future__ import annotations

import asyncio
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

VISITS = "/_stcore/metrics?families=active_sessions"
"""Where Streamlit says how many visits have a connection."""


class Way:
    """A TCP proxy in front of a server; while it is cut, it refuses whoever comes."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def open(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        there, back = await asyncio.open_connection("localhost", self._to)
        both = (writer, back)
        self._writers.update(both)
        with suppress(OSError):
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        self._writers.difference_update(both)

    @staticmethod
    async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _cut(self) -> None:
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def cut(self) -> None:
        """Break every connection, and let none through from now on."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result()

    def is_noticed(self) -> bool:
        """Whether the server has noticed that nobody is there any more."""
        with urllib.request.urlopen(f"http://localhost:{self._to}{VISITS}", timeout=10) as answer:
            return b"\nactive_sessions 0\n" in answer.read()

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    @contextmanager
    def running(self) -> Iterator[Way]:
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        server = asyncio.run_coroutine_threadsafe(self.open(), self._loop).result()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(server.close)
            self.cut()
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(timeout=5)
