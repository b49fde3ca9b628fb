"""Polling loopback feeds of 30 entries, against lemon24/reader and rss-fetcher's loop: cold, all known, one new, 304.

    make bench PART=polling        (2,000 feeds; `python -m benchmarks.polling 500` for fewer)

CPU-seconds are those of the process, its children and PostgreSQL; the feed server's are not counted. The peers are
installed from PyPI into environments of their own. Media Cloud's rss-fetcher is not on PyPI, and two of its
dependencies are in git only, so what runs is the loop of its worker over its own libraries (`polling_peers`).
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from pydantic import SecretStr

from benchmarks.polling_peers import MEDIA_CLOUD, MEDIA_CLOUD_NEEDS, READER, READER_NEEDS
from newsflow.clock import utcnow
from newsflow.isolation.cores import cores
from newsflow.isolation.forked import FORK
from newsflow.local.postgres import Server as Postgres
from newsflow.local.postgres import binaries, free_port
from newsflow.poll import claims, closing
from newsflow.poll.step import ask
from newsflow.settings import Settings
from newsflow.store import runs
from newsflow.store.db import connect
from newsflow.store.migrate import migrate
from newsflow.subscriptions import store
from newsflow.subscriptions.lists import Listed

PORTS = 100
ENTRIES = 30
# known: nothing differs but the time that the channel gives of itself
PHASES = ("cold", "known", "one new", "304")

_SERVER = """
import asyncio, sys
ports, entries, modefile = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
words = "The council has voted on the new budget after a long debate about schools and roads in the district. " * 4
def feed(port, number, edition, newest):
    items = "".join(
        f"<item><title>Item {number}-{i} &amp;amp; more</title><link>http://127.0.0.1:{port}/a/{number}/{i}</link>"
        f"<guid isPermaLink='false'>{port}-{number}-{i}</guid>"
        f"<pubDate>Wed, 04 Mar 2026 12:{i % 60:02d}:00 GMT</pubDate>"
        f"<author>desk@example.org (The Desk)</author><category>News</category>"
        f"<description>&lt;p&gt;{words}&lt;/p&gt;</description></item>" for i in range(newest, newest + entries))
    return (f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>Feed {number}</title>"
            f"<link>http://127.0.0.1:{port}/</link><description>d</description>"
            f"<pubDate>Wed, 04 Mar 2026 13:00:{edition:02d} GMT</pubDate>{items}</channel></rss>").encode()
async def serve(reader, writer):
    port = writer.get_extra_info("sockname")[1]
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            path = head.split(b" ", 2)[1].decode()
            mode = open(modefile).read()
            if not path.startswith("/f/"):
                status, body = "404 Not Found", b""
            elif mode == "304" and b"if-none-match" in head.lower():
                status, body = "304 Not Modified", b""
            else:
                newest = 0 if mode in ("cold", "known") else 1
                status, body = "200 OK", feed(port, int(path[3:]), 0 if mode == "cold" else 1, newest)
            etag = {"cold": '"0"', "known": '"1"'}.get(mode, '"2"')
            length = b"" if status.startswith("304") else f"Content-Length: {len(body)}\\r\\n".encode()
            writer.write(f"HTTP/1.1 {status}\\r\\nContent-Type: application/rss+xml\\r\\nETag: {etag}\\r\\n".encode()
                         + length + b"\\r\\n" + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    servers = [await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512) for _ in range(ports)]
    print(" ".join(str(s.sockets[0].getsockname()[1]) for s in servers), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@dataclass(frozen=True)
class Result:
    """One phase of one contender; `entries` is how many it holds then."""

    name: str
    feeds: int
    phase: str
    wall: float
    cpu: float
    entries: int


class FeedServer:
    """Feeds on many ports of loopback, in a process of their own."""

    def __init__(self, folder: Path) -> None:
        self.mode = folder / "mode"
        self.mode.write_text("cold")
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(PORTS), str(ENTRIES), str(self.mode)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self.ports = [int(port) for port in self._process.stdout.readline().split()]

    def urls(self, feeds: int) -> list[str]:
        return [f"http://127.0.0.1:{self.ports[n % PORTS]}/f/{n}" for n in range(feeds)]

    def __enter__(self) -> FeedServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


def _cpu() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


class Database:
    """A PostgreSQL for the contenders, each with a database of its own; its CPU-seconds count."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self._server = Postgres(data=folder / "pg" / "data", port=free_port(), bin=binaries(), fast=True)
        self._server.start()
        found = psutil.process_iter(["cmdline"])
        self._processes = [p for p in found if f"{folder}/pg" in " ".join(p.info["cmdline"] or ())]

    def make(self, name: str) -> str:
        """A new database; its URL."""
        conn = connect(self._server.url())
        conn.autocommit = True
        conn.cursor().execute(f"create database {name}")
        conn.close()
        return self._server.url(name)

    def cpu(self) -> float:
        """CPU-seconds so far, of sessions that have ended too."""
        roots = [p for p in self._processes if p.is_running()]
        family = {p.pid: p for root in roots for p in (root, *root.children(recursive=True))}
        return sum(sum(p.cpu_times()[:4]) for p in family.values() if p.is_running())

    def close(self) -> None:
        self._server.stop("immediate")


def _poll(settings: Settings, run_id: int) -> None:
    """In shards, each in a process of its own, as tasks are."""
    shards = claims.claim(settings, run_id, force=True)
    with ProcessPoolExecutor(len(shards), mp_context=FORK) as pool:
        list(pool.map(partial(ask, settings, run_id), [each.shard for each in shards]))
    closing.close(settings)


def newsflow(server: FeedServer, feeds: int, database: Database) -> list[Result]:
    """Ours: the whole stage, with its database."""
    url = database.make("newsflow")
    conn = connect(url)
    migrate(conn)
    store.add(conn, [Listed(feed) for feed in server.urls(feeds)], utcnow())
    settings = Settings(
        database_url=SecretStr(url),
        allow_origins=frozenset(f"http://127.0.0.1:{port}" for port in server.ports),
        delay_s=0.0,
    )
    found = []
    for phase in PHASES:
        server.mode.write_text(phase)
        run_id = runs.start(conn, "bench", phase, utcnow(), {})
        began, start = time.monotonic(), _cpu() + database.cpu()
        _poll(settings, run_id)
        used = _cpu() + database.cpu() - start
        with conn.cursor() as cursor:
            cursor.execute("select count(*) from ingest.entry")
            entries = cursor.fetchone()[0]
        conn.rollback()
        found.append(Result("newsflow", feeds, phase, time.monotonic() - began, used, entries))
    conn.close()
    return found


def _in_environment(
    name: str, needs: Sequence[str], program: str, arguments: Sequence[str], folder: Path
) -> Iterator[Any]:
    """What a program in an environment of its own reports after each phase; nothing where that can't be installed."""
    python = folder / name / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / name)], check=True)
    uv = str(Path(sys.executable).with_name("uv"))
    try:
        subprocess.run([uv, "pip", "install", "-q", "--python", str(python), *needs], check=True)
    except (OSError, subprocess.CalledProcessError):
        print(f"{name} could not be installed: skipped")
        return
    command = [str(python), "-W", "ignore", "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        yield from map(json.loads, process.stdout)
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}")


