"""Publishers that are renamed, merged, and taken back, also under a night that runs: conserved, counted, told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from newsflow.clock import utcnow
from newsflow.load.step import load
from newsflow.publishers import aliases, following, moves, store
from newsflow.publishers.facts import FactError
from newsflow.publishers.store import PublisherError
from newsflow.subscriptions.lists import Listed
from newsflow.subscriptions.store import add
from tests.load.test_kept_counts import agree, watched
from tests.load.test_story_rows import DIFFERENCE
from tests.load.world import T0, World

OWNERS = """select 'page', page_id, publisher_id from ingest.page
  union all select 'article', article_id, publisher_id from news_internal.article
  union all select 'search', article_id, publisher_id from news_internal.search
  union all select 'origin', origin_id, publisher_id from ingest.origin
  union all select 'feed', feed_id, publisher_id from ingest.feed
  union all select 'line', line_hash, publisher_id from ingest.site_line
  union all select 'stop', h, publisher_id from ingest.sketch_stop
  union all select 'site', page_id, publisher_id from ingest.site_page
  union all select 'gap', gap_id, publisher_id from ingest.gap order by 1, 2, 3"""


def night(world: World, name: str, pages: int = 12) -> int:
    """A run whose pages of two publishers, in shared stories, wait to be loaded."""
    run = world.run(name)
    for n in range(pages):
        at = T0 - timedelta(hours=7 * n)
        first = world.clustered(run, f"https://a.example/{name}/{n}", "a.example", published_at=at, seen_at=at)
        story = first if n % 2 else None
        url = f"https://b.example/{name}/{n}"
        world.clustered(run, url, "b.example", published_at=at, seen_at=at, story=story, origin=story is None)
    return run


class Consumer:
    """Keeps a copy of articles as `news.changes_since` tells."""

    def __init__(self, world: World) -> None:
        self.world, self.cursor, self.copy = world, 0, dict[int, tuple[Any, ...]]()

    def follow(self) -> dict[int, tuple[Any, ...]]:
        while found := self.world.rows("select change_id, article_id from news.changes_since(%s)", self.cursor):
            self.cursor = found[-1][0]
            for article in {row[1] for row in found}:
                self.copy.pop(article, None)
                self.copy |= state(self.world, "where article_id = %s", article)
        return self.copy


def state(world: World, where: str = "", *params: Any) -> dict[int, tuple[Any, ...]]:
    columns = "article_id, publisher, publisher_id, story_id, revision, title"
    return {row[0]: row for row in world.rows(f"select {columns} from news.articles {where}", *params)}


def hung_on(world: World) -> None:
    """Feeds, lines, stops and a gap of a.example; one line that both have."""
    add(world.conn, [Listed("https://a.example/rss", "a.example"), Listed("https://b.example/rss", "b.example")], T0)
    a, b = world.publisher("a.example"), world.publisher("b.example")
    for publisher, line in ((a, 1), (a, 2), (b, 2)):
        world.rows("insert into ingest.site_line values (%s, %s, 1, 3, 'x', true, now())", publisher, line)
        world.rows("insert into ingest.sketch_stop values (%s, %s, 1, 9, 9, 1, now())", line, publisher)
    world.rows(
        "insert into ingest.gap (feed_id, publisher_id, cause, from_at, opened_at)"
        " select feed_id, publisher_id, 'window', %s, %s from ingest.feed where publisher_id = %s",
        T0, T0, a,
    )  # fmt: skip
    world.rows(
        "insert into ingest.ops_alarm (cause, subject, publisher_id, severity, sentence, opened_at, seen_at)"
        " values ('silent', 'a.example', %s, 'warning', 's', now(), now())",
        a,
    )


def whole(world: World) -> None:
    """What is kept of stories and counts is what a recount gives, and no page stands apart from its article."""
    assert world.value(DIFFERENCE) == 0
    if world.value("select exists (select from ingest.feed where first_ok_at is not null)"):
        agree(world)
    apart = "select count(*) from ingest.page p join news_internal.article a on a.article_id = p.page_id"
    assert world.value(f"{apart} where a.publisher_id <> p.publisher_id") == 0


def test_merged_and_taken_back(world: World) -> None:
    load(world.settings, night(world, "r1"))
    hung_on(world)
    world.rows(
        "update ingest.feed set first_ok_at = %s, last_ok_at = %s", T0 - timedelta(days=40), T0 + timedelta(days=9)
    )
    consumer, before, owners = Consumer(world), state(world), world.rows(OWNERS)
    assert consumer.follow() == before
    act = moves.merge(world.conn, "a.example", "b.example", "ana")
    whole(world)
    assert consumer.follow() == state(world)
    assert {row[1] for row in state(world).values()} == {"b.example"} and len(state(world)) == len(before)
    assert world.rows("select distinct publisher from news.publishers") == [("b.example",)]
    assert world.rows("select distinct publisher from news.daily union select publisher from news.feeds") == [
        ("b.example",)
    ]
    assert world.value("select max(publishers) from news.stories") == 1
    assert world.value("select subject from ingest.ops_alarm where resolved_at is null") == "b.example"
    assert store.number(world.conn, "a.example") == world.publisher("b.example")
    moves.undo(world.conn, act, "ana")
    whole(world)
    assert consumer.follow() == state(world) == before
    assert world.rows(OWNERS) == owners
    assert world.value("select subject from ingest.ops_alarm where resolved_at is null") == "a.example"
    assert world.value("select count(*) from ingest.publisher_alias") == 0
    told = world.rows("select action from ingest.audit order by audit_id")
    assert told == [("merge_publishers",), ("undo_publisher_act",)]


@pytest.mark.parametrize("step", ["merge", "undo", "rename"])
def test_under_a_running_night(world: World, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    watched(world)
    load(world.settings, night(world, "r1"))
    consumer, run = Consumer(world), night(world, "r2", 30)
    if step == "undo":
        moves.merge(world.conn, "a.example", "b.example", "ana")
    monkeypatch.setattr(following, "BATCH", 3)
    settings = world.settings.model_copy(update={"load_chunk": 2})
    begun, commits = threading.Event(), following._wait_for_writers

    def wait(conn: Any) -> None:
        begun.set()
        commits(conn)

    monkeypatch.setattr(following, "_wait_for_writers", wait)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(load, settings, run)
        if step == "merge":
            moves.merge(world.conn, "a.example", "b.example", "ana")
        elif step == "undo":
            moves.undo(world.conn, None, "ana")
        else:
            moves.rename(world.conn, "a.example", "new.example", "ana")
        loading.result(timeout=120)
    assert begun.is_set()
    whole(world)
    assert consumer.follow() == state(world)
    publishers = {"merge": {"b.example"}, "undo": {"a.example", "b.example"}, "rename": {"new.example", "b.example"}}
    assert {row[1] for row in state(world).values()} == publishers[step]
    assert len(state(world)) == 84
    if step == "undo":
        hosts = "select count(*) from news.articles where url not like 'https://' || publisher || '/%%'"
        assert world.value(hosts) == 0


def test_what_comes_in_after_a_merger_goes_back_with_its_host(world: World) -> None:
    load(world.settings, night(world, "r1", 2))
    act = moves.merge(world.conn, "a.example", "b.example", "ana", clock=lambda: T0 - timedelta(days=30))
    origin, b = world.rows("select origin_id, publisher_id from ingest.origin where origin = 'https://a.example'")[0]
    late = world.value(
        "insert into ingest.page (url, url_hash, origin_id, publisher_id, discovered_at)"
        " values ('https://a.example/late', sha256('late'), %s, %s, %s) returning page_id",
        origin, b, T0,
    )  # fmt: skip
    moves.undo(world.conn, act, "ana")
    owner = world.value(
        "select b.name from ingest.page join ingest.publisher b using (publisher_id) where page_id = %s", late
    )
    assert owner == "a.example"


def test_what_broke_off_goes_on_and_late_pages_follow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    watched(world)
    load(world.settings, night(world, "r1"))
    a = world.publisher("a.example")

    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(following, "_wait_for_writers", die)
        with pytest.raises(Killed):
            moves.merge(world.conn, "a.example", "b.example", "ana")
    assert moves.resume(world.conn) == 1
    whole(world)
    assert world.value("select count(*) from news.articles where publisher <> 'b.example'") == 0
    world.rows("update ingest.page set publisher_id = %s where page_id = (select min(page_id) from ingest.page)", a)
    assert moves.resume(world.conn) == 1 and moves.resume(world.conn) == 0
    whole(world)


def test_renamed_and_taken_back(world: World) -> None:
    load(world.settings, night(world, "r1"))
    consumer, before = Consumer(world), state(world)
    moves.rename(world.conn, "a.example", "new.example", "ana")
    assert consumer.follow() == state(world) and "new.example" in {row[1] for row in state(world).values()}
    add(world.conn, [Listed("https://a.example/rss2", "a.example"), Listed("https://a.example/rss3")], T0)
    assert world.rows("select distinct publisher from news.feeds") == [("new.example",)]
    moves.undo(world.conn, None, "ana")
    assert consumer.follow() == state(world) == before


def test_acts_are_undone_in_their_order_and_names_are_one_s_alone(world: World) -> None:
    load(world.settings, night(world, "r1", 2))
    with pytest.raises(PublisherError, match="merge makes two one"):
        moves.rename(world.conn, "a.example", "b.example", "ana")
    with pytest.raises(PublisherError, match="merge makes two one"):
        aliases.add(world.conn, "a.example", ["b.example"], "ana", T0)
    with pytest.raises(PublisherError, match="no publisher"):
        moves.merge(world.conn, "nobody.example", "b.example", "ana")
    first = moves.merge(world.conn, "a.example", "b.example", "ana")
    second = moves.rename(world.conn, "b.example", "a.example", "ana")  # the name of the one that went into it
    with pytest.raises(PublisherError, match=f"act {second} came later"):
        moves.undo(world.conn, first, "ana")
    moves.undo(world.conn, second, "ana")
    moves.undo(world.conn, first, "ana")
    assert {row[1] for row in state(world).values()} == {"a.example", "b.example"}
    with pytest.raises(PublisherError, match="no renaming or merger"):
        moves.undo(world.conn, None, "ana")


def test_lists_links_and_runs_find_a_publisher_by_its_alias(world: World) -> None:
    load(world.settings, night(world, "r1", 2))
    aliases.add(world.conn, "a.example", ["The A", "a.test"], "ana", T0)
    add(world.conn, [Listed("https://a.test/rss"), Listed("https://x.example/rss", "The A")], T0)
    assert world.rows("select distinct publisher from news.feeds") == [("a.example",)]
    assert [row.name for row in store.listing(world.conn, ["The A"])] == ["a.example"]
    found = world.rows(
        "select distinct publisher from news.coverage_between(%s, %s, 'The A')", T0 - timedelta(days=1), T0
    )
    assert found == [("a.example",)]
    aliases.remove(world.conn, "a.example", ["The A"], "ana", T0)
    with pytest.raises(PublisherError):
        store.number(world.conn, "The A")


def test_an_undo_takes_no_name_from_a_third_one(world: World) -> None:
    load(world.settings, night(world, "r1", 2))
    aliases.add(world.conn, "a.example", ["The A", "A daily"], "ana", T0)
    act = moves.merge(world.conn, "a.example", "b.example", "ana")
    world.publisher("c.example")
    for name in ("a.example", "The A"):
        aliases.remove(world.conn, "b.example", [name], "ana", T0)
    aliases.add(world.conn, "c.example", ["a.example", "The A"], "ana", T0)
    with pytest.raises(PublisherError, match=r"'a\.example' is 'c\.example'"):
        moves.undo(world.conn, act, "ana")
    aliases.remove(world.conn, "c.example", ["a.example"], "ana", T0)
    moves.undo(world.conn, act, "ana")
    found = {name: store.number(world.conn, name) for name in ("a.example", "A daily", "The A")}
    a, c = world.publisher("a.example"), world.publisher("c.example")
    assert found == {"a.example": a, "A daily": a, "The A": c}


def test_a_publisher_that_was_made_anew_is_not_overwritten(world: World) -> None:
    load(world.settings, night(world, "r1", 2))
    act = moves.merge(world.conn, "a.example", "b.example", "ana")
    aliases.remove(world.conn, "b.example", ["a.example"], "ana", T0)
    add(world.conn, [Listed("https://other.example/rss", "a.example")], T0)
    with pytest.raises(PublisherError, match="already"):
        moves.undo(world.conn, act, "ana")


def test_hosts_and_feeds_that_came_after_a_merger_go_back_by_their_domain(world: World) -> None:
    add(world.conn, [Listed("https://paper.com/rss"), Listed("https://post.com/rss")], T0)
    act = moves.merge(world.conn, "paper.com", "post.com", "ana", clock=lambda: T0)
    later = utcnow()
    add(world.conn, [Listed("https://m.paper.com/rss"), Listed("https://x.example/rss", "paper.com")], later)
    add(world.conn, [Listed("https://m.post.com/rss"), Listed("https://named.paper.com/rss", "post.com")], later)
    post = world.publisher("post.com")
    origin = world.value("select origin_id from ingest.origin where origin = 'https://m.paper.com'")
    world.rows(
        "insert into ingest.page (url, url_hash, origin_id, publisher_id, discovered_at)"
        " values ('https://m.paper.com/1', sha256('1'), %s, %s, %s)",
        origin, post, later,
    )  # fmt: skip
    assert world.rows("select distinct publisher_id from ingest.origin") == [(post,)]
    moves.undo(world.conn, act, "ana")
    owners = "select o.origin from ingest.origin o join ingest.publisher p using (publisher_id) where p.name = %s"
    assert sorted(world.rows(owners, "paper.com")) == [("https://m.paper.com",), ("https://paper.com",)]
    feeds = "select url from news.feeds where publisher = %s order by 1"
    assert world.rows(feeds, "paper.com") == [("https://m.paper.com/rss",), ("https://paper.com/rss",)]
    assert world.rows("select p.name from ingest.page g join ingest.publisher p using (publisher_id)") == [
        ("paper.com",)
    ]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00b", "a\u2028b", "x" * 301])
def test_a_name_is_one_line(world: World, name: str) -> None:
    world.publisher("a.example")
    with pytest.raises(FactError, match="on one line"):
        moves.rename(world.conn, "a.example", name, "ana")
    with pytest.raises(FactError, match="on one line"):
        aliases.add(world.conn, "a.example", [name], "ana", T0)
