"""A batch of polls costs the same number of statements whatever is in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import NamedTupleCursor

from newsflow.store.named_query import QueryCursor
from tests.poll.conftest import Hands
from tests.poll.feeds import items, rss
from tests.webserver import Server, says

FEEDS, ENTRIES = 25, 30


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Statements sent meanwhile, by the verb and the table that they begin with."""
    found: Counter[str] = Counter()
    execute, copy = Cursor.execute, Cursor.copy_expert

    def note(sql: str | bytes) -> None:
        text = sql if isinstance(sql, str) else sql.decode()
        found[" ".join(re.findall(r"[\w.]+", text)[:3])] += 1

    def noting_execute(self: Cursor, query: str | bytes, given: object = None) -> None:
        note(query)
        execute(self, query, given)

    def noting_copy(self: Cursor, sql: str, *args: object) -> None:
        note(sql)
        copy(self, sql, *args)

    with (
        patch.object(QueryCursor, "execute", noting_execute),
        patch.object(NamedTupleCursor, "copy_expert", noting_copy),
    ):
        yield found


def serve(server: Server, feeds: int, entries: int) -> list[str]:
    for n in range(feeds):
        body = rss(f"{server.origin}/{n}", items(1, entries))
        server.plays[f"/rss{n}"] = says(body=body, headers={"Content-Type": "application/rss+xml"})
    return [server.url(f"/rss{n}") for n in range(feeds)]


def polled(hands: Hands, **how: object) -> Counter[str]:
    with counted() as found:
        hands.poll(**how)  # type: ignore[arg-type]
    return found


def test_as_many_for_one_entry_as_for_hundreds(server: Server, hands: Hands) -> None:
    hands.options = {"poll_batch": 10 * FEEDS}
    hands.add(*serve(server, 1, 1))
    for_one = polled(hands)
    hands.add(*serve(server, FEEDS, ENTRIES))
    # what the clock brings about (a batch closed early) is measured out by batches
    for_many = polled(hands, force=True)

    assert hands.row("select count(*) from ingest.entry").count == FEEDS * ENTRIES
    batches = for_many["copy ingest.poll polled_at"]
    assert batches < FEEDS / 2
    assert max(for_many.values()) <= max(for_one.values()) * batches
    # two more ask for entries under other guids: the first feed shows next to none that it showed before
    assert sum(for_many.values()) <= sum(for_one.values()) * batches + 2


def test_a_poll_without_news_writes_no_entry(server: Server, hands: Hands) -> None:
    hands.add(*serve(server, FEEDS, ENTRIES))
    hands.poll()
    for n in range(FEEDS):
        body = rss(f"{server.origin}/{n}", items(1, ENTRIES)).replace(b"<channel>", b"<channel> ", 1)
        server.plays[f"/rss{n}"] = says(body=body, headers={"Content-Type": "application/rss+xml"})

    found = polled(hands, force=True)

    assert not [name for name in found if "poll_batch" in name or "ingest.entry" in name.split(" ")[:3]]
    assert hands.row("select sum(known_entries) as known from ingest.poll").known == FEEDS * ENTRIES
