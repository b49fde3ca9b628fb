"""Backfill and reprocess: reading against fastwarc's own iteration, articles against trafilatura alone, kills, undo.

    make bench PART=backfill
    python -m benchmarks.backfill --records 20000 --articles 2000 --reprocess 1000

The WARC file is CC-NEWS-like: the sample newsroom's texts and, where they are there, the pages of `shared/pages`,
each with edits of its own, so that no two records are copies. Figures are CPU seconds of all processes that take part
(this one, its children, the database's), so that it does not matter what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from fastwarc.warc import ArchiveIterator, WarcRecordType
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from benchmarks import shelf
from benchmarks.shared import SHARED
from newsflow import pipeline as nightly
from newsflow.backfill import pipeline, records
from newsflow.backfill.request import Request
from newsflow.backfill.selection import refuses_answer
from newsflow.extract import pool
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.model import Exchange, Extraction, Outcome
from newsflow.reprocess import pipeline as reprocess
from newsflow.reprocess.request import Selection
from newsflow.settings import ROOT, Settings
from newsflow.store.db import connect, session
from newsflow.store.migrate import migrate
from tests.backfill.foreign import EPOCH, pages, write

CONSOLE = Console(width=110)
_PARAGRAPH = re.compile(rb"(<p[^>]*>)([^<]{80,})")
CONTRACT = """select url, title, lead, body, authors, published_at, language, revision, is_origin,
  story_id = article_id from news.articles order by url"""


def real_pages(count: int) -> Iterator[tuple[Exchange, datetime]]:
    """Pages of `shared/pages`, over and over, a third of the words of each paragraph shuffled within it."""
    found = shelf.read(SHARED / "pages")
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
    real = real_pages(count // 2) if (SHARED / "pages").exists() else iter(())
    written = pages(count, publishers=40)
    for number in range(count):
        yield next(real, None) or next(written) if number % 2 else next(written)


@dataclass
class Cpu:
    """CPU seconds used within a `with` block."""

    server: Server | None = None
    seconds: float = 0.0

    def _now(self) -> float:
        own, children = os.times(), resource.getrusage(resource.RUSAGE_CHILDREN)
        total = own.user + own.system + children.ru_utime + children.ru_stime
        if self.server is not None:
            for process in [psutil.Process(self.server.pid()), *psutil.Process(self.server.pid()).children()]:
                used = process.cpu_times()
                total += (
                    used.user + used.system + getattr(used, "children_user", 0) + getattr(used, "children_system", 0)
                )
        return total

    def __enter__(self) -> Cpu:
        self._before = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = self._now() - self._before


@contextmanager
def database(folder: Path) -> Iterator[tuple[Server, Settings]]:
    """A server and a database at the head of the migrations."""
    base = folder / "pg"
    base.mkdir(parents=True)
    folder.chmod(0o755)
    base.chmod(0o755)
    server = Server(data=base / "data", port=free_port(), bin=binaries(), fast=True)
    server.start()
    try:
        conn = connect(server.url())
        migrate(conn, ROOT / "sql")
        conn.close()
        url = SecretStr(server.url())
        yield (
            server,
            Settings(database_url=url, archive=str(folder / "archive"), shards=1, extract_workers=os.cpu_count()),
        )
    finally:
        server.stop("immediate")


def reading(file: Path) -> None:
    """Records a second of reading and filtering against fastwarc's own iteration, three rounds, the best of each."""
    wanted = Request(warc=("x",), publishers=("paper3.example",), languages=("en", "de")).selection({})

    def refuses(record: Any) -> str:
        return wanted.refuses_headers(record.headers)

    def refuses_page(exchange: Exchange) -> str:
        refused = refuses_answer(exchange.status, exchange.headers.get("content-type", ""))
        return refused or wanted.refuses_language(exchange.headers, exchange.body)

    own = min(_timed(lambda: sum(1 for _ in _iterate(file))) for _ in range(3))
    ours = min(_timed(lambda: sum(1 for _ in _read(file, refuses, refuses_page))) for _ in range(3))
    count = sum(1 for _ in _iterate(file))
    table = Table(
        "reading", "records/s", "of fastwarc's own", title=f"{count} records, {file.stat().st_size / 1e6:.0f} MB"
    )
    table.add_row("fastwarc's iteration", f"{count / own:,.0f}", "1.00")
    table.add_row("read and filter (publisher, date, language)", f"{count / ours:,.0f}", f"{own / ours:.2f}  (bar .80)")
    CONSOLE.print(table)


def _iterate(file: Path) -> Iterator[object]:
    with file.open("rb") as stream:
        yield from ArchiveIterator(stream, record_types=WarcRecordType.response)


