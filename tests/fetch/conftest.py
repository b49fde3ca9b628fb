"""The ledger of `tests.ledger`, and a page to serve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from tests.ledger import HTML, Ledger
from tests.webserver import says


@pytest.fixture
def ledger(conn: Connection, dsn: str, tmp_path: Path) -> Iterator[Ledger]:
    found = Ledger(conn, dsn, tmp_path / "archive")
    yield found
    for server in found.servers:
        server.close()


@pytest.fixture
def page() -> Callable[[str], Any]:
    """A play that answers with a small HTML page."""
    return lambda text: says(body=f"<html><body><p>{text}</p></body></html>".encode(), headers=HTML)
