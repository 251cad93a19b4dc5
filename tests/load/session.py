"""One visitor without a browser: Streamlit's messages over its websocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import websockets
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

ANSWERED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
"""How a run ends that has drawn all; one that ends for a rerun is followed by another."""

WIDGETS = ("selectbox", "radio", "button_group", "number_input", "checkbox", "bidi_component")
"""What a visitor finds by its key."""


class NoAnswer(Exception):
    """What a visitor got instead of an answer."""


def key_of(element: Any) -> str:
    """Return the key that the app gave a widget; Streamlit's id has it as its third part."""
    return str(getattr(element, "id", "")).partition("-")[2].partition("-")[2]


def held(kind: str, widget: Any) -> WidgetState | None:
    """Return what a widget holds as it was drawn; None where it holds nothing."""
    state = WidgetState(id=widget.id)
    match kind:
        case "number_input" if widget.data_type == widget.INT:
            state.int_value = int(widget.value if widget.set_value else widget.default)
        case "number_input":
            state.double_value = widget.value if widget.set_value else widget.default
        case "checkbox":
            state.bool_value = widget.value if widget.set_value else widget.default
        case "button_group":
            names = [widget.options[place].content for place in widget.default]
            state.string_array_value.data.extend(widget.raw_values if widget.set_value else names)
        case "radio" | "selectbox" if widget.options:
            default = widget.options[widget.default]
            state.string_value = widget.raw_value if widget.set_value else default
        case _:
            return None
    return state


class Session:
    """A visitor who has a page open and changes one of its widgets at a time.

    Like a browser it keeps what it may keep of what was sent, and says so.
    """

    def __init__(self, url: str, timeout: float) -> None:
        """Know the server.

        Args:
            url: of the server.
            timeout: seconds after which an answer is none any more.
        """
        self._url, self._timeout = url.rstrip("/"), timeout
        self._kept: dict[str, ForwardMsg] = {}
        self._states: dict[str, WidgetState] = {}
        self._widgets: dict[str, tuple[str, Any, str]] = {}
        self._held: dict[str, WidgetState] = {}
        self._page_hash, self._query = "", ""

    async def open(self, page: str = "", query: str = "") -> None:
        """Come to a page and wait until it is drawn; without a name, to the landing page."""
        address = urlsplit(self._url)
        scheme = "wss" if address.scheme == "https" else "ws"
        try:
            self._socket = await websockets.connect(
                f"{scheme}://{address.netloc}{address.path}/_stcore/stream",
                subprotocols=[websockets.Subprotocol("streamlit")],
                origin=websockets.Origin(f"{address.scheme}://{address.netloc}"),
                max_size=None,
                ping_interval=None,
                open_timeout=self._timeout,
                proxy=None,
            )
        except (OSError, websockets.WebSocketException) as error:
            raise NoAnswer(f"not connected: {error}") from error
        await self.go(page, query)

    async def go(self, page: str, query: str = "") -> None:
        """Go to another page and wait until it is drawn.

        As in a browser the keys of the link stay in the address, and what the widgets of the page
        before hold is said once more: Streamlit forgets what is not.
        """
        chosen = {state.id: state for state in self._states.values()}
        self._held = {**self._held, **chosen}
        said = [self._held[one.id] for _, one, _ in self._widgets.values() if one.id in self._held]
        self._query = query or self._query
        self._states.clear()
        self._widgets.clear()
        self._page_hash = ""
        await self._ask(page=page, query=self._query, said=said)

    async def choose(self, key: str, value: str) -> None:
        """Set a widget with options, and wait until all is drawn anew."""
        kind, widget, fragment = self._find(key)
        state = WidgetState(id=widget.id)
        if kind == "button_group":
            state.string_array_value.data.append(value)
        else:
            state.string_value = value
        self._states[key] = state
        await self._ask(fragment=fragment)

    def data(self, key: str) -> Any:
        """Return what the page has given one of its components."""
        return json.loads(self._find(key)[1].json)

    async def say(self, key: str, event: str, value: object) -> None:
        """Have a component say what its JavaScript says, and wait until all is drawn anew."""
        _, component, fragment = self._find(key)
        said = WidgetState(
            id=_make_trigger_id(component.id, "events"),
            json_trigger_value=json.dumps([{"event": event, "value": value}]),
        )
        await self._ask(fragment=fragment, said=[said])

    async def close(self) -> None:
        """Go."""
        await self._socket.close()

    def _find(self, key: str) -> tuple[str, Any, str]:
        if key not in self._widgets:
            raise NoAnswer(f"the page has no widget {key!r}, but {', '.join(self._widgets)}")
        return self._widgets[key]

    async def _ask(
        self,
        page: str = "",
        fragment: str = "",
        query: str = "",
        said: Sequence[WidgetState] = (),
    ) -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.page_name, asked.page_script_hash = page, self._page_hash
        asked.fragment_id, asked.query_string = fragment, query
        asked.widget_states.widgets.extend([*self._states.values(), *said])
        asked.cached_message_hashes.extend(self._kept)
        try:
            async with asyncio.timeout(self._timeout):
                await self._socket.send(message.SerializeToString())
                while not self._is_answered(await self._receive()):
                    pass
        except TimeoutError as error:
            raise NoAnswer(f"no answer within {self._timeout:g} s") from error
        except websockets.ConnectionClosed as error:
            raise NoAnswer("the connection was cut") from error

    async def _receive(self) -> ForwardMsg:
        message = ForwardMsg.FromString(bytes(await self._socket.recv(decode=False)))
        if message.WhichOneof("type") == "ref_hash":
            whole = ForwardMsg()
            whole.CopyFrom(self._kept[message.ref_hash])
            whole.metadata.CopyFrom(message.metadata)
            return whole
        if message.metadata.cacheable and message.hash:
            self._kept[message.hash] = message
        return message

    def _is_answered(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page_hash = message.new_session.page_script_hash
        elif kind == "page_not_found":
            raise NoAnswer("there is no such page")
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._see(message)
        return kind == "script_finished" and message.script_finished in ANSWERED

    def _see(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type") or ""
        if kind == "exception" and not element.exception.is_warning:
            raise NoAnswer(f"the page broke: {element.exception.message}")
        if kind in WIDGETS:
            widget = getattr(element, kind)
            self._widgets[key_of(widget)] = (kind, widget, message.delta.fragment_id)
            state = held(kind, widget)
            # A widget that was there before keeps what it holds, unless it is told a value.
            if state is not None and (widget.set_value or widget.id not in self._held):
                self._held[widget.id] = state
