"""A visitor who speaks Streamlit's protocol to a server, as the browser does."""

from __future__ import annotations

import http.client
import uuid
from contextlib import ExitStack
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

SECONDS = 60
XSRF = "_streamlit_xsrf"


class Visitor:
    """One browser with one page, and its cookies.

    Attributes:
        session: the id that the server gave this visit.
    """

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        self.cookies: dict[str, str] = {}
        self.session = ""
        self._socket: ClientConnection | None = None
        self._open = ExitStack()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _learn(self, said: list[str]) -> None:
        for line in said:
            self.cookies.update({name: one.value for name, one in SimpleCookie(line).items()})

    def ask(
        self, path: str, method: str = "GET", body: bytes = b"", **headers: str
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, timeout=SECONDS)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body or None, headers={"Cookie": self.cookie, **sent})
        answer = connection.getresponse()
        content = answer.read()
        self._learn(answer.headers.get_all("Set-Cookie", []))
        connection.close()
        return answer.status, content

    def load(self) -> None:
        """Load the page: its HTML, what gives the cookie for uploads, and its first run."""
        assert self.ask("/")[0] == 200
        assert self.ask("/_stcore/health") == (200, b"ok")
        self.open()
        self.run()

    def open(self) -> None:
        """Open the websocket; of a visit that was cut, to the same visit."""
        protocols = ["streamlit", "PLACEHOLDER_AUTH_TOKEN"]
        connection = connect(
            f"ws://{self.host}/_stcore/stream",
            subprotocols=[*protocols, self.session] if self.session else protocols[:1],
            origin=f"http://{self.host}",
            additional_headers={"Cookie": self.cookie},
            max_size=None,
            proxy=None,
        )
        self._socket = self._open.enter_context(connection)
        assert self._socket.response is not None
        self._learn(self._socket.response.headers.get_all("Set-Cookie"))

    def close(self) -> None:
        self._open.close()

    def _send(self, message: BackMsg) -> None:
        assert self._socket is not None
        self._socket.send(message.SerializeToString())

    def _hear(self) -> ForwardMsg:
        assert self._socket is not None
        message = ForwardMsg()
        message.ParseFromString(self._socket.recv(timeout=SECONDS))
        return message

    def run(self, page: str = "", query: str = "") -> str:
        """Run a page, wait for its end, and return what it has sent, as text."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        self._send(message)
        sent = ""
        while (heard := self._hear()).WhichOneof("type") != "script_finished":
            if heard.WhichOneof("type") == "new_session":
                self.session = heard.new_session.initialize.session_id
            sent += str(heard.delta)
        assert heard.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return sent

    def upload(self, content: bytes) -> int:
        """Bring a file, and return the status of the answer."""
        message = BackMsg()
        message.file_urls_request.request_id = uuid.uuid4().hex
        message.file_urls_request.session_id = self.session
        message.file_urls_request.file_names.append("digit.png")
        self._send(message)
        while (heard := self._hear()).WhichOneof("type") != "file_urls_response":
            pass
        path = heard.file_urls_response.file_urls[0].upload_url
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="f"; filename="digit.png"\r\n\r\n'
        return self.ask(
            "/" + path.lstrip("/"),
            "PUT",
            head.encode() + content + f"\r\n--{edge}--\r\n".encode(),
            Content_Type=f"multipart/form-data; boundary={edge}",
            X_Xsrftoken=self.cookies[XSRF],
        )[0]
