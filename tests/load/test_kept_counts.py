"""Coverage, freshness and daily counts are kept, and say at any time what the articles say."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from newsflow.load.search_index import catch_up
from newsflow.load.step import load
from newsflow.maintain.retraction import retract
from newsflow.store.db import connect
from tests.load.world import T0, Ticker, World

# The views' plain definitions, from the articles alone.
DAILY = """select (coalesce(a.published_at, a.first_seen_at) at time zone coalesce(p.time_zone, 'UTC'))::date, p.name,
    a.language, count(*),
    count(*) filter (where a.is_origin), count(*) filter (where a.revision > 1), sum(a.word_count), max(a.loaded_at),
    avg(a.language_confidence)::real
  from news_internal.article a join ingest.publisher p using (publisher_id) group by 1, 2, 3 order by 1, 2, 3"""
FRESHNESS = """with delay as (
    select p.name, (a.first_seen_at at time zone 'UTC')::date as day,
      extract(epoch from a.first_seen_at - a.published_at) as seen,
      extract(epoch from a.loaded_at - a.first_seen_at) as ready,
      extract(epoch from a.loaded_at - a.published_at) as all_in_all
    from news_internal.article a join ingest.publisher p using (publisher_id)
    join ingest.page g on g.page_id = a.article_id and g.discovered_by in ('feed', 'sitemap')
    where a.published_quality = 'exact' and a.published_at <= a.first_seen_at)
  select name, day, count(*),
    percentile_cont(0.5) within group (order by seen), percentile_cont(0.95) within group (order by seen),
    percentile_cont(0.5) within group (order by ready), percentile_cont(0.95) within group (order by ready),
    percentile_cont(0.5) within group (order by all_in_all), percentile_cont(0.95) within group (order by all_in_all)
  from delay group by 1, 2 order by 1, 2"""
COVERAGE = """with outlet as (
    select publisher_id, name, date_trunc('hour', min(first_ok_at), 'UTC') as first_hour
    from ingest.feed join ingest.publisher using (publisher_id) group by 1, 2
  ), counted as (
    select article.publisher_id, count(*) as seen,
      date_trunc('hour', case when published_quality = 'exact' then published_at else first_seen_at end, 'UTC') as hour
    from news_internal.article join ingest.page on page_id = article_id and discovered_by <> 'import' group by 1, 3
  )
  select h.hour, o.name, coalesce(c.seen, 0), (
    select round(avg(coalesce(e.seen, 0)), 1) from generate_series(1, 4) as week
    left join counted e on e.publisher_id = o.publisher_id and e.hour = h.hour - week * interval '7 days'
    where h.hour - week * interval '7 days' >= o.first_hour)
  from generate_series(date_trunc('hour', %(since)s, 'UTC'), %(until)s - interval '1 microsecond', '1 hour') as h (hour)
  cross join outlet o
  left join counted c on c.publisher_id = o.publisher_id and c.hour = h.hour order by 1, 2"""
ZONES = ["Pacific/Kiritimati", "Etc/GMT+12", "America/St_Johns", "Asia/Kolkata", "Europe/Lisbon"]
SPAN = (T0 - timedelta(days=9, minutes=20), T0 + timedelta(days=2, minutes=7))


def agree(world: World) -> None:
    since, until = (f"timestamptz '{at.isoformat()}'" for at in SPAN)
    plain = COVERAGE.replace("%(since)s", since).replace("%(until)s", until)
    asked = f"select hour, publisher, seen, expected from news.coverage_between({since}, {until}) order by 1, 2"
    assert world.rows(asked) == world.rows(plain)
    assert world.rows("select * from news.daily order by 1, 2, 3") == world.rows(DAILY)
    assert world.rows("select * from news.freshness order by 1, 2") == [
        (*row[:3], *map(pytest.approx, row[3:])) for row in world.rows(FRESHNESS)
    ]


def watched(world: World) -> None:
    """Three papers, the first since long ago, the last since a few hours."""
    for paper, days in (("a", 40), ("b", 15), ("c", 0.5)):
        world.rows(
            "insert into ingest.feed (publisher_id, url, first_ok_at, last_ok_at) values (%s, %s, %s, %s)",
            world.publisher(f"{paper}.example"),
            f"https://{paper}.example/feed",
            T0 - timedelta(days=days),
            T0,
        )


def some_content(rng: random.Random) -> dict[str, Any]:
    published: datetime | None = T0 - timedelta(minutes=rng.randint(0, 60 * 24 * 40))
    quality = rng.choice(["exact", "exact", "exact", "day", "unknown"])
    return {
        "published_at": None if quality == "unknown" else published,
        "published_quality": quality,
        "language": rng.choice(["en", "de"]),
        "title": str(rng.random()),
    }


def some_night(world: World, rng: random.Random, name: str, known: list[int]) -> None:
    """New articles, revised ones, and some that join another's story; their counts are renewed, or not yet."""
    run = world.run(name)
    for _ in range(rng.randint(1, 8)):
        paper = rng.choice("abc")
        story = rng.choice([None, None, *known])
        page = world.clustered(
            run,
            f"https://{paper}.example/{rng.randint(1, 12)}",
            f"{paper}.example",
            seen_at=T0 - timedelta(minutes=rng.randint(0, 60 * 24 * 35)),
            story=story,
            origin=story is None,
            **some_content(rng),
        )
        known[:] = sorted({*known, page})
    world.rows("update ingest.page set discovered_by = 'backfill' where page_id % 5 = 0")
    world.rows("update ingest.page set discovered_by = 'import' where page_id % 7 = 0")
    settings = world.settings.model_copy(update={"load_search": rng.random() < 0.5})
    load(settings, run, clock=Ticker(T0 + timedelta(hours=1)))


