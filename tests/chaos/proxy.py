"""A TCP proxy before a database that cuts its connections, hard, after so many bytes."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

from tests.listener import Listener, hang_up

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close sends RST


class ChaosProxy:
    """Listens on loopback and passes on to a port; `cut_after` bytes from the server it resets everything, once."""

    def __init__(self, target: int, cut_after: int | None = None) -> None:
        self._target, self._left = target, cut_after
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self.is_cut = False
        self._listener = Listener(self._relay)
        self.port = self._listener.port

    def __enter__(self) -> ChaosProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._reset()

    def _relay(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(("127.0.0.1", self._target)) as server:
            with self._lock:
                self._open += [client, server]
            down = threading.Thread(target=self._pump, args=(server, client, True), daemon=True)
            down.start()
            self._pump(client, server, False)
            down.join()  # each end is closed when nobody reads from it or writes to it any more

    def _pump(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if counted and self._spend(len(data)):
                    return
                sink.sendall(data)
        hang_up(source)
        hang_up(sink)

    def cut(self) -> None:
        """Reset everything that is open."""
        self.is_cut = True
        self._reset()

    def _spend(self, size: int) -> bool:
        with self._lock:
            if self._left is None:
                return False
            self._left -= size
            if self._left > 0:
                return False
            self._left, self.is_cut = None, True
        self._reset()
        return True

    def _reset(self) -> None:
        with self._lock:
            sockets, self._open = self._open, []
        for end in sockets:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            hang_up(end)
