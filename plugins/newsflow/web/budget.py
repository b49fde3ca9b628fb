"""The budget of one exchange: seconds, bytes, and the address that may be dialled.

An exchange runs in one thread from beginning to end, so its budget lies in a thread-local
that the sockets below `requests` consult at each read and write.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from newsflow.outcomes import Outcome
from newsflow.web.resolver import Resolver

HEADER_BYTES = 256 * 1024  # status line, headers and 1xx answers of one hop, together


class ExchangeEnd(Exception):  # noqa: N818 - an end of the exchange, for a reason that becomes data
    """Ends an exchange with an outcome. Not an OSError: urllib3 lets it pass untouched."""

    def __init__(self, outcome: Outcome, detail: str = "") -> None:
        super().__init__(detail or str(outcome))
        self.outcome = outcome
        self.detail = detail


@dataclass
class RequestBudget:
    """What is left for the exchange that runs in this thread."""

    names: Resolver
    seconds: float
    loopback: bool = False  # the hop's origin is named in `settings.allow_origins`
    proxied: bool = False  # the hop goes through the proxy of `settings.proxy`
    ip: str = ""
    fresh: bool = True  # the hop runs over a connection of its own, not a kept one
    received: int = 0  # bytes off the wire since the hop began
    limit: int = HEADER_BYTES
    started: float = field(default_factory=time.monotonic)

    def remaining(self) -> float:
        """Seconds left.

        :raises Stop: DEADLINE, when there are none.
        """
        left = self.started + self.seconds - time.monotonic()
        if left <= 0:
            raise self.overdue()
        return left

    def overdue(self) -> ExchangeEnd:
        """The end by lapse of time."""
        return ExchangeEnd(Outcome.DEADLINE, f"not complete after {self.seconds:g} s")

    def hop(self, *, loopback: bool, proxied: bool = False) -> None:
        """Begin another request of the same exchange."""
        self.loopback, self.proxied = loopback, proxied
        self.received, self.limit, self.fresh = 0, HEADER_BYTES, True

    def body(self, max_bytes: int) -> None:
        """The headers are in; from here on the body counts, its chunk framing included."""
        self.limit = self.received + max_bytes + max_bytes // 8 + HEADER_BYTES

    def count(self, size: int) -> None:
        """Note bytes off the wire.

        :raises Stop: TOO_BIG over the limit of the phase.
        """
        self.received += size
        if self.received > self.limit:
            raise ExchangeEnd(Outcome.TOO_BIG, f"more than {self.limit} bytes came over the wire")


_here = threading.local()


def current() -> RequestBudget:
    """The exchange that runs in this thread.

    :raises RuntimeError: outside of one; the guarded sockets serve nobody else.
    """
    call: RequestBudget | None = getattr(_here, "call", None)
    if call is None:
        raise RuntimeError("a guarded connection was used outside Transport.exchange")
    return call


@contextmanager
def running(call: RequestBudget) -> Iterator[RequestBudget]:
    """Make `call` the current one of this thread; within another one (robots.txt of a hop), for a while."""
    outer = getattr(_here, "call", None)
    _here.call = call
    try:
        yield call
    finally:
        _here.call = outer
