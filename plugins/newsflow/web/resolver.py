"""Host names to addresses: one look-up a host and task, bounded in time, shared by threads."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late  # a class of its own in Python 3.10
from ipaddress import ip_address

Lookup = Callable[[str], list[str]]

_KEEP_S = 600.0
_KEEP_FAILURE_S = 30.0


def system_lookup(host: str) -> list[str]:
    """The addresses that the system's resolver gives, in its order of preference (RFC 6724).

    :raises OSError: where there are none.
    """
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "the host name is malformed") from None
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class Resolver:
    """A cache of look-ups. getaddrinfo knows no time limit, so it runs in threads of its own."""

    def __init__(self, lookup: Lookup = system_lookup, *, workers: int = 32) -> None:
        self._lookup = lookup
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="names")
        self._found: dict[str, tuple[float, Future[list[str]]]] = {}
        self._lock = threading.Lock()

    def addresses(self, host: str, timeout: float) -> list[str]:
        """All addresses of a host, or the host itself where it is one.

        :raises OSError: where the name can't be resolved.
        :raises TimeoutError: where that takes longer than `timeout` seconds.
        """
        literal = host.strip("[]")
        try:
            return [str(ip_address(literal))]
        except ValueError:
            pass
        future = self._future(host)
        try:
            return future.result(timeout)
        except Late:
            raise TimeoutError(f"no answer within {timeout:.1f} s") from None

    def _future(self, host: str) -> Future[list[str]]:
        with self._lock:
            until, future = self._found.get(host, (0.0, None))
            if future is None or until < time.monotonic() or self._stale(future, until):
                future = self._pool.submit(self._lookup, host)
                self._found[host] = (time.monotonic() + _KEEP_S, future)
            return future

    @staticmethod
    def _stale(future: Future[list[str]], until: float) -> bool:
        failed = future.done() and future.exception() is not None
        return failed and time.monotonic() > until - _KEEP_S + _KEEP_FAILURE_S

    def close(self) -> None:
        """End the threads; a look-up that hangs is left behind."""
        self._pool.shutdown(wait=False, cancel_futures=True)
