"""A CC-NEWS-like archive, a server to bring it into, and what the processes spend on it."""

from __future__ import annotations

import os
import random
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psutil
from pydantic import SecretStr

from benchmarks import real_pages
from benchmarks.watch import spent
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.store.db import connect, session
from newsflow.store.migrate import migrate
from tests.backfill.foreign import EPOCH, pages
from tests.paths import ROOT
from tests.worlds.shared import SHARED

T = TypeVar("T")

_PARAGRAPH = re.compile(rb"(<p[^>]*>)([^<]{80,})")


def many_pages(count: int) -> Iterator[tuple[Exchange, datetime]]:
    """Pages of `shared/pages`, over and over, a third of the words of each paragraph shuffled within it."""
    found = real_pages.read(SHARED / "pages")
    for number in range(count):
        page, chance = found[number % len(found)], random.Random(number)

        def edited(match: re.Match[bytes], chance: random.Random = chance) -> bytes:
            words = match[2].split()
            for _ in range(len(words) // 3):
                words[chance.randrange(len(words))] = chance.choice(words)
            return match[1] + b" ".join(words)

        body = _PARAGRAPH.sub(edited, page.html)
        url = f"https://www.real{number % len(found)}.example/2024/{number}"
        kind = {"content-type": "text/html; charset=utf-8"}
        when = EPOCH + timedelta(minutes=number)
        yield Exchange(url, Outcome.OK, 200, kind, body, url, (url,), reason="OK"), when


def mixed(count: int) -> Iterator[tuple[Exchange, datetime]]:
    """Half real pages (where they are there), half of the newsroom's texts."""
    real = many_pages(count // 2) if (SHARED / "pages").exists() else iter(())
    written = pages(count, publishers=40)
    for number in range(count):
        yield next(real, None) or next(written) if number % 2 else next(written)


def each_of(pid: int, ask: Callable[[psutil.Process], T]) -> list[T]:
    """What a process and then its children answer; children that end just now are left out."""
    top = psutil.Process(pid)
    found = [ask(top)]
    for child in top.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found.append(ask(child))
    return found


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and its children, those that have ended included."""
    return sum(each_of(pid, spent))


def memory_of(pid: int) -> list[float]:
    """MiB of a process and of its children; 0 of one that has ended."""
    return each_of(pid, lambda process: process.memory_info().rss / 2**20)


@dataclass
class Cpu:
    """CPU seconds of this process, its children and the server's within a `with` block."""

    server: Server
    seconds: float = 0.0

    def _now(self) -> float:
        own, children = os.times(), resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.user + own.system + children.ru_utime + children.ru_stime + cpu_of(self.server.pid())

    def __enter__(self) -> Cpu:
        self._before = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = self._now() - self._before


@contextmanager
def database(folder: Path) -> Iterator[tuple[Server, Settings]]:
    """A server over `folder`, new or from an earlier piece, and settings for a backfill into it."""
    base = folder / "pg"
    base.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    base.chmod(0o755)
    server = Server(data=base / "data", port=free_port(), bin=binaries(), fast=True)
    server.start()
    try:
        conn = connect(server.url())
        migrate(conn)
        conn.close()
        url = SecretStr(server.url())
        yield server, Settings(database_url=url, archive=str(folder / "archive"), shards=1)
    finally:
        server.stop("fast")


def started(settings: Settings, file: Path) -> subprocess.Popen[bytes]:
    """The command that brings a file in, in a session of its own."""
    words = [sys.executable, "-m", "newsflow.cli", "backfill", "run", "--warc", str(file), "--json"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(words, env=environment(settings), start_new_session=True, **quiet)


def environment(settings: Settings) -> dict[str, str]:
    """For a process that works with these settings."""
    return {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}",
        "NEWSFLOW_DATABASE_URL": settings.dsn,
        "NEWSFLOW_ARCHIVE": settings.archive,
        "NEWSFLOW_SHARDS": "1",
    }


def rows(settings: Settings, query: str) -> list[Any]:
    """Rows of a query, as plain tuples."""
    with session(settings.dsn) as conn, conn.cursor() as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor]
