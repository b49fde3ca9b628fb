"""Items that stand in their feed as they did last time are not read again, and nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from newsflow.feeds.parsed import ParsedFeed
from newsflow.feeds.parser_process import ParserProcesses
from tests.poll.conftest import Hands
from tests.poll.feeds import NOON, Item, items, rss
from tests.webserver import Server, says


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items of each poll were read in full."""
    found: list[int] = []
    parse = ParserProcesses.parse

    def counting(self: ParserProcesses, *given: object, **more: object) -> ParsedFeed:
        parsed = parse(self, *given, **more)  # type: ignore[arg-type]
        found.append(sum(not entry.known for entry in parsed.entries))
        return parsed

    monkeypatch.setattr(ParserProcesses, "parse", counting)
    return found


def shows(server: Server, shown: list[Item]) -> str:
    server.plays["/rss"] = says(body=rss(server.origin, shown), headers={"Content-Type": "application/rss+xml"})
    return server.url("/rss")


def titles(hands: Hands) -> list[str]:
    return [row.title for row in hands.rows("select title from ingest.entry order by title")]


def test_new_and_edited_items_alone_are_read(server: Server, hands: Hands, read: list[int]) -> None:
    hands.add(shows(server, items(1, 10)))
    hands.poll()
    shown = items(3, 12, end=NOON + timedelta(minutes=20))  # ten minutes apart: those of before are as they were
    shown[5] = replace(shown[5], title="Edited")
    shows(server, shown)
    hands.poll(minutes=60)
    shows(server, list(reversed(shown)))
    hands.poll(minutes=60)
    assert read == [10, 3, 0]
    assert titles(hands) == sorted(["Edited", *(f"Item {n}" for n in range(1, 13) if n != 12 - 5)])
    polls = hands.rows("select new_entries, changed_entries, known_entries from ingest.poll order by poll_id")
    assert [tuple(poll) for poll in polls] == [(10, 0, 0), (2, 1, 7), (0, 0, 10)]
    assert hands.row("select count(*) from ingest.gap").count == 0


def test_an_edit_of_a_page_between_two_stages_is_seen_at_the_next_poll(
    server: Server, hands: Hands, read: list[int]
) -> None:
    hands.add(shows(server, items(1, 3)))
    hands.poll()
    for state, expected in (("captured", "Item 1"), ("loaded", "Edited")):
        with hands.conn, hands.conn.cursor() as cursor:
            cursor.execute("update ingest.page set state = %s", (state,))
        shows(server, [replace(item, title="Edited") if item.number == 1 else item for item in items(1, 3)])
        hands.poll(minutes=60)  # the second one shows the very same bytes
        assert expected in titles(hands)


def test_entries_that_are_gone_from_the_tables_are_read_again(server: Server, hands: Hands) -> None:
    hands.add(shows(server, items(1, 3)))
    hands.poll()
    with hands.conn, hands.conn.cursor() as cursor:
        cursor.execute("delete from ingest.entry where title = 'Item 2'")
    shows(server, [*items(1, 3), Item(9, items(1, 3)[0].at)])
    hands.poll(minutes=60)
    hands.poll(minutes=60)
    assert titles(hands) == ["Item 1", "Item 2", "Item 3", "Item 9"]


def test_entries_that_are_known_by_their_titles_stay_known(server: Server, hands: Hands, read: list[int]) -> None:
    """New guids and new queries of all, and then some polls with the bytes of these."""
    hands.add(shows(server, items(1, 6)))
    hands.poll()
    renamed = [
        replace(item, guid=f"new-{item.number}", link=f"{server.origin}/a/{item.number}?new=1") for item in items(1, 6)
    ]
    for n in range(3):
        shows(server, [Item(20 + n, NOON + timedelta(minutes=20 + n)), *renamed])
        hands.poll(minutes=60, force=True)
    polls = hands.rows("select new_entries, changed_entries, known_entries from ingest.poll order by poll_id")
    assert [tuple(poll) for poll in polls] == [(6, 0, 0), (1, 0, 6), (1, 0, 6), (1, 0, 6)]
    assert hands.row("select count(*) from ingest.gap").count == 0


def test_a_link_that_is_taken_late_keeps_the_texts(server: Server, hands: Hands) -> None:
    """Another query alone is no correction, until the page under the old one is dead."""
    hands.add(shows(server, items(1, 3)))
    hands.poll()
    linked = [replace(item, link=f"{server.origin}/a/{item.number}?v=2") for item in items(1, 3)]
    shows(server, linked)
    hands.poll(minutes=60, force=True)
    with hands.conn, hands.conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'rejected', outcome = 'gone'")
    for n in range(2):
        shows(server, [*linked, Item(9 + n, items(1, 3)[0].at)])
        hands.poll(minutes=60, force=True)
    found = hands.rows(
        "select title, link from ingest.entry where guid like 'guid-_' and guid <> 'guid-9' order by guid"
    )
    assert [(row.title, row.link.rpartition("/")[2]) for row in found] == [
        ("Item 1", "1?v=2"), ("Item 2", "2?v=2"), ("Item 3", "3?v=2"),
    ]  # fmt: skip


def test_a_feed_that_differs_in_the_time_of_its_answer_alone_is_not_read(
    server: Server, hands: Hands, read: list[int]
) -> None:
    hands.add(shows(server, items(1, 3)))
    hands.poll()
    body = rss(server.origin, items(1, 3), head="<lastBuildDate>Wed, 04 Mar 2026 13:00:00 GMT</lastBuildDate>")
    server.plays["/rss"] = says(body=body, headers={"Content-Type": "application/rss+xml"})
    report = hands.poll(minutes=60)
    assert read == [3]
    assert report.counts == {"ok": 1}
    last = hands.rows("select known_entries, new_entries from ingest.poll order by poll_id")[-1]
    assert tuple(last) == (3, 0)
