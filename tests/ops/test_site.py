"""The pages in a real Airflow with passwords on: each route for each role, then a person's way in Chromium.

One file, so that one Airflow serves all of it. `make screenshots` sets NEWSFLOW_SCREENSHOTS=docs/images:
the pictures go into its folder ops.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import quote, urlsplit

import axe_playwright_python
import psycopg2
import pytest
import requests
from fastapi.routing import APIRoute
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from pydantic import SecretStr

from newsflow.names import NIGHTLY
from newsflow.ops.actions import ACTIONS
from newsflow.ops.app import app
from newsflow.ops.routes import PAGES
from newsflow.ops.schedules import CONSEQUENCES, DagState
from newsflow.ops.watch import watch
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import connect
from tests.browser import QUIET
from tests.ops.airflow_server import Site
from tests.ops.scenario import Month
from tests.ops.standalone import World, served
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
in_browser = pytest.mark.browser
Theme = Literal["light", "dark"]

USERS = [None, "vera", "otto", "ada"]
TABLE = ROOT / "docs" / "operations.md"
VALUES = {
    "dag_id": "news_ingest",
    "dag_run_id": "none",
    "name": {
        "/publishers/{name}": "courier.example",
        "/static/{name}": "ops.css",
        "/runbooks/{name}": "silent",
        "/actions/{name}": "poll_now",
    },
    "page_id": "1",
    "number": "1",
}


def _path(route: APIRoute) -> str:
    path = named = route.path.replace(":path}", "}")
    for key, value in VALUES.items():
        path = path.replace(f"{{{key}}}", value if isinstance(value, str) else value.get(named, ""))
    return path


ROUTES = [(min(r.methods), r.path, _path(r)) for r in app.routes if isinstance(r, APIRoute)]


def expected(method: str, user: str | None) -> int:
    if user is None:
        return 401
    if method == "GET":
        return 200
    return 403 if user == "vera" else 303


def csrf(client: requests.Session, site: Site) -> str:
    """The token of the user's own forms; a page of a user who may only read has no form."""
    html = client.get(f"{site.pages}/publishers/courier.example", timeout=PATIENCE_S).text
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    return found.group(1) if found else ""


def lasting_alarm(client: requests.Session, site: Site) -> str:
    """The number of the first alarm that has a form; a page of a user who may only read has none."""
    html = client.get(f"{site.pages}/alarms", timeout=PATIENCE_S).text
    found = re.search(r'name="subject" value="([0-9]+)"', html)
    return found.group(1) if found else "1"


def _ask(site: Site, client: requests.Session, method: str, path: str) -> int:
    if method == "GET":
        return client.get(site.pages + path, timeout=PATIENCE_S).status_code
    subjects = {"/checklist": "backup", "/alarms": lasting_alarm(client, site)}
    form = {"csrf": csrf(client, site), "subject": subjects.get(path, "courier.example"), "why": "it was tried"}
    form |= {"act": "acknowledge_alarm", "reason": "it was tried"} if path == "/alarms" else {}
    return client.post(site.pages + path, data=form, timeout=PATIENCE_S, allow_redirects=False).status_code


def _line(method: str, route: str, seen: dict[tuple[str | None, str, str], int]) -> str:
    cells = [f"{expected(method, user)} / {seen[user, method, route]}" for user in USERS]
    return f"| {method} `/newsflow{route}` | {' | '.join(cells)} |"


KINDS = {"GET": "each page and file (GET)", "POST": "each act (POST `/newsflow/actions/{name}`)"}


def test_each_route_for_each_role(site: Site) -> None:
    seen = {}
    for user in USERS:
        client = site.session(user)
        for method, route, path in ROUTES:
            seen[user, method, route] = _ask(site, client, method, path)
    rows = [_line(method, route, seen) for method, route, _ in ROUTES]
    table = "\n".join(["| route | anonymous | viewer | op | admin |", "|---|---|---|---|---|", *rows])
    print(f"\nexpected / seen\n{table}")  # noqa: T201
    assert {key: expected(key[1], key[0]) for key in seen} == seen
    assert len(ROUTES) >= 12


