"""Loading and search: server CPU against the physical limit (COPY into an unlogged table) and against peers.

    make bench PART=loading
    python -m benchmarks.loading --articles 100000 --search 500000 --server /usr/lib/postgresql/15/bin

CPU is that of all the server's processes, so that it does not matter what else the machine does. The server
runs as in production (fsync, checksums), without autovacuum, which would fall into one measurement or another.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extras import execute_values
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from newsflow.load.step import load
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.settings import ROOT, Settings
from newsflow.store import queries, runs
from newsflow.store.copy import copy_rows
from newsflow.store.db import connect
from newsflow.store.migrate import migrate

NOW = datetime(2026, 3, 1, 2, tzinfo=timezone.utc)
COLUMNS = ("article_id", "url", "title", "lead", "body", "authors", "published_at", "language", "content_hash")
PEER = """article_id bigint, url text, title text, lead text, body text, authors text[], published_at timestamptz,
  language text, content_hash bytea"""
CONSOLE = Console(width=110)

COPIES, TRIES = 20, 15
ARTICLE: dict[str, Any] = {
    "article_id": 0, "story_id": 0, "publisher_id": 1, "published_at": NOW, "first_seen_at": NOW, "loaded_at": NOW,
    "revised_at": NOW, "extraction_id": 1, "content_hash": b"h", "text_hash": b"h", "url": "", "title": "", "lead": "",
    "body": "", "authors": [], "agencies": [], "published_raw": "", "published_quality": "exact", "language": "en",
    "section": "", "tags": [], "image_url": "", "image_caption": "", "page_type": "article", "rights": {},
    "sources": {}, "extractor": "bench", "cause": "fetch",
}  # fmt: skip
REPEATED = ", ".join(name for name in ARTICLE if name not in {"article_id", "published_at"})
REPEAT_ARTICLE = f"""insert into news_internal.article (article_id, published_at, {REPEATED})
  select article_id + %(shift)s, published_at - %(minutes)s * interval '1 minute', {REPEATED}
  from news_internal.article where article_id <= %(different)s"""
REPEAT_SEARCH = """insert into news_internal.search (article_id, sort_at, publisher_id, language, title, document)
  select article_id + %(shift)s, sort_at - %(minutes)s * interval '1 minute', publisher_id, language, title, document
  from news_internal.search where article_id <= %(different)s"""


class Texts:
    """Articles of Zipf-distributed words: repeatable, and compressible like prose."""

    def __init__(self, seed: int = 7, vocabulary: int = 40_000) -> None:
        self.rng = np.random.default_rng(seed)
        syllables = [a + b for a in "bcdfghjklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "in")]
        made = {"".join(random.Random(n).choices(syllables, k=random.Random(n).randint(2, 4))) for n in range(90_000)}
        self.words = np.array(sorted(made)[:vocabulary], dtype=object)
        self.rng.shuffle(self.words)
        weights = 1 / np.arange(1, len(self.words) + 1) ** 0.9
        self.share = weights / weights.sum()

    def bodies(self, count: int, characters: int) -> Iterator[str]:
        for _ in range(0, count, 500):
            picks = self.rng.choice(self.words, size=(500, characters // 5), p=self.share)
            for row in picks:
                yield " ".join(row)[:characters]


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="nf-bench-") as base:
        Path(base).chmod(0o755)
        server = Server(data=Path(base) / "pg" / "data", port=free_port(), bin=folder)
        server.start()
        for setting in ("autovacuum = off", "max_wal_size = '8GB'", "shared_buffers = '512MB'"):
            _admin(server.url(), f"alter system set {setting}")
        server.stop()
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")


def _admin(dsn: str, statement: str) -> Any:
    conn = psycopg2.connect(dsn)
    conn.autocommit = True
    with conn.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchall() if cursor.description else None
    conn.close()
    return found


@dataclass
class Meter:
    """CPU seconds of a server's processes, and of this one, over a block."""

    server: Server
    figures: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def cpu(self) -> float:
        top = psutil.Process(int((self.server.data / "postmaster.pid").read_text().split()[0]))
        times = [p.cpu_times() for p in [top, *top.children()]]
        return sum(t.user + t.system for t in times) + top.cpu_times().children_user + top.cpu_times().children_system

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        server, client, wall = self.cpu(), time.process_time(), time.perf_counter()
        yield
        self.figures[name] = (self.cpu() - server, time.process_time() - client, time.perf_counter() - wall)


