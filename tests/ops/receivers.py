"""What listens on loopback in these tests, as the outside world does: an HTTP receiver and a StatsD socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Posted:
    """What was posted: (path, body); `status` is what it answers."""

    port: int = 0
    status: int = 200
    bodies: list[tuple[str, bytes]] = field(default_factory=list)


@contextmanager
def http_receiver() -> Iterator[Posted]:
    """A server that keeps what is posted to it."""
    posted = Posted()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.bodies.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(posted.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    posted.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield posted
    server.shutdown()
    server.server_close()


@dataclass
class Metrics:
    """StatsD lines by name: (value, kind), in the order of arrival."""

    port: int = 0
    seen: dict[str, list[tuple[float, str]]] = field(default_factory=dict)

    def note(self, packet: bytes) -> None:
        """Keep a packet: `name:value|kind`, a line each (github.com/statsd/statsd, metric types)."""
        for line in packet.decode().splitlines():
            name, _, rest = line.partition(":")
            value, _, kind = rest.partition("|")
            self.seen.setdefault(name, []).append((float(value), kind.partition("|")[0]))


@contextmanager
def statsd_receiver() -> Iterator[Metrics]:
    """A UDP socket that keeps the metrics sent to it."""
    metrics = Metrics()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.2)
        metrics.port = listening.getsockname()[1]
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    metrics.note(listening.recv(65536))
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield metrics
        stop.set()
        thread.join()