def test_a_bearer_token_works_as_the_cookie_does(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.token('vera')}"}
    assert requests.get(f"{site.pages}/", headers=headers, timeout=PATIENCE_S).status_code == 200
    forged = {"Authorization": "Bearer " + site.token("vera")[:-4] + "AAAA"}
    assert requests.get(f"{site.pages}/", headers=forged, timeout=PATIENCE_S).status_code in (401, 403)


def test_a_form_needs_its_token_its_user_and_our_site(site: Site) -> None:
    otto, ada = site.session("otto"), site.session("ada")
    address, form = f"{site.pages}/actions/poll_now", {"subject": "courier.example"}
    good = form | {"csrf": csrf(otto, site)}
    assert otto.post(address, data=form, timeout=PATIENCE_S).status_code == 403
    assert otto.post(address, data=form | {"csrf": "x.y.z"}, timeout=PATIENCE_S).status_code == 403
    assert ada.post(address, data=good, timeout=PATIENCE_S).status_code == 403
    other = {"Sec-Fetch-Site": "cross-site"}
    assert otto.post(address, data=good, headers=other, timeout=PATIENCE_S).status_code == 403
    assert otto.post(address, data=good, timeout=PATIENCE_S, allow_redirects=False).status_code == 303


def test_an_act_is_noted_with_its_user(site: Site) -> None:
    otto = site.session("otto")
    form = {"csrf": csrf(otto, site), "subject": "village.example"}
    otto.post(f"{site.pages}/actions/pause_publisher", data=form, timeout=PATIENCE_S)
    with psycopg2.connect(site.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select actor, action, subject from ingest.audit order by audit_id desc limit 1")
        assert cursor.fetchone() == ("otto", "pause_publisher", "village.example")
    conn.close()
    otto.post(f"{site.pages}/actions/resume_publisher", data=form, timeout=PATIENCE_S)


@pytest.mark.parametrize(
    "referer", ["http://evil.example/newsflow/x", "http://127.0.0.1//evil.example/", "javascript:1"]
)
def test_after_an_act_one_never_lands_elsewhere(site: Site, referer: str) -> None:
    otto = site.session("otto")
    form = {"csrf": csrf(otto, site), "subject": "courier.example"}
    headers = {"Referer": referer}
    answer = otto.post(
        f"{site.pages}/actions/poll_now", data=form, headers=headers, timeout=PATIENCE_S, allow_redirects=False
    )
    assert answer.headers["location"].startswith("/newsflow/")


def test_after_an_act_one_is_back_with_what_one_asked_for(site: Site) -> None:
    otto = site.session("otto")
    form = {"csrf": csrf(otto, site), "subject": "courier.example"}
    asked = "find=cour%26&level=good"
    answer = otto.post(
        f"{site.pages}/actions/poll_now",
        data=form,
        headers={"Referer": f"{site.pages}/publishers?{asked}&done=resume_feed"},
        timeout=PATIENCE_S,
        allow_redirects=False,
    )
    assert answer.headers["location"] == f"/newsflow/publishers?{asked}&done=poll_now"


@pytest.mark.parametrize(
    "path", ["/publishers/nobody", "/rejects/987654321", "/runbooks/..%2fREADME", "/static/..%2fapp.py", "/nowhere"]
)
def test_what_is_not_there_is_404_and_shows_nothing(site: Site, path: str) -> None:
    answer = site.session("vera").get(site.pages + path, timeout=PATIENCE_S)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_unknown_acts_are_404(site: Site) -> None:
    otto = site.session("otto")
    token = csrf(otto, site)
    assert (
        otto.post(f"{site.pages}/actions/drop", data={"csrf": token, "subject": "x"}, timeout=PATIENCE_S).status_code
        == 404
    )
    for name in ACTIONS:
        answer = otto.post(f"{site.pages}/actions/{name}", data={"csrf": token, "subject": "none"}, timeout=PATIENCE_S)
        assert answer.status_code == 404


def test_stored_code_is_text_and_long_texts_are_cut(site: Site) -> None:
    client = site.session("ada")
    for path in ("/publishers", "/publishers/tribune.example", "/rejects?publisher=tribune.example", "/"):
        answer = client.get(site.pages + path, timeout=PATIENCE_S)
        assert answer.status_code == 200
        assert "<script>window" not in answer.text
        assert "onerror='" not in answer.text
        assert 'href="javascript' not in answer.text
        assert len(answer.text) < 200_000
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    shell = client.get(f"{site.pages}/rejects/{_reject(site)}", timeout=PATIENCE_S).text
    assert "&lt;script&gt;window.pwned = 1" in shell, "the stored page's source, as text"
    assert "Please enable JavaScript" in shell
    assert "{{ 7 * 7 }}" in client.get(f"{site.pages}/publishers/tribune.example", timeout=PATIENCE_S).text


HOSTILE_LOG = [
    {"timestamp": "2026-11-30T02:38:00Z", "level": "info", "event": "counting <script>window.pwned = 1</script>"},
    {"timestamp": "2026-11-30T02:39:00Z", "level": "error", "event": "Task failed with exception",
     "error_detail": [{"exc_type": "RunFailedError", "exc_value": "Not good: all 14 feeds failed.", "frames": []}]},
]  # fmt: skip


@contextmanager
def red_check(site: Site, log: Sequence[object]) -> Iterator[str]:
    """Airflow's task `check` of last night's run, failed in its first try with this log; gives its address."""
    file = site.home / f"logs/dag_id=news_ingest/run_id={site.run_id}/task_id=check/attempt=1.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(line) + "\n" for line in log))
    state = "update task_instance set state = ?, try_number = ? where task_id = 'check' and run_id = ?"
    for change in (("failed", 1, site.run_id), (None, 0, site.run_id)):
        with closing(sqlite3.connect(site.home / "airflow.db", timeout=PATIENCE_S)) as metadata, metadata:
            metadata.execute(state, change)
        if change[0]:
            yield f"/dags/news_ingest/runs/{quote(site.run_id)}/tasks/check?try_number=1"


def test_a_red_task_stands_on_the_page_with_the_end_of_its_log(site: Site) -> None:
    client = site.session("vera")
    with red_check(site, HOSTILE_LOG) as address:
        shown = client.get(f"{site.pages}/", timeout=PATIENCE_S).text
        assert "02:39:00 RunFailedError: Not good: all 14 feeds failed." in shown
        assert "&lt;script&gt;window.pwned = 1&lt;/script&gt;" in shown
        assert f'href="{address}"' in shown
        (site.home / f"logs/dag_id=news_ingest/run_id={site.run_id}/task_id=check/attempt=1.log").unlink()
        assert "The log is gone" in client.get(f"{site.pages}/", timeout=PATIENCE_S).text
    assert "is red" not in client.get(f"{site.pages}/", timeout=PATIENCE_S).text


def test_the_docs_say_what_each_kind_of_route_answers() -> None:
    """The rules for each route are those of its kind, so the docs need no line for each."""
    written = Path(TABLE).read_text()
    for method in {method for method, _, _ in ROUTES}:
        cells = " | ".join(str(expected(method, user)) for user in USERS)
        assert f"| {KINDS[method]} | {cells} |" in written


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE_MS = PATIENCE_S * 1000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; the tests are skipped loudly where there is none."""
    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM: the pages were not tried in a browser (Debian: apt install chromium)")
    with sync_playwright() as play:
        expect.set_options(timeout=PATIENCE_MS)
        started = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@dataclass
class Visitors:
    """Who is logged in: a person's pages share one context, so that Airflow's scripts are fetched once."""

    browser: Browser
    site: Site
    contexts: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)

    def page(self, user: str, theme: str = "light") -> Page:
        """A new page of a user; the first one logs in."""
        if (user, theme) not in self.contexts:
            self.contexts[user, theme] = self._log_in(user, theme)
        return self.contexts[user, theme].new_page()

    def _log_in(self, user: str, theme: str) -> BrowserContext:
        """Through Airflow's own login form."""
        context = self.browser.new_context(viewport={"width": 1360, "height": 900})
        context.add_init_script(f"try {{ localStorage.setItem('theme', '{theme}') }} catch (e) {{}}")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{self.site.url}/auth/login")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", f"{user}-secret")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        page.close()
        return context


