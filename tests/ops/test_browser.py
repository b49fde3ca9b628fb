"""A person's way through the pages in headless Chromium, inside Airflow's own UI, passwords on.

`make screenshots` sets NEWSFLOW_SCREENSHOTS=docs/images: the pictures go into its folder ops.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from newsflow.settings import ROOT
from tests.ops.airflow_server import Site

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 40_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; the tests are skipped loudly where there is none."""
    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM: the pages were not tried in a browser (Debian: apt install chromium)")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


def log_in(browser: Browser, site: Site, user: str, theme: str = "light") -> Page:
    """Through Airflow's own login form."""
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    context.add_init_script(f"try {{ localStorage.setItem('theme', '{theme}') }} catch (e) {{}}")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{site.url}/auth/login")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", f"{user}-secret")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


@pytest.fixture
def ada(browser: Browser, site: Site) -> Iterator[Page]:
    """An admin in the light theme."""
    page = log_in(browser, site, "ada")
    yield page
    page.context.close()


def inside(page: Page) -> FrameLocator:
    """Our page, in the frame that Airflow gives it."""
    return page.frame_locator("iframe")


def heading(page: Page, text: str) -> None:
    """Wait for our page's heading."""
    expect(inside(page).locator("h1")).to_contain_text(text, timeout=PATIENCE_MS)


def test_five_questions_are_answered_by_clicking(ada: Page) -> None:
    ada.get_by_text("News", exact=True).first.click()
    heading(ada, "Last night was good, but 4 alarms last")  # was last night good?

    alarm = inside(ada).locator(".alarm", has_text="redesign.example")  # which publisher broke?
    expect(alarm).to_contain_text("captures became articles")
    expect(alarm).to_contain_text("since")  # since when?
    alarm.get_by_role("link", name="redesign.example").click()
    heading(ada, "redesign.example")
    expect(inside(ada).locator(".chart .mark").first).to_be_attached()
    expect(inside(ada).locator("#rejects")).to_be_visible()

    inside(ada).locator("section[aria-labelledby=rejects] a[href*='/rejects/']").first.click()  # why?
    heading(ada, "The page holds no readable text.")

    inside(ada).get_by_role("link", name="Last night").click()  # what do I do?
    inside(ada).locator(".alarm", has_text="redesign.example").get_by_role("link", name="what to do").click()
    heading(ada, "Captures no longer become articles")
    expect(inside(ada).locator("article")).to_contain_text("How to prove that it is over")


def test_a_retry_is_clicked_and_stands_in_the_audit(ada: Page, site: Site) -> None:
    ada.goto(f"{site.url}/plugin/news/newsflow/publishers/premium.example")
    inside(ada).locator("section[aria-labelledby=rejects] a[href*='/rejects/']").first.click()
    inside(ada).get_by_role("button", name="Retry this page").click()
    expect(inside(ada).get_by_role("status")).to_contain_text("due again", timeout=PATIENCE_MS)
    inside(ada).get_by_role("link", name="Alarms").click()
    expect(inside(ada).locator("table").last).to_contain_text("ada", timeout=PATIENCE_MS)
    expect(inside(ada).locator("table").last).to_contain_text("retry")


def test_a_proposal_is_accepted_by_clicking(ada: Page, site: Site) -> None:
    ada.goto(f"{site.url}/plugin/news/newsflow/proposals")
    inside(ada).get_by_role("button", name="Accept").click()
    expect(inside(ada).get_by_role("status")).to_contain_text("Accepted", timeout=PATIENCE_MS)
    expect(inside(ada).locator("main")).to_contain_text("Nothing waits")


def test_the_funnel_is_a_tab_of_the_dag_and_of_the_run(ada: Page, site: Site) -> None:
    ada.goto(f"{site.url}/dags/news_ingest")
    ada.get_by_role("link", name="Funnel").click()
    heading(ada, "Good")
    ada.goto(f"{site.url}/dags/news_ingest/runs/{site.run_id}".replace("+", "%2B"))
    ada.get_by_role("link", name="Funnel").click()
    expect(inside(ada).locator(".verdict")).to_contain_text(site.run_id, timeout=PATIENCE_MS)
    expect(inside(ada).locator("svg .bar")).to_have_count(4)


def test_a_viewer_sees_no_buttons(browser: Browser, site: Site) -> None:
    page = log_in(browser, site, "vera")
    page.goto(f"{site.url}/plugin/news/newsflow/publishers/courier.example")
    heading(page, "courier.example")
    expect(inside(page).locator("main button")).to_have_count(0)
    expect(inside(page).locator(".who")).to_contain_text("read only")
    page.context.close()


def test_the_theme_is_airflows(browser: Browser, site: Site) -> None:
    page = log_in(browser, site, "ada", "dark")
    page.goto(f"{site.url}/plugin/news/newsflow/")
    heading(page, "Last night")
    colour = inside(page).locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == "rgb(23, 29, 43)"
    page.evaluate("localStorage.setItem('theme', 'light')")
    expect(inside(page).locator("html")).to_have_attribute("data-theme", "light")
    page.context.close()


def test_stored_scripts_never_run(ada: Page, site: Site) -> None:
    said: list[str] = []
    ada.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss())[1])
    for path in ("/publishers/tribune.example", "/rejects?publisher=tribune.example", "/publishers"):
        ada.goto(f"{site.url}/plugin/news/newsflow{path}")
        expect(inside(ada).locator("h1")).to_be_visible(timeout=PATIENCE_MS)
        assert all(frame.evaluate("window.pwned") is None for frame in ada.frames)
        assert inside(ada).locator("a[href^='javascript']").count() == 0
    assert said == []


def test_the_policy_stops_a_script_that_slips_in(ada: Page, site: Site) -> None:
    ada.goto(f"{site.pages}/publishers")
    ada.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.pwned = 1';"
        " document.body.append(s) }"
    )
    ada.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned = 1\">')")
    ada.wait_for_timeout(300)
    assert ada.evaluate("window.pwned") is None


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
    "last-night": "/plugin/news/newsflow/",
    "publishers": "/plugin/news/newsflow/publishers",
    "publisher": "/plugin/news/newsflow/publishers/redesign.example",
    "rejects": "/plugin/news/newsflow/rejects",
    "reject": "/plugin/news/newsflow/rejects/{reject}",
    "proposals": "/plugin/news/newsflow/proposals",
    "alarms": "/plugin/news/newsflow/alarms",
    "storage": "/plugin/news/newsflow/storage",
    "runbook": "/plugin/news/newsflow/runbooks/yield_drift",
    "funnel": "/dags/news_ingest/runs/{run}/plugin/run-funnel",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_page_has_its_picture(browser: Browser, site: Site, theme: str, tmp_path: Path) -> None:
    wanted = os.environ.get("NEWSFLOW_SCREENSHOTS")
    folder = ROOT / wanted / "ops" if wanted else tmp_path
    page = log_in(browser, site, "ada", theme)
    for name, path in SHOTS.items():
        run = site.run_id.replace("+", "%2B")
        page.goto(site.url + path.format(run=run, reject=_reject(site)))
        expect(inside(page).locator("h1").first).to_be_visible(timeout=PATIENCE_MS)
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}-{theme}.png")
        assert (folder / f"{name}-{theme}.png").stat().st_size > 10_000
    page.context.close()


def _reject(site: Site) -> int:
    import psycopg2

    with psycopg2.connect(site.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select max(page_id) from ingest.page where outcome = 'not_text' and state = 'rejected'")
        found = cursor.fetchone()
    conn.close()
    assert found is not None
    return int(found[0])
