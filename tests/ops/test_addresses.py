"""Addresses that nobody should send: each is a page that says so, never a trace, and never markup of theirs."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from newsflow.ops import app as pages
from newsflow.ops import detail
from tests.ops.standalone import World, install


@pytest.fixture
def client(shared_month: str, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    return TestClient(install(World(shared_month), monkeypatch), raise_server_exceptions=False)


@pytest.mark.parametrize(
    "path",
    [
        "/rejects/99999999999999999999999",
        "/rejects/-1",
        "/rejects/one",
        "/rejects?before=yesterday",
        "/publishers?at=two",
        "/publishers?at=1e9",
        "/publishers/%00",
        "/publishers/a%00b",
        "/rejects?publisher=%00",
        "/dag/news_ingest/run/%00",
        "/runbooks/%00",
    ],
)
def test_what_cannot_be_is_not_here(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404, answer.text
    assert "Not here" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path",
    [
        "/publishers?find=%3Cscript%3Ealert(1)%3C/script%3E",
        "/publishers?level=%22onload=%22x",
        "/rejects?outcome=%3Cscript%3Ealert(1)%3C/script%3E",
        "/rejects?publisher=%3Cscript%3Ealert(1)%3C/script%3E",
        "/dag/%3Cscript%3Ealert(1)",
        "/?done=%3Cscript%3Ealert(1)%3C/script%3E",
        "/publishers?at=99999999999999999999999999",
        "/publishers?at=-5",
        "/publishers?find=" + "x" * 5000,
    ],
)
def test_what_is_asked_comes_back_as_text_or_not_at_all(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    assert "<script>alert" not in answer.text
    assert '"onload="' not in answer.text
    assert len(answer.text) < 200_000


def test_a_fault_of_ours_is_a_fault(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("NEWSFLOW_DATABASE_URL is wrong: secret-part")

    monkeypatch.setitem(pages.app.dependency_overrides, detail.alarms, broken)
    answer = client.get("/alarms")
    assert answer.status_code == 500
    assert "This page has a fault" in answer.text
    assert "secret-part" not in answer.text