@pytest.fixture(scope="module")
def visitors(browser: Browser, site: Site) -> Visitors:
    return Visitors(browser, site)


@pytest.fixture(scope="module")
def ada(visitors: Visitors) -> Page:
    """An admin in the light theme; one page for all tests, since Airflow's scripts are what takes the time."""
    return visitors.page("ada")


@pytest.fixture(scope="module")
def dark(visitors: Visitors) -> Page:
    """The same person in the dark theme."""
    return visitors.page("ada", "dark")


SHELL = "/plugin/news"


def visit(page: Page, site: Site, path: str) -> None:
    """Open one of our pages in Airflow's shell; where that is open, in its frame."""
    if urlsplit(page.url).path.startswith(SHELL) and len(page.frames) > 1:
        page.frames[1].goto(site.pages + path)
    else:
        page.goto(f"{site.url}{SHELL}/newsflow{path}")


def inside(page: Page) -> FrameLocator:
    """Our page, in the frame that Airflow gives it."""
    return page.frame_locator("iframe")


def heading(page: Page, text: str) -> None:
    """Wait for our page's heading."""
    expect(inside(page).locator("h1")).to_contain_text(text)


@in_browser
def test_five_questions_are_answered_by_clicking(ada: Page, site: Site) -> None:
    ada.goto(site.url)
    ada.get_by_text("News", exact=True).first.click()
    heading(ada, "Last night was good, but 4 alarms last")  # was last night good?

    alarm = inside(ada).locator(".alarm", has_text="redesign.example")  # which publisher broke?
    expect(alarm).to_contain_text("pages became articles")
    expect(alarm).to_contain_text("since")  # since when?
    alarm.get_by_role("link", name="redesign.example", exact=True).click()
    heading(ada, "redesign.example")
    expect(inside(ada).locator(".strip .mark").first).to_be_attached()
    expect(inside(ada).locator(".tiles")).to_contain_text("Wrong since")
    expect(inside(ada).locator("#rejects")).to_be_visible()

    rejects = inside(ada).locator("section[aria-labelledby=rejects] tr")  # why?
    rejects.filter(has_text="The page holds no readable text.").first.locator("a[href*='/rejects/']").click()
    heading(ada, "The page holds no readable text.")

    inside(ada).get_by_role("link", name="Last night").click()  # what do I do?
    inside(ada).locator(".alarm", has_text="redesign.example").get_by_role("link", name="What to do").click()
    heading(ada, "Pages no longer become articles")
    expect(inside(ada).locator("article")).to_contain_text("How to prove that it is over")


