"""Other ways to write the same articles: the physical limit, upserts by the thousand, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg2.extensions import connection as Connection
from psycopg2.extras import execute_values

from benchmarks.load_world import digest, published, title
from newsflow.store.copy import copy_rows

COLUMNS = ("article_id", "url", "title", "lead", "body", "authors", "published_at", "language", "content_hash")
PEER = """article_id bigint, url text, title text, lead text, body text, authors text[], published_at timestamptz,
  language text, content_hash bytea"""


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
