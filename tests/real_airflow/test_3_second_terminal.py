"""Beside the servers that are up: a second run, a second terminal, and the News pages, each against the database."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from typing import Any
from urllib.parse import quote

import pytest
import requests

from newsflow.local.airflow import Client
from newsflow.local.postgres import free_port
from newsflow.ops.render import duration
from tests.real_airflow.up import UP, Up, environment
from tests.waiting import PATIENCE_S, wait_for

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_8_a_second_run_beside_it_loads_nothing_twice_and_sees_the_correction(up: Up) -> None:
    before = up.rows("select count(*) from news.articles")
    done = subprocess.run([*UP, "--once"], env=environment(up.home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "are up already" in done.stdout
    assert "0 new articles, 1 revised" in done.stdout, done.stdout
    assert up.rows("select count(*) from news.articles") == before
    [(title, changed)] = up.rows("select title, changed from news.revisions where revision = 2")
    assert title.endswith("pays farmers one cent more")
    assert {"title", "body"} <= set(changed)


class News:
    """The News pages of the night's Airflow as plain text, read with the token of its user."""

    def __init__(self, up: Up) -> None:
        running = up.home.running()
        assert running
        self.client = Client(running.airflow_url, up.home.password())
        self.client.dags()  # logs in
        token = str(self.client._session.headers["Authorization"]).removeprefix("Bearer ")
        self._cookies = {"_token": token}

    def text(self, path: str = "/") -> str:
        """What a person reads on a page."""
        answer = requests.get(f"{self.client.url}/newsflow{path}", cookies=self._cookies, timeout=PATIENCE_S)
        assert answer.status_code == 200, answer.text
        bare = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(bare))


def second_terminal(up: Up, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A command of somebody who knows the home, and nothing else."""
    command = [sys.executable, "-m", "newsflow.cli", *words]
    return subprocess.run(command, env={**environment(up.home), **env}, capture_output=True, text=True, check=False)


def newest_run(up: Up) -> tuple[Any, ...]:
    return up.rows("select run_id, dag_run_id, state, verdict from ingest.run order by run_id desc limit 1")[0]


def test_8b_a_second_terminal_says_what_the_database_says(up: Up) -> None:
    status = second_terminal(up, "status", "--json")
    told = json.loads(status.stdout)
    *_, verdict = newest_run(up)
    assert (status.returncode, told["last"]["verdict"]) == (0, verdict)
    assert told["totals"]["articles"] == up.rows("select count(*) from news.articles")[0][0]
    listed = json.loads(second_terminal(up, "feeds", "list", "--json").stdout)
    assert {one["url"] for one in listed} == {url for (url,) in up.rows("select url from ingest.feed")}
    doctor = {one["name"]: one for one in json.loads(second_terminal(up, "doctor", "--json").stdout)}
    assert (doctor["airflow"]["state"], doctor["dags"]["state"], doctor["feeds"]["state"]) == ("ok", "ok", "warn")


def test_8c_the_first_morning_says_what_is_judged_and_what_is_left_to_do(up: Up) -> None:
    news = News(up)
    page, [(verdict,)] = news.text(), up.rows("select verdict from ingest.run order by run_id desc limit 1")
    assert "Last night was good" in page and verdict.removeprefix("Good: ") in page
    assert "news_ingest has no schedule" in page  # the sample newsroom's runs are by hand
    assert "Before you rely on it" in page and "☐ feeds" in up.text
    [(judged, ended)] = up.rows("select (select judged_at from ingest.watch), max(ended_at) from ingest.run")
    if judged is None or judged < ended:
        assert "Not judged yet" in page or "the next run of news_watch judges it" in page
    publishers = news.text("/publishers")
    for name, articles in up.rows("select publisher, count(*) from news.articles group by 1"):
        assert re.search(rf"{name} .{{0,60}}? good {articles} ", publishers), (name, articles, publishers)


def test_8d_a_part_of_the_newsroom_is_not_last_night_and_a_mistyped_one_is_refused(up: Up) -> None:
    news = News(up)
    before = newest_run(up)
    refused = second_terminal(up, "run", "--publisher", "couriier")
    assert (refused.returncode, "couriier" in refused.stderr) == (1, True), refused
    assert newest_run(up) == before
    origins = {"NEWSFLOW_ALLOW_ORIGINS": " ".join(o for (o,) in up.rows("select origin from ingest.origin"))}
    done = second_terminal(up, "run", "--publisher", "courier", "--force", **origins)
    assert done.returncode == 0, done
    number, _, state, verdict = newest_run(up)
    assert (number > before[0], state) == (True, "success")
    page = news.text()
    assert before[3].removeprefix("Good: ") in page
    assert "Since then, for a part only" in page and verdict in page
    assert json.loads(second_terminal(up, "status", "--json").stdout)["last"]["run_id"] == before[0]


def test_8e_two_of_three_feeds_that_fail_are_no_good_run(up: Up) -> None:
    gone = [f"http://127.0.0.1:{free_port()}/rss" for _ in range(2)]
    [(living,)] = up.rows(
        "select url from ingest.feed join ingest.publisher using (publisher_id) where name = 'courier'"
    )
    origins = {"NEWSFLOW_ALLOW_ORIGINS": " ".join(url.rpartition("/")[0] for url in (*gone, living))}
    for url in gone:
        assert second_terminal(up, "feeds", "add", "--unchecked", url).returncode == 0
    words = [word for url in (*gone, living) for word in ("--feed", url)]
    second_terminal(up, "run", "--force", *words, **origins)
    _, dag_run_id, state, verdict = newest_run(up)
    assert (state, verdict) == ("failed", "Not good: feeds: 3 asked, 2 failed.")
    page = News(up).text(f"/dag/cli/run/{quote(dag_run_id, safe='')}")
    assert "3 asked, 2 failed" in page and "Good:" not in page.replace("Not good", "")
    second_terminal(up, "feeds", "remove", *gone)


def test_8f_a_paused_dag_is_named_where_one_looks(up: Up) -> None:
    news = News(up)
    news.client.pause("news_watch")
    assert "news_watch is paused: no alarm begins or ends." in news.text()
    assert "☐ dags" in second_terminal(up, "checklist", "list").stdout
    news.client.unpause("news_watch")
    assert "news_watch is paused" not in news.text()


def test_8g_a_cleared_task_adds_its_own_time_only(up: Up) -> None:
    news, dag_run_id = News(up), up.find(r"triggered news_ingest: (\S+)")
    body = {"dry_run": False, "dag_run_id": dag_run_id, "task_ids": ["check"], "only_failed": False}
    ended = f"select ended_at from ingest.run where dag_run_id = '{dag_run_id}'"
    before = up.rows(ended)
    news.client._call("POST", "/dags/news_ingest/clearTaskInstances", body).raise_for_status()
    wait_for(lambda: up.rows(ended) not in (before, [(None,)]), "the cleared task to end")
    [(took, since)] = up.rows(
        f"select ingest.worked(r), r.ended_at - r.started_at from ingest.run r where dag_run_id = '{dag_run_id}'"
    )
    assert took < since, "the time between the run's end and the clearing counts as work"
    assert f"Took {duration(took)}" in news.text(f"/dag/news_ingest/run/{quote(dag_run_id, safe='')}")
