"""A consumer of news.changes that may be killed at any time: it misses nothing and repeats nothing.

    python consumer.py postgresql://news_reader@host/news mirror.sqlite

It keeps a mirror of the headlines in SQLite. The cursor is stored in the same transaction as
the rows that it stands for; that is the whole trick. It needs psycopg2 and the right to read.
"""

from __future__ import annotations

import select
import sqlite3
import sys

import psycopg2

PAGE = 500

MIRROR = """
create table if not exists article (
  article_id integer primary key, url text, publisher text, title text, revision integer, story_id integer);
create table if not exists applied (change_id integer primary key, article_id integer, kind text);
create table if not exists position (one integer primary key check (one = 1), change_id integer not null);
insert or ignore into position values (1, 0);
"""

NEXT = """
select c.change_id, c.article_id, c.kind, a.url, a.publisher, a.title, a.revision, a.story_id
from news.changes_since(%s, %s) c left join news.articles a using (article_id)
order by c.change_id
"""


def apply(mirror: sqlite3.Connection, rows: list[tuple]) -> None:
    """Apply a page of changes and move the cursor, in one transaction."""
    with mirror:
        for change_id, article_id, kind, url, *rest in rows:
            if kind == "retraction" or url is None:  # None: it was retracted since
                mirror.execute("delete from article where article_id = ?", (article_id,))
            else:
                mirror.execute("replace into article values (?, ?, ?, ?, ?, ?)", (article_id, url, *rest))
            mirror.execute("insert into applied values (?, ?, ?)", (change_id, article_id, kind))
        mirror.execute("update position set change_id = ?", (rows[-1][0],))


def main(dsn: str, path: str) -> None:
    """Catch up, then wait for news; for ever."""
    mirror = sqlite3.connect(path)
    mirror.executescript(MIRROR)
    source = psycopg2.connect(dsn)
    source.autocommit = True
    cursor = source.cursor()
    cursor.execute("listen news_changes")
    while True:
        (position,) = mirror.execute("select change_id from position").fetchone()
        cursor.execute(NEXT, (position, PAGE))
        rows = cursor.fetchall()
        if rows:
            apply(mirror, rows)
        else:
            # The notice is only a wake-up: one that gets lost costs a minute, never a change.
            select.select([source], [], [], 60)
            source.poll()
            source.notifies.clear()


if __name__ == "__main__":
    main(*sys.argv[1:])