@in_browser
def test_a_retry_is_clicked_and_stands_in_the_audit(ada: Page, site: Site) -> None:
    visit(ada, site, "/publishers/premium.example")
    inside(ada).locator("section[aria-labelledby=rejects] a[href*='/rejects/']").first.click()
    inside(ada).get_by_role("button", name="Retry this page").click()
    expect(inside(ada).get_by_role("status")).to_contain_text("due again")
    inside(ada).get_by_role("link", name="Alarms").click()
    expect(inside(ada).locator("table").last).to_contain_text("ada")
    expect(inside(ada).locator("table").last).to_contain_text("retry")


@in_browser
def test_a_learned_line_is_kept_by_clicking(ada: Page, site: Site) -> None:
    visit(ada, site, "/publishers/tribune.example")
    line = inside(ada).locator("section[aria-labelledby=lines] tr", has_text="Follow us")
    line.get_by_role("button", name="Keep it").click()
    expect(inside(ada).get_by_role("status")).to_contain_text("stays in")
    line.get_by_role("button", name="Leave it out").click()
    expect(line.get_by_role("button", name="Keep it")).to_be_visible(timeout=PATIENCE_MS)


@in_browser
def test_a_column_sorts_by_its_head_and_a_filter_can_be_taken_back(ada: Page, site: Site) -> None:
    visit(ada, site, "/publishers")
    frame = inside(ada)
    frame.get_by_role("link", name="Articles, 7 days").click()
    expect(frame.locator("th[aria-sort=descending]")).to_have_text("Articles, 7 days")
    expect(frame.locator("tbody th").first).to_contain_text("courier.example")
    frame.get_by_label("Name").fill("weekly")
    ada.keyboard.press("Enter")
    expect(frame.locator("tbody tr")).to_have_count(1)
    expect(frame.locator("th[aria-sort=descending]")).to_have_text("Articles, 7 days")
    frame.get_by_role("link", name="Show all").click()
    expect(frame.locator("tbody tr").nth(13)).to_be_visible(timeout=PATIENCE_MS)


