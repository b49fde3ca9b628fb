"""A ledger filled by hand, as the tests of load have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.load.world import World


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    yield made
    made.conn.close()
