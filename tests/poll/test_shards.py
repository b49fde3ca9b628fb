"""A run that polls in shards: nothing is asked twice or left, and a shard that dies costs the others nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsflow import pipeline
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.db import session, transaction
from tests.paths import ROOT
from tests.poll.conftest import Hands
from tests.poll.feeds import items, rss
from tests.waiting import wait_for
from tests.webserver import Server, says

SITES, FEEDS_EACH = 6, 2
_ASK = (
    "from newsflow import pipeline; from newsflow.settings import get_settings\n"
    "pipeline.ask(get_settings(), {run_id}, {shard})"
)


@pytest.fixture
def sites(hands: Hands, server_factory: Callable[[], Server]) -> list[Server]:
    """Publishers on origins of their own, each with feeds."""
    hands.options = {"shards": 3, "shard_feeds": 2, "look_again_days": 0}
    made = [server_factory() for _ in range(SITES)]
    for number, site in enumerate(made):
        hands.origins.add(site.origin)
        for feed in range(FEEDS_EACH):
            body = rss(site.origin, items(1, 3, guid=f"{number}-{feed}"))
            site.plays[f"/{feed}"] = says(body=body)
            hands.add(site.url(f"/{feed}"), publisher=f"{number}.example")
    return made


def asked(sites: list[Server]) -> list[int]:
    return [len(site.asked(f"/{feed}")) for site in sites for feed in range(FEEDS_EACH)]


def begun(settings: Settings, name: str) -> int:
    return pipeline.open_run(settings, "news_poll", name, RunRequest(), alone=True)


def test_every_feed_is_asked_once_and_all_counts_add_up(hands: Hands, sites: list[Server]) -> None:
    settings = hands.settings()
    run_id = begun(settings, "one")
    shards = pipeline.claim(settings, run_id)
    assert [shard.shard for shard in shards] == [0, 1, 2]
    assert [shard.feeds for shard in shards] == [4, 4, 4]
    assert all(shard.label.endswith("+1 · 4 feeds") for shard in shards)
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda shard: pipeline.ask(settings, run_id, shard.shard), shards))
    assert asked(sites) == [1] * SITES * FEEDS_EACH
    assert [dict(report.counts) for report in reports] == [{"ok": 4}] * 3
    homes = hands.rows("select count(distinct f.shard) from ingest.feed f group by split_part(f.url, '/', 3)")
    assert {row[0] for row in homes} == {1}
    again = pipeline.ask(settings, run_id, 1)
    assert (again.taken, dict(again.counts)) == (4, {"ok": 4})
    pipeline.close_polls(settings)
    assert pipeline.end_polls(settings, run_id) == SITES * FEEDS_EACH
    assert hands.row("select state, verdict from ingest.run") == ("success", "12 feeds asked")
    assert hands.row("select count(*) from ingest.page")[0] == len(sites) * 3


def test_a_claim_that_is_tried_again_gives_the_same_shards(hands: Hands, sites: list[Server]) -> None:
    settings = hands.settings()
    run_id = begun(settings, "one")
    first = pipeline.claim(settings, run_id)
    placed = "select feed_id, shard from ingest.feed order by feed_id"
    before = hands.rows(placed)
    assert pipeline.claim(settings, run_id) == first
    assert hands.rows(placed) == before
    other = begun(settings, "one")
    assert other == run_id
    with session(settings.dsn) as conn:
        beside = pipeline.runs.start(conn, "newsflow", "beside", hands.now, {})
    assert [shard.feeds for shard in pipeline.claim(settings, beside)] == [0]
    assert asked(sites) == [0] * SITES * FEEDS_EACH


def test_a_shard_that_is_killed_loses_nothing_and_its_feeds_are_due_again(hands: Hands, sites: list[Server]) -> None:
    settings = hands.settings()
    run_id = begun(settings, "one")
    shards = pipeline.claim(settings, run_id)
    victim = hands.rows("select url from ingest.feed where shard = 1 order by url")
    held = threading.Event()
    stuck = next(site for site in sites if victim[0].url.startswith(site.origin))
    plays = {path: stuck.plays[path] for path in ("/0", "/1")}
    for path, play in plays.items():
        stuck.plays[path] = lambda *given, play=play: (held.wait(), play(*given))[1]
    process = subprocess.Popen(
        [sys.executable, "-c", _ASK.format(run_id=run_id, shard=1)],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "plugins"),
            "NEWSFLOW_DATABASE_URL": settings.dsn,
            "NEWSFLOW_ALLOW_ORIGINS": " ".join(settings.allow_origins),
            "NEWSFLOW_DELAY_S": "0",
            "NEWSFLOW_POLL_BATCH": "1",
        },
        start_new_session=True,
    )
    wait_for(lambda: stuck.asked("/0") or stuck.asked("/1"), "the shard to ask")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    held.set()
    for shard in (0, 2):
        assert dict(pipeline.ask(settings, run_id, shard).counts) == {"ok": 4}
    assert len(shards) == 3
    with pytest.raises(pipeline.RunFailedError, match=r"step poll/1 did not finish; \d feeds not asked"):
        pipeline.end_polls(settings, run_id)
    left = hands.row("select count(*) from ingest.feed where last_ok_at is null")[0]
    assert 2 <= left <= 4
    following = begun(settings, "two")
    (rest,) = {sum(shard.feeds for shard in pipeline.claim(settings, following))}
    assert rest == left
    for shard in (0, 1, 2):
        pipeline.ask(settings, following, shard)
    assert pipeline.end_polls(settings, following) == left
    assert hands.row("select count(*) from ingest.entry")[0] == SITES * FEEDS_EACH * 3
    assert hands.row("select count(*) from ingest.feed where last_ok_at is null or claimed_until is not null")[0] == 0


def test_a_task_that_never_begins_is_seen_by_the_nights_check(hands: Hands, sites: list[Server]) -> None:
    settings = hands.settings()
    run_id = begun(settings, "one")
    for shard in pipeline.claim(settings, run_id)[:2]:
        pipeline.ask(settings, run_id, shard.shard)
    verdict = pipeline.funnel(settings, run_id, steps=("poll",)).verdict
    assert not verdict.ok
    assert "4 feeds not asked" in verdict.sentence


def test_a_night_takes_the_pages_of_feeds_that_another_run_asks(
    hands: Hands, sites: list[Server], caplog: pytest.LogCaptureFixture
) -> None:
    settings, answer = hands.settings(), threading.Event()
    slow, play = sites[0], sites[0].plays["/0"]
    slow.plays["/0"] = lambda *given: (answer.wait(), play(*given))[1]
    polling = begun(settings, "one")
    shards = pipeline.claim(settings, polling)
    with ThreadPoolExecutor(len(shards) + 1) as pool:
        asks = [pool.submit(pipeline.ask, settings, polling, shard.shard) for shard in shards]
        wait_for(lambda: slow.asked("/0"), "the other run to ask")
        night = pipeline.open_run(settings, "news_ingest", "night")
        with caplog.at_level("INFO"):
            planned = pool.submit(pipeline.poll, settings, night)
            wait_for(lambda: "waiting for their pages" in caplog.text, "the night to wait")
        answer.set()
        assert sum(shard.pages for shard in planned.result()) == SITES * 3
    assert sum(ask.result().taken for ask in asks) == SITES * FEEDS_EACH


def test_a_night_waits_for_nobody_who_died(hands: Hands, sites: list[Server]) -> None:
    settings = hands.settings()
    pipeline.claim(settings, begun(settings, "one"))
    with session(settings.dsn) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute("update ingest.run set seen_at = seen_at - interval '3 minutes'")
    assert (
        sum(shard.pages for shard in pipeline.poll(settings, pipeline.open_run(settings, "news_ingest", "night"))) == 0
    )
    assert asked(sites) == [0] * SITES * FEEDS_EACH
