"""The first run as a user has it: `newsflow up --run`, what it loads and prints, and Airflow's pages.

The first part of the story that test_2_reports.py and the files after it go on with.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from newsflow.local.install import browser
from tests.real_airflow.pages import Pages
from tests.real_airflow.up import Up, environment
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_1_the_first_run_loads_the_sample_newsroom(up: Up) -> None:
    assert "triggered news_ingest" in up.text
    for stage in ("poll", "fetch", "extract", "deduplicate", "load"):
        assert re.search(rf"^✓ {stage} ", up.text, re.MULTILINE), up.text
    new = int(up.find(r"(\d+) new articles"))
    assert new >= 25
    assert up.rows("select count(*) from news.articles") == [(new,)]


def test_2_every_page_ended_as_an_article_or_with_a_reason(up: Up) -> None:
    found = dict(up.rows("select url, outcome from ingest.page where state <> 'loaded'"))
    by_slug = {url.rsplit("/", 1)[1]: outcome for url, outcome in found.items()}
    assert by_slug["school-roof-report"] == "not_found"
    assert by_slug["members-only-briefing"] == "robots_denied"
    assert by_slug["live-timetable"] == "rate_limited"
    assert by_slug["investigation-land-deals"] == "paywall"
    assert None not in by_slug.values()


def test_3_a_body_holds_neither_its_title_nor_the_comment_form(up: Up) -> None:
    [(title, body)] = up.rows("select title, body from news.articles where url like '%library-night-shift'")
    assert title == "The library that never closes has found its readers at three in the morning"
    assert title not in body
    assert "Leave a Reply" not in body and "email address" not in body
    assert body.startswith("At ten past three")


def test_4_the_redirect_the_wrong_charset_and_three_languages_came_through(up: Up) -> None:
    assert len(up.rows("select 1 from news.articles where title like 'Bakers end strike%'")) == 1
    [(body,)] = up.rows("select body from news.articles where url like '%sturmflut-rathaus'")
    assert "„Das war kein Sicherheitsabstand, das war Glück“" in body
    languages = {language for (language,) in up.rows("select distinct language from news.articles")}
    assert languages == {"en", "de", "fr"}


def test_4b_the_wire_story_is_one_story_of_three_publishers(up: Up) -> None:
    found = up.rows("select origin_publisher, articles, publishers from news.stories where articles > 1")
    assert found == [("courier", 3, 3)]


def test_5_the_summary_tells_where_to_look(up: Up) -> None:
    url = up.find(r"Airflow +(http://127\.0\.0\.1:\d+)/dags/news_ingest")
    assert requests.get(f"{url}/api/v2/dags", timeout=PATIENCE_S).status_code == 401
    # what is printed into a pipe may be a log that others read
    assert up.find(r"password in (\S+)") == str(up.home.passwords_file())
    assert up.home.password() not in up.text
    assert "newsflow psql" in up.text
    assert "select " in up.text and "news.stories" in up.text


def test_6_psql_reaches_the_database_that_is_up(up: Up) -> None:
    command = [sys.executable, "-m", "newsflow.cli", "psql", "-c", "select count(*) from news.articles", "-At"]
    done = subprocess.run(command, env=environment(up.home), capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 25


def test_7_airflows_pages_show_the_run(up: Up) -> None:
    if not browser():
        pytest.skip("NO CHROMIUM HERE: Airflow's own pages were NOT looked at (apt-get install chromium)")
    target = Path(os.environ.get("NEWSFLOW_SCREENSHOTS") or up.home.root / "screenshots").absolute()
    target.mkdir(parents=True, exist_ok=True)
    base = up.find(r"Airflow +(http://127\.0\.0\.1:\d+)/dags")
    run = up.find(r"triggered news_ingest: (\S+)")
    with Pages(base, up.home.password()) as pages:
        text = pages.shoot(f"/dags/news_ingest/runs/{run}", target / "run-grid.png", "deduplicate")
        assert all(task in text for task in ("poll", "fetch", "extract", "deduplicate", "load", "check"))
        assert "Success" in text
        pages.press("g", target / "run-graph.png", ".react-flow__node")  # from grid to graph
        assert "news_ingest" in pages.shoot("/dags/news_ingest", target / "dag.png", "news_ingest")
    sizes = {name: (target / name).stat().st_size for name in ("run-grid.png", "run-graph.png", "dag.png")}
    assert min(sizes.values()) > 20_000 and len(set(sizes.values())) == 3
