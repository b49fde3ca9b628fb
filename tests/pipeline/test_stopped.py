"""A run that a person stops, or that is killed, at any stage: the next one goes on at once and brings the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsflow import pipeline
from newsflow.clock import utcnow
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.db import session, transaction
from tests.paths import ROOT
from tests.pipeline.night import register
from tests.waiting import wait_for
from tests.webserver import Server, says
from tests.worlds.story_writer import article

FEED = b"""<rss version="2.0"><channel><title>Paper</title><item><title>The harbour opens</title>
<link>%s/a</link><guid>a</guid></item></channel></rss>"""


@pytest.fixture
def paper() -> Iterator[Server]:
    """A publisher with one feed and one article."""
    server = Server()
    server.plays["/feed"] = says(body=FEED % server.origin.encode(), headers={"Content-Type": "application/rss+xml"})
    body = "".join(f"<p>{paragraph}</p>" for paragraph in article(random.Random(1)).splitlines())
    page = f"<html><head><title>The harbour opens</title></head><body><article><h1>The harbour opens</h1>{body}"
    server.plays["/a"] = says(body=page.encode(), headers={"Content-Type": "text/html"})
    yield server
    server.close()


@pytest.fixture
def settings(paper: Server, dsn: str, tmp_path: Path) -> Settings:
    register(dsn, [("paper.example", paper.url("/feed"))])
    archive = str(tmp_path / "archive")
    return Settings(database_url=dsn, archive=archive, allow_origins=paper.origin, delay_s=0.02, shards=1)


def articles(settings: Settings) -> int:
    with session(settings.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select count(*) from news.articles")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("stage", [*pipeline.NIGHT, "check"])
def test_a_run_that_is_stopped_before_a_stage_is_taken_over_at_once(
    settings: Settings, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*given: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(pipeline, stage, stopped)
        pipeline.run_all(settings, "first")
    assert pipeline.run_all(settings, "second").verdict.ok
    assert articles(settings) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_command_that_is_stopped_while_it_polls_leaves_no_feed_behind(
    settings: Settings, paper: Server, how: signal.Signals
) -> None:
    answers, held = paper.plays["/feed"], threading.Event()
    paper.plays["/feed"] = lambda *given: (held.wait(), answers(*given))[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "newsflow.cli", "run"],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "plugins"),
            "NEWSFLOW_DATABASE_URL": settings.dsn,
            "NEWSFLOW_ARCHIVE": settings.archive,
            "NEWSFLOW_ALLOW_ORIGINS": paper.origin,
        },
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    wait_for(lambda: paper.asked("/feed"), "the feed to be asked")
    os.killpg(process.pid, how)
    _, told = process.communicate()
    held.set()
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert told.splitlines()[-1] == "newsflow: stopped; run again to go on"
        assert "Traceback" not in told
    result = pipeline.run_all(settings, "next", RunRequest())
    assert (dict(result.polls), articles(settings)) == ({"ok": 1}, 1)


def test_a_step_that_is_retried_after_its_end_says_what_was_done(settings: Settings) -> None:
    run_id = pipeline.open_run(settings, "test", "twice")
    assert [shard.feeds for shard in pipeline.claim(settings, run_id)] == [1]
    steps = {
        "ask": lambda: pipeline.ask(settings, run_id, 0),
        "fetch": lambda: pipeline.fetch(settings, run_id, 0),
        "extract": lambda: pipeline.extract(settings, run_id, 0),
        "deduplicate": lambda: pipeline.deduplicate(settings, run_id),
        "load": lambda: pipeline.load(settings, run_id),
    }
    first = {}
    for name, step in steps.items():
        first[name] = step()
        if name == "ask":
            pipeline.plan(settings, run_id)
    again = {name: step() for name, step in steps.items()}
    for name in steps:
        assert (first[name].taken, dict(first[name].counts)) == (1, dict(again[name].counts)), name
        assert first[name].label == again[name].label, name


def test_a_clock_that_stood_a_year_ahead_for_a_night_puts_nothing_off(settings: Settings) -> None:
    year = timedelta(days=365)
    pipeline.run_all(settings, "ahead", clock=lambda: utcnow() + year)
    with session(settings.dsn) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute("update ingest.origin set cool_until = now() + interval '1 year'")
        cursor.execute(
            "update ingest.page set (state, next_attempt_at, loaded_extraction_id)"
            " = ('pending', now() + interval '1 year', null)"
        )
    result = pipeline.run_all(settings, "right again")
    assert dict(result.polls) == {"ok": 1} or dict(result.polls) == {"not_modified": 1}
    assert result.stages[0].outcomes == {"ok": 1}
    with session(settings.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select cause, subject from ingest.ops_alarm where resolved_at is null")
        assert [tuple(row) for row in cursor] == [("clock", "")]
        cursor.execute("select next_poll_at, last_poll_at from ingest.feed")
        assert all(at < utcnow() + timedelta(days=9) for at in cursor.fetchone())
    assert pipeline.run_all(settings, "quiet").verdict.ok  # nothing due, and asked within the day