def fill_ledger(conn: Connection, bodies: list[str]) -> int:
    """Pages as deduplicate leaves them, in a run."""
    with conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) select 'p' || n from generate_series(1, 50) n")
        cursor.execute(
            "insert into ingest.origin (origin, publisher_id) select name, publisher_id from ingest.publisher"
        )
        cursor.execute(
            "insert into ingest.page (url, url_hash, origin_id, publisher_id, state, discovered_at)"
            " select url, sha256(url::bytea), 1 + n %% 50, 1 + n %% 50, 'clustered', %s from"
            " (select n, 'https://p' || n %% 50 || '.example/article/' || n as url from generate_series(1, %s) n) x",
            (NOW, len(bodies)),
        )
        copy_extractions(conn, bodies)
        cursor.execute(
            "update ingest.page p set extraction_id = e.extraction_id"
            " from ingest.extraction e where e.page_id = p.page_id"
        )
        cursor.execute("insert into ingest.story_member (page_id, story_id) select page_id, page_id from ingest.page")
    conn.commit()
    run_id = new_run(conn, "first")
    with conn.cursor() as cursor:
        cursor.execute("analyze ingest.page, ingest.extraction")
    conn.commit()
    return run_id


def copy_extractions(conn: Connection, bodies: list[str]) -> None:
    names = (
        "page_id",
        "extractor",
        "outcome",
        "title",
        "lead",
        "body",
        "authors",
        "published_at",
        "published_quality",
        "language",
        "word_count",
        "content_hash",
        "text_hash",
    )
    copy_rows(
        conn,
        "ingest.extraction",
        names,
        (
            (
                n,
                "bench",
                "ok",
                title(body),
                body[80:240],
                body,
                ["Ana Díaz"],
                published(n),
                "exact",
                "en",
                600,
                digest(body),
                digest(body),
            )
            for n, body in enumerate(bodies, 1)
        ),
    )


def title(body: str) -> str:
    return body[:70]


def published(number: int) -> datetime:
    return NOW - timedelta(minutes=number % 500_000)


def digest(body: str) -> bytes:
    return hashlib.sha256(body.encode()).digest()


def new_run(conn: Connection, name: str) -> int:
    run_id = runs.start(conn, "bench", name, NOW, {})
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'clustered' where state <> 'clustered'")
        cursor.execute(
            "insert into ingest.run_page (run_id, page_id, shard, entered)"
            " select %s, page_id, 0, 'load' from ingest.page",
            (run_id,),
        )
    conn.commit()
    return run_id


def records(bodies: list[str]) -> Iterator[tuple[Any, ...]]:
    for n, body in enumerate(bodies, 1):
        yield (
            n,
            f"https://p{n % 50}.example/article/{n}",
            title(body),
            body[80:240],
            body,
            ["Ana Díaz"],
            published(n),
            "en",
            digest(body),
        )


def peer_table(conn: Connection, name: str) -> None:
    with conn.cursor() as cursor:
        cursor.execute(f"create table {name} ({PEER}, story_id bigint default 1, publisher_id int default 1)")
        cursor.execute(f"alter table {name} add primary key (article_id)")
        for columns in ("(published_at)", "(publisher_id, published_at)", "(story_id)"):
            cursor.execute(f"create index on {name} {columns}")
        cursor.execute(f"create index on {name} using hash (url)")
    conn.commit()


def upsert(table: str) -> str:
    sets = ", ".join(f"{c} = excluded.{c}" for c in COLUMNS[1:])
    return f"insert into {table} ({', '.join(COLUMNS)}) values %s on conflict (article_id) do update set {sets}"


def copy_unlogged(conn: Connection, bodies: list[str]) -> None:
    with conn.cursor() as cursor:
        cursor.execute(f"create unlogged table floor ({PEER})")
    conn.commit()
    copy_rows(conn, "floor", COLUMNS, records(bodies))
    conn.commit()