def _read(file: Path, refuses: Any, refuses_page: Any) -> Iterator[object]:
    with file.open("rb") as stream:
        yield from records.read(stream, refuses, refuses_page)


def _timed(call: Any) -> float:
    before = time.process_time()
    call()
    return time.process_time() - before


def memory(folder: Path, counts: tuple[int, int]) -> None:
    """Peak memory of the reading step over a file, and over one several times as large."""
    table = Table("memory", "records", "file, MB", "peak RSS, MB")
    for count in counts:
        place = folder / f"memory-{count}"
        file = write(place / "m.warc.gz", pages(count))
        with database(place) as (_, settings):
            request = Request(warc=(str(file),))
            run_id = pipeline.open_run(settings, "memory", request)
            pipeline.plan(settings, run_id, request)
            code = (
                "import json,resource,sys\n"
                "from newsflow.backfill import step; from newsflow.backfill.request import Request\n"
                "from newsflow.settings import get_settings\n"
                f"step.read(get_settings(), {run_id}, 0, Request.from_params(json.loads(sys.argv[1])))\n"
                "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
            )
            words = [sys.executable, "-c", code, json.dumps(request.as_params())]
            done = subprocess.run(words, env=_env(settings), capture_output=True, text=True, check=True)
        table.add_row("read", f"{count}", f"{file.stat().st_size / 1e6:.1f}", f"{int(done.stdout) / 1024:.0f}")
    CONSOLE.print(table)


def _env(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}",
        "NEWSFLOW_DATABASE_URL": settings.dsn,
        "NEWSFLOW_ARCHIVE": settings.archive,
        "NEWSFLOW_SHARDS": "1",
        "NEWSFLOW_EXTRACT_WORKERS": str(settings.extract_workers),
        "NEWSFLOW_CHECK_MIN_LOADED": "0",
    }