def some_event(world: World, rng: random.Random, known: list[int]) -> None:
    page = rng.choice(known)
    match rng.randint(0, 6):
        case 0:
            retract(world.conn, [page], "wrong", T0)
            known.remove(page)
        case 1:
            world.rows("update ingest.publisher set name = 'renamed' where name = 'a.example'")
            agree(world)
            world.rows("update ingest.publisher set name = 'a.example' where name = 'renamed'")
        case 2:
            world.rows("update news_internal.article set publisher_id = 1 where article_id = %s", page)
        case 3:
            world.rows("delete from news_internal.article where article_id = %s", page)
        case 4:
            world.rows("update news_internal.article set is_origin = not is_origin where article_id = %s", page)
        case 5:
            catch_up(world.conn, Ticker())
        case 6:
            zone = rng.choice([None, *ZONES])
            world.rows("update ingest.publisher set time_zone = %s where name = 'b.example'", zone)


@pytest.mark.parametrize("seed", range(4))
def test_they_agree_with_their_plain_definitions(world: World, seed: int) -> None:
    rng = random.Random(seed)
    watched(world)
    known: list[int] = []
    for step in range(7):
        some_night(world, rng, f"night {step}", known)
        agree(world)
        some_event(world, rng, known)
        agree(world)
    catch_up(world.conn, Ticker())
    assert world.value("select count(*) from news_internal.stale_day") == 0
    agree(world)


def test_what_is_committed_while_counts_are_renewed_is_not_lost(world: World) -> None:
    watched(world)
    run = world.run()
    pages = [world.clustered(run, f"https://a.example/{n}", "a.example") for n in range(3)]
    load(world.settings, run)
    other = connect(world.dsn)
    with other.cursor() as cursor:
        cursor.execute("update news_internal.article set published_at = %s where article_id = %s", (T0, pages[0]))
        catch_up(world.conn, Ticker())
        agree(world)
    other.commit()
    other.close()
    agree(world)
    catch_up(world.conn, Ticker())
    agree(world)


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_that_is_set_while_a_load_is_under_way_is_every_day_s(world: World, zone: str) -> None:
    watched(world)
    run = world.run()
    for n in range(8):
        at = T0 - timedelta(hours=7 * n)
        world.clustered(run, f"https://a.example/{n}", "a.example", published_at=at, seen_at=at)
    load(world.settings, run)
    catch_up(world.conn, Ticker())
    other = connect(world.dsn)
    with other.cursor() as cursor:
        cursor.execute("update news_internal.article set published_at = published_at - interval '5 hours'")
        world.rows("update ingest.publisher set time_zone = %s where name = 'a.example'", zone)
        agree(world)
    other.commit()
    other.close()
    agree(world)
    catch_up(world.conn, Ticker())
    agree(world)
    days = "select distinct published_day from news.articles union select day from news.daily order by 1"
    assert world.rows(days) == world.rows("select distinct day from news.daily order by 1")


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("America/St_Johns", datetime(2006, 10, 29, 2, 0, tzinfo=timezone.utc)),  # 00:01 became 23:01
        ("Antarctica/Casey", datetime(2010, 3, 4, 12, 45, tzinfo=timezone.utc)),  # 02:00 became 23:00
    ],
)
def test_a_day_is_the_publisher_s_own_also_where_clocks_go_back_over_midnight(
    world: World, zone: str, start: datetime
) -> None:
    watched(world)
    run = world.run()
    world.publisher("a.example")
    world.rows("update ingest.publisher set time_zone = %s", zone)
    for n in range(12):
        at = start + timedelta(seconds=450 * n)
        world.clustered(run, f"https://a.example/{n}", "a.example", published_at=at, seen_at=at)
    load(world.settings, run)
    agree(world)
    assert world.value("select sum(articles) from news.daily") == 12


def test_only_days_that_changed_are_counted_again(world: World) -> None:
    run = world.run()
    for paper in "ab":
        world.clustered(run, f"https://{paper}.example/1", f"{paper}.example", published_at=T0 - timedelta(days=3))
    load(world.settings, run)
    rows = "select publisher_id, day, xmin::text from news_internal.day_count order by 1, 2"
    before = world.rows(rows)
    later = world.run("r2")
    world.clustered(later, "https://b.example/2", "b.example", published_at=T0 - timedelta(days=1))
    load(world.settings, later)
    assert [row for row in world.rows(rows) if row in before] == before
    assert len(world.rows(rows)) == 3
