"""The first night as a user has it: `newsflow up --run`, again beside it, Airflow's pages, Ctrl-C.

One story in order, since starting Airflow is what takes the time.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest
import requests

from newsflow.local.airflow import Client
from newsflow.local.home import Home
from newsflow.local.install import browser
from newsflow.local.postgres import free_port
from newsflow.local.processes import marked
from newsflow.ops.render import duration
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_for

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

UP = [sys.executable, "-m", "newsflow.cli", "up", "--run"]
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"
)  # fmt: skip


@dataclass
class Night:
    """`newsflow up --run` at work, and what it has printed so far."""

    home: Home
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def read(self) -> None:
        assert self.process.stdout
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def wait_for(self, words: str) -> None:
        def said() -> bool:
            assert self.process.poll() is None, self.text
            return words in self.text

        wait_for(said, f"“{words}”", within_s=4 * PATIENCE_S)

    def find(self, pattern: str) -> str:
        found = re.search(pattern, self.text)
        assert found, self.text
        return found[1]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        running = self.home.running()
        assert running
        conn = psycopg2.connect(running.database_url)
        with conn.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall()
        conn.close()
        return found


def environment(home: Home) -> dict[str, str]:
    mine = {k: v for k, v in os.environ.items() if not k.startswith(("NEWSFLOW_", "AIRFLOW"))}
    return {**mine, "NEWSFLOW_HOME": str(home.root), "PYTHONPATH": str(ROOT / "plugins"), "NEWSFLOW_DELAY_S": "0.2"}


@pytest.fixture(scope="module")
def night() -> Iterator[Night]:
    folder = Path(tempfile.mkdtemp(prefix="nf-night-"))
    folder.chmod(0o755)
    home = Home(folder / "home")
    process = subprocess.Popen(
        UP, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    found = Night(home, process)
    threading.Thread(target=found.read, daemon=True).start()
    found.wait_for("up until Ctrl-C")
    yield found
    if process.poll() is None:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def test_1_the_first_run_loads_the_sample_newsroom(night: Night) -> None:
    assert "triggered news_ingest" in night.text
    for stage in ("poll", "fetch", "extract", "deduplicate", "load"):
        assert re.search(rf"^✓ {stage} ", night.text, re.MULTILINE), night.text
    new = int(night.find(r"(\d+) new articles"))
    assert new >= 25
    assert night.rows("select count(*) from news.articles") == [(new,)]


def test_2_every_page_ended_as_an_article_or_with_a_reason(night: Night) -> None:
    found = dict(night.rows("select url, outcome from ingest.page where state <> 'loaded'"))
    by_slug = {url.rsplit("/", 1)[1]: outcome for url, outcome in found.items()}
    assert by_slug["school-roof-report"] == "not_found"
    assert by_slug["members-only-briefing"] == "robots_denied"
    assert by_slug["live-timetable"] == "rate_limited"
    assert by_slug["investigation-land-deals"] == "paywall"
    assert None not in by_slug.values()


def test_3_a_body_holds_neither_its_title_nor_the_comment_form(night: Night) -> None:
    [(title, body)] = night.rows("select title, body from news.articles where url like '%library-night-shift'")
    assert title == "The library that never closes has found its readers at three in the morning"
    assert title not in body
    assert "Leave a Reply" not in body and "email address" not in body
    assert body.startswith("At ten past three")


def test_4_the_redirect_the_wrong_charset_and_three_languages_came_through(night: Night) -> None:
    assert len(night.rows("select 1 from news.articles where title like 'Bakers end strike%'")) == 1
    [(body,)] = night.rows("select body from news.articles where url like '%sturmflut-rathaus'")
    assert "„Das war kein Sicherheitsabstand, das war Glück“" in body
    languages = {language for (language,) in night.rows("select distinct language from news.articles")}
    assert languages == {"en", "de", "fr"}


def test_4b_the_wire_story_is_one_story_of_three_publishers(night: Night) -> None:
    found = night.rows("select origin_publisher, articles, publishers from news.stories where articles > 1")
    assert found == [("courier", 3, 3)]


def test_5_the_summary_tells_where_to_look(night: Night) -> None:
    url = night.find(r"Airflow +(http://127\.0\.0\.1:\d+)/dags/news_ingest")
    assert requests.get(f"{url}/api/v2/dags", timeout=PATIENCE_S).status_code == 401
    # what is printed into a pipe may be a log that others read
    assert night.find(r"password in (\S+)") == str(night.home.passwords_file())
    assert night.home.password() not in night.text
    assert "newsflow psql" in night.text
    assert "select " in night.text and "news.stories" in night.text


def test_6_psql_reaches_the_database_that_is_up(night: Night) -> None:
    command = [sys.executable, "-m", "newsflow.cli", "psql", "-c", "select count(*) from news.articles", "-At"]
    done = subprocess.run(command, env=environment(night.home), capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 25


def test_7_airflows_pages_show_the_run(night: Night) -> None:
    if not browser():
        pytest.skip("NO CHROMIUM HERE: Airflow's own pages were NOT looked at (apt-get install chromium)")
    target = Path(os.environ.get("NEWSFLOW_SCREENSHOTS") or night.home.root / "screenshots").absolute()
    target.mkdir(parents=True, exist_ok=True)
    base = night.find(r"Airflow +(http://127\.0\.0\.1:\d+)/dags")
    run = night.find(r"triggered news_ingest: (\S+)")
    with Pages(base, night.home.password()) as pages:
        text = pages.shoot(f"/dags/news_ingest/runs/{run}", target / "run-grid.png", "deduplicate")
        assert all(task in text for task in ("poll", "fetch", "extract", "deduplicate", "load", "check"))
        assert "Success" in text
        pages.press("g", target / "run-graph.png", ".react-flow__node")  # from grid to graph
        assert "news_ingest" in pages.shoot("/dags/news_ingest", target / "dag.png", "news_ingest")
    sizes = {name: (target / name).stat().st_size for name in ("run-grid.png", "run-graph.png", "dag.png")}
    assert min(sizes.values()) > 20_000 and len(set(sizes.values())) == 3


def test_8_a_second_run_beside_it_loads_nothing_twice_and_sees_the_correction(night: Night) -> None:
    before = night.rows("select count(*) from news.articles")
    done = subprocess.run([*UP, "--once"], env=environment(night.home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "are up already" in done.stdout
    assert "0 new articles, 1 revised" in done.stdout, done.stdout
    assert night.rows("select count(*) from news.articles") == before
    [(title, changed)] = night.rows("select title, changed from news.revisions where revision = 2")
    assert title.endswith("pays farmers one cent more")
    assert {"title", "body"} <= set(changed)


class News:
    """The News pages of the night's Airflow as plain text, read with the token of its user."""

    def __init__(self, night: Night) -> None:
        running = night.home.running()
        assert running
        self.client = Client(running.airflow_url, night.home.password())
        self.client.dags()  # logs in
        token = str(self.client._session.headers["Authorization"]).removeprefix("Bearer ")
        self._cookies = {"_token": token}

    def text(self, path: str = "/") -> str:
        """What a person reads on a page."""
        answer = requests.get(f"{self.client.url}/newsflow{path}", cookies=self._cookies, timeout=PATIENCE_S)
        assert answer.status_code == 200, answer.text
        bare = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(bare))


