"""A run that a person stops, or that is killed, at any stage: the next one goes on at once and brings the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow import pipeline
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.db import session
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
