"""Hosts that many share by their paths: each path's first part is a publisher, and the host is none of theirs."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.subscriptions import owners
from newsflow.subscriptions.lists import Listed
from newsflow.subscriptions.owners import Owner
from newsflow.subscriptions.store import add
from newsflow.web.urls import publisher_name, same_publisher

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)


def test_a_page_is_of_the_path_s_publisher() -> None:
    assert same_publisher("https://medium.com/feed/@one", "https://medium.com/@one/a")
    assert not same_publisher("https://medium.com/feed/@one", "https://medium.com/@two/a")
    assert same_publisher("https://a.example/rss", "https://www.a.example/b")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://medium.com/%40Alice/x", "medium.com/@alice"),
        ("https://www.facebook.com/profile.php?id=1", "facebook.com"),
        ("https://feeds.feedburner.com/TheHerald", "feeds.feedburner.com/theherald"),
        ("http://feeds.feedburner.com/~r/TheHerald/~3/x/", "feeds.feedburner.com/theherald"),
        ("https://feeds.feedburner.com/", "feeds.feedburner.com"),
    ],
)
def test_names_on_shared_hosts(url: str, name: str) -> None:
    assert publisher_name(url) == name


def test_nobody_owns_such_a_host(conn: Connection) -> None:
    add(conn, [Listed("https://medium.com/feed/@one"), Listed("https://medium.com/feed/@two", "The Two")], NOW)
    owners.note(conn, {"https://medium.com": Owner(1, None, "person")})
    with conn.cursor() as cursor:
        cursor.execute("select b.name, o.owner_word from ingest.origin o join ingest.publisher b using (publisher_id)")
        assert [tuple(row) for row in cursor.fetchall()] == [("medium.com", "link")]
        cursor.execute("select publisher from news.feeds order by 1")
        assert [row.publisher for row in cursor.fetchall()] == ["The Two", "medium.com/@one"]