def second_terminal(night: Night, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A command of somebody who knows the home, and nothing else."""
    command = [sys.executable, "-m", "newsflow.cli", *words]
    return subprocess.run(command, env={**environment(night.home), **env}, capture_output=True, text=True, check=False)


def newest_run(night: Night) -> tuple[Any, ...]:
    return night.rows("select run_id, dag_run_id, state, verdict from ingest.run order by run_id desc limit 1")[0]


def test_8b_a_second_terminal_says_what_the_database_says(night: Night) -> None:
    status = second_terminal(night, "status", "--json")
    told = json.loads(status.stdout)
    *_, verdict = newest_run(night)
    assert (status.returncode, told["last"]["verdict"]) == (0, verdict)
    assert told["totals"]["articles"] == night.rows("select count(*) from news.articles")[0][0]
    listed = json.loads(second_terminal(night, "feeds", "list", "--json").stdout)
    assert {one["url"] for one in listed} == {url for (url,) in night.rows("select url from ingest.feed")}
    doctor = {one["name"]: one for one in json.loads(second_terminal(night, "doctor", "--json").stdout)}
    assert (doctor["airflow"]["state"], doctor["dags"]["state"], doctor["feeds"]["state"]) == ("ok", "ok", "warn")


def test_8c_the_first_morning_says_what_is_judged_and_what_is_left_to_do(night: Night) -> None:
    news = News(night)
    page, [(verdict,)] = news.text(), night.rows("select verdict from ingest.run order by run_id desc limit 1")
    assert "Last night was good" in page and verdict.removeprefix("Good: ") in page
    assert "news_ingest has no schedule" in page  # the sample newsroom's runs are by hand
    assert "Before you rely on it" in page and "☐ feeds" in night.text
    [(judged, ended)] = night.rows("select (select judged_at from ingest.watch), max(ended_at) from ingest.run")
    if judged is None or judged < ended:
        assert "Not judged yet" in page or "the next run of news_watch judges it" in page
    publishers = news.text("/publishers")
    for name, articles in night.rows("select publisher, count(*) from news.articles group by 1"):
        assert re.search(rf"{name} .{{0,60}}? good {articles} ", publishers), (name, articles, publishers)


def test_8d_a_part_of_the_newsroom_is_not_last_night_and_a_mistyped_one_is_refused(night: Night) -> None:
    news = News(night)
    before = newest_run(night)
    refused = second_terminal(night, "run", "--publisher", "couriier")
    assert (refused.returncode, "couriier" in refused.stderr) == (1, True), refused
    assert newest_run(night) == before
    origins = {"NEWSFLOW_ALLOW_ORIGINS": " ".join(o for (o,) in night.rows("select origin from ingest.origin"))}
    done = second_terminal(night, "run", "--publisher", "courier", "--force", **origins)
    assert done.returncode == 0, done
    number, _, state, verdict = newest_run(night)
    assert (number > before[0], state) == (True, "success")
    page = news.text()
    assert before[3].removeprefix("Good: ") in page
    assert "Since then, for a part only" in page and verdict in page
    assert json.loads(second_terminal(night, "status", "--json").stdout)["last"]["run_id"] == before[0]


def test_8e_two_of_three_feeds_that_fail_are_no_good_run(night: Night) -> None:
    gone = [f"http://127.0.0.1:{free_port()}/rss" for _ in range(2)]
    [(living,)] = night.rows(
        "select url from ingest.feed join ingest.publisher using (publisher_id) where name = 'courier'"
    )
    origins = {"NEWSFLOW_ALLOW_ORIGINS": " ".join(url.rpartition("/")[0] for url in (*gone, living))}
    for url in gone:
        assert second_terminal(night, "feeds", "add", "--unchecked", url).returncode == 0
    words = [word for url in (*gone, living) for word in ("--feed", url)]
    second_terminal(night, "run", "--force", *words, **origins)
    _, dag_run_id, state, verdict = newest_run(night)
    assert (state, verdict) == ("failed", "Not good: feeds: 3 asked, 2 failed.")
    page = News(night).text(f"/dag/cli/run/{quote(dag_run_id, safe='')}")
    assert "3 asked, 2 failed" in page and "Good:" not in page.replace("Not good", "")
    second_terminal(night, "feeds", "remove", *gone)


def test_8f_a_paused_dag_is_named_where_one_looks(night: Night) -> None:
    news = News(night)
    news.client.pause("news_watch")
    assert "news_watch is paused: no alarm begins or ends." in news.text()
    assert "☐ dags" in second_terminal(night, "checklist", "list").stdout
    news.client.unpause("news_watch")
    assert "news_watch is paused" not in news.text()


def test_8g_a_cleared_task_adds_its_own_time_only(night: Night) -> None:
    news, dag_run_id = News(night), night.find(r"triggered news_ingest: (\S+)")
    body = {"dry_run": False, "dag_run_id": dag_run_id, "task_ids": ["check"], "only_failed": False}
    ended = f"select ended_at from ingest.run where dag_run_id = '{dag_run_id}'"
    before = night.rows(ended)
    news.client._call("POST", "/dags/news_ingest/clearTaskInstances", body).raise_for_status()
    wait_for(lambda: night.rows(ended) not in (before, [(None,)]), "the cleared task to end")
    [(took, since)] = night.rows(
        f"select ingest.worked(r), r.ended_at - r.started_at from ingest.run r where dag_run_id = '{dag_run_id}'"
    )
    assert took < since, "the time between the run's end and the clearing counts as work"
    assert f"Took {duration(took)}" in news.text(f"/dag/news_ingest/run/{quote(dag_run_id, safe='')}")


def test_9_ctrl_c_ends_well_and_leaves_nothing_running(night: Night) -> None:
    running = night.home.running()
    assert running
    night.process.send_signal(signal.SIGINT)
    assert night.process.wait(timeout=PATIENCE_S) == 0, night.text
    assert marked(night.home.mark) == []
    assert night.home.running() is None
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(running.database_url)


class Pages:
    """Airflow's pages in headless Chromium, logged in."""

    def __init__(self, base: str, password: str) -> None:
        self.base, self.password = base, password

    def __enter__(self) -> Pages:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=browser(), args=list(CHROMIUM))
        self.page = self._browser.new_page(viewport={"width": 1440, "height": 900})
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.page.goto(f"{self.base}/auth/login")
        self.page.fill("input[name=username]", "admin")
        self.page.fill("input[name=password]", self.password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "/auth/" not in url)
        return self

    def __exit__(self, *_error: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def press(self, key: str, file: Path, shown: str) -> None:
        """Press a key on the page that is open, wait for what it brings, and take its picture."""
        self.page.keyboard.press(key)
        self.page.locator(shown).first.wait_for()
        self._picture(file)

    def shoot(self, path: str, file: Path, text: str) -> str:
        """Open a page, wait until it shows `text` and stands still, take its picture; returns its text."""
        self.page.goto(self.base + path)
        self.page.get_by_text(text).first.wait_for()
        self._picture(file)
        return str(self.page.inner_text("body"))

    def _picture(self, file: Path) -> None:
        """Once all is laid out and faded in, which shows in two pictures that are the same."""
        taken = [b""]

        def still() -> bool:
            taken.append(self.page.screenshot())
            return taken[-1] == taken[-2]

        wait_for(still, "the page to stand still", pause_s=0.5)
        file.write_bytes(taken[-1])