def by_execute_values(conn: Connection, bodies: list[str]) -> None:
    with conn.cursor() as cursor:
        execute_values(cursor, upsert("peer"), records(bodies), page_size=1000)
    conn.commit()


def row_by_row(conn: Connection, bodies: list[str]) -> None:
    """As news-please's storage does: a statement and a commit an article."""
    statement = upsert("peer").replace("%s", "(" + ", ".join(["%s"] * len(COLUMNS)) + ")", 1)
    with conn.cursor() as cursor:
        for record in records(bodies):
            cursor.execute(statement, record)
            conn.commit()


@contextmanager
def by_query(meter: Meter) -> Iterator[dict[str, float]]:
    """Server CPU by named query, while the step runs."""
    spent: dict[str, float] = {}
    original: Callable[..., int] = queries.run

    def run(conn: Connection, query: str, /, **params: Any) -> int:
        before = meter.cpu()
        found = original(conn, query, **params)
        spent[query] = spent.get(query, 0.0) + meter.cpu() - before
        return found

    queries.run = run
    try:
        yield spent
    finally:
        queries.run = original


PROBE = """select count(*) from ingest.page p join ingest.extraction e on e.extraction_id = p.extraction_id
  left join news_internal.article a on a.article_id = p.page_id
  where a.content_hash is distinct from e.content_hash"""
LEDGER = {"load.lock_pages", "load.close_pages", "load.close_run_pages", "runs.progress", "runs.begin_stage"}


