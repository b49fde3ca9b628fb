"""A listening socket on loopback whose end leaves nobody behind that could take a later socket's connections."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class Listener:
    """Calls `serve` with each connection, in a thread of its own, which is to close it.

    `close` waits for the thread that accepts. Otherwise that thread may be between two calls of accept() just then, and
    accept on the number of a file that is closed and, by then, the listening socket of another test.
    """

    def __init__(self, serve: Callable[[socket.socket], None], backlog: int = 256) -> None:
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no longer; connections that are open go on."""
        hang_up(self._socket)  # ends accept(); close alone leaves it waiting
        self._thread.join()
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()


def hang_up(sock: socket.socket) -> None:
    """End a socket in both directions; whoever reads from it wakes up and closes it."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
