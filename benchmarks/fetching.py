"""Fetch 5,000 pages of 200 origins from a server that takes 200 ms: how near to the ideal schedule?

The ideal schedule under the same politeness: each origin's requests (robots.txt and its pages) one
after the other, 200 ms each and the delay between two, all origins side by side; or, where there
are too few threads for that, all threads busy all the time. Memory is looked at while it runs.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import tempfile
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from newsflow.clock import utcnow
from newsflow.fetch.step import fetch
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.settings import Settings
from newsflow.store import run_shards, runs
from newsflow.store.db import connect, transaction
from newsflow.store.migrate import migrate
from newsflow.web import origins
from newsflow.web.urls import url_hash

ORIGINS = int(os.environ.get("BENCH_ORIGINS", "200"))
PAGES = int(os.environ.get("BENCH_PAGES", "25"))  # of each origin
TAKES_S = 0.2
DELAY_S = float(os.environ.get("BENCH_DELAY_S", "1"))  # the setting's default
THREADS = tuple(map(int, os.environ.get("BENCH_THREADS", "64 16").split()))
SENTENCE = "the council said on day {} that bridge {} of {} will be closed for repairs until spring "
TEXT = "".join(SENTENCE.format(n % 7, n * 31 % 101, n * 17 % 89) for n in range(350))  # about 30 kB


def html(path: str) -> bytes:
    """A page of its own, as compressible as news."""
    return f"<html><head><title>{path}</title></head><body><p>{path} {TEXT}</p></body></html>".encode()


async def _serve(pipe: Pipe) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                await asyncio.sleep(TAKES_S)
                status, body = (b"404 Not Found", b"") if path == "/robots.txt" else (b"200 OK", html(path))
                fields = b"Content-Type: text/html\r\nContent-Length: %d" % len(body)
                writer.write(b"HTTP/1.1 %b\r\n%b\r\n\r\n%b" % (status, fields, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for _ in range(ORIGINS)]
    pipe.send([server.sockets[0].getsockname()[1] for server in servers])
    await asyncio.Event().wait()


def _server(pipe: Pipe) -> None:
    asyncio.run(_serve(pipe))


@dataclass
class Memory:
    """Resident memory of this process while something runs, MB."""

    early: float = 0.0
    peak: float = 0.0

    def watch(self, until: threading.Event, expected_s: float) -> None:
        began, me = time.monotonic(), psutil.Process()
        while not until.wait(0.1):
            now = me.memory_info().rss / 1e6
            self.peak = max(self.peak, now)
            if time.monotonic() - began < 0.25 * expected_s:
                self.early = max(self.early, now)


def ideal_s(threads: int) -> float:
    """The shortest time that politeness and the number of threads allow."""
    requests = PAGES + 1
    one_origin = requests * TAKES_S + (requests - 1) * DELAY_S
    return max(one_origin, ORIGINS * requests * TAKES_S / threads)


def prepare(dsn: str, ports: list[int]) -> None:
    """Pages of all origins, pending."""
    conn = connect(dsn)
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("truncate ingest.run, ingest.page, ingest.origin, ingest.publisher cascade")
        cursor.execute("truncate ingest.warc_file, ingest.archive_folder")
        cursor.execute("insert into ingest.publisher (name) values ('bench.example') returning publisher_id")
        publisher = cursor.fetchone()[0]  # type: ignore[index]
        known = origins.ensure(conn, [f"http://127.0.0.1:{port}" for port in ports])
        urls = [(f"{origin}/{n}", number) for origin, number in known.items() for n in range(PAGES)]
        cursor.execute(
            "insert into ingest.page (url, url_hash, origin_id, publisher_id) "
            "select u, h, o, %s from unnest(%s::text[], %s::bytea[], %s::int[]) as t (u, h, o)",
            (publisher, [u for u, _ in urls], [url_hash(u) for u, _ in urls], [o for _, o in urls]),
        )
    conn.close()


def measure(dsn: str, folder: Path, ports: list[int], threads: int) -> list[str]:
    """One run; a row of the table."""
    prepare(dsn, ports)
    settings = Settings(
        database_url=dsn,
        archive=str(folder / f"archive-{threads}"),
        allow_origins=" ".join(f"http://127.0.0.1:{port}" for port in ports),
        delay_s=DELAY_S,
        fetch_threads=threads,
        shards=1,
    )
    conn = connect(dsn)
    run_id = runs.start(conn, "bench", f"threads-{threads}", utcnow(), {})
    run_shards.plan(conn, run_id, settings, utcnow())
    conn.close()
    memory, done = Memory(), threading.Event()
    watcher = threading.Thread(target=memory.watch, args=(done, ideal_s(threads)))
    watcher.start()
    cpu, began = time.process_time(), time.monotonic()
    report = fetch(settings, run_id, 0)
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    done.set()
    watcher.join()
    pages = ORIGINS * PAGES
    assert dict(report.counts) == {"ok": pages}, report.counts
    ideal = ideal_s(threads)
    return [
        str(threads),
        f"{pages / ideal:.1f}",
        f"{pages / seconds:.1f}",
        f"{ideal / seconds:.1%}",
        f"{1000 * cpu / pages:.1f}",
        f"{memory.early:.0f}",
        f"{memory.peak:.0f}",
    ]


def main() -> None:
    """Print the table."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_server, args=(theirs,), daemon=True)
    server.start()
    ports = ours.recv()
    table = Table(
        title=f"{ORIGINS * PAGES} pages, {ORIGINS} origins, {TAKES_S:g} s an answer, {DELAY_S:g} s between two"
    )
    for name in ("threads", "ideal pages/s", "pages/s", "of the ideal", "CPU ms a page", "RSS early MB", "RSS peak MB"):
        table.add_column(name, justify="right")
    with tempfile.TemporaryDirectory(prefix="nf-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Server(data=folder / "pg" / "data", port=free_port(), bin=binaries(), fast=True)
        postgres.start()
        try:
            conn = connect(postgres.url("postgres"))
            migrate(conn)
            conn.close()
            for threads in THREADS:
                table.add_row(*measure(postgres.url("postgres"), folder, ports, threads))
        finally:
            postgres.stop("immediate")
            server.terminate()
    Console().print(table)
    Console().print(f"peak of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


if __name__ == "__main__":
    main()
