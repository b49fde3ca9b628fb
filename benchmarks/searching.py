"""Search: median time of `news.search` for rare, frequent and phrase queries in half a million articles.

make bench PART=searching ARGS="--articles 500000 --server /usr/lib/postgresql/15/bin"
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import psutil
import psycopg2
from psycopg2.extensions import connection as Connection
from rich.console import Console
from rich.table import Table

from benchmarks.load_world import NOW, Texts, published, title
from benchmarks.server import database, options, served
from newsflow.local.postgres import Server
from newsflow.store import queries
from newsflow.store.copy import copy_rows

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


def searching(server: Server, count: int, characters: int) -> None:
    """Median of news.search for rare, mid, frequent, two-term and phrase queries."""
    _, conn = database(server, "corpus")
    _fill_search(conn, count, characters)
    table = Table(
        title=f"news.search, newest 20, {count:,} articles of {characters:,} characters (each text {COPIES} times)"
    )
    for heading in ("query", "articles that match", "median ms", f"slowest of {TRIES}, ms", "server CPU ms"):
        table.add_column(heading, justify="left" if heading == "query" else "right")
    reader = psycopg2.connect(server.url("corpus"))
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
    """Fill, search, and print the table."""
    parser = options(__doc__, 500_000)
    parser.add_argument("--characters", type=int, default=2_000)
    asked = parser.parse_args()
    with served(asked.server) as server:
        searching(server, asked.articles, asked.characters)


if __name__ == "__main__":
    main()