def loading(server: Server, count: int) -> None:
    """The table of loading: limit, ours, peers, and an unchanged reload."""
    bodies = list(Texts().bodies(count, 4_000))[:count]
    _admin(server.url(), "create database bench")
    dsn = server.url("bench")
    conn = connect(dsn)
    migrate(conn, ROOT / "sql")
    meter = Meter(server)
    settings = Settings(database_url=SecretStr(dsn), load_search=False)
    with meter.measure("COPY into an unlogged table, no index (the limit)"):
        copy_unlogged(conn, bodies)
    run_id = fill_ledger(conn, bodies)
    with by_query(meter) as spent, meter.measure("newsflow load: all new, whole step"):
        load(settings, run_id)
    again = new_run(conn, "unchanged")
    with by_query(meter) as unchanged, meter.measure("newsflow load: all unchanged, whole step"):
        load(settings, again)
    with meter.measure("the probe alone: which rows differ"), conn.cursor() as cursor:
        cursor.execute(PROBE)
        assert cursor.fetchone() == (0,)
    conn.rollback()
    _forced(conn, meter, count)
    peer_table(conn, "peer")
    with meter.measure("execute_values upsert, all new"):
        by_execute_values(conn, bodies)
    with meter.measure("execute_values upsert, all unchanged"):
        by_execute_values(conn, bodies)
    few = bodies[: max(count // 20, 1)]
    _admin(dsn, "truncate peer")
    with meter.measure(f"row by row, a commit each ({len(few):,} articles)"):
        row_by_row(conn, few)
    with meter.measure(f"full text, apart ({len(few):,} articles)"), conn.cursor() as cursor:
        cursor.execute(queries.sql("load.index_articles"), {"articles": list(range(1, len(few) + 1))})
    conn.commit()
    conn.close()
    _report(server, meter, count, len(few), spent, unchanged)


def _forced(conn: Connection, meter: Meter, count: int) -> None:
    """Our own ordered upsert, run over rows that did not change: what the probe saves."""
    with conn.cursor() as cursor:
        cursor.execute(queries.sql("load.make_plan"))
        cursor.execute(
            "insert into load_plan (page_id, extraction_id, story_id, similarity, is_origin, revision, verdict)"
            " select page_id, extraction_id, page_id, 1, true, 1, 'revised' from ingest.page"
        )
        cursor.execute("analyze load_plan")
        with meter.measure("ordered upsert of unchanged rows (no probe)"):
            cursor.execute(queries.sql("load.put_articles"), {"first": 1, "last": count, "now": NOW, "run_id": 1})
    conn.rollback()


def _report(
    server: Server, meter: Meter, count: int, few: int, spent: dict[str, float], unchanged: dict[str, float]
) -> None:
    version = _admin(server.url(), "show server_version")[0][0]
    table = Table(title=f"{count:,} articles of 4 KB, PostgreSQL {version}")
    for heading in ("", "server CPU s", "µs an article", "ratio to the limit", "client CPU s", "wall s"):
        table.add_column(heading, justify="left" if not heading else "right")
    limit = next(iter(meter.figures.values()))[0] / count

    def add(
        name: str, cpu: float, client: float | None = None, wall: float | None = None, articles: int = count
    ) -> None:
        rest = [f"{x:.1f}" if x is not None else "" for x in (client, wall)]
        table.add_row(name, f"{cpu:.2f}", f"{cpu / articles * 1e6:.1f}", f"{cpu / articles / limit:.2f}", *rest)

    for name, (cpu, client, wall) in meter.figures.items():
        add(name, cpu, client, wall, few if name.endswith("articles)") else count)
        if name.endswith("all new, whole step"):
            add("  of it: decide, write with keys, change log", sum(v for k, v in spent.items() if k not in LEDGER))
            add("  of it: the work ledger", sum(v for k, v in spent.items() if k in LEDGER))
        if name.endswith("all unchanged, whole step"):
            add("  of it: the probe", unchanged["load.decide"])
    CONSOLE.print(table)
    forced = meter.figures["ordered upsert of unchanged rows (no probe)"][0]
    probe = meter.figures["the probe alone: which rows differ"][0]
    CONSOLE.print(
        f"the upsert that the probe saves costs {forced / probe:.0f} × the probe alone,"
        f" {forced / unchanged['load.decide']:.0f} × the probe with its notes"
    )
    CONSOLE.print({k: round(v, 2) for k, v in sorted(spent.items(), key=lambda x: -x[1]) if v > 0.05})


def four_writers(server: Server, count: int) -> None:
    """Four loads of the same pages at once, beside four that upsert in no order."""
    _admin(server.url(), "create database crowd")
    dsn = server.url("crowd")
    conn = connect(dsn)
    migrate(conn, ROOT / "sql")
    bodies = list(Texts(seed=9).bodies(count, 1_000))[:count]
    fill_ledger(conn, bodies)
    names = [new_run(conn, f"w{n}") for n in range(4)]
    settings = Settings(database_url=SecretStr(dsn), load_search=False, load_chunk=500)
    with ThreadPoolExecutor(4) as pool:
        taken = [r.taken for r in pool.map(lambda run: load(settings, run), names)]
    _admin(dsn, "select pg_sleep(1)")
    ours = _deadlocks(dsn)
    peer_table(conn, "peer")
    with ThreadPoolExecutor(4) as pool:
        failed = sum(pool.map(lambda seed: _unordered(dsn, bodies, seed), range(4)))
    _admin(dsn, "select pg_sleep(1)")
    CONSOLE.print(f"four writers, the same {count:,} keys: ours took {sum(taken):,} pages with {ours} deadlocks;")
    CONSOLE.print(f"unordered upserts of 500 rows: {failed} transactions lost to {_deadlocks(dsn) - ours} deadlocks")
    conn.close()


def _unordered(dsn: str, bodies: list[str], seed: int) -> int:
    rows, failed = list(records(bodies)), 0
    random.Random(seed).shuffle(rows)
    conn = psycopg2.connect(dsn)
    for start in range(0, len(rows), 500):
        try:
            with conn, conn.cursor() as cursor:
                execute_values(cursor, upsert("peer"), rows[start : start + 500], page_size=500)
        except psycopg2.errors.DeadlockDetected:
            failed += 1
    conn.close()
    return failed


def _deadlocks(dsn: str) -> int:
    return int(_admin(dsn, "select deadlocks from pg_stat_database where datname = current_database()")[0][0])


def searching(server: Server, count: int, characters: int) -> None:
    """Median of news.search for rare, mid, frequent, two-term and phrase queries."""
    _admin(server.url(), "create database corpus")
    dsn = server.url("corpus")
    conn = connect(dsn)
    migrate(conn, ROOT / "sql")
    _fill_search(conn, count, characters)
    table = Table(
        title=f"news.search, newest 20, {count:,} articles of {characters:,} characters (each text {COPIES} times)"
    )
    for heading in ("query", "articles that match", "median ms", f"slowest of {TRIES}, ms", "server CPU ms"):
        table.add_column(heading, justify="left" if heading == "query" else "right")
    reader = psycopg2.connect(dsn)
    reader.autocommit = True
    backend = psutil.Process(int(_ask(reader, "select pg_backend_pid()")))
    for name, q in _asked(reader):
        times, before = [], sum(backend.cpu_times()[:2])
        for _ in range(TRIES):
            started = time.perf_counter()
            with reader.cursor() as cursor:
                cursor.execute("select * from news.search(%s, 'en')", (q,))
                cursor.fetchall()
            times.append((time.perf_counter() - started) * 1e3)
        cpu = (sum(backend.cpu_times()[:2]) - before) / TRIES * 1e3
        matches = _ask(
            reader, "select count(*) from news_internal.search where document @@ websearch_to_tsquery('english', %s)", q
        )
        table.add_row(
            f"{name}: {q}", f"{matches:,}", f"{statistics.median(times):.1f}", f"{max(times):.1f}", f"{cpu:.1f}"
        )
    CONSOLE.print(table)
    reader.close()
    conn.close()


def _ask(conn: Connection, sql: str, *params: Any) -> Any:
    with conn.cursor() as cursor:
        cursor.execute("set enable_seqscan = off")
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def _fill_search(conn: Connection, count: int, characters: int) -> None:
    """Different texts through the real fill, each then repeated COPIES times; the index is built at the end."""
    different = count // COPIES
    bodies = Texts(seed=11).bodies(different, characters)
    with conn.cursor() as cursor:
        cursor.execute("drop index news_internal.search_document; drop index news_internal.search_title")
        cursor.execute("insert into ingest.publisher (name) select 'p' || n from generate_series(1, 50) n")
        cursor.execute("insert into news_internal.search_language values ('en')")
        copy_rows(
            conn,
            "news_internal.article",
            tuple(ARTICLE),
            (
                list(
                    {
                        **ARTICLE,
                        "article_id": n,
                        "story_id": n,
                        "published_at": published(n * COPIES),
                        "title": title(body),
                        "body": body,
                        "url": f"u{n}",
                    }.values()
                )
                for n, body in enumerate(bodies, 1)
                if n <= different
            ),
        )
        cursor.execute(queries.sql("load.index_articles"), {"articles": list(range(1, different + 1))})
        for copy in range(1, COPIES):
            shift = {"shift": copy * different, "minutes": copy, "different": different}
            cursor.execute(REPEAT_ARTICLE, shift)
            cursor.execute(REPEAT_SEARCH, shift)
        cursor.execute("set maintenance_work_mem = '512MB'")
        cursor.execute("create index search_document on news_internal.search using gin (document)")
    conn.commit()
    conn.set_session(autocommit=True)
    with conn.cursor() as cursor:
        cursor.execute("vacuum analyze news_internal.search, news_internal.article")
    conn.set_session(autocommit=False)


def _asked(conn: Connection) -> list[tuple[str, str]]:
    """Words by how many articles have them, from the words themselves; a pair that stands together."""
    words = Texts(seed=11).words
    body = _ask(conn, "select body from news_internal.article where article_id = 1234").split()
    return [
        ("rare", words[30_000]),
        ("mid", words[300]),
        ("frequent", words[3]),
        ("two terms", f"{words[60]} {words[200]}"),
        ("phrase, rare words", f'"{body[40]} {body[41]}"'),
        ("phrase, mid words", f'"{words[40]} {words[90]}"'),
        ("phrase, frequent words", f'"{words[0]} {words[1]}"'),
        ("without", f"{words[300]} -{words[3]}"),
    ]


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--crowd", type=int, default=10_000)
    parser.add_argument("--search", type=int, default=500_000)
    parser.add_argument("--characters", type=int, default=2_000)
    parser.add_argument("--server", type=Path, default=None, help="folder of another server's programs")
    asked, _ = parser.parse_known_args()
    with served(asked.server or binaries()) as server:
        if asked.articles:
            loading(server, asked.articles)
        if asked.crowd:
            four_writers(server, asked.crowd)
        if asked.search:
            searching(server, asked.search, asked.characters)


if __name__ == "__main__":
    main()
