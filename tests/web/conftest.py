"""A scriptable server, and a transport that may talk to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from newsflow.settings import Settings
from newsflow.web.transport import Transport
from tests.waiting import PATIENCE_S
from tests.webserver import Server


def lookup(host: str) -> list[str]:
    """Every name is this machine: a test dials nothing else."""
    return ["127.0.0.1"]


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


@pytest.fixture
def transport(server: Server) -> Iterator[Transport]:
    settings = Settings(allow_origins=server.origin, deadline_s=PATIENCE_S, max_bytes=1_000_000)
    with Transport(settings, lookup=lookup) as found:
        yield found


@pytest.fixture
def transports() -> Iterator[Callable[..., Transport]]:
    """Transports with settings of their own."""
    made: list[Transport] = []

    def make(server: Server, **settings: object) -> Transport:
        given = {"allow_origins": server.origin, "deadline_s": PATIENCE_S, "max_bytes": 1_000_000} | settings
        made.append(Transport(Settings(**given), lookup=lookup))
        return made[-1]

    yield make
    for one in made:
        one.close()