AXE = next(Path(axe_playwright_python.__file__).parent.glob("axe.min.js"))
# what passes, and files of other origins, are not asked for: that is half of the time
FIND = """() => axe.run(document, {resultTypes: ['violations'], preload: false})
  .then(found => found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 200)).join(' | ')}`))"""
Screen = tuple[Theme, int]
SCREENS_ALL: list[Screen] = [(theme, width) for width in (1360, 800, 390) for theme in get_args(Theme)]


def _violations(page: Page, path: str, looked_at: Sequence[Screen]) -> Iterator[str]:
    """What axe finds on these screens, and what does not fit at any width: that look costs next to nothing."""
    page.goto(path)
    page.evaluate(AXE.read_text())
    for theme, width in looked_at:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 844})
        yield from (f"{path} {theme} {width} {found}" for found in page.evaluate(FIND))
    for width in sorted({width for _, width in SCREENS_ALL}):
        page.set_viewport_size({"width": width, "height": 844})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"{path} is wider than {width}"
        links = page.evaluate("[...document.querySelectorAll('header nav a')].map(a => a.getBoundingClientRect().y)")
        if len(set(map(round, links))) > 1:
            yield f"{path}: the navigation takes more than a row at {width}"


@in_browser
def test_axe_finds_nothing_on_any_page(browser: Browser, site: Site, dsn: str) -> None:
    """Each page of the registry over a month of history, and those of an empty database.

    All share one style sheet and their parts, so each page is tried on one screen, and the screens take turns.
    `make screenshots` tries each page on all of them, which costs minutes.
    """
    known = {page.path for page in PAGES}
    full = [_path(route) for route in app.routes if isinstance(route, APIRoute) and route.path in known]
    at_rest = [path for path in known if "{" not in path]
    turns = cycle(SCREENS_ALL)
    found: list[str] = []
    for world, paths in ((World(site.dsn, log=["02:39:00 it broke"], editor=True), full), (World(dsn), at_rest)):
        with served(world) as base, browser.new_context() as context:
            page = context.new_page()
            for path in paths:
                looked_at = SCREENS_ALL if os.environ.get("NEWSFLOW_SCREENSHOTS") else [next(turns)]
                found += _violations(page, base + path, looked_at)
    assert found == []


@in_browser
def test_a_proposal_is_accepted_by_clicking(ada: Page, site: Site) -> None:
    visit(ada, site, "/proposals")
    inside(ada).get_by_role("button", name="Accept").click()
    expect(inside(ada).get_by_role("status")).to_contain_text("Accepted")
    expect(inside(ada).locator("main")).to_contain_text("Nothing waits")


@in_browser
def test_a_reprocess_is_reviewed_and_applied_by_clicking(ada: Page, site: Site) -> None:
    visit(ada, site, "/reprocesses")
    inside(ada).get_by_role("link", name="Reprocess 1").click()
    heading(ada, "Reprocess 1: compared")
    expect(inside(ada).locator("ins", has_text="bridge")).to_be_visible()
    assert all(frame.evaluate("window.pwned") is None for frame in ada.frames)
    inside(ada).get_by_role("button", name="Apply").click()
    expect(inside(ada).get_by_role("status")).to_contain_text("Airflow applies it now")
    headers = {"Authorization": f"Bearer {site.token('ada')}"}
    found = requests.get(
        f"{site.url}/api/v2/dags/news_reprocess/dagRuns/ops__apply-1", headers=headers, timeout=PATIENCE_S
    )
    assert found.json()["conf"] == {"action": "apply", "reprocess": 1}
    assert not requests.get(f"{site.url}/api/v2/dags/news_reprocess", headers=headers, timeout=PATIENCE_S).json()[
        "is_paused"
    ]
    inside(ada).get_by_role("button", name="Apply").click()  # until Airflow begins, the button is there still
    heading(ada, "Not here")


