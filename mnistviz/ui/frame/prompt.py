"""What the server writes leaves at once.

Streamlit binds its socket without naming the protocol. Python's event loop then does not take it
for TCP, and leaves the system to hold a small write back until the browser has confirmed the one
before, for which a browser may take 40 ms.
"""

import gc
import socket


def send_at_once() -> None:
    """Have no connection that comes from now on hold small writes back.

    Those that are accepted take it over from the socket that listens; nobody hands that one on, so
    it is looked for among all objects, before there are many.
    """
    for held in gc.get_objects():
        # Its type alone is asked: lazy modules would be loaded by being asked more.
        if type(held) is socket.socket and _listens(held):
            held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _listens(one: socket.socket) -> bool:
    if one.fileno() < 0 or one.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    if one.type is not socket.SOCK_STREAM:
        return False
    return bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
