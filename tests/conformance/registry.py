"""The list of cases. Add yours in a module `*_cases.py` of this folder:

    @case("poll", "an unchanged feed is asked with its validators", expected="304, nothing parsed")
    def unchanged(world: World) -> str:
        ...
        return seen

A case plays a server, lets newsflow act, and says in a few words what it saw; it passes
when that is word for word what it expects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from newsflow.model import Exchange
from newsflow.settings import Settings
from newsflow.web.transport import Transport
from tests.ledger import Ledger
from tests.waiting import PATIENCE_S
from tests.webserver import Play, Server, says


@dataclass
class World:
    """What a case has at hand."""

    open_ledger: Callable[[], Ledger]  # costs a database, which most cases don't need
    servers: list[Server] = field(default_factory=list)
    measured: str = ""  # what a case wants printed beside its verdict, and not compared

    @cached_property
    def ledger(self) -> Ledger:
        """An empty ledger, and steps to run over it."""
        ledger = self.open_ledger()
        ledger.servers = self.servers
        return ledger

    def server(self, plays: dict[str, Play] | None = None, robots: bytes | None = None) -> Server:
        """A server that newsflow may talk to."""
        server = Server(plays)
        if robots is not None:
            server.plays["/robots.txt"] = says(body=robots, headers={"Content-Type": "text/plain"})
        self.servers.append(server)
        return server

    @contextmanager
    def transport(self, **given: Any) -> Iterator[Transport]:
        """A transport that may talk to the servers made so far."""
        allowed = " ".join(server.origin for server in self.servers)
        settings: dict[str, Any] = {"allow_origins": allowed, "deadline_s": PATIENCE_S, "max_bytes": 1_000_000}
        with Transport(Settings(**settings | given), lookup=lambda _: ["127.0.0.1"]) as transport:
            yield transport

    def get(self, play: Play, **how: Any) -> tuple[Exchange, Server]:
        """One exchange with a server that plays `play` at /x."""
        server = self.server({"/x": play})
        with self.transport() as transport:
            return transport.exchange(server.url("/x"), **how), server


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    group: str
    name: str
    expected: str
    play: Callable[[World], str]


CASES: list[Case] = []
SEEN: list[tuple[Case, str, str]] = []  # what the cases of this session saw, and measured


def case(group: str, name: str, *, expected: str) -> Callable[[Callable[[World], str]], Callable[[World], str]]:
    """Register a function as a case."""

    def register(play: Callable[[World], str]) -> Callable[[World], str]:
        CASES.append(Case(group, name, expected, play))
        return play

    return register
