"""The views beside news.articles: what they count, and that they agree with each other."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from newsflow.load.step import load
from tests.load.world import T0, Ticker, World


@pytest.fixture
def two_runs(world: World) -> World:
    """A wire story that two papers copy, an own piece, a correction a day later."""
    first = world.run("r1")
    wire = world.clustered(
        first, "https://wire.example/1", "wire.example", title="Quake hits", published_at=T0 - timedelta(hours=3)
    )
    for number, paper in enumerate(["a.example", "b.example"]):
        page = world.clustered(
            first,
            f"https://{paper}/1",
            paper,
            title=f"Quake in {paper}",
            story=wire,
            origin=False,
            similarity=0.9 - number / 10,
            authors=["Ana Díaz", "Bo Li"],
            tags=["Quake"],
            published_at=T0 - timedelta(hours=2),
        )
        world.rows("insert into ingest.credit values (%s, 'dpa', 'berlin (dpa)')", page)
    world.clustered(first, "https://a.example/2", "a.example", title="Own", body="One.\nTwo.\nThree.", language="de")
    load(world.settings, first, clock=Ticker(T0 + timedelta(minutes=10)))
    second = world.run("r2")
    world.clustered(
        second, "https://a.example/2", "a.example", title="Own", body="One.\nTwo and a half.\nThree.", language="de"
    )
    load(world.settings, second, clock=Ticker(T0 + timedelta(days=1)))
    return world


def test_a_story_counts_its_copies(two_runs: World) -> None:
    assert two_runs.rows(
        "select origin_publisher, title, articles, publishers, languages, least_similarity from news.stories"
        " where articles > 1"
    ) == [("wire.example", "Quake hits", 3, 3, ["en"], pytest.approx(0.8))]


def test_unique_articles_count_each_text_once(two_runs: World) -> None:
    assert two_runs.rows("select publisher from news.unique_articles order by 1") == [
        ("a.example",),
        ("wire.example",),
    ]


def test_lists_become_rows(two_runs: World) -> None:
    assert two_runs.rows("select publisher, author, position from news.authors order by 1, 3") == [
        ("a.example", "Ana Díaz", 1),
        ("a.example", "Bo Li", 2),
        ("b.example", "Ana Díaz", 1),
        ("b.example", "Bo Li", 2),
    ]
    assert two_runs.rows("select distinct tag, folded from news.tags") == [("Quake", "quake")]
    assert two_runs.rows("select publisher, agency, is_origin from news.credits order by 1") == [
        ("a.example", "dpa", False),
        ("b.example", "dpa", False),
    ]


def test_daily_agrees_with_the_articles(two_runs: World) -> None:
    assert two_runs.rows("select publisher, language, articles, originals, revised from news.daily order by 1, 2") == [
        ("a.example", "de", 1, 1, 1),
        ("a.example", "en", 1, 0, 0),
        ("b.example", "en", 1, 0, 0),
        ("wire.example", "en", 1, 1, 0),
    ]


def test_freshness_measures_from_publication_to_query(two_runs: World) -> None:
    assert two_runs.rows(
        "select articles, round(published_to_seen_p50_s), round(seen_to_queryable_p50_s) from news.freshness"
        " where publisher = 'wire.example'"
    ) == [(1, 10800, pytest.approx(600, abs=10))]


def test_guessed_times_and_backfills_do_not_count_as_fresh(world: World) -> None:
    run = world.run()
    world.clustered(run, "https://a.example/1", published_quality="day")
    page = world.clustered(run, "https://a.example/2")
    world.rows("update ingest.page set discovered_by = 'backfill' where page_id = %s", page)
    load(world.settings, run)
    assert world.rows("select * from news.freshness") == []


def test_diff_shows_the_paragraph_that_changed(two_runs: World) -> None:
    article = two_runs.value("select article_id from news.articles where revision = 2")
    assert two_runs.rows("select * from news.diff(%s, 1, 2)", article) == [
        ("body", 1, "-", "Two."),
        ("body", 2, "+", "Two and a half."),
    ]
    assert two_runs.rows("select op, line from news.diff(%s, 2, 1)", article) == [
        ("-", "Two and a half."),
        ("+", "Two."),
    ]
    assert two_runs.rows("select * from news.diff(%s, 1, 1)", article) == []
    assert two_runs.rows("select * from news.diff(%s, 1, 9)", article) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "a", ["+a"]),
        ("a", "", ["-a"]),
        ("a b c", "a c", ["-b"]),
        ("a c", "a b c", ["+b"]),
        ("a b", "b a", ["-a", "+a"]),
        ("a a b", "a b", ["-a"]),
        ("x y z", "p q", ["-x", "-y", "-z", "+p", "+q"]),
    ],
)
def test_diff_lines(world: World, old: str, new: str, expected: list[str]) -> None:
    found = world.rows("select op || line from news_internal.diff_lines(%s, %s)", old.split(), new.split())
    assert [line for (line,) in found] == expected


def common(a: list[str], b: list[str]) -> int:
    """Length of the longest common subsequence, the plain way."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = row[:]
        for j, y in enumerate(b, 1):
            row[j] = before[j - 1] + 1 if x == y else max(before[j], row[j - 1])
    return row[-1]


