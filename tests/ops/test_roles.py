"""Anonymous, viewer, op and admin against each route of the real API server: expected and seen."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg2
import pytest
import requests
from fastapi.routing import APIRoute

from newsflow.ops.actions import ACTIONS
from newsflow.ops.app import app
from newsflow.settings import ROOT
from tests.ops.airflow_server import Site

pytestmark = pytest.mark.airflow

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
}


def _path(route: APIRoute) -> str:
    path = route.path
    for key, value in VALUES.items():
        path = path.replace(f"{{{key}}}", value if isinstance(value, str) else value.get(route.path, ""))
    return path


ROUTES = [(sorted(r.methods)[0], r.path, _path(r)) for r in app.routes if isinstance(r, APIRoute)]


def expected(method: str, user: str | None) -> int:
    if user is None:
        return 401
    if method == "GET":
        return 200
    return 403 if user == "vera" else 303


def csrf(client: requests.Session, site: Site) -> str:
    """The token of the user's own forms; a page of a user who may only read has no form."""
    html = client.get(f"{site.pages}/publishers/courier.example", timeout=30).text
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    return found.group(1) if found else ""


def _ask(site: Site, client: requests.Session, method: str, path: str) -> int:
    if method == "GET":
        return client.get(site.pages + path, timeout=30).status_code
    form = {"csrf": csrf(client, site), "subject": "courier.example"}
    return client.post(site.pages + path, data=form, timeout=30, allow_redirects=False).status_code


def _line(method: str, route: str, seen: dict[tuple[str | None, str, str], int]) -> str:
    cells = [f"{expected(method, user)} / {seen[user, method, route]}" for user in USERS]
    return f"| {method} `/newsflow{route}` | {' | '.join(cells)} |"


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
    assert requests.get(f"{site.pages}/", headers=headers, timeout=30).status_code == 200
    forged = {"Authorization": "Bearer " + site.token("vera")[:-4] + "AAAA"}
    assert requests.get(f"{site.pages}/", headers=forged, timeout=30).status_code in (401, 403)


def test_a_form_needs_its_token_its_user_and_our_site(site: Site) -> None:
    otto, ada = site.session("otto"), site.session("ada")
    address, form = f"{site.pages}/actions/poll_now", {"subject": "courier.example"}
    good = form | {"csrf": csrf(otto, site)}
    assert otto.post(address, data=form, timeout=30).status_code == 403
    assert otto.post(address, data=form | {"csrf": "x.y.z"}, timeout=30).status_code == 403
    assert ada.post(address, data=good, timeout=30).status_code == 403
    other = {"Sec-Fetch-Site": "cross-site"}
    assert otto.post(address, data=good, headers=other, timeout=30).status_code == 403
    assert otto.post(address, data=good, timeout=30, allow_redirects=False).status_code == 303


def test_an_act_is_noted_with_its_user(site: Site) -> None:
    otto = site.session("otto")
    form = {"csrf": csrf(otto, site), "subject": "village.example"}
    otto.post(f"{site.pages}/actions/pause_publisher", data=form, timeout=30)
    with psycopg2.connect(site.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select actor, action, subject from ingest.audit order by audit_id desc limit 1")
        assert cursor.fetchone() == ("otto", "pause_publisher", "village.example")
    conn.close()
    otto.post(f"{site.pages}/actions/resume_publisher", data=form, timeout=30)


@pytest.mark.parametrize(
    "referer", ["http://evil.example/newsflow/x", "http://127.0.0.1//evil.example/", "javascript:1"]
)
def test_after_an_act_one_never_lands_elsewhere(site: Site, referer: str) -> None:
    otto = site.session("otto")
    form = {"csrf": csrf(otto, site), "subject": "courier.example"}
    headers = {"Referer": referer}
    answer = otto.post(f"{site.pages}/actions/poll_now", data=form, headers=headers, timeout=30, allow_redirects=False)
    assert answer.headers["location"].startswith("/newsflow/")


@pytest.mark.parametrize(
    "path", ["/publishers/nobody", "/rejects/987654321", "/runbooks/..%2fREADME", "/static/..%2fapp.py", "/nowhere"]
)
def test_what_is_not_there_is_404_and_shows_nothing(site: Site, path: str) -> None:
    answer = site.session("vera").get(site.pages + path, timeout=30)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_unknown_acts_are_404(site: Site) -> None:
    otto = site.session("otto")
    token = csrf(otto, site)
    assert otto.post(f"{site.pages}/actions/drop", data={"csrf": token, "subject": "x"}, timeout=30).status_code == 404
    for name in ACTIONS:
        answer = otto.post(f"{site.pages}/actions/{name}", data={"csrf": token, "subject": "none"}, timeout=30)
        assert answer.status_code == 404


def test_stored_code_is_text_and_long_texts_are_cut(site: Site) -> None:
    client = site.session("ada")
    for path in ("/publishers", "/publishers/tribune.example", "/rejects?publisher=tribune.example", "/"):
        answer = client.get(site.pages + path, timeout=30)
        assert answer.status_code == 200
        assert "<script>window" not in answer.text
        assert "onerror='" not in answer.text
        assert 'href="javascript' not in answer.text
        assert len(answer.text) < 200_000
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "{{ 7 * 7 }}" in client.get(f"{site.pages}/publishers/tribune.example", timeout=30).text


def test_the_table_in_the_docs_is_of_these_routes() -> None:
    written = Path(TABLE).read_text()
    assert all(f"`/newsflow{route}`" in written for _, route, _ in ROUTES)
