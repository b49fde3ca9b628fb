"""A throw-away PostgreSQL for benchmarks, and what its processes spend.

CPU is that of all the server's processes, so that it does not matter what else the machine does.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from benchmarks import process_tree
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.store.db import connect
from newsflow.store.migrate import migrate


@contextmanager
def served(folder: Path | None = None) -> Iterator[Server]:
    """A new server that is thrown away at the end; `folder` holds another server's programs.

    It runs as in production (fsync, checksums), without autovacuum, which would fall into one measurement or another.
    """
    with tempfile.TemporaryDirectory(prefix="nf-bench-") as base:
        Path(base).chmod(0o755)
        server = Server(data=Path(base) / "pg" / "data", port=free_port(), bin=folder or binaries())
        server.start()
        for setting in ("autovacuum = off", "max_wal_size = '8GB'", "shared_buffers = '512MB'"):
            admin(server.url(), f"alter system set {setting}")
        server.stop()
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")


def options(purpose: str | None, articles: int) -> argparse.ArgumentParser:
    """What each of these benchmarks can be asked: how many articles, and which server."""
    parser = argparse.ArgumentParser(description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=articles)
    parser.add_argument("--server", type=Path, help="folder of another server's programs")
    return parser


def admin(dsn: str, statement: str) -> Any:
    """The rows of a statement that runs outside a transaction."""
    conn = psycopg2.connect(dsn)
    conn.autocommit = True
    with conn.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchall() if cursor.description else None
    conn.close()
    return found


def database(server: Server, name: str) -> tuple[str, Connection]:
    """A new database with newsflow's schema: its address, and a connection."""
    admin(server.url(), f"create database {name}")
    conn = connect(server.url(name))
    migrate(conn)
    return server.url(name), conn


@dataclass
class Meter:
    """CPU seconds of a server's processes, and of this one, over a block."""

    server: Server
    figures: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def cpu(self) -> float:
        return process_tree.of(int((self.server.data / "postmaster.pid").read_text().split()[0]))

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        server, client, wall = self.cpu(), time.process_time(), time.perf_counter()
        yield
        self.figures[name] = (self.cpu() - server, time.process_time() - client, time.perf_counter() - wall)