def reader(server: FeedServer, feeds: int, folder: Path) -> list[Result]:
    """lemon24/reader with ten workers on SQLite."""
    arguments = [_listed(server, feeds, folder), str(server.mode), str(folder / "reader.sqlite")]
    found = _in_environment("reader", READER_NEEDS, READER, arguments, folder)
    return [Result("reader 3.26", feeds, **line) for line in found]


def media_cloud(server: FeedServer, feeds: int, folder: Path, database: Database) -> list[Result]:
    """The loop of rss-fetcher's worker; see `polling_peers`."""
    arguments = [_listed(server, feeds, folder), str(server.mode), database.make("mediacloud")]
    results, before = [], database.cpu()
    for line in _in_environment("mediacloud", MEDIA_CLOUD_NEEDS, MEDIA_CLOUD, arguments, folder):
        spent = database.cpu()
        line["cpu"] += spent - before
        results.append(Result("rss-fetcher's loop", feeds, **line))
        before = spent
    return results


def _listed(server: FeedServer, feeds: int, folder: Path) -> str:
    path = folder / "urls.json"
    path.write_text(json.dumps(server.urls(feeds)))
    return str(path)


def bare_loop(server: FeedServer, feeds: int) -> list[Result]:
    """requests and feedparser as it is, and no database."""
    import feedparser
    import requests

    session, entries = requests.Session(), 0
    server.mode.write_text("cold")
    began, start = time.monotonic(), _cpu()
    for url in server.urls(feeds):
        entries += len(feedparser.parse(session.get(url, timeout=30).content).entries)
    return [Result("requests + feedparser", feeds, "cold", time.monotonic() - began, _cpu() - start, entries)]


def measure(feeds: int, folder: Path) -> list[Result]:
    """All contenders over the same feeds; slow ones over a part of them."""
    part = max(1, feeds // 10)
    database = Database(folder)
    try:
        with FeedServer(folder) as server:
            return [
                *newsflow(server, feeds, database),
                *reader(server, feeds, folder),
                *media_cloud(server, part, folder, database),
                *bare_loop(server, part),
            ]
    finally:
        database.close()


def main() -> None:
    """Print feeds a second, by CPU and by the clock, and ours as ratios."""
    feeds = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 2000
    folder = Path(tempfile.mkdtemp(prefix="nf-bench-"))
    try:
        results = measure(feeds, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ours = {r.phase: r.feeds / r.cpu for r in results if r.name == "newsflow"}
    print(f"{feeds} feeds of {ENTRIES} entries on {PORTS} origins, {cores()} cores")
    print(f"{'':24} {'feeds':>6} {'phase':7} {'feeds/CPU-s':>12} {'feeds/s':>9} {'entries':>8} {'ours is':>9}")
    for r in results:
        ratio = f"{ours[r.phase] / (r.feeds / r.cpu):8.1f}x" if r.name != "newsflow" else ""
        speeds = f"{r.feeds / r.cpu:12.1f} {r.feeds / r.wall:9.1f}"
        print(f"{r.name:24} {r.feeds:6} {r.phase:7} {speeds} {r.entries:8} {ratio:>9}")


if __name__ == "__main__":
    main()
