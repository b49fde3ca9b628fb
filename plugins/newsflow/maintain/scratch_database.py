"""A PostgreSQL server that lives for a block: what generated files are made from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsflow.local.postgres import Server, binaries, free_port


@contextmanager
def scratch_database() -> Iterator[str]:
    """URL of an empty database, on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="nf-snap-") as base:
        Path(base).chmod(0o755)
        server = Server(data=Path(base) / "pg" / "data", port=free_port(), bin=binaries(), fast=True)
        server.start()
        try:
            yield server.url()
        finally:
            server.stop("immediate")
