"""Polling loopback feeds of 30 entries: cold, all known, and 304; against lemon24/reader and a bare loop.

    make bench PART=polling        (2,000 feeds; `python -m benchmarks.polling 500` for fewer)

CPU-seconds are those of the process, its children and, for us, of PostgreSQL; the server's are
not counted. reader is installed from PyPI into an environment of its own. Media Cloud's
rss-fetcher is not on PyPI; its two costly parts, requests and feedparser as it is, stand for it
without its database, which flatters it.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PORTS = 100
ENTRIES = 30
PHASES = ("cold", "known", "304")

_SERVER = """
import asyncio, sys
ports, entries, modefile = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
words = "The council has voted on the new budget after a long debate about schools and roads in the district. " * 4
def feed(port, number, edition):
    items = "".join(
        f"<item><title>Item {number}-{i} &amp;amp; more</title><link>http://127.0.0.1:{port}/a/{number}/{i}</link>"
        f"<guid isPermaLink='false'>{port}-{number}-{i}</guid>"
        f"<pubDate>Wed, 04 Mar 2026 12:{i % 60:02d}:00 GMT</pubDate>"
        f"<author>desk@example.org (The Desk)</author><category>News</category>"
        f"<description>&lt;p&gt;{words}&lt;/p&gt;</description></item>" for i in range(entries))
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
                status, body = "200 OK", feed(port, int(path[3:]), 0 if mode == "cold" else 1)
            etag = '"1"' if mode == "known" else '"0"'
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

_READER = """
import json, resource, sys, time
from reader import make_reader
urls, modefile, db = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
reader = make_reader(db)
for url in urls:
    reader.add_feed(url)
def cpu():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
for phase in ("cold", "known", "304"):
    open(modefile, "w").write(phase)
    began, start = time.monotonic(), cpu()
    if phase == "cold":
        reader.update_feeds(workers=10)
    else:  # update_feeds leaves out what was updated lately
        for url in urls:
            reader.update_feed(url)
    print(json.dumps({"phase": phase, "wall": time.monotonic() - began, "cpu": cpu() - start,
                      "entries": reader.get_entry_counts().total}), flush=True)
"""


@dataclass(frozen=True)
class Result:
    """One phase of one contender; `entries` is how many it holds then."""

    name: str
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


def newsflow(server: FeedServer, feeds: int, folder: Path) -> list[Result]:
    """Ours: the whole step, with its database."""
    import psutil
    from pydantic import SecretStr

    from newsflow.clock import utcnow
    from newsflow.local.postgres import Server, binaries, free_port
    from newsflow.poll import subscriptions
    from newsflow.poll.lists import Listed
    from newsflow.poll.step import poll
    from newsflow.settings import ROOT, Settings
    from newsflow.store import runs
    from newsflow.store.db import connect
    from newsflow.store.migrate import migrate

    folder.chmod(0o755)
    postgres = Server(data=folder / "pg" / "data", port=free_port(), bin=binaries(), fast=True)
    postgres.start()
    try:
        conn = connect(postgres.url())
        migrate(conn, ROOT / "sql")
        subscriptions.add(conn, [Listed(url) for url in server.urls(feeds)], utcnow())
        settings = Settings(
            database_url=SecretStr(postgres.url()),
            allow_origins=frozenset(f"http://127.0.0.1:{port}" for port in server.ports),
            delay_s=0.0,
        )
        pids = [p for p in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(p.info["cmdline"] or ())]

        def database_cpu() -> float:
            family = {p.pid: p for root in pids if root.is_running() for p in (root, *root.children(recursive=True))}
            return sum(sum(p.cpu_times()[:4]) for p in family.values() if p.is_running())

        found = []
        for phase in PHASES:
            server.mode.write_text(phase)
            run_id = runs.start(conn, "bench", phase, utcnow(), {})
            began, start, base = time.monotonic(), _cpu(), database_cpu()
            poll(settings, run_id, force=True)
            used = _cpu() - start + max(0.0, database_cpu() - base)
            with conn.cursor() as cursor:
                cursor.execute("select count(*) from ingest.entry")
                entries = cursor.fetchone()[0]
            conn.rollback()
            found.append(Result("newsflow", phase, time.monotonic() - began, used, entries))
        conn.close()
        return found
    finally:
        postgres.stop("immediate")


def reader(server: FeedServer, feeds: int, folder: Path) -> list[Result]:
    """lemon24/reader with ten workers, in an environment of its own; nothing where it can't be installed."""
    python = folder / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    install = [
        str(Path(sys.executable).with_name("uv")),
        "pip",
        "install",
        "-q",
        "--python",
        str(python),
        "reader==3.26",
        "sgmllib3k",
    ]
    try:
        subprocess.run(install, check=True)
    except (OSError, subprocess.CalledProcessError):
        print("reader could not be installed: skipped")
        return []
    urls = folder / "urls.json"
    urls.write_text(json.dumps(server.urls(feeds)))
    command = [str(python), "-c", _READER, str(urls), str(server.mode), str(folder / "reader.sqlite")]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return [Result(name="reader 3.26", **json.loads(line)) for line in lines]


def bare_loop(server: FeedServer, feeds: int) -> list[Result]:
    """requests and feedparser as it is, and no database: the costly parts of rss-fetcher."""
    import feedparser
    import requests

    session, entries = requests.Session(), 0
    server.mode.write_text("cold")
    began, start = time.monotonic(), _cpu()
    for url in server.urls(feeds):
        entries += len(feedparser.parse(session.get(url, timeout=30).content).entries)
    return [Result("requests + feedparser", "cold", time.monotonic() - began, _cpu() - start, entries)]


def main() -> None:
    """Print feeds a second, by CPU and by the clock, and ours as ratios."""
    feeds = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 2000
    folder = Path(tempfile.mkdtemp(prefix="nf-bench-"))
    try:
        with FeedServer(folder) as server:
            contenders: list[Callable[[], list[Result]]] = [
                lambda: newsflow(server, feeds, folder),
                lambda: reader(server, feeds, folder),
                lambda: bare_loop(server, max(1, feeds // 10)),
            ]
            results = [(result, feeds) for one in contenders[:2] for result in one()]
            results += [(result, max(1, feeds // 10)) for result in contenders[2]()]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ours = {r.phase: n / r.cpu for r, n in results if r.name == "newsflow"}
    print(f"{feeds} feeds of {ENTRIES} entries on {PORTS} origins, {os.cpu_count()} cores")
    print(f"{'':24} {'phase':6} {'feeds/CPU-s':>12} {'feeds/s':>9} {'entries':>8} {'ours is':>9}")
    for r, n in results:
        ratio = f"{ours[r.phase] / (n / r.cpu):8.1f}x" if r.name != "newsflow" else ""
        print(f"{r.name:24} {r.phase:6} {n / r.cpu:12.1f} {n / r.wall:9.1f} {r.entries:8} {ratio:>9}")


if __name__ == "__main__":
    main()
