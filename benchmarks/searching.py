"""Search: median time of its verbs for rare, frequent and phrase queries in half a million articles.

make bench PART=searching ARGS="--articles 500000 --server /usr/lib/postgresql/15/bin"
"""

from __future__ import annotations

import statistics
import time
from typing import Any

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
COPIES, TRIES = 20, 5
ARTICLE: dict[str, Any] = {
    "article_id": 0, "story_id": 0, "publisher_id": 1, "published_at": NOW, "first_seen_at": NOW, "loaded_at": NOW,
    "revised_at": NOW, "extraction_id": 1, "content_hash": b"h", "text_hash": b"h", "url": "", "title": "", "lead": "",
    "body": "", "authors": [], "agencies": [], "published_raw": "", "published_quality": "exact", "language": "en",
    "language_confidence": 1.0, "section": "", "tags": [], "image_url": "", "image_caption": "", "page_type": "article",
    "rights": {}, "sources": {}, "extractor": "bench", "cause": "fetch",
}  # fmt: skip
REPEATED = ", ".join(name for name in ARTICLE if name not in {"article_id", "published_at"})
REPEAT_ARTICLE = f"""insert into news_internal.article (article_id, published_at, {REPEATED})
  select article_id + %(shift)s, published_at - %(minutes)s * interval '1 minute', {REPEATED}
  from news_internal.article where article_id <= %(different)s"""
REPEAT_SEARCH = """insert into news_internal.search
  (article_id, story_id, sort_at, publisher_id, is_dated, is_origin, language, title, document)
  select article_id + %(shift)s, story_id, sort_at - %(minutes)s * interval '1 minute', publisher_id, is_dated, false,
    language, title, document
  from news_internal.search where article_id <= %(different)s"""
VERBS = {
    "search, newest 20": "select * from news.search(%s)",
    "hits": "select count(*) from news.hits(%s)",
    "search_daily": "select * from news.search_daily(%s)",
}


def searching(server: Server, count: int, characters: int) -> None:
    """Median of the verbs for rare, mid, frequent and phrase queries; then rare ones after eight wide ones."""
    _, conn = database(server, "corpus")
    _fill_search(conn, count, characters)
    table = Table(title=f"{count:,} articles of {characters:,} characters (each text {COPIES} times), no lang")
    for heading in ("query", "articles that match", *(f"{verb}, ms" for verb in VERBS), "slowest, ms"):
        table.add_column(heading, justify="left" if heading == "query" else "right")
    reader = psycopg2.connect(server.url("corpus"))
    reader.autocommit = True
    for name, q in _asked(reader):
        times = {verb: _times(reader, sql, q) for verb, sql in VERBS.items()}
        matches = _ask(reader, "select count(*) from news.hits(%s)", q)
        medians = [f"{statistics.median(found):.1f}" for found in times.values()]
        table.add_row(f"{name}: {q}", f"{matches:,}", *medians, f"{max(map(max, times.values())):.1f}")
    CONSOLE.print(table)
    _after_wide(reader)
    reader.close()
    conn.close()


def _times(reader: Connection, sql: str, q: str) -> list[float]:
    """Milliseconds of each try."""
    times = []
    for _ in range(TRIES):
        started = time.perf_counter()
        with reader.cursor() as cursor:
            cursor.execute(sql, (q,))
            cursor.fetchall()
        times.append((time.perf_counter() - started) * 1e3)
    return times


def _after_wide(reader: Connection) -> None:
    """A rare word in one session, before and after eight wide ones: the plan of the wide must not stay."""
    words = Texts(seed=11).words
    for verb, sql in VERBS.items():
        before = statistics.median(_times(reader, sql, words[30_000]))
        for wide in words[:8]:
            _times(reader, sql, wide)
        after = statistics.median(_times(reader, sql, words[30_000]))
        CONSOLE.print(f"{verb}: a rare word {before:.1f} ms, after eight wide ones {after:.1f} ms")


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
        cursor.execute("insert into news_internal.search_language values ('en'), ('de'), ('fr'), ('')")
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
        ("near, mid words", f'"{words[40]} {words[90]}"~5'),
        ("without", f"{words[300]} -{words[3]}"),
        ("headline", f"title:{words[60]}"),
        ("beginning", f"{words[300][:4]}*"),
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
