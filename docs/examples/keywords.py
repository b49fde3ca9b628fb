"""Keywords of each article, kept beside the news: an enrichment that misses nothing and leaves nothing behind.

    python keywords.py postgresql://ana@host/news

Killed at any time and run again, it goes on where it was: the cursor moves in the transaction that writes its rows.
It needs psycopg2, the right to read `news`, and a schema of its own (`newsflow readers add` makes one).
"""

from __future__ import annotations

import sys

import psycopg2

PAGE = 200  # changes in one transaction

# "If not exists" alone lets two first runs at once meet in the catalogue: the second waits here for the first.
TABLES = """
select pg_advisory_xact_lock(hashtext('keyword'));
create table if not exists keyword (
  article_id bigint not null, revision integer not null, word text not null, count integer not null,
  primary key (article_id, revision, word));
create table if not exists keyword_done (
  article_id bigint not null, revision integer not null, primary key (article_id, revision));
create table if not exists keyword_position (
  single boolean primary key default true check (single), change_id bigint not null);
insert into keyword_position (change_id) values (0) on conflict do nothing;
"""

# The row's lock keeps a second run out until this one has committed.
POSITION = "select change_id from keyword_position for update"

PAGE_OF_CHANGES = """
create temporary table page on commit drop as
select change_id, article_id from news.changes_since(%s, %s)
"""

# What is no longer in news.articles was retracted, whatever the page says of it: nothing of it may stay.
FORGET = """
delete from {table} t using page p
where t.article_id = p.article_id and not exists (select from news.articles a where a.article_id = p.article_id)
"""

# The ten most frequent long words of the newest content. Replace this by your own: a model, a library, an API.
ENRICH = """
with wanted as (
  select a.article_id, a.revision, a.body from news.articles a
  where a.article_id in (select article_id from page)
    and not exists (select from keyword_done d where d.article_id = a.article_id and d.revision = a.revision)
), found as (
  insert into keyword (article_id, revision, word, count)
  select w.article_id, w.revision, t.lexeme, t.count from wanted w
  cross join lateral (
    select lexeme, cardinality(positions) as count from unnest(to_tsvector('simple', left(w.body, 50000)))
    where length(lexeme) > 5 order by 2 desc, 1 limit 10) t
)
insert into keyword_done (article_id, revision) select article_id, revision from wanted
"""

MOVE = "update keyword_position set change_id = (select max(change_id) from page)"


def step(connection: psycopg2.extensions.connection) -> int:
    """One page of changes in one transaction; how many there were."""
    with connection, connection.cursor() as cursor:
        cursor.execute(POSITION)
        (position,) = cursor.fetchone()
        cursor.execute(PAGE_OF_CHANGES, (position, PAGE))
        changes = cursor.rowcount
        if changes:
            for table in ("keyword", "keyword_done"):
                cursor.execute(FORGET.format(table=table))
            cursor.execute(ENRICH)
            cursor.execute(MOVE)
        return changes


def catch_up(dsn: str) -> int:
    """Deal with all changes that there are; how many there were."""
    connection = psycopg2.connect(dsn)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(TABLES)
        total = 0
        while changes := step(connection):
            total += changes
        return total
    finally:
        connection.close()


if __name__ == "__main__":
    print(catch_up(sys.argv[1]), "changes")  # noqa: T201 - a command