@in_browser
def test_the_funnel_is_a_tab_of_the_dag_and_of_the_run(ada: Page, site: Site) -> None:
    ada.goto(f"{site.url}/dags/news_ingest")
    ada.get_by_role("link", name="Funnel").click()
    heading(ada, "This run was good")
    ada.goto(f"{site.url}/dags/news_ingest/runs/{site.run_id}".replace("+", "%2B"))
    ada.get_by_role("link", name="Funnel").click()
    expect(inside(ada).locator(".verdict")).to_contain_text(site.run_id)
    expect(inside(ada).locator("svg .bar")).to_have_count(4)


@in_browser
def test_one_goes_to_the_task_in_airflow_and_back(ada: Page, site: Site) -> None:
    visit(ada, site, "/")
    with red_check(site, HOSTILE_LOG):
        inside(ada).get_by_role("link", name="Last night").click()
        inside(ada).get_by_role("link", name="the whole log of check").click()
        ada.wait_for_url("**/tasks/check?try_number=1")
        links = ada.get_by_role("link", name="News", exact=True)
        expect(links).to_have_count(2)  # that of Airflow's menu is there first
        links.last.click()
        heading(ada, "This run was good")
        expect(inside(ada).locator("#steps")).to_be_visible()


@in_browser
def test_a_viewer_sees_no_buttons(visitors: Visitors, site: Site) -> None:
    page = visitors.page("vera")
    visit(page, site, "/publishers/courier.example")
    heading(page, "courier.example")
    expect(inside(page).locator("main button")).to_have_count(0)
    expect(inside(page).locator(".who")).to_contain_text("read only")
    page.close()


@in_browser
def test_the_theme_is_airflows(dark: Page, site: Site) -> None:
    visit(dark, site, "/")
    heading(dark, "Last night")
    colour = inside(dark).locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == "rgb(23, 29, 43)"
    dark.evaluate("localStorage.setItem('theme', 'light')")
    expect(inside(dark).locator("html")).to_have_attribute("data-theme", "light")


@in_browser
def test_stored_scripts_never_run(ada: Page, site: Site) -> None:
    said: list[str] = []
    ada.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss())[1])
    for path in ("/publishers/tribune.example", "/rejects?publisher=tribune.example", "/publishers"):
        visit(ada, site, path)
        expect(inside(ada).locator("h1")).to_be_visible(timeout=PATIENCE_MS)
        assert all(frame.evaluate("window.pwned") is None for frame in ada.frames)
        assert inside(ada).locator("a[href^='javascript']").count() == 0
    assert said == []


@in_browser
def test_the_policy_stops_a_script_that_slips_in(ada: Page, site: Site) -> None:
    ada.goto(f"{site.pages}/publishers")
    ada.evaluate("() => { window.stopped = []; addEventListener('securitypolicyviolation', e => stopped.push(e)) }")
    ada.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.pwned = 1';"
        " document.body.append(s) }"
    )
    ada.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned = 1\">')")
    ada.wait_for_function("window.stopped.filter(e => e.effectiveDirective.startsWith('script')).length == 2")
    assert ada.evaluate("window.pwned") is None


@in_browser
def test_the_keyboard_reaches_all_and_tables_have_headers(ada: Page, site: Site) -> None:
    ada.goto(f"{site.pages}/publishers")
    ada.keyboard.press("Tab")
    assert ada.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(14):
        ada.keyboard.press("Tab")
        reached.add(ada.evaluate("document.activeElement.tagName"))
    assert {"A", "INPUT", "SELECT", "BUTTON"} <= reached
    assert ada.locator("thead th:not([scope])").count() == 0
    assert ada.locator("svg[role=img]:not([aria-label])").count() == 0
    assert ada.locator("html[lang]").count() == 1


