"""What the tests of the whole run share: a newsroom's feeds in a database, and what a run left there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsflow.local.newsroom import Newsroom, ScriptedWorld, sample_world
from newsflow.settings import Settings
from newsflow.store.archive import Archive
from newsflow.store.db import session, transaction

# What a run leaves, without what differs between two undisturbed runs (numbers given out, clocks, file offsets).
# A story's number is that of its first page, and polls give those out in the order of answers: its least URL names it.
TABLES = {
    "articles": """select p.url, a.title, a.lead, a.body, a.authors, a.published_at, a.language, a.revision,
                     a.is_origin, min(p.url) over (partition by a.story_id) as story
                     from news_internal.article a join ingest.page p on p.page_id = a.article_id order by p.url""",
    "pages": "select url, state, outcome, attempts from ingest.page order by url",
    "entries": "select link, guid, title, entry_hash from ingest.entry order by link, guid",
    "revisions": """select p.url, r.revision, r.title, r.body from news_internal.revision r
                      join ingest.page p on p.page_id = r.article_id order by p.url, r.revision""",
    "changes": """select p.url, c.kind, c.revision from news_internal.change c
                    join ingest.page p on p.page_id = c.article_id where c.kind <> 'story' order by 1, 3, 2""",
    "captures": """select p.url, c.status, c.payload_digest from ingest.capture c join ingest.page p using (page_id)
                     order by 1, 2, 3""",
    "extractions": """select p.url, e.outcome, e.content_hash
                        from ingest.extraction e join ingest.page p using (page_id)
                        order by 1, 2""",
}


def quick_world() -> ScriptedWorld:
    """The sample newsroom without the pages that make a run wait (a slow host, a server that asks for a pause)."""
    world = sample_world()
    quick = [
        replace(p, articles=tuple(a for a in p.articles if a.behaviour.status != 429 and not a.behaviour.delay_s))
        for p in world.publishers
    ]
    return replace(world, publishers=tuple(replace(p, feed=replace(p.feed, delay_s=0.0)) for p in quick))


def register(dsn: str, feeds: Iterable[tuple[str, str]]) -> None:
    """Put publishers and their feeds into the database."""
    with session(dsn) as conn, transaction(conn), conn.cursor() as cursor:
        for publisher, url in feeds:
            cursor.execute("insert into ingest.publisher (name) values (%s) returning publisher_id", (publisher,))
            cursor.execute("insert into ingest.feed (publisher_id, url) values (%s, %s)", (cursor.fetchone()[0], url))


def settings_for(dsn: str, archive: Path, newsroom: Newsroom, **more: Any) -> Settings:
    """Settings of a run over a newsroom, quick on loopback."""
    return Settings(
        database_url=dsn,
        archive=str(archive),
        allow_origins=" ".join(newsroom.origins.values()),
        **{"delay_s": 0.02, "shard_pages": 10, "shards": 2, "fetch_batch": 5, **more},
    )


def left(dsn: str) -> dict[str, list[tuple[Any, ...]]]:
    """What stands in the tables, row by row."""
    found = {}
    with session(dsn) as conn, conn.cursor() as cursor:
        for name, statement in TABLES.items():
            cursor.execute(statement)
            found[name] = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor]
    return found


def orphans(settings: Settings) -> set[str]:
    """Archive files that the ledger doesn't know, and ledger files that the archive lacks."""
    with session(settings.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select file from ingest.warc_file")
        known = {row[0] for row in cursor}
    return known ^ {found.file for found in Archive(settings.archive_url).list()}


def differences(one: dict[str, list[tuple[Any, ...]]], other: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    """Rows that stand in one state only, with the table's name, for people."""
    found = []
    for name in TABLES:
        rows, others = map(repr, one[name]), set(map(repr, other[name]))
        mine = set(rows)
        found += [f"{name} only here: {row[:400]}" for row in sorted(mine - others)]
        found += [f"{name} only there: {row[:400]}" for row in sorted(others - mine)]
        if len(one[name]) != len(other[name]):
            found.append(f"{name}: {len(one[name])} rows here, {len(other[name])} there")
    return found