def overall(folder: Path, count: int) -> None:
    """Articles a CPU second of a whole backfill, stage by stage, against trafilatura alone on the same pages."""
    from trafilatura import bare_extraction

    file = write(folder / "overall" / "o.warc.gz", mixed(count))
    sample = [e.body.decode("utf-8", "replace") for e, _ in islice(mixed(count), 0, None, max(1, count // 300))]
    alone = _timed(lambda: [bare_extraction(html, with_metadata=True) for html in sample]) / len(sample)
    fast = _timed(lambda: [bare_extraction(html, with_metadata=True, fast=True) for html in sample]) / len(sample)
    table = Table("stage", "pages", "CPU ms a page", title=f"a whole backfill of {count} records")
    with database(folder / "overall") as (server, settings):
        request = Request(warc=(str(file),))
        run_id = pipeline.open_run(settings, "overall", request)
        pipeline.plan(settings, run_id, request)
        total = 0.0
        for name, work in {
            "read": lambda: pipeline.read(settings, run_id, 0, request),
            "extract": lambda: nightly.extract(settings, run_id, 0),
            "deduplicate": lambda: nightly.deduplicate(settings, run_id),
            "load": lambda: nightly.load(settings, run_id),
        }.items():
            with Cpu(server) as cpu:
                work()
            total += cpu.seconds / count
            table.add_row(name, str(count), f"{1000 * cpu.seconds / count:.2f}")
        pipeline.check(settings, run_id)
        with session(settings.dsn) as conn, conn.cursor() as cursor:
            cursor.execute("select count(*) from news.articles")
            table.add_row("all", f"{cursor.fetchone()[0]} articles", f"{1000 * total:.2f}")
    table.add_row("trafilatura alone, its defaults", str(len(sample)), f"{1000 * alone:.2f}")
    table.add_row("trafilatura alone, fast", str(len(sample)), f"{1000 * fast:.2f}")
    CONSOLE.print(table)
    CONSOLE.print(
        f"of trafilatura's articles a CPU second: {alone / total:.2f} (defaults), {fast / total:.2f} (fast); bar .85"
    )


def rows(settings: Settings, query: str = CONTRACT) -> list[Any]:
    """Rows of a query, as plain tuples."""
    with session(settings.dsn) as conn, conn.cursor() as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor]


def killed(folder: Path, count: int, kills: int = 5) -> None:
    """Kill a backfill so many times midway; the contract's rows against an undisturbed one's."""
    file = write(folder / "k.warc.gz", pages(count))
    found = {}
    chance = random.Random(5)
    for name in ("undisturbed", "killed"):
        with database(folder / name) as (_, settings):
            words = [sys.executable, "-m", "newsflow.cli", "backfill", "run", "--warc", str(file), "--name", "bench"]
            died = 0
            started = time.monotonic()
            while True:
                process = subprocess.Popen(words, env=_env(settings), stdout=subprocess.DEVNULL, start_new_session=True)
                if name == "killed" and died < kills:
                    _kill_at_work(settings, process, chance)
                    died += process.returncode == -signal.SIGKILL
                    continue
                if process.wait():
                    raise SystemExit(f"the backfill failed with {process.returncode}")
                break
            found[name] = rows(settings)
            CONSOLE.print(f"{name}: {len(found[name])} articles, {died} kills, {time.monotonic() - started:.0f} s")
    CONSOLE.print(f"rows that differ: {len(set(map(repr, found['killed'])) ^ set(map(repr, found['undisturbed'])))}")


def _kill_at_work(settings: Settings, process: subprocess.Popen[bytes], chance: random.Random) -> None:
    """Let the process connect, and kill it a moment later."""
    query = "select count(*) from pg_stat_activity where application_name like 'newsflow %'"
    while process.poll() is None:
        with connection(settings) as conn, conn.cursor() as cursor:
            cursor.execute(query)
            if cursor.fetchone()[0] > 0:
                break
        time.sleep(0.02)
    time.sleep(chance.uniform(0.1, 2.5))
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def connection(settings: Settings) -> Iterator[Any]:
    """A connection that is not named as ours."""
    conn = psycopg2.connect(settings.dsn, application_name="bench")
    try:
        yield conn
    finally:
        conn.close()


def reprocessed(folder: Path, count: int) -> None:
    """Compare, apply and undo with a changed extractor; the contract's rows against the start's."""
    file = write(folder / "r" / "r.warc.gz", pages(count))
    views = {
        "articles": "select * from news.articles order by article_id",
        "revisions": "select * from news.revisions order by article_id, revision",
        "stories": "select * from news.stories order by story_id",
    }
    with database(folder / "r") as (server, settings):
        pipeline.run_all(settings, "past", Request(warc=(str(file),)))
        start = {name: rows(settings, query) for name, query in views.items()}
        real = pool.extract

        def changed(html: bytes, url: str, *hints: Any, **options: Any) -> Extraction:
            found = real(html, url, *hints, **options)
            return replace(found, body=found.body.rpartition("\n")[0]) if url[-1] in "13579" else found

        pool.extract = changed
        table = Table("reprocess", "pages", "CPU ms a page", title=f"{len(start['articles'])} articles")
        with Cpu(server) as cpu:
            number = reprocess.compare(settings, "dry", Selection())
        table.add_row("compare", str(count), f"{1000 * cpu.seconds / count:.2f}")
        report = rows(settings, f"select report from ingest.reprocess where reprocess_id = {number}")[0][0]
        same = {name: rows(settings, query) for name, query in views.items()} == start
        with Cpu(server) as cpu:
            reprocess.apply(settings, "apply", number)
        table.add_row("apply", str(report["verdicts"]["changed"]), f"{1000 * cpu.seconds / count:.2f}")
        revisions = rows(settings, "select count(*) from news.revisions where cause = 'reprocess'")[0][0]
        with Cpu(server) as cpu:
            reprocess.undo(settings, "undo", number)
        table.add_row("undo", str(report["verdicts"]["changed"]), f"{1000 * cpu.seconds / count:.2f}")
        pool.extract = real
        end = {name: rows(settings, query) for name, query in views.items()}
    CONSOLE.print(table)
    CONSOLE.print(f"verdicts {report['verdicts']}; untouched by the dry run: {same}; revisions by apply: {revisions}")
    CONSOLE.print("after undo: " + ", ".join(f"{name} equal: {end[name] == start[name]}" for name in views))


def main() -> None:
    """All parts, or those asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=20_000)
    options.add_argument("--articles", type=int, default=20_000, help="records of the whole backfill")
    options.add_argument("--kill", type=int, default=2_000, help="records of the backfill that is killed")
    options.add_argument("--reprocess", type=int, default=5_000)
    options.add_argument("--parts", nargs="*", default=["reading", "memory", "overall", "kill", "reprocess"])
    given, _ = options.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="nf-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if "reading" in given.parts:
            reading(write(folder / "news.warc.gz", mixed(given.records)))
        if "memory" in given.parts:
            memory(folder, (given.records // 20, given.records // 4))
        if "overall" in given.parts:
            overall(folder, given.articles)
        if "kill" in given.parts:
            killed(folder, given.kill)
        if "reprocess" in given.parts:
            reprocessed(folder, given.reprocess)


if __name__ == "__main__":
    main()