SHOTS = {
    "last-night": "/",
    "two-runs": "/nights/compare",
    "publishers": "/publishers",
    "publisher": "/publishers/redesign.example",
    "rejects": "/rejects",
    "reject": "/rejects/{reject}",
    "proposals": "/proposals",
    "alarms": "/alarms",
    "storage": "/storage",
    "reprocess": "/reprocesses/1",
    "runbook": "/runbooks/yield_drift",
    "funnel": "/dags/news_ingest/runs/{run}/plugin/run-funnel",
}
DARK = (
    "last-night",
    "publisher",
    "funnel",
)  # without a folder for pictures: a theme is colours, the pages are the same


@in_browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_page_has_its_picture(ada: Page, dark: Page, site: Site, theme: str, tmp_path: Path) -> None:
    wanted = os.environ.get("NEWSFLOW_SCREENSHOTS")
    folder = ROOT / wanted / "ops" if wanted else tmp_path
    page = dark if theme == "dark" else ada
    known = {"run": site.run_id.replace("+", "%2B"), "reject": _reject(site)}
    for name in SHOTS if wanted or theme == "light" else DARK:
        path = SHOTS[name].format(**known)
        page.goto(site.url + path) if name == "funnel" else visit(page, site, path)
        expect(inside(page).locator("h1").first).to_be_visible(timeout=PATIENCE_MS)
        page.screenshot(path=folder / f"{name}-{theme}.png", animations="disabled")
        assert (folder / f"{name}-{theme}.png").stat().st_size > 10_000


OUTAGE = ["02:39:00 counted the funnel of 0 pages", "02:39:00 RunFailedError: Not good: all 14 feeds failed."]
# name → nights that have passed, the page, the log of a red task
MORNINGS: dict[str, tuple[int, str, Sequence[str]]] = {
    "first-morning": (1, "/", ()),
    "bad-night": (18, "/", OUTAGE),
    "thirty-nights": (30, "/nights", ()),
}
SCREENS: list[tuple[str, Theme, int, int]] = [
    ("light", "light", 1360, 900),
    ("dark", "dark", 1360, 900),
    ("phone", "dark", 390, 844),
]


@in_browser
@pytest.mark.skipif(not os.environ.get("NEWSFLOW_SCREENSHOTS"), reason="`make screenshots` takes these pictures")
@pytest.mark.parametrize("name", MORNINGS)
def test_mornings_have_their_pictures(browser: Browser, dsn: str, name: str) -> None:
    nights, path, log = MORNINGS[name]
    with closing(connect(dsn)) as conn:
        month = Month(conn)
        for night, ended in month.play(nights):
            if night >= nights - 7:
                watch(Settings(database_url=SecretStr(dsn)), clock=partial(_same, ended + timedelta(minutes=15)))
        queries.ops.count_days(conn, since=month.first, until=ended + timedelta(days=1), nightly=[*NIGHTLY])
        conn.commit()
    now = ended + timedelta(hours=5)
    dags = [DagState(dag_id, False, now + timedelta(minutes=10)) for dag_id in CONSEQUENCES]
    with served(World(dsn, now, dags, log, editor=True)) as base:
        for suffix, theme, width, height in SCREENS:
            screen = ViewportSize(width=width, height=height)
            with browser.new_context(viewport=screen, color_scheme=theme, timezone_id="Europe/Lisbon") as context:
                page = context.new_page()
                page.goto(base + path)
                folder = ROOT / os.environ["NEWSFLOW_SCREENSHOTS"] / "ops"
                page.screenshot(path=folder / f"{name}-{suffix}.png", animations="disabled")


def _same(moment: datetime) -> datetime:
    return moment


def _reject(site: Site) -> int:
    with psycopg2.connect(site.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select max(page_id) from ingest.page where outcome = 'not_text' and state = 'rejected'")
        found = cursor.fetchone()
    conn.close()
    assert found is not None
    return int(found[0])