def without(lines: list[str], gone: list[str]) -> list[str]:
    """Lines left when `gone` is taken out, first come first taken."""
    left = list(gone)
    return [line for line in lines if not (left and line == left[0] and left.pop(0))]


def test_diff_is_the_shortest_for_random_texts(world: World) -> None:
    rng = random.Random(5)
    for _ in range(80):
        old, new = ([rng.choice("abcd") for _ in range(rng.randint(0, 12))] for _ in range(2))
        found = world.rows("select op, line from news_internal.diff_lines(%s::text[], %s::text[])", old, new)
        removed = [line for op, line in found if op == "-"]
        added = [line for op, line in found if op == "+"]
        assert (len(old) - len(removed), len(new) - len(added)) == (common(old, new),) * 2
        assert sorted(without(sorted(old), sorted(removed))) == sorted(without(sorted(new), sorted(added)))


def test_diff_of_enormous_texts_ends(world: World) -> None:
    old = [str(n) for n in range(3000)]
    new = [*old[:1500], "new", *old[1501:]]
    found = world.rows("select op, line from news_internal.diff_lines(%s, %s)", old, new)
    assert sorted(found) == [("+", "new"), ("-", "1500")]


def test_rejects_say_why(world: World) -> None:
    page = world.page("https://a.example/wall")
    world.rows(
        "update ingest.page set state = 'rejected', outcome = 'paywall', detail = 'subscribe to read'"
        " where page_id = %s",
        page,
    )
    assert world.rows("select article_id, stage, outcome, means, detail from news.rejects") == [
        (page, "extract", "paywall", "The page shows a paywall instead of the article.", "subscribe to read")
    ]


def test_entries_without_a_usable_link_are_rejects_too(world: World) -> None:
    publisher = world.publisher("a.example")
    world.rows(
        "insert into ingest.feed (publisher_id, url) values (%s, 'https://a.example/feed')",
        publisher,
    )
    world.rows(
        "insert into ingest.entry (feed_id, guid_hash, outcome, guid, link, entry_hash)"
        " select feed_id, sha256('g'), 'bad_url', 'g', 'mailto:x', sha256('f') from ingest.feed"
    )
    assert world.rows("select kind, url, publisher, outcome from news.rejects") == [
        ("entry", "mailto:x", "a.example", "bad_url")
    ]


def test_changes_since_pages_through_the_log(two_runs: World) -> None:
    everything = two_runs.rows("select change_id, kind from news.changes order by 1")
    first = two_runs.rows("select change_id, kind from news.changes_since(0, 2)")
    rest = two_runs.rows("select change_id, kind from news.changes_since(%s)", first[-1][0])
    assert first + rest == everything
    assert [kind for _, kind in everything] == ["insert"] * 4 + ["revision"]
    assert two_runs.rows("select * from news.changes_since(%s)", everything[-1][0]) == []


def test_an_article_is_found_by_its_url_through_an_index(two_runs: World) -> None:
    two_runs.rows("set enable_seqscan = off")
    plan = "\n".join(
        line for (line,) in two_runs.rows("explain select * from news.articles where url = 'https://a.example/2'")
    )
    assert "article_url" in plan


def test_reading_only_articles_joins_no_captures(two_runs: World) -> None:
    plan = str(two_runs.rows("explain select title, published_at from news.articles"))
    assert "capture" not in plan
    assert "publisher" not in plan
